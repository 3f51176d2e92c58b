// What was learned of the customer that a command is about, laid over the strategy as a router would.
import { systemClock } from '../kernel/index.js';
import { applyLearned } from '../offers/index.js';
import type { Learned, Strategy, StrategyLookup } from '../offers/index.js';
import type { StrategyStore } from '../strategy-store/index.js';

export interface LearnedStrategy {
  readonly learned: Learned;
  /** As it holds now; the ranked one itself when nothing changes it. */
  readonly strategy: Strategy;
}

/** Undefined when nothing was learned of the customer. @throws StoreUnavailableError */
export async function learnedStrategy(
  { learned: states }: Pick<StrategyStore, 'learned'>,
  ranked: Strategy,
): Promise<LearnedStrategy | undefined> {
  const learned = await states.get(ranked.partner, ranked.customer);
  if (learned === undefined) return undefined;
  return { learned, strategy: applyLearned(ranked, learned, systemClock.wallNow()) };
}

/** The look-up that a router would have got. @throws StoreUnavailableError */
export async function withLearned(
  store: Pick<StrategyStore, 'learned'>,
  lookup: StrategyLookup,
): Promise<StrategyLookup> {
  if (lookup.kind !== 'hit') return lookup;
  const found = await learnedStrategy(store, lookup.strategy);
  return found === undefined ? lookup : { ...lookup, strategy: found.strategy };
}
