// Whether a decided call goes to an IVR port first, and what its IVR needs to know of the call's plan.
import type { Board } from '../../callcenter/index.js';
import type { Partner } from '../../config/index.js';
import type { Identity, RouteStep } from '../../decision/index.js';
import type { StrategyLookup } from '../../offers/index.js';
import type { Action } from '../routed-call.js';
import type { RoutingPlan } from '../routing-plan.js';
import { stepsByWait, takesCalls } from '../step-order.js';
import type { IvrRoute } from './conversation.js';
import { IdentifyAction, isAskedForDigits } from './identify-action.js';
import type { IdentifiedCaller, IdentifyServices } from './identify-action.js';
import { IvrAction, ivrStepsOf } from './ivr-action.js';
import type { AfterIvr, IvrCall } from './move-on.js';

/** One call, as its flow knows it. */
export interface IvrCandidate {
  readonly routed: IvrCall;
  readonly plan: RoutingPlan;
  readonly partner: Partner;
  readonly identity: Identity;
  /** Undefined when plain service was given without a look-up. */
  readonly lookup: StrategyLookup | undefined;
  /** The board of this moment. */
  readonly board: () => Board;
  /** The ordinary action for these steps; the caller is not answered yet. */
  readonly otherwise: (steps: readonly RouteStep[]) => Action;
  /** Decides anew; `routed.decision` is the new one from then on. */
  readonly decideAnew: (caller: IdentifiedCaller) => void;
}

/** Starts the IVR of a call; undefined when the call needs none. A redirected call is the carrier's: it is never answered here. */
export function startIvr(call: IvrCandidate, services: IdentifyServices): Action | undefined {
  const { routed, partner, identity, lookup } = call;
  if (routed.trunk.action === 'redirect') return undefined;
  const route = routeOf(call);
  const { identification } = partner;
  if (
    identification !== undefined &&
    lookup !== undefined &&
    isAskedForDigits(identification, identity, lookup)
  ) {
    const programs = programSteps(call, identification.programs);
    if (programs.length > 0) {
      return new IdentifyAction(routed, services, {
        ...route,
        settings: identification,
        caller: identity.kind === 'number' ? identity.phone : undefined,
        programs,
        decideAnew: (caller) => {
          call.decideAnew(caller);
          return routed.decision.steps;
        },
      });
    }
  }
  if (ivrStepsOf(routed.decision.steps, route).length === 0) return undefined;
  return new IvrAction(routed, services, route);
}

function routeOf(call: IvrCandidate): IvrRoute {
  return {
    menuOf: (step) => call.plan.menuOf(step),
    stepsAfterIvr: (to) => stepsAfterIvr(call, to),
    otherwise: (steps) => call.otherwise(steps),
  };
}

function stepsAfterIvr({ routed, plan, partner, board }: IvrCandidate, to: AfterIvr): readonly RouteStep[] {
  const { decisionId, offer } = routed.decision;
  const now = board();
  const service = plan.decider.plainService({
    decisionId,
    partner: partner.partner,
    board: now,
    now: now.takenAt,
    seed: 0.5,
    reason: 'after-ivr',
    failOpen: [],
  }).steps;
  if (to === 'service' || offer === undefined) return service;
  const steps = plan.decider.offerSteps(partner.partner, offer.offerCode) ?? [];
  const agents = steps.filter(
    ({ target }) => target.kind === 'destination' && target.destination.kind === 'queue',
  );
  return [...stepsByWait(agents, now, undefined), ...service];
}

/** Programs with a port for this partner, in configured order. */
function programSteps(
  { plan, partner, board }: IvrCandidate,
  programs: readonly string[],
): readonly RouteStep[] {
  const { states, ...rest } = board();
  return programs.flatMap((id) => {
    const destination = plan.decider.destinationById.get(id);
    if (destination === undefined || !plan.mediaCentres.has(destination.centre)) return [];
    if (!takesCalls(destination, { states, ...rest })) return [];
    const quota = destination.quotas[partner.partner];
    const inUse = states[destination.index]?.portsInUse?.[partner.partner] ?? 0;
    if (quota !== undefined && inUse >= quota) return [];
    return [{ target: { kind: 'destination', destination } as const, offer: undefined }];
  });
}
