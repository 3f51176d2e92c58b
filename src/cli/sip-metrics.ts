// Metrics of SIP as the engine sees it: transactions by how they ended, what was repeated, what could not be read, the wire.
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import { outcomes, repeatedKinds, transactionKinds } from '../sip/index.js';
import type { SipEngine } from '../sip/index.js';
import { counter, labelledCounter } from './process-metrics.js';

type Observed = Pick<SipEngine, 'outcomes' | 'wire' | 'transactionCounters'>;

/** Every label has few values: kinds, outcomes, error codes, the parser's own reasons (at most 64). */
export function observeSip(registry: Registry, engine: Observed): void {
  observeTransactions(registry, engine);
  observeRepeats(registry, engine);
  observeWire(registry, engine);
  observeConnections(registry, engine);
}

function observeTransactions(registry: Registry, engine: Observed): void {
  new Counter({
    name: 'proffer_sip_transactions_total',
    help: 'transactions by role, type and outcome: class of the final response, or what there was in its place',
    labelNames: ['role', 'type', 'outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [kind, { role, type }] of transactionKinds.entries()) {
        for (const outcome of outcomes) {
          // Only an INVITE is cancelled.
          if (type === 'invite' || outcome !== 'cancelled')
            this.inc({ role, type, outcome }, engine.outcomes.count(kind, outcome));
        }
      }
    },
  });
  counter(
    registry,
    'proffer_sip_failure_ack_timeouts_total',
    'final responses above 299 to INVITEs that got no ACK (timer H)',
    () => engine.outcomes.ackTimeouts,
  );
  counter(
    registry,
    'proffer_sip_merged_requests_total',
    'requests that came by two ways and were answered 482 the second time',
    () => engine.transactionCounters.merged,
  );
  counter(
    registry,
    'proffer_sip_stray_responses_total',
    'responses that match no transaction',
    () => engine.transactionCounters.strayResponses,
  );
  counter(
    registry,
    'proffer_sip_stray_acks_total',
    'ACKs that belong to no INVITE and no dialog',
    () => engine.outcomes.strayAcks,
  );
}

function observeRepeats(registry: Registry, engine: Observed): void {
  const byKind = (counts: readonly number[]) =>
    repeatedKinds.map((kind, at) => [kind, counts[at] ?? 0] as const);
  labelledCounter(
    registry,
    ['proffer_sip_retransmissions_sent_total', 'kind'],
    'messages that were sent again, by kind: invite, ack, request, response',
    () => byKind(engine.outcomes.repeatsSent),
  );
  labelledCounter(
    registry,
    ['proffer_sip_retransmissions_absorbed_total', 'kind'],
    'messages that came again and were dealt with by their transaction, by kind',
    () => byKind(engine.outcomes.repeatsAbsorbed),
  );
}

function observeWire(registry: Registry, engine: Observed): void {
  const byProtocol = (
    name: string,
    help: string,
    read: () => Readonly<Record<'udp' | 'tcp' | 'tls', number>>,
  ) => labelledCounter(registry, [name, 'protocol'], help, () => Object.entries(read()));
  const { counters } = engine.wire;
  byProtocol('proffer_sip_messages_received_total', 'messages received', () => counters.messagesIn);
  byProtocol('proffer_sip_messages_sent_total', 'messages handed to a socket', () => counters.messagesOut);
  byProtocol('proffer_sip_received_bytes_total', 'bytes of messages received', () => counters.bytesIn);
  byProtocol('proffer_sip_sent_bytes_total', 'bytes of messages sent', () => counters.bytesOut);
  counter(registry, 'proffer_sip_keepalives_total', 'blank datagrams received', () => counters.keepAlives);
  labelledCounter(
    registry,
    ['proffer_sip_parse_errors_total', 'reason'],
    'messages that could not be read, by what was wrong first',
    () => counters.parseErrors,
  );
  labelledCounter(
    registry,
    ['proffer_sip_send_errors_total', 'code'],
    'messages of transactions that the transport could not send, by code',
    () => engine.outcomes.sendErrors,
  );
}

function observeConnections(registry: Registry, engine: Observed): void {
  labelledCounter(
    registry,
    ['proffer_sip_connections_opened_total', 'direction'],
    'connections since the start, by direction: in, out',
    () => {
      const { counters, opened } = engine.wire;
      return Object.entries({ in: counters.accepted, out: Math.max(0, opened - counters.accepted) });
    },
  );
  labelledCounter(
    registry,
    ['proffer_sip_connections_closed_total', 'reason'],
    'connections that ended: closed in order, or the code of the error',
    () => engine.wire.counters.closed,
  );
}
