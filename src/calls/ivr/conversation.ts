// What is said on an IVR port: presents an offer by a menu, says what became of it, and sends the call on. The actions begin it.
import type { IvrBank, IvrPort } from '../../callcenter/index.js';
import type { RouteStep } from '../../decision/index.js';
import type { Action } from '../routed-call.js';
import type { ExposureResult } from './exposure-line.js';
import { exposureOf } from './exposures.js';
import type { ExposureLog } from './exposures.js';
import { IvrLeg } from './ivr-leg.js';
import type { IvrCallEnd, IvrMetrics } from './ivr-metrics.js';
import type { MenuTable } from './menu-machine.js';
import { MenuRun } from './menu-run.js';
import type { MenuEnd } from './menu-run.js';
import type { AfterIvr, IvrCall, MoveOn } from './move-on.js';

/** What all IVR calls of a router share. */
export interface IvrServices {
  readonly bank: IvrBank;
  readonly exposures: ExposureLog;
  readonly metrics: Pick<IvrMetrics, 'ivrCall' | 'identification'>;
  readonly moveOn: MoveOn;
}

/** Where this call may go; the router's plan and the decision say. */
export interface IvrRoute {
  /** The menu that is run for a step; undefined for every other kind of step. */
  menuOf(step: RouteStep): MenuTable | undefined;
  /**
   * The steps after an IVR, never empty. `sales`: the agent presentations of the offer that the call was decided for, then plain
   * service; `service`: plain service. Asked when the menu has ended, so that they follow the board of that moment.
   */
  stepsAfterIvr(to: AfterIvr): readonly RouteStep[];
  /** The ordinary action for these steps; the caller is not answered yet. */
  otherwise(steps: readonly RouteStep[]): Action;
}

/** Who talks before a menu does. All are told while nothing is being presented. */
export interface Opening {
  onUp(port: IvrPort, step: RouteStep): void;
  /** What happens instead; the caller is not answered. */
  onNoPort(): Action;
  onGone(by: 'caller' | 'centre'): void;
}

export interface ConversationOptions {
  readonly routed: IvrCall;
  readonly services: IvrServices;
  readonly route: IvrRoute;
  /** Programs that a port is opened at. */
  readonly steps: readonly RouteStep[];
  readonly opening: Opening;
}

export class Conversation implements Action {
  readonly #options: ConversationOptions;
  readonly #leg: IvrLeg;
  readonly #presented: string[] = [];
  #port: IvrPort | undefined;
  #run: MenuRun | undefined;
  #next: Action | undefined;

  constructor(options: ConversationOptions) {
    this.#options = options;
    const { routed, services, steps, opening } = options;
    this.#leg = new IvrLeg({
      routed,
      bank: services.bank,
      steps,
      listener: {
        onUp: (port, step) => {
          this.#port = port;
          opening.onUp(port, step);
        },
        onNoPort: () => {
          this.#next = opening.onNoPort();
        },
        onPortGone: () => this.#gone('centre'),
        onCallerGone: () => this.#gone('caller'),
      },
    });
  }

  start(): void {
    this.#leg.start();
  }

  cancel(): void {
    if (this.#next === undefined) this.#leg.cancel();
    else this.#next.cancel();
  }

  abandon(reason: string): void {
    if (this.#next !== undefined) {
      this.#next.abandon(reason);
      return;
    }
    // The leg first: after it nothing is moved on, and what was presented ends as with the centre.
    this.#leg.abandon(reason);
    this.#gone('centre');
  }

  /** Runs the menu of a step on the port that is open. */
  present(step: RouteStep, table: MenuTable): void {
    const { routed, services } = this.#options;
    const exposure = exposureOf(routed, step);
    const port = this.#port;
    if (port === undefined || exposure === undefined) {
      this.moveOn('service');
      return;
    }
    services.exposures.reserve(exposure);
    let isPresenting = false;
    this.#run = new MenuRun({
      table,
      port,
      clock: routed.clock,
      onPresenting: () => {
        isPresenting = true;
        services.exposures.presenting(exposure);
      },
      onEnd: (end) => {
        this.#run = undefined;
        const result = resultOf(end);
        services.exposures.concluded(exposure, result);
        if (isPresenting) this.#presented.push(`${exposure.offer}:${result}`);
        services.metrics.ivrCall(exposure.destination, labelOf(end));
        this.#follow(end);
      },
    });
  }

  /** Hands the call to whoever moves it; to `steps`, or where the plan says. Does nothing when nobody is there to be moved. */
  moveOn(to: AfterIvr, steps = this.#options.route.stepsAfterIvr(to)): void {
    const { routed, services } = this.#options;
    const handed = this.#leg.handOver();
    if (handed === undefined) return;
    const [first] = steps;
    const exposure = first === undefined ? undefined : exposureOf(routed, first);
    if (exposure !== undefined) services.exposures.reserve(exposure);
    const { step: from, ...rest } = handed;
    this.#next = services.moveOn({ routed, ...rest, from, to, steps, presented: this.#presented });
  }

  #gone(by: 'caller' | 'centre'): void {
    if (this.#run === undefined) this.#options.opening.onGone(by);
    else this.#run.gone(by);
  }

  #follow(end: MenuEnd): void {
    switch (end.kind) {
      case 'goto-queue':
        this.moveOn(end.to);
        return;
      case 'hang-up':
        this.#leg.hangUp({ result: 'success', reason: 'ivr-finished' });
        return;
      case 'gone':
        // The caller is not lost with the centre; with the caller nothing is left to do.
        if (end.by === 'centre') this.moveOn('service');
    }
  }
}

function resultOf(end: MenuEnd): ExposureResult {
  if (end.outcome !== undefined) return end.outcome;
  switch (end.kind) {
    case 'goto-queue':
      return end.isLimit ? 'no-answer' : 'presented';
    case 'hang-up':
      return 'presented';
    case 'gone':
      return end.by === 'caller' ? 'hang-up' : 'interrupted';
  }
}

function labelOf(end: MenuEnd): IvrCallEnd {
  switch (end.kind) {
    case 'goto-queue':
      return end.isLimit ? 'limit' : end.to;
    case 'hang-up':
      return 'hang-up';
    case 'gone':
      return end.by === 'caller' ? 'caller-gone' : 'centre-gone';
  }
}
