// A person sends a live call to a presentation or a queue: what the target is, whether the call's partner may use it, and the
// CTI data that goes along, so that the next agent sees what the one before presented.
import { estimateWaitSeconds } from '../../callcenter/index.js';
import type {
  Board,
  CentreControl,
  ControlAnswer,
  Destination,
  RouteAnswer,
  RouteTarget,
} from '../../callcenter/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import type { RouteStep } from '../../decision/index.js';
import { presentedHeaders, stepHeaders } from '../cti-headers.js';
import type { RoutingPlan } from '../routing-plan.js';
import type { LiveCall, LiveCalls } from './live-calls.js';

export interface PersonRoutingOptions {
  readonly live: LiveCalls;
  readonly control: CentreControl;
  readonly plan: () => RoutingPlan;
  readonly clock: Clock;
  readonly log: Logger;
}

type Chosen = RouteStep & { readonly target: { readonly kind: 'destination' } };

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
        ...stepHeaders({ decisionId }, chosen.offer),
        ...presentedHeaders(call.presented.length === 0 ? undefined : call.presented.join(', ')),
      },
    });
    log.info({ decisionId, destination: destination.id, answer: answer.kind }, 'call routed by a person');
    if (answer.kind === 'done') live.redirected(decisionId, chosen.offer?.offerCode);
    return answerOf(answer, chosen);
  }

  #choose(call: LiveCall, centre: string, target: RouteTarget): Chosen | RouteAnswer {
    const { decider } = this.#options.plan();
    const { partner } = call;
    if ('queue' in target) {
      const destination = decider.destinationById.get(target.queue);
      if (destination?.kind !== 'queue') {
        return { kind: 'unknown-target', message: `${target.queue} is no queue of any centre` };
      }
      const step = decider.serviceStep(partner, target.queue);
      if (step !== undefined) return step as Chosen;
      return { kind: 'not-entitled', message: `calls of ${partner} do not go to ${target.queue}` };
    }
    const steps = decider.offerSteps(partner, target.offer);
    if (steps === undefined) {
      return { kind: 'not-entitled', message: `${target.offer} is no offer for calls of ${partner}` };
    }
    const isAsked = ({ offer }: RouteStep): boolean =>
      target.presentation === undefined || offer?.presentation === target.presentation;
    const best = this.#best(steps.filter(isAsked) as readonly Chosen[], centre);
    if (best !== undefined) return best;
    const which =
      target.presentation === undefined ? 'no presentation' : `no presentation ${target.presentation}`;
    return { kind: 'unknown-target', message: `${target.offer} has ${which} that takes calls now` };
  }

  /** Free before waiting, the centre where the call is before others, the shorter wait before the longer. */
  #best(steps: readonly Chosen[], centre: string): Chosen | undefined {
    const { plan, clock } = this.#options;
    const board = plan().board.snapshot(clock.now(), clock.wallNow());
    let best: Chosen | undefined;
    let bestRank = Infinity;
    for (const step of steps) {
      const rank = rankOf(step.target.destination, board, centre);
      if (rank >= bestRank) continue;
      best = step;
      bestRank = rank;
    }
    return best;
  }
}

const elsewhere = 1;
const unknownWaitSeconds = 600;

/** Infinity: takes no call. */
function rankOf(destination: Destination, board: Board, centre: string): number {
  const state = board.states[destination.index];
  if (destination.isDraining || state?.isUp === false || state?.servers === 0) return Infinity;
  const wait = state === undefined ? undefined : estimateWaitSeconds(destination, state);
  return (wait ?? unknownWaitSeconds) * 2 + (destination.centre === centre ? 0 : elsewhere);
}

/** `acme-sales` of `east/acme-sales`: its extension at the centre. */
function queueOf({ id, centre }: Destination): string {
  return id.slice(centre.length + 1);
}

function answerOf(answer: ControlAnswer, { target, offer }: Chosen): RouteAnswer {
  switch (answer.kind) {
    case 'done':
      return { kind: 'routed', destination: target.destination.id, offer: offer?.offerCode };
    case 'unknown-call':
      return { kind: 'unknown-call' };
    case 'refused':
      return { kind: 'refused', message: `the centre refused: ${answer.reason}` };
    case 'unreachable':
      return { kind: 'unreachable', message: `the centre cannot be reached: ${answer.reason}` };
  }
}
