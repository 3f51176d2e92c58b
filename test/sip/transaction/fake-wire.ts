// A transaction layer on a wire that only records: what was sent, when, and whether sending fails.
import { silentLogger } from '../../../src/kernel/index.js';
import type { SipTransportError } from '../../../src/sip/errors.js';
import { parseMessage } from '../../../src/sip/message/parse-message.js';
import type { SipMessage } from '../../../src/sip/message/sip-message.js';
import type { ClientTransaction } from '../../../src/sip/transaction/client-transaction.js';
import type { ServerTransaction } from '../../../src/sip/transaction/server-transaction.js';
import { TransactionLayer } from '../../../src/sip/transaction/transaction-layer.js';
import type { TransactionLayerOptions } from '../../../src/sip/transaction/transaction-layer.js';
import type { Flow, LocalAddress, Target, Transport } from '../../../src/sip/transport/transport.js';
import { FakeClock } from '../../support/fake-clock.js';

export interface Sent {
  readonly at: number;
  readonly text: string;
  readonly message: SipMessage;
  readonly target: Target;
}

/** Parses a message that a test has written; throws when it is not one. */
export function parsed(text: string): SipMessage {
  const result = parseMessage(text, 'datagram');
  if (!result.ok) throw new Error(`${result.reason}: ${text}`);
  return result.message;
}

export class FakeWire implements Transport {
  readonly listenAddresses = [{ protocol: 'udp' as const, address: '127.0.0.1', port: 5060 }];
  readonly sent: Sent[] = [];
  readonly clock: FakeClock;
  /** When set, sending fails with it, a millisecond later. */
  failure: SipTransportError | undefined;

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  localFor(target: Target): LocalAddress {
    return { protocol: target.protocol, address: '127.0.0.1', port: 5060, hostPort: '127.0.0.1:5060' };
  }

  send(message: SipMessage | string, target: Target, onError: (error: SipTransportError) => void): void {
    if (this.failure !== undefined) {
      const error = this.failure;
      this.clock.after(1, 'wire-failure', () => onError(error));
      return;
    }
    const text = String(message);
    this.sent.push({ at: this.clock.now(), text, message: parsed(text), target });
  }

  /** Start lines of what was sent since the last call, `INVITE` or `180`. */
  take(): string[] {
    return this.sent
      .splice(0)
      .map(({ message }) => (message.isRequest ? message.method : String(message.statusCode)));
  }

  get last(): Sent {
    const last = this.sent.at(-1);
    if (last === undefined) throw new Error('nothing was sent');
    return last;
  }
}

export const alice: Flow = {
  protocol: 'udp',
  localAddress: '127.0.0.1',
  localPort: 5060,
  remoteAddress: '192.0.2.1',
  remotePort: 5070,
};
export const aliceOverTcp: Flow = { ...alice, protocol: 'tcp', connectionId: 1 };
export const bob: Target = { protocol: 'udp', address: '192.0.2.2', port: 5080 };
export const bobOverTcp: Target = { ...bob, protocol: 'tcp' };
export const fromBob: Flow = { ...alice, remoteAddress: bob.address, remotePort: bob.port };

export interface RequestWords {
  readonly branch?: string;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly cseq?: number;
  readonly callId?: string;
  readonly sentBy?: string;
  readonly uri?: string;
  readonly extra?: string;
  readonly body?: string;
  /** Default 70; null for none. */
  readonly maxForwards?: number | null;
}

/** A request from Alice to Bob. */
export function aliceRequest(method: string, words: RequestWords = {}): SipMessage {
  const body = words.body ?? '';
  return parsed(
    `${method} ${words.uri ?? 'sip:bob@example.com'} SIP/2.0\r\n` +
      `Via: SIP/2.0/UDP ${words.sentBy ?? '192.0.2.1:5070'};branch=${words.branch ?? 'z9hG4bKalice1'};rport=5070\r\n` +
      `From: "Alice" <sip:alice@example.com>;tag=${words.fromTag ?? 'a1'}\r\n` +
      `To: <sip:bob@example.com>${words.toTag === undefined ? '' : `;tag=${words.toTag}`}\r\n` +
      `Call-ID: ${words.callId ?? 'call-1@example.com'}\r\nCSeq: ${words.cseq ?? 1} ${method}\r\n` +
      `${words.maxForwards === null ? '' : `Max-Forwards: ${words.maxForwards ?? 70}\r\n`}Contact: <sip:alice@192.0.2.1:5070>\r\n${words.extra ?? ''}` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
}

/** The request of a UAC of ours, before the layer puts its Via on. */
export function ownRequest(method: string): SipMessage {
  const request = aliceRequest(method);
  request.remove('via');
  return request;
}

/** A response to what was sent, as its receiver would write it. */
export function answer(sent: SipMessage, status: number, toTag = 'b1', extra = ''): SipMessage {
  const to = sent.get('to') ?? '';
  return parsed(
    `SIP/2.0 ${status} Because\r\n` +
      sent
        .getAll('via')
        .map((via) => `Via: ${via}\r\n`)
        .join('') +
      sent
        .getAll('record-route')
        .map((route) => `Record-Route: ${route}\r\n`)
        .join('') +
      `From: ${sent.get('from') ?? ''}\r\nTo: ${to.includes('tag=') || status === 100 ? to : `${to};tag=${toTag}`}\r\n` +
      `Call-ID: ${sent.callId}\r\nCSeq: ${sent.get('cseq') ?? ''}\r\n${extra}Content-Length: 0\r\n\r\n`,
  );
}

/** A layer with its wire and a record of what went up. */
export class LayerBench {
  readonly clock = new FakeClock();
  readonly wire = new FakeWire(this.clock);
  readonly servers: ServerTransaction[] = [];
  readonly acks: SipMessage[] = [];
  readonly strays: SipMessage[] = [];
  readonly events: string[] = [];
  readonly layer: TransactionLayer;

  constructor(options: Partial<TransactionLayerOptions> = {}) {
    this.layer = new TransactionLayer({
      clock: this.clock,
      log: silentLogger,
      transport: this.wire,
      user: {
        onRequest: (_request, server) => {
          this.servers.push(server);
          server.watcher = { onRetired: () => undefined, onTerminated: () => this.events.push('terminated') };
          server.onTransportError = (error) => this.events.push(error.message);
          server.onAckTimeout = () => this.events.push('ack-timeout');
        },
        onAck: (ack) => this.acks.push(ack),
        onStrayResponse: (response) => this.strays.push(response),
      },
      ...options,
    });
  }

  get server(): ServerTransaction {
    const last = this.servers.at(-1);
    if (last === undefined) throw new Error('no server transaction');
    return last;
  }

  /** Sends a request of ours to Bob; what comes of it goes to `events`. */
  send(method: string, target = bob, routes: readonly string[] = []): ClientTransaction {
    const request = ownRequest(method);
    for (const route of routes) request.append('route', route);
    return this.layer.request(request, target, {
      onResponse: (response) => this.events.push(String(response.statusCode)),
      onTimeout: () => this.events.push('timeout'),
      onTransportError: (error) => this.events.push(error.message),
      onTerminated: () => this.events.push('terminated'),
    });
  }

  takeEvents(): string[] {
    return this.events.splice(0);
  }
}
