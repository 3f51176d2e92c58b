// The calls of a simulated day with everything about them that chance decides, drawn beforehand: all policies meet the same callers,
// who have the same patience and talk for as long (common random numbers).
import { seedOf } from '../../../src/decision/index.js';
import { seededRandom } from '../../callcenter/simulated-queue.js';
import { strategy } from '../../decision/call-centre.js';
import { usual } from './business.js';
import type { Strategy } from '../../../src/offers/index.js';
import type { PartnerName } from './business.js';

export interface DayCall {
  /** Seconds since the day began. */
  readonly at: number;
  readonly partner: PartnerName;
  /** Undefined: nobody knows the caller. */
  readonly strategy: Strategy | undefined;
  readonly patienceSeconds: number;
  /** Exponential with mean 1; times the mean handling time of where the call lands. */
  readonly work: number;
  readonly seed: number;
}

/** Share of the calls in each hour from 8 to 20, with peaks late in the morning and in the afternoon. */
export const hourlyShare = [0.06, 0.09, 0.11, 0.11, 0.085, 0.07, 0.08, 0.095, 0.095, 0.08, 0.065, 0.06];

const meanPatience = { acme: 120, borealis: 90 } as const;

function timeOf(random: () => number): number {
  let rest = random() * hourlyShare.reduce((sum, one) => sum + one, 0);
  let hour = 0;
  while (hour < hourlyShare.length - 1 && rest >= (hourlyShare[hour] ?? 0)) rest -= hourlyShare[hour++] ?? 0;
  return (hour + random()) * 3600;
}

/** Each offer with three chances in four, propensity and value spread about the usual ones; best expected value first. */
function strategyOf(partner: PartnerName, customer: string, random: () => number): Strategy {
  const offers = usual[partner]
    .map(([offerCode, propensity, value]) => ({
      isThere: random() < 0.75,
      offerCode,
      propensity: Math.min(0.95, propensity * Math.exp(1.6 * (random() + random() + random() - 1.5))),
      value: value * (0.8 + 0.4 * random()),
    }))
    .filter((one) => one.isThere)
    .sort((a, b) => b.propensity * b.value - a.propensity * a.value)
    .map(({ offerCode, propensity, value }) => ({ offerCode, propensity, value }));
  return strategy(offers, {}, { partner, customer });
}

export function callsOfDay(count: number, seed: number): readonly DayCall[] {
  const random = seededRandom(seed);
  const exponential = (): number => -Math.log(1 - random());
  return Array.from({ length: count }, (_, i): DayCall => {
    const partner: PartnerName = random() < 0.6 ? 'acme' : 'borealis';
    const at = timeOf(random);
    const ranked = strategyOf(partner, `c-${i}`, random);
    return {
      at,
      partner,
      strategy: random() < 0.75 ? ranked : undefined,
      patienceSeconds: exponential() * meanPatience[partner],
      work: exponential(),
      seed: seedOf(`${seed}-${i}`),
    };
  }).sort((a, b) => a.at - b.at);
}
