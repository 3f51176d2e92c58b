// The order of steps that nobody arbitrates: a person's choice, or the way on from an IVR.
import { estimateWaitSeconds } from '../callcenter/index.js';
import type { Board, Destination } from '../callcenter/index.js';
import type { RouteStep } from '../decision/index.js';

export type DestinationStep = RouteStep & { readonly target: { readonly kind: 'destination' } };

/** A wait that nobody knows counts as this long: behind every queue that can be seen to be shorter. */
const unknownWaitSeconds = 600;

export function isDestinationStep(step: RouteStep): step is DestinationStep {
  return step.target.kind === 'destination';
}

export function isIvr(step: RouteStep | undefined): boolean {
  return step?.target.kind === 'destination' && step.target.destination.kind === 'ivr';
}

/** Whether it takes new calls, as far as known: up, not in maintenance, with somebody or something there to serve. */
export function takesCalls(destination: Destination, board: Board): boolean {
  const state = board.states[destination.index];
  if (destination.isDraining || state?.isUp === false || state?.servers === 0) return false;
  return destination.kind === 'queue' || state?.freeServers !== 0;
}

/**
 * Steps whose destination takes calls, the shortest expected wait first; of equal ones those at `centre` come first, then as given.
 */
export function stepsByWait(
  steps: readonly RouteStep[],
  board: Board,
  centre: string | undefined,
): readonly DestinationStep[] {
  const waitOf = ({ target: { destination } }: DestinationStep): number => {
    const state = board.states[destination.index];
    const wait = state === undefined ? undefined : estimateWaitSeconds(destination, state);
    return wait ?? unknownWaitSeconds;
  };
  const isElsewhere = ({ target: { destination } }: DestinationStep): number =>
    destination.centre === centre ? 0 : 1;
  return steps
    .filter(isDestinationStep)
    .filter(({ target: { destination } }) => takesCalls(destination, board))
    .sort((a, b) => waitOf(a) - waitOf(b) || isElsewhere(a) - isElsewhere(b));
}
