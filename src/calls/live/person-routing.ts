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
import { noOfferHeaders, pairHeaders, presentedHeaders, stepHeaders } from '../cti-headers.js';
import type { RoutingPlan } from '../routing-plan.js';
import { exposureOf } from '../ivr/exposures.js';
import type { ExposureLog } from '../ivr/exposures.js';
import { stepsByWait } from '../step-order.js';
import type { DestinationStep } from '../step-order.js';
import type { LiveCall, LiveCalls } from './live-calls.js';

export interface PersonRoutingOptions {
  readonly live: LiveCalls;
  readonly control: CentreControl;
  readonly exposures: Pick<ExposureLog, 'reserve'>;
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
    const { live, control, exposures, log } = this.#options;
    const call = live.get(decisionId);
    if (call === undefined || call.state === 'left') return { kind: 'unknown-call' };
    if (call.at === undefined) return { kind: 'not-at-a-centre' };
    const chosen = this.#choose(call, call.at.centre, target);
    if ('kind' in chosen) return chosen;
    const { destination } = chosen.target;
    const isHere = destination.centre === call.at.centre;
    // Its centre may tell that it left the queue before it answers us.
    live.moving(decisionId, true);
    const answer = await control.transfer({
      centre: call.at.centre,
      sessionUuid: call.at.sessionUuid,
      queue: queueOf(destination),
      uri: isHere ? undefined : destination.uri,
      headers: {
        ...(chosen.offer === undefined ? noOfferHeaders : {}),
        ...stepHeaders({ decisionId }, chosen.offer),
        ...pairHeaders(call.pairs),
        ...presentedHeaders(call.presented),
      },
    });
    log.info({ decisionId, destination: destination.id, answer: answer.kind }, 'call routed by a person');
    if (answer.kind === 'done') {
      live.redirected(decisionId, chosen.offer?.offerCode);
      const exposure = exposureOf({ decision: { decisionId }, call }, chosen);
      if (exposure !== undefined) exposures.reserve(exposure);
    } else live.moving(decisionId, false);
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
    const { plan, clock } = this.#options;
    const board = plan().board.snapshot(clock.now(), clock.wallNow());
    const asked = steps.filter(
      ({ offer }) => target.presentation === undefined || offer?.presentation === target.presentation,
    );
    const reachable = asked.filter((step) => plan().menuOf(step) === undefined);
    const [best] = stepsByWait(reachable, board, centre);
    if (best !== undefined) return best;
    const what =
      target.presentation === undefined ? target.offer : `${target.offer} by ${target.presentation}`;
    if (asked.length === 0) return { kind: 'unknown-target', message: `there is no presentation ${what}` };
    const why =
      reachable.length === 0
        ? 'is presented by a menu of the router, which a call at a centre cannot be sent to'
        : 'is presented nowhere that takes calls now';
    return { kind: 'unknown-target', message: `${what} ${why}` };
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
