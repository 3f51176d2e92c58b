// What `proffer explain` says of the settings and the board beside the decision: maintenance, affiliates, measured handling times,
// queues of presentations that require skills.
import type { Board, Destination } from '../callcenter/index.js';
import type { Partner, Settings } from '../config/index.js';
import type { CandidateTrace } from '../decision/index.js';

export interface ExplainNotes {
  /** Centres, queues and programs in maintenance. */
  readonly maintenance: readonly string[];
  readonly affiliates: readonly string[];
  /** Whose they are, by code, of the offers of affiliates. */
  readonly affiliateOffers: ReadonlyMap<string, string>;
  /** Base queue by id, of queues that are derived for a presentation. */
  readonly bases: ReadonlyMap<string, string>;
  /** Mean handling times that the board says were measured, in seconds. */
  readonly handlingTimes: readonly {
    readonly destination: string;
    readonly measured: number;
    readonly configured: number;
  }[];
}

function maintenanceOf({ centres }: Settings['centres']): string[] {
  return centres.flatMap(({ centre, drain, queues, ivrPools }) => {
    if (drain) return [centre];
    const queueIds = queues.filter((one) => one.drain).map((one) => one.queue);
    const programs = ivrPools.filter((one) => one.drain).map((one) => one.program);
    return [...queueIds, ...programs].map((id) => `${centre}/${id}`);
  });
}

export function explainNotes(
  settings: Settings,
  { affiliates }: Partner,
  { destinations, board }: { readonly destinations: readonly Destination[]; readonly board: Board },
): ExplainNotes {
  const offers = settings.offers.offers.filter((one) => affiliates.includes(one.partner));
  return {
    maintenance: maintenanceOf(settings.centres),
    affiliates,
    affiliateOffers: new Map(offers.map((one) => [one.offer, one.partner])),
    bases: new Map(destinations.flatMap(({ id, base }) => (base === undefined ? [] : [[id, base] as const]))),
    handlingTimes: destinations.flatMap(({ id, index, handlingTimeSeconds }) => {
      const measured = board.states[index]?.handlingTimeSeconds;
      return measured === undefined ? [] : [{ destination: id, measured, configured: handlingTimeSeconds }];
    }),
  };
}

/** Lines of the head, those that there is something to say in. */
export function headNotes({ maintenance, affiliates }: ExplainNotes): string[] {
  return [
    ...(affiliates.length === 0 ? [] : [`  affiliates   ${affiliates.join(', ')}`]),
    ...(maintenance.length === 0 ? [] : [`  maintenance  ${maintenance.join(', ')}: no new call`]),
  ];
}

/** A destination as a column has room for it: a derived queue by its base, with an asterisk. */
export function placeWords(destination: string, { bases }: ExplainNotes): string {
  const base = bases.get(destination);
  return base === undefined ? destination : `${base}*`;
}

/** What stands below the candidates. */
export function candidateNotes(candidates: readonly CandidateTrace[], notes: ExplainNotes): string[] {
  const weighed = new Set(candidates.map((row) => row.destination));
  const codes = new Set(candidates.map((row) => row.offerCode));
  const owners = [...notes.affiliateOffers].filter(([code]) => codes.has(code));
  const times = notes.handlingTimes.filter((one) => weighed.has(one.destination));
  const boosted = new Set(candidates.filter((row) => row.isBoosted === true).map((row) => row.offerCode));
  const hasDerived = [...weighed].some((id) => notes.bases.has(id));
  return [
    ...owners.map(([code, owner]) => `  ${code} is an offer of the affiliate ${owner}`),
    ...[...boosted].map((code) => `  ${code ?? ''} was asked for: the customer wanted to be called back`),
    ...times.map(
      ({ destination, measured, configured }) =>
        `  wait at ${destination} by its measured handling time, ${Math.round(measured)} s (configured ${configured} s)`,
    ),
    ...(hasDerived
      ? ['  * a queue of its own for the skills of this presentation, <queue>.<offer>.<presentation>']
      : []),
  ];
}
