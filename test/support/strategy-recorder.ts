// A publisher that keeps what a run publishes as rows.
import { createHash } from 'node:crypto';
import type { PublishedBatch, RunPublisher } from '../../src/ranking/run/publisher.js';
import { FLAG_NAMES } from '../../src/strategy-store/index.js';

export interface PublishedStrategy {
  readonly customer: string;
  readonly phones: readonly string[];
  readonly flags: readonly string[];
  readonly arm: string;
  readonly offers: readonly PublishedOffer[];
}

export interface PublishedOffer {
  readonly offer: string;
  readonly propensity: number;
  readonly value: number;
}

/** Takes what a run publishes and keeps it as rows. */
export class StrategyRecorder implements RunPublisher {
  readonly strategies = new Map<string, PublishedStrategy>();
  /** Whether a publication was committed, aborted only, or never begun. */
  outcome: 'none' | 'begun' | 'committed' | 'aborted' = 'none';
  /** SHA-256 over the strategies in the order they came, in hexadecimal; empty before the commit. */
  contentHash = '';
  readonly #hash = createHash('sha256');
  #phones = new Map<string, number>();

  describe(): string {
    return 'a recorder';
  }

  begin(
    _partner: string,
    { offers }: Parameters<RunPublisher['begin']>[1],
  ): ReturnType<RunPublisher['begin']> {
    this.outcome = 'begun';
    return Promise.resolve({
      addBatch: (batch) => {
        for (let row = 0; row < batch.count; row++) this.#take(strategyAt(batch, row, offers));
        return [];
      },
      commit: () => {
        this.outcome = 'committed';
        const contentHash = this.#hash.digest('hex');
        this.contentHash = contentHash;
        const phones = this.#phones.size;
        const sharedPhones = [...this.#phones.values()].filter((owners) => owners > 1).length;
        const verification = { records: phones, checksum: contentHash, sampled: 0 };
        return Promise.resolve({
          generation: 1,
          phones,
          sharedPhones,
          recordBytes: 0,
          contentHash,
          verification,
        });
      },
      abort: () => {
        if (this.outcome === 'begun') this.outcome = 'aborted';
        return Promise.resolve();
      },
    });
  }

  #take(strategy: PublishedStrategy): void {
    this.strategies.set(strategy.customer, strategy);
    for (const phone of strategy.phones) this.#phones.set(phone, (this.#phones.get(phone) ?? 0) + 1);
    this.#hash.update(JSON.stringify(strategy));
  }
}

const armNames = ['none', 'offer', 'control'] as const;

function strategyAt(batch: PublishedBatch, row: number, codes: readonly string[]): PublishedStrategy {
  const start = row === 0 ? 0 : (batch.phoneEnds[row - 1] ?? 0);
  const first = row * batch.topK;
  return {
    customer: batch.customers[row] ?? '',
    phones: Array.from(batch.phones.subarray(start, batch.phoneEnds[row]), (one) => `+${one}`),
    flags: FLAG_NAMES.filter((_, bit) => ((batch.flagBits[row] ?? 0) >> bit) % 2 === 1),
    arm: armNames[batch.arms[row] ?? 0] ?? '',
    offers: Array.from({ length: batch.offerCounts[row] ?? 0 }, (_, rank) => ({
      offer: codes[batch.offers[first + rank] ?? -1] ?? '',
      propensity: batch.propensities[first + rank] ?? NaN,
      value: batch.values[first + rank] ?? NaN,
    })),
  };
}
