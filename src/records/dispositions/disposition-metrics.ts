// What Prometheus is told of dispositions and of what was learned.
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Disposition } from './disposition.js';

export class DispositionMetrics {
  readonly #dispositions: Counter<'outcome' | 'source'>;
  readonly #fed: Counter;

  /** @param feedAgeMs since the store was last known to have all that was learned */
  constructor(registry: Registry, feedAgeMs: () => number) {
    const registers = [registry];
    this.#dispositions = new Counter({
      name: 'proffer_dispositions_total',
      help: 'dispositions that this router recorded for people and other systems or by itself, by outcome and source',
      labelNames: ['outcome', 'source'],
      registers,
    });
    this.#fed = new Counter({
      name: 'proffer_learned_states_total',
      help: 'states of customers taken from the records database to the strategy store',
      registers,
    });
    new Gauge({
      name: 'proffer_learned_age_seconds',
      help: 'time since the strategy store was last known to have all that was learned',
      registers,
      collect() {
        this.set(feedAgeMs() / 1000);
      },
    });
  }

  recorded({ outcome, source }: Pick<Disposition, 'outcome' | 'source'>): void {
    this.#dispositions.inc({ outcome, source });
  }

  fed(count: number): void {
    this.#fed.inc(count);
  }
}
