// Action of a call whose caller is asked for an account number and a secret: a port, the digits, a new decision, and on from there:
// an IVR presentation on the same port, anything else by moving the call.
import type { IvrPort } from '../../callcenter/index.js';
import type { IdentificationSettings } from '../../config/index.js';
import type { Identity, RouteStep } from '../../decision/index.js';
import type { CtiPairs, DigitsMatcher, StrategyLookup } from '../../offers/index.js';
import type { Action } from '../routed-call.js';
import { Conversation } from './conversation.js';
import type { IvrRoute, IvrServices } from './conversation.js';
import { DigitsRun } from './digits-run.js';
import type { DigitsEnd } from './digits-run.js';
import { ivrStepsOf } from './ivr-action.js';
import type { IvrCall } from './move-on.js';
import type { TryLimits } from './try-limits.js';

/** Whether a partner asks this caller for digits. */
export function isAskedForDigits(
  settings: Pick<IdentificationSettings, 'when'> | undefined,
  identity: Identity,
  lookup: StrategyLookup,
): boolean {
  if (settings === undefined) return false;
  if (identity.kind !== 'number') return settings.when.includes('anonymous');
  const found = lookup.kind === 'stale' ? lookup.lookup.kind : lookup.kind;
  if (found === 'miss') return settings.when.includes('unknown');
  return found === 'ambiguous' && settings.when.includes('ambiguous');
}

export interface IdentifyServices extends IvrServices {
  readonly matcher: DigitsMatcher;
  readonly limits: TryLimits;
}

/** What the digits say of the caller; the source of the identity is `digits`. */
export interface IdentifiedCaller {
  readonly confidence: 'verified' | 'claimed';
  readonly lookup: StrategyLookup;
  /** Go with the call on every further leg. */
  readonly pairs?: CtiPairs;
}

export interface IdentifyRoute extends IvrRoute {
  readonly settings: IdentificationSettings;
  /** E.164; undefined for a caller without a number. */
  readonly caller: string | undefined;
  /** A step without an offer for each of `settings.programs`, in order. */
  readonly programs: readonly RouteStep[];
  /**
   * Decides anew and gives the steps of the decision; `routed.decision` and `stepsAfterIvr` are of the new one from then on.
   */
  decideAnew(caller: IdentifiedCaller): readonly RouteStep[];
}

export class IdentifyAction implements Action {
  readonly #routed: IvrCall;
  readonly #services: IdentifyServices;
  readonly #route: IdentifyRoute;
  readonly #conversation: Conversation;
  #run: DigitsRun | undefined;

  /** @param routed with the decision that holds if nobody is identified */
  constructor(routed: IvrCall, services: IdentifyServices, route: IdentifyRoute) {
    this.#routed = routed;
    this.#services = services;
    this.#route = route;
    this.#conversation = new Conversation({
      routed,
      services,
      route,
      steps: route.programs,
      opening: {
        onUp: (port, step) => this.#ask(port, step),
        onNoPort: () => {
          services.metrics.identification('no-port');
          return route.otherwise(routed.decision.steps);
        },
        onGone: (by) => this.#run?.gone(by),
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

  #ask(port: IvrPort, step: RouteStep): void {
    const { settings, caller } = this.#route;
    const { call, decision, clock, log } = this.#routed;
    this.#run = new DigitsRun({
      settings,
      partner: decision.partner,
      caller,
      port,
      matcher: this.#services.matcher,
      limits: this.#services.limits,
      clock,
      log: log.child({ callId: call.callId, decisionId: decision.decisionId }),
      onEnd: (end) => {
        this.#run = undefined;
        this.#services.metrics.identification(labelOf(end));
        if (end.kind === 'identified') this.#identified(end, step);
        else this.#conversation.moveOn('service');
      },
    });
  }

  #identified(caller: IdentifiedCaller, at: RouteStep): void {
    const steps = this.#route.decideAnew(caller);
    const here = ivrStepsOf(steps, this.#route).find((step) => centreOf(step) === centreOf(at));
    const table = here === undefined ? undefined : this.#route.menuOf(here);
    if (here !== undefined && table !== undefined) {
      this.#conversation.present(here, table);
      return;
    }
    // A port at another centre would be another call; queues can be reached from here.
    const queues = steps.filter((step) => this.#route.menuOf(step) === undefined);
    this.#conversation.moveOn(queues[0]?.offer === undefined ? 'service' : 'sales', queues);
  }
}

function centreOf({ target }: RouteStep): string | undefined {
  return target.kind === 'destination' ? target.destination.centre : undefined;
}

function labelOf(end: DigitsEnd) {
  switch (end.kind) {
    case 'identified':
      return end.confidence === 'verified' ? 'person' : 'account';
    case 'not-identified':
      return end.reason;
    case 'gone':
      return `${end.by}-gone` as const;
  }
}
