// What the router counts, for Prometheus. Labels come from the settings alone, so their number is bounded; what is counted for each
// call is a number of ours until Prometheus asks, so that a call does not pay for a look-up by label.
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { StrategyLookup } from '../offers/index.js';
import type { CallSummary } from './call-summary.js';

/** What is counted for each call: as a number, which Prometheus is told when it asks. */
class Count {
  readonly #child: { inc(value: number): void };
  #untold = 0;

  constructor(child: { inc(value: number): void }) {
    this.#child = child;
  }

  add(): void {
    this.#untold += 1;
  }

  tell(): void {
    if (this.#untold > 0) this.#child.inc(this.#untold);
    this.#untold = 0;
  }
}

/** Reads of things that change by themselves, taken when Prometheus asks. */
export interface GaugeReads {
  callsInProgress(): number;
  /** 1 for each destination that is up or not known to be down, by id. */
  destinations(): Iterable<readonly [destination: string, isUp: boolean]>;
  reservations(): number;
}

const decisionBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1];

export class CallMetrics {
  readonly #calls: Counter<'trunk' | 'action' | 'offer' | 'arm' | 'result'>;
  readonly #callCounts = new Map<string, Count>();
  readonly #decisionTime: Histogram;
  readonly #lookups: ReadonlyMap<StrategyLookup['kind'], Count>;
  readonly #failOpen: Counter<'reason'>;
  readonly #unknownSources: Counter;
  readonly #rejected: Counter<'reason'>;
  readonly #recordsWritten: Counter;
  readonly #recordsDropped: Counter;

  constructor(registry: Registry, reads: GaugeReads) {
    const registers = [registry];
    this.#calls = new Counter({
      name: 'proffer_calls_total',
      help: 'calls that ended, by trunk, action, offer presented, arm and result',
      labelNames: ['trunk', 'action', 'offer', 'arm', 'result'],
      registers,
      collect: () => {
        for (const count of this.#callCounts.values()) count.tell();
      },
    });
    this.#decisionTime = new Histogram({
      name: 'proffer_decision_seconds',
      help: 'INVITE received to routing decision made, in seconds',
      buckets: decisionBuckets,
      registers,
    });
    const lookups = new Counter({
      name: 'proffer_store_lookups_total',
      help: 'strategy look-ups of calls, by what they gave',
      labelNames: ['result'],
      registers,
      collect: () => {
        for (const count of this.#lookups.values()) count.tell();
      },
    });
    const kinds: readonly StrategyLookup['kind'][] = ['hit', 'ambiguous', 'miss', 'stale', 'failure'];
    this.#lookups = new Map(kinds.map((kind) => [kind, new Count(lookups.labels(kind))]));
    this.#failOpen = new Counter({
      name: 'proffer_fail_open_total',
      help: 'calls that were served in spite of a failure inside, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.#unknownSources = new Counter({
      name: 'proffer_unknown_source_requests_total',
      help: 'requests from addresses that are no trunk',
      registers,
    });
    this.#rejected = new Counter({
      name: 'proffer_requests_rejected_total',
      help: 'requests that were answered without a decision, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.#recordsWritten = new Counter({
      name: 'proffer_decision_records_written_total',
      help: 'lines written to the decision log',
      registers,
    });
    this.#recordsDropped = new Counter({
      name: 'proffer_decision_records_dropped_total',
      help: 'lines that the decision log could not take',
      registers,
    });
    registerGauges(registers, reads);
  }

  callEnded({ trunk, action, offer = 'none', arm, termination: { result } }: CallSummary): void {
    const key = `${trunk} ${action} ${offer} ${arm} ${result}`;
    let count = this.#callCounts.get(key);
    if (count === undefined) {
      count = new Count(this.#calls.labels(trunk, action, offer, arm, result));
      this.#callCounts.set(key, count);
    }
    count.add();
  }

  decided(seconds: number): void {
    this.#decisionTime.observe(seconds);
  }

  lookedUp(kind: StrategyLookup['kind']): void {
    this.#lookups.get(kind)?.add();
  }

  failedOpen(reason: string): void {
    this.#failOpen.inc({ reason });
  }

  unknownSource(): void {
    this.#unknownSources.inc();
  }

  rejected(
    reason:
      | 'overload'
      | 'draining'
      | 'unknown-number'
      | 'method'
      | 'merged'
      | 'max-forwards'
      | 'extension'
      | 'text',
  ): void {
    this.#rejected.inc({ reason });
  }

  recordsWritten(count: number): void {
    this.#recordsWritten.inc(count);
  }

  recordsDropped(count: number): void {
    this.#recordsDropped.inc(count);
  }
}

function registerGauges(registers: Registry[], reads: GaugeReads): void {
  new Gauge({
    name: 'proffer_calls_in_progress',
    help: 'calls being decided, ringing or bridged by us',
    registers,
    collect() {
      this.set(reads.callsInProgress());
    },
  });
  new Gauge({
    name: 'proffer_destination_up',
    help: '1 when the centre of a destination answers, 0 when it does not or is not known to yet',
    labelNames: ['destination'],
    registers,
    collect() {
      this.reset();
      for (const [destination, isUp] of reads.destinations()) this.set({ destination }, isUp ? 1 : 0);
    },
  });
  new Gauge({
    name: 'proffer_reservations',
    help: 'calls on their way that count against free agents or ports',
    registers,
    collect() {
      this.set(reads.reservations());
    },
  });
}
