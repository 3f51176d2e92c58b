// The setting of the IVR stories: Alice calls acme, her best offer is ACME-TRAVEL by IVR, at east and then at west.
import { Registry } from 'prom-client';
import type { DecisionLogRecord } from '../../../src/calls/decision-record.js';
import type { IvrRoute, IvrServices } from '../../../src/calls/ivr/conversation.js';
import type { ExposureLine } from '../../../src/calls/ivr/exposure-line.js';
import { ExposureLog } from '../../../src/calls/ivr/exposures.js';
import { IvrMetrics } from '../../../src/calls/ivr/ivr-metrics.js';
import { menuTable } from '../../../src/calls/ivr/menu-machine.js';
import type { IvrCall, MoveRequest } from '../../../src/calls/ivr/move-on.js';
import type { Action, EndOfCall } from '../../../src/calls/routed-call.js';
import type { Termination } from '../../../src/calls/termination.js';
import { compileDestinations } from '../../../src/callcenter/index.js';
import type { Decision, OfferOnCall, RouteStep } from '../../../src/decision/index.js';
import { silentLogger } from '../../../src/kernel/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { MemoryCall } from '../../support/memory-gateway.js';
import { MemoryIvrBank } from '../../support/memory-ivr-bank.js';
import type { MemoryPort } from '../../support/memory-ivr-bank.js';
import { decisionId, settingsWith, turn } from '../story.js';
import { travelMenu } from './menus.js';

const settings = settingsWith({ action: 'refer' });
const destinations = compileDestinations(settings);

export function stepTo(id: string, offer?: OfferOnCall): RouteStep {
  const destination = destinations.find((one) => one.id === id);
  if (destination === undefined) throw new Error(`no destination ${id}`);
  return { target: { kind: 'destination', destination }, offer };
}

export function offerBy(presentation: string): OfferOnCall {
  return { offerCode: 'ACME-TRAVEL', offerUrl: 'https://x.example/t', kind: 'sales', presentation };
}

export const byIvr = offerBy('ivr');
export const service = stepTo('east/service');
export const sales = stepTo('east/acme-sales', offerBy('agent'));
export const ivrSteps = [stepTo('east/offer-ivr', byIvr), stepTo('west/offer-ivr', byIvr)];

/** Notes what is done to it. */
export class NotedAction implements Action {
  readonly done: string[] = [];

  cancel(): void {
    this.done.push('cancel');
  }

  abandon(reason: string): void {
    this.done.push(`abandon ${reason}`);
  }
}

export class IvrStory implements IvrCall {
  readonly clock = new FakeClock();
  readonly bank = new MemoryIvrBank();
  readonly call: MemoryCall;
  readonly trunk = settings.trunks.trunks[0]!;
  readonly times = settings.process.routing;
  readonly log = silentLogger;
  readonly features = {
    perTargetHeaders: true,
    removesHeaders: true,
    retargetsAnyUri: true,
    reportsOutcome: true,
    maxMessageBytes: 0,
  };
  readonly localAddresses = new Set<string>();
  decision: Decision;
  /** `trying east/offer-ivr`, `connected ...`, `left`, `ended success answered 200`, `released`: in order. */
  readonly told: string[] = [];
  readonly lines: ExposureLine[] = [];
  readonly moves: MoveRequest[] = [];
  readonly moved = new NotedAction();
  readonly ordinary = new NotedAction();
  readonly others: (readonly RouteStep[])[] = [];
  readonly registry = new Registry();
  readonly services: IvrServices;
  readonly route: IvrRoute;

  constructor(body = 'sdp of alice', steps: readonly RouteStep[] = [...ivrSteps, service]) {
    this.call = new MemoryCall('INVITE', 'sip:+18005550100@127.0.0.1', { 'call-id': 'call-1' }, body);
    this.decision = {
      decisionId,
      partner: 'acme',
      customer: 'c-1',
      generation: 1,
      arm: 'offer',
      offer: steps[0]?.offer,
      steps,
      reason: 'offer',
      failOpen: [],
      gates: [],
      candidates: [],
    };
    const decisionLog = { add: (line: DecisionLogRecord) => this.lines.push(line as ExposureLine) };
    const metrics = new IvrMetrics(this.registry, () => this.bank.openPorts);
    this.services = {
      bank: this.bank,
      exposures: new ExposureLog({ clock: this.clock, decisionLog, metrics }),
      metrics,
      moveOn: (move) => {
        this.moves.push(move);
        return this.moved;
      },
    };
    const table = menuTable(travelMenu);
    this.route = {
      menuOf: ({ offer }) => (offer?.presentation === 'ivr' ? table : undefined),
      stepsAfterIvr: (to) => (to === 'sales' ? [sales, service] : [service]),
      otherwise: (others) => {
        this.others.push(others);
        return this.ordinary;
      },
    };
  }

  get port(): MemoryPort {
    return this.bank.port;
  }

  /** States of exposures with their results: `ivr reserved`, `ivr confirmed`, `ivr concluded declined`. */
  get exposures(): readonly string[] {
    return this.lines.map(({ kind, state, result }) => [kind, state, result ?? ''].join(' ').trim());
  }

  trying({ target }: RouteStep): void {
    this.told.push(`trying ${target.kind === 'destination' ? target.destination.id : target.uri}`);
  }

  attempted(
    attempt: number,
    _step: RouteStep,
    { status, reason }: { status: number | undefined; reason: string },
  ): void {
    this.told.push(`attempt ${attempt} ${status ?? '-'} ${reason}`);
  }

  connected({ target }: RouteStep): void {
    this.told.push(`connected ${target.kind === 'destination' ? target.destination.id : target.uri}`);
  }

  left(): void {
    this.told.push('left');
  }

  ended({ result, reason }: Termination, { status }: EndOfCall): void {
    this.told.push(`ended ${result} ${reason} ${status ?? '-'}`);
  }

  released(): void {
    this.told.push('released');
  }

  count(word: string): number {
    return this.told.filter((one) => one.startsWith(word)).length;
  }

  async metric(name: string): Promise<string[]> {
    const text = await this.registry.metrics();
    return text.split('\n').filter((line) => line.startsWith(name));
  }
}

/** Does one thing and lets what follows from it happen. */
export async function then(thing: () => void): Promise<void> {
  thing();
  await turn();
}
