// Lays what was learned of a customer over the strategy that the ranking made. Beside learned.ts, whose shapes strategy.ts needs.
import type { BoostedOffer, Learned, LearnedOffer, SuppressedOffer } from './learned.js';
import type { RankedOffer } from './ranked-offer.js';
import type { Strategy } from './strategy.js';

/**
 * The strategy as it holds now, alerts first, then what the customer asked for, then the ranking. The same object when nothing that
 * was learned changes it; laying the same over the outcome again changes nothing more. A service offer that answers an alert is not
 * withheld, whatever the customer said of it.
 * @param wallNow milliseconds since the Unix epoch
 */
export function applyLearned(strategy: Strategy, learned: Learned, wallNow: number): Strategy {
  if (wallNow >= learned.expiresAt) return strategy;
  const known = new Known(strategy);
  const alerts = learned.alerts ?? [];
  const moved = new Set(alerts.map((one) => one.offerCode));
  const first: RankedOffer[] = alerts.map(({ offerCode, value }) => ({ offerCode, propensity: 1, value }));
  const withheld: SuppressedOffer[] = [];
  for (const one of learned.offers) {
    if (wallNow >= one.until || moved.has(one.offerCode)) continue;
    if (one.effect === 'boosted' && wallNow >= one.from) first.push(boostedOf(one, known.of(one.offerCode)));
    else {
      const suppressed = suppressedOf(one, known.of(one.offerCode));
      if (suppressed === undefined) continue;
      withheld.push(suppressed);
    }
    moved.add(one.offerCode);
  }
  const flags = flagsOf(strategy, learned);
  if (moved.size === 0) return flags === strategy.flags ? strategy : { ...strategy, flags };
  const isLeft = (one: RankedOffer): boolean => !moved.has(one.offerCode);
  const { suppressed: before = [], ...rest } = strategy;
  const suppressed = [...before.filter(isLeft), ...withheld];
  return {
    ...rest,
    flags,
    offers: [...first, ...strategy.offers.filter(isLeft)],
    ...(suppressed.length === 0 ? {} : { suppressed }),
  };
}

/**
 * The next moment at which something of it begins or ends, by the wall clock in milliseconds: until then `applyLearned` says the same.
 * Infinity when nothing will.
 */
export function nextChangeOf(learned: Learned, wallNow: number): number {
  let next = learned.expiresAt > wallNow ? learned.expiresAt : Infinity;
  for (const one of learned.offers) {
    if (one.until > wallNow && one.until < next) next = one.until;
    if (one.effect === 'boosted' && one.from > wallNow && one.from < next) next = one.from;
  }
  return next;
}

/** What the ranking says of an offer, wherever it stands now. */
class Known {
  readonly #strategy: Strategy;

  constructor(strategy: Strategy) {
    this.#strategy = strategy;
  }

  of(offerCode: string): RankedOffer | undefined {
    const isIt = (one: RankedOffer): boolean => one.offerCode === offerCode;
    return this.#strategy.offers.find(isIt) ?? this.#strategy.suppressed?.find(isIt);
  }
}

function boostedOf(
  { offerCode, propensity, value }: BoostedOffer,
  ranked: RankedOffer | undefined,
): RankedOffer {
  return {
    offerCode,
    propensity: Math.max(propensity, ranked?.propensity ?? 0),
    value: ranked?.value ?? value,
    isBoosted: true,
  };
}

/** Undefined when there is nothing to withhold: an offer that was not ranked, nor asked for. */
function suppressedOf(one: LearnedOffer, ranked: RankedOffer | undefined): SuppressedOffer | undefined {
  const { offerCode, reason, at } = one;
  if (one.effect === 'withheld') {
    if (ranked === undefined) return undefined;
    const { propensity, value } = ranked;
    return { offerCode, propensity, value, reason, at, until: one.until };
  }
  const { propensity, value } = ranked ?? one;
  return { offerCode, propensity, value, reason, at, until: one.from };
}

function flagsOf({ flags }: Strategy, { alerts }: Learned): Strategy['flags'] {
  if (alerts === undefined || flags.serviceAlert === alerts.length > 0) return flags;
  return { ...flags, serviceAlert: alerts.length > 0 };
}
