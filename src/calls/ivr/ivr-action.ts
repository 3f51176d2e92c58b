// Action of a call whose decision begins with an IVR presentation: a port, the menu of the offer, and on from there.
import type { RouteStep } from '../../decision/index.js';
import type { Action } from '../routed-call.js';
import { targetName } from '../decision-record.js';
import { Conversation } from './conversation.js';
import type { IvrRoute, IvrServices } from './conversation.js';
import { exposureOf } from './exposures.js';
import type { IvrCall } from './move-on.js';

/** The steps at the head of a decision that run a menu; none for a call that is no IVR call. */
export function ivrStepsOf(
  steps: readonly RouteStep[],
  route: Pick<IvrRoute, 'menuOf'>,
): readonly RouteStep[] {
  const other = steps.findIndex(
    (step) => step.target.kind !== 'destination' || route.menuOf(step) === undefined,
  );
  return other === -1 ? steps : steps.slice(0, other);
}

export class IvrAction implements Action {
  readonly #conversation: Conversation;

  /** @param routed whose decision begins with steps that `ivrStepsOf` finds */
  constructor(routed: IvrCall, services: IvrServices, route: IvrRoute) {
    const { steps } = routed.decision;
    const ivrSteps = ivrStepsOf(steps, route);
    const [first] = ivrSteps;
    const exposure = first === undefined ? undefined : exposureOf(routed, first);
    if (exposure !== undefined) services.exposures.reserve(exposure);
    const notPresented = (result: 'abandoned' | 'not-presented'): void =>
      services.exposures.leave(routed.decision.decisionId, result);
    this.#conversation = new Conversation({
      routed,
      services,
      route,
      steps: ivrSteps,
      opening: {
        onUp: (_port, step) => {
          const table = route.menuOf(step);
          if (table !== undefined) this.#conversation.present(step, table);
        },
        onNoPort: () => {
          notPresented('not-presented');
          if (first !== undefined) services.metrics.ivrCall(targetName(first), 'no-port');
          return route.otherwise(steps.slice(ivrSteps.length));
        },
        onGone: (by) => {
          notPresented(by === 'caller' ? 'abandoned' : 'not-presented');
          if (by === 'centre') this.#conversation.moveOn('service');
        },
      },
    });
    this.#conversation.start();
  }

  cancel(): void {
    this.#conversation.cancel();
  }

  abandon(reason: string): void {
    this.#conversation.abandon(reason);
  }
}
