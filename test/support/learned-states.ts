// What was learned of the customers of `runRows`, and writers of it in processes of their own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Learned, WithheldOffer } from '../../src/offers/index.js';
import type { StrategyStore } from '../../src/strategy-store/index.js';
import { phoneAt } from './strategies.js';
import type { StoreAt } from './strategies.js';

const DAY_MS = 86_400_000;

/** The reference that `runRows` gives. */
export function customerAt(index: number, run = 1): string {
  return `R${run}-${String(index).padStart(6, '0')}`;
}

export function declined(offerCode: string, change: Partial<WithheldOffer> = {}): WithheldOffer {
  const now = Date.now();
  return { effect: 'withheld', offerCode, reason: 'declined', at: now, until: now + 30 * DAY_MS, ...change };
}

/** Of the customer at `index`: ACME-PLATINUM declined, unless `change` says something else. */
export function stateOf(index: number, revision: number, change: Partial<Learned> = {}): Learned {
  return {
    partner: 'acme',
    customer: customerAt(index),
    revision,
    offers: [declined('ACME-PLATINUM')],
    alerts: undefined,
    expiresAt: Date.now() + 60 * DAY_MS,
    ...change,
  };
}

/** Nothing holds of the customer any more. */
export function cleared(index: number, revision: number): Learned {
  return stateOf(index, revision, { offers: [] });
}

/** Codes of the offers that are suppressed in what a caller gets; the kind of the answer when it is no hit. */
export async function suppressedAt(store: StrategyStore, index: number): Promise<string> {
  const lookup = await store.reader.lookup('acme', phoneAt(index));
  if (lookup.kind !== 'hit') return lookup.kind;
  return (lookup.strategy.suppressed ?? []).map((one) => one.offerCode).join();
}

/** What `learned-writer.js` is told. */
export interface LearnedTask {
  readonly dataDir: string;
  readonly redisUrl: string | null;
  /** Put one by one, so that another writer comes in between. */
  readonly states: readonly Learned[];
  /** Added after each of them to the customer of the state. */
  readonly added: string | null;
  readonly cursor: number | null;
}

/** Writes in a process of its own. Returns its exit code. */
export async function writeElsewhere(at: StoreAt, change: Partial<LearnedTask>): Promise<number | null> {
  const all: LearnedTask = {
    dataDir: at.dataDir,
    redisUrl: at.redisUrl ?? null,
    states: [],
    added: null,
    cursor: null,
    ...change,
  };
  const child = fork(new URL('learned-writer.js', import.meta.url), [JSON.stringify(all)], {
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
