// Deciding: gates, arbitration, and the list of destinations to try. What the settings fix is worked out when they load.
import { AppError } from '../kernel/index.js';
import { compileDestinations, compileWebPlaces } from '../callcenter/index.js';
import { compileCatalogue } from '../offers/index.js';
import { Arbitration, At, expectedValue, lastGate, offerGate, weighAll } from './arbitration.js';
import { fnv1a32 } from './control-arm.js';
import { gatherFacts, isServiceFirst, stoppingGate } from './gates.js';
import { DecidedCall } from './decided-call.js';
import { offerSteps, serviceStep } from './partner-steps.js';
import { compilePlan } from './plan.js';
import { offersOf } from './ranked.js';
import { Resources } from './resources.js';
import { appendOffer } from './offer-steps.js';
import { appendService, bestServiceValue } from './service-steps.js';
import type { Destination } from '../callcenter/index.js';
import type { Settings } from '../config/index.js';
import type { Arm, Decision, DecisionInput, GateName, RouteStep } from './decision.js';
import type { CallFacts } from './gates.js';
import type { Medium } from './medium.js';
import type { PartnerPlan } from './plan.js';

export interface DeciderOptions {
  /** Age at which a board says nothing of capacity any more, in milliseconds. Default 10,000. */
  readonly boardMaxAgeMs?: number;
  /** What it decides. Default `call`. */
  readonly medium?: Medium;
}

/** What plain service needs to know when there was no time, or no way, to look anything up. */
export type PlainServiceInput = Pick<DecisionInput, 'decisionId' | 'partner' | 'board' | 'now' | 'seed'> & {
  /** Becomes `Decision.reason`, such as `deadline`. */
  readonly reason: string;
  readonly failOpen: readonly string[];
};

/**
 * Decides calls by one set of settings. Deterministic: the same input gives the same decision. Boards must be made from
 * `destinations` of the same decider; a reload makes a new decider.
 */
export interface Decider {
  readonly medium: Medium;
  /** Of a decider for web contacts or chats those that are no places at a centre come last; a board has no states of them. */
  readonly destinations: readonly Destination[];
  readonly destinationById: ReadonlyMap<string, Destination>;
  /** Tells settings apart in decision records: 8 hexadecimal digits, a hash of all that decides. */
  readonly settingsId: string;
  /** @throws UnknownPlanError when `input.partner` is not in the settings */
  decide(input: DecisionInput): Decision;
  /** Plain service without a look-up, for the deadline and the rest of the fail-open ladder. @throws UnknownPlanError */
  plainService(input: PlainServiceInput): Decision;
  /** As in partner-steps.ts. @throws UnknownPlanError */
  offerSteps(partner: string, offerCode: string): readonly RouteStep[] | undefined;
  /** As in partner-steps.ts. @throws UnknownPlanError */
  serviceStep(partner: string, destinationId: string): RouteStep | undefined;
}

/** Thrown when a call is to be decided for a partner that these settings do not hold. */
export class UnknownPlanError extends AppError {
  constructor(partner: string) {
    super('DECISION_UNKNOWN_PARTNER', `there is no partner ${partner} in these settings`, {
      fields: { partner },
    });
  }
}

function settingsIdOf({ process, partners, centres, offers }: Settings): string {
  const text = JSON.stringify([process.decision, partners, centres, offers]);
  return fnv1a32(text).toString(16).padStart(8, '0');
}

/** @throws UnknownDestinationError, UnknownPartnerError for settings that a checking loader would have refused */
export function createDecider(settings: Settings, options: DeciderOptions = {}): Decider {
  const { medium = 'call', boardMaxAgeMs = 10_000 } = options;
  const atCentres = compileDestinations(settings);
  const isWeb = medium === 'web' || medium === 'chat';
  const destinations = isWeb ? [...atCentres, ...compileWebPlaces(settings, atCentres.length)] : atCentres;
  const byId = new Map(destinations.map((one) => [one.id, one]));
  const catalogue = compileCatalogue(settings);
  const deciders = new Map<string, PartnerDecider>();
  for (const partner of settings.partners.partners) {
    const offers = catalogue.get(partner.partner);
    if (offers === undefined) continue;
    const plan = compilePlan(settings, partner, offers, { medium, byId });
    deciders.set(partner.partner, new PartnerDecider(plan, boardMaxAgeMs));
  }
  const deciderOf = (partner: string): PartnerDecider => {
    const decider = deciders.get(partner);
    if (decider === undefined) throw new UnknownPlanError(partner);
    return decider;
  };
  return {
    medium,
    destinations,
    destinationById: byId,
    settingsId: settingsIdOf(settings),
    decide: (input) => deciderOf(input.partner).decide(input),
    plainService: (input) => deciderOf(input.partner).plainService(input),
    offerSteps: (partner, offerCode) => offerSteps(deciderOf(partner).plan, offerCode),
    serviceStep: (partner, destinationId) => serviceStep(deciderOf(partner).plan, destinationId),
  };
}

const noFailOpen: readonly string[] = [];

function failOpenOf({ input, isBoardStale }: CallFacts, stoppedBy: GateName | undefined): readonly string[] {
  const { kind } = input.lookup;
  const isStopped = stoppedBy === 'strategy-age';
  if (kind !== 'failure' && kind !== 'stale' && !isStopped && !isBoardStale) return noFailOpen;
  const reasons: string[] = [];
  if (kind === 'failure') reasons.push('store-failure');
  if (kind === 'stale') reasons.push('store-stale');
  if (isStopped) reasons.push('strategy-outdated');
  if (isBoardStale) reasons.push('board-stale');
  return reasons;
}

/** `none` for callers that the comparison leaves out: unknown, killed, outdated, flagged, opted out, or served ahead of any sale. */
function armOf(facts: CallFacts, stoppedBy: GateName | undefined): Arm {
  if (stoppedBy === 'control-arm') return 'control';
  if (stoppedBy !== undefined && stoppedBy !== 'diversion-cap') return 'none';
  return isServiceFirst(facts) ? 'none' : 'offer';
}

class PartnerDecider {
  readonly plan: PartnerPlan;
  readonly #boardMaxAgeMs: number;
  /** Read anew from each call's board; kept between calls so that only what changed is worked out again. */
  readonly #resources: Resources;
  readonly #values: Float64Array;

  constructor(plan: PartnerPlan, boardMaxAgeMs: number) {
    this.plan = plan;
    this.#boardMaxAgeMs = boardMaxAgeMs;
    this.#resources = new Resources(plan);
    this.#values = new Float64Array(plan.largestPresentation);
  }

  decide(input: DecisionInput): Decision {
    const facts = gatherFacts(this.plan, input, this.#boardMaxAgeMs);
    this.#resources.read(input.board, facts.isBoardStale);
    const stoppedBy = stoppingGate(facts);
    const steps: RouteStep[] = [];
    const reason = stoppedBy ?? this.#arbitrate(facts, steps);
    appendService(this.plan, this.#resources, input.seed, steps);
    return new DecidedCall({
      facts,
      resources: this.#resources,
      stoppedBy,
      steps,
      reason,
      arm: armOf(facts, stoppedBy),
      failOpen: failOpenOf(facts, stoppedBy),
    });
  }

  plainService(input: PlainServiceInput): Decision {
    const facts = gatherFacts(
      this.plan,
      { ...input, identity: { kind: 'anonymous' }, lookup: { kind: 'miss' }, divertedShare: 0 },
      this.#boardMaxAgeMs,
    );
    this.#resources.read(input.board, facts.isBoardStale);
    const steps: RouteStep[] = [];
    appendService(this.plan, this.#resources, input.seed, steps);
    return new DecidedCall({
      facts,
      resources: this.#resources,
      stoppedBy: undefined,
      steps,
      reason: input.reason,
      arm: 'none',
      failOpen: facts.isBoardStale ? [...input.failOpen, 'board-stale'] : input.failOpen,
      isUndecided: true,
    });
  }

  /** Appends the steps of the offer that wins, if one does; returns the reason of the decision. */
  #arbitrate(facts: CallFacts, steps: RouteStep[]): string {
    const best = new Arbitration(this.#resources);
    const isService = isServiceFirst(facts);
    if (isService) weighAll(facts, best);
    else this.#weighSales(facts, best);
    if (best.offer === undefined) return lastGate(facts, this.#resources, offersOf(facts));
    const isCompared = !isService && !best.offer.offer.mandatory;
    const floor = isCompared ? bestServiceValue(this.plan, this.#resources) : -Infinity;
    if (best.value <= floor) return 'arbitration';
    appendOffer(
      {
        plan: this.plan,
        resources: this.#resources,
        best,
        floor,
        seed: facts.input.seed,
        values: this.#values,
      },
      steps,
    );
    if (isService) return 'service-alert';
    return isCompared ? 'offer' : 'mandatory';
  }
  /** What `weighAll` does, without a list of its own: this is the way of most calls. */
  #weighSales(facts: CallFacts, best: Arbitration): void {
    for (const { offerCode, propensity, value } of facts.strategy?.offers ?? []) {
      const offer = this.plan.offersByCode.get(offerCode);
      if (offer === undefined || offerGate(facts, offer, 'sales') !== At.passed) continue;
      best.weigh(offer, expectedValue(propensity, value));
    }
  }
}
