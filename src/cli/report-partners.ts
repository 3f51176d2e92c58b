// Shares of what partners have in common: calls, agents' time, IVR ports' time, and the cost of each call where it went.
import type { DecisionLine } from './decision-lines.js';

export interface PartnerUsage {
  calls: number;
  answered: number;
  agentSeconds: number;
  ivrSeconds: number;
  /** costPerCall of the destinations that took the calls. */
  cost: number;
}

/** Adds up lines of the decision log. Two lines of one call and kind of use both count: a call may have two agents. */
export class PartnerReport {
  readonly byPartner = new Map<string, PartnerUsage>();
  readonly #costOf: (destination: string) => number;

  /** @param partners every partner of the settings has a row, also without calls */
  constructor(partners: Iterable<string>, costOf: (destination: string) => number) {
    this.#costOf = costOf;
    for (const partner of partners) this.#of(partner);
  }

  add(line: DecisionLine): void {
    const { partner, type } = line;
    if (typeof partner !== 'string') return;
    if (type === 'outcome') {
      const usage = this.#of(partner);
      usage.calls += 1;
      if (line['result'] !== 'success') return;
      usage.answered += 1;
      if (typeof line['destination'] === 'string') usage.cost += this.#costOf(line['destination']);
    } else if (type === 'usage' && typeof line['seconds'] === 'number') {
      const usage = this.#of(partner);
      if (line['kind'] === 'ivr') usage.ivrSeconds += line['seconds'];
      else usage.agentSeconds += line['seconds'];
    }
  }

  #of(partner: string): PartnerUsage {
    let usage = this.byPartner.get(partner);
    if (usage === undefined) {
      usage = { calls: 0, answered: 0, agentSeconds: 0, ivrSeconds: 0, cost: 0 };
      this.byPartner.set(partner, usage);
    }
    return usage;
  }
}

type Measure = keyof PartnerUsage;

/** Share of the total, 0..1; 0 when there is no total. */
export function shareOf(
  report: ReadonlyMap<string, PartnerUsage>,
  usage: PartnerUsage,
  measure: Measure,
): number {
  let total = 0;
  for (const one of report.values()) total += one[measure];
  return total === 0 ? 0 : usage[measure] / total;
}
