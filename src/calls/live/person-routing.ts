// A person sends a live call to a presentation or a queue: what the target is, whether the call's partner may use it, and the
// CTI data that goes along, so that the next agent sees what the one before presented.
import type {
  CentreControl,
  ControlAnswer,
  Destination,
  RouteAnswer,
  RouteTarget,
} from '../../callcenter/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import type { RouteStep } from '../../decision/index.js';
import { noOfferHeaders, presentedHeaders, stepHeaders } from '../cti-headers.js';
import type { RoutingPlan } from '../routing-plan.js';
import { stepsByWait } from '../step-order.js';
import type { DestinationStep } from '../step-order.js';
import type { LiveCall, LiveCalls } from './live-calls.js';

export interface PersonRoutingOptions {
  readonly live: LiveCalls;
  readonly control: CentreControl;
  readonly plan: () => RoutingPlan;
  readonly clock: Clock;
  readonly log: Logger;
}

export class PersonRouting {
  readonly #options: PersonRoutingOptions;

  constructor(options: PersonRoutingOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async route(decisionId: string, target: RouteTarget): Promise<RouteAnswer> {
    const { live, control, log } = this.#options;
    const call = live.get(decisionId);
    if (call === undefined || call.state === 'left') return { kind: 'unknown-call' };
    if (call.at === undefined) return { kind: 'not-at-a-centre' };
    const chosen = this.#choose(call, call.at.centre, target);
    if ('kind' in chosen) return chosen;
    const { destination } = chosen.target;
    const isHere = destination.centre === call.at.centre;
    const answer = await control.transfer({
      centre: call.at.centre,
      sessionUuid: call.at.sessionUuid,
      queue: queueOf(destination),
      uri: isHere ? undefined : destination.uri,
      headers: {
        ...(chosen.offer === undefined ? noOfferHeaders : {}),
        ...stepHeaders({ decisionId }, chosen.offer),
        ...presentedHeaders(call.presented),
      },
    });
    log.info({ decisionId, destination: destination.id, answer: answer.kind }, 'call routed by a person');
    if (answer.kind === 'done') live.redirected(decisionId, chosen.offer?.offerCode);
    return answerOf(answer, chosen);
  }

  #choose(call: LiveCall, centre: string, target: RouteTarget): DestinationStep | RouteAnswer {
    const { decider } = this.#options.plan();
    const { partner } = call;
    if ('queue' in target) {
      const destination = decider.destinationById.get(target.queue);
      if (destination?.kind !== 'queue') {
        return { kind: 'unknown-target', message: `${target.queue} is no queue of any centre` };
      }
      const step = decider.serviceStep(partner, target.queue);
      if (step !== undefined) return step as DestinationStep;
      return { kind: 'not-entitled', message: `calls of ${partner} do not go to ${target.queue}` };
    }
    const steps = decider.offerSteps(partner, target.offer);
    if (steps === undefined) {
      return { kind: 'not-entitled', message: `${target.offer} is no offer for calls of ${partner}` };
    }
    // A menu runs on a port of the router, which a call at a centre is not on.
    const isAsked = (step: RouteStep): boolean =>
      this.#options.plan().menuOf(step) === undefined &&
      (target.presentation === undefined || step.offer?.presentation === target.presentation);
    const { plan, clock } = this.#options;
    const board = plan().board.snapshot(clock.now(), clock.wallNow());
    const [best] = stepsByWait(steps.filter(isAsked), board, centre);
    if (best !== undefined) return best;
    const which =
      target.presentation === undefined ? 'no presentation' : `no presentation ${target.presentation}`;
    return { kind: 'unknown-target', message: `${target.offer} has ${which} that takes calls now` };
  }
}

/** `acme-sales` of `east/acme-sales`: its extension at the centre. */
function queueOf({ id, centre }: Destination): string {
  return id.slice(centre.length + 1);
}

function answerOf(answer: ControlAnswer, { target, offer }: DestinationStep): RouteAnswer {
  switch (answer.kind) {
    case 'done':
      return { kind: 'routed', destination: target.destination.id, offer: offer?.offerCode };
    case 'unknown-call':
    case 'unknown-agent':
      return { kind: 'unknown-call' };
    case 'refused':
      return { kind: 'refused', message: `the centre refused: ${answer.reason}` };
    case 'unreachable':
      return { kind: 'unreachable', message: `the centre cannot be reached: ${answer.reason}` };
  }
}
