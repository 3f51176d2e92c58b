// A stage for live calls: routers, and at each centre a stand-in whose agents do what the test says. Callers are phones that the
// test holds; SIPp calls the routers as well.
import type { Test } from 'tap';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { AnsweringEndpoint, StandInCentre } from '../../src/switch-standin/index.js';
import type { AgentProfile, AgentSettings, StandInCentreOptions } from '../../src/switch-standin/index.js';
import type { Channel } from '../../src/switch-standin/channel/channel.js';
import { waitUntil } from './child-process.js';
import { freePorts } from './free-port.js';
import { sumOf } from './metrics-text.js';
import { RouterProcess } from './router-process.js';
import { trunkAddress } from './router-settings.js';
import type { RouterOptions } from './router-process.js';
import type { SettingsDraft } from './router-settings.js';

export type CentreName = 'east' | 'west';
const centreNames = ['east', 'west'] as const;

/**
 * What an agent's phone does: it answers and talks until the caller hangs up, at once or after half a second of ringing, refuses, or
 * rings until somebody gives up.
 */
export type Behaviour = 'answers' | 'answers-late' | 'refuses' | 'rings';

/** Longer than any test, and well below what a timer can hold. */
const talkMs = 100_000_000;
const behaviours: Readonly<Record<Behaviour, AgentProfile>> = {
  answers: { answerMs: [20, 60], meanTalkMs: talkMs },
  'answers-late': { answerMs: [500, 600], meanTalkMs: talkMs },
  refuses: { answerMs: [20, 60], refuseShare: 1, meanTalkMs: talkMs },
  rings: { answerMs: [20, 60], noAnswerShare: 1, meanTalkMs: talkMs },
};

/** An agent: the queues it serves, and how; alone, a list of queues is an agent who answers. */
export interface AgentPlan extends Omit<AgentSettings, 'name'> {
  readonly queues: readonly string[];
  readonly behaviour?: Behaviour;
}

export type Staff = Readonly<Record<string, readonly string[] | AgentPlan>>;

export interface LiveStageOptions extends Pick<
  RouterOptions,
  'edit' | 'env' | 'args' | 'records' | 'customers'
> {
  readonly staff: Readonly<Record<CentreName, Staff>>;
  /** Queues that are in the settings and not at the centre. */
  readonly missing?: Readonly<Partial<Record<CentreName, readonly string[]>>>;
  /** Routers on the same settings. Default 1. */
  readonly routers?: number;
  /** Default 20. */
  readonly ringMs?: number;
}

const password = 'ClueCon';
const queueNames = ['acme-sales', 'borealis-sales', 'service', 'digital'] as const;

/** The numbers of test/support and of the shipped partners. */
export const dialled = { acme: '+18005550100', borealis: '+18005550200' } as const;
export const platinumCaller = '+15550100001';
/** In no strategy: plain service. */
export const unknownCaller = '+15550100099';

export type DecisionLine = Record<string, unknown>;

/** A caller's phone in the hand of the test. */
export class HeldCall {
  channel: Channel | undefined;
  /** Why it was not answered. */
  failure: string | undefined;

  get isOver(): boolean {
    return this.failure !== undefined || this.channel?.isHungUp === true;
  }

  get sipCallId(): string {
    return this.channel?.variables.get('sip_call_id') ?? '';
  }

  hangUp(): void {
    this.channel?.hangup('NORMAL_CLEARING');
  }
}

export class LiveStage {
  readonly #options: LiveStageOptions;
  readonly #centres = new Map<CentreName, StandInCentre>();
  readonly #profiles: Record<string, AgentProfile> = {};
  readonly #phones: StandInCentre;
  readonly #overflow: AnsweringEndpoint;
  readonly routers: RouterProcess[] = [];

  private constructor(
    options: LiveStageOptions,
    readonly ports: Readonly<Record<CentreName | 'eastSocket' | 'westSocket' | 'overflow', number>>,
  ) {
    this.#options = options;
    this.#overflow = new AnsweringEndpoint({
      name: 'overflow',
      listen: `sip:127.0.0.1:${ports.overflow};transport=udp,tcp`,
      clock: systemClock,
      log: silentLogger,
    });
    this.#phones = standIn({
      name: 'phones',
      listen: `sip:${trunkAddress.proxy}:0;transport=udp,tcp`,
      queues: [],
    });
  }

  /** Everything up: the routers are ready and follow both centres. Closed when the test ends. */
  static async open(t: Test, options: LiveStageOptions): Promise<LiveStage> {
    const [east = 0, west = 0, eastSocket = 0, westSocket = 0, overflow = 0] = await freePorts(5);
    const stage = new LiveStage(options, { east, west, eastSocket, westSocket, overflow });
    t.teardown(() => stage.close());
    await Promise.all([stage.#overflow.start(), stage.#phones.start()]);
    await Promise.all(centreNames.map((name) => stage.startCentre(name)));
    const routers = Array.from({ length: options.routers ?? 1 }, () => stage.#startRouter());
    stage.routers.push(...(await Promise.all(routers)));
    return stage;
  }

  get router(): RouterProcess {
    const [first] = this.routers;
    if (first === undefined) throw new Error('no router runs');
    return first;
  }

  centre(name: CentreName): StandInCentre {
    const centre = this.#centres.get(name);
    if (centre === undefined) throw new Error(`centre ${name} does not run`);
    return centre;
  }

  /** A centre at the addresses that the settings say; one that was killed begins anew, with everybody available. */
  async startCentre(name: CentreName, socketPassword = password): Promise<void> {
    const { staff, missing, ringMs = 20 } = this.#options;
    const people = Object.entries(staff[name]).map(([agent, plan]) => ({
      name: agent,
      ...('queues' in plan ? plan : { queues: plan }),
    }));
    for (const { name: agent, behaviour = 'answers' } of people as readonly (AgentPlan & {
      name: string;
    })[]) {
      this.#profiles[agent] = behaviours[behaviour];
    }
    const centre = standIn({
      name: `centre ${name}`,
      listen: `sip:127.0.0.1:${this.ports[name]};transport=udp,tcp`,
      eventSocket: { host: '127.0.0.1', port: this.ports[`${name}Socket`], password: socketPassword },
      queues: queueNames
        .filter((queue) => missing?.[name]?.includes(queue) !== true)
        .map((queue) => ({ name: queue })),
      programs: [{ program: 'offer-ivr', ports: 30, holdingTimeSeconds: 60 }],
      agents: people.map(({ queues: _, ...agent }) => ({
        contact: `[leg_timeout=1]simulated/${agent.name}`,
        status: 'Available',
        ...agent,
      })),
      tiers: people.flatMap(({ name: agent, queues }) => queues.map((queue) => ({ queue, agent }))),
      profiles: this.#profiles,
      ringMs,
    });
    await centre.start();
    this.#centres.set(name, centre);
  }

  /** Dies with everything that is on it: no BYE, no farewell. */
  async killCentre(name: CentreName): Promise<void> {
    const centre = this.centre(name);
    this.#centres.delete(name);
    await centre.kill();
  }

  /** From the next call on. */
  behave(agent: string, behaviour: Behaviour): void {
    this.#profiles[agent] = behaviours[behaviour];
  }

  /** SIGKILL. */
  async killRouter(): Promise<void> {
    this.router.child.signal('SIGKILL');
    await this.router.child.exited;
  }

  /** Another router in place of one that has ended: its data, its ports. */
  async restartRouter(): Promise<void> {
    const { dataDir, sipPort, httpPort } = this.router;
    await this.router.stop(true);
    this.routers[0] = await this.#startRouter({ dataDir, ports: [sipPort, httpPort] });
  }

  /** As at the agent's desk: the status changes at the centre. */
  setStatus(name: CentreName, agent: string, status: string): void {
    this.centre(name).callCentre.setAgentStatus(`${agent}@default`, status as 'Available');
  }

  /** A call over the proxy trunk, or to another address; talks until the test hangs up. */
  place(from: string = platinumCaller, to = `${dialled.acme}@${this.router.sip}`): HeldCall {
    const held = new HeldCall();
    this.#phones.switch.switchboard.call(
      `sofia/internal/sip:${to}`,
      { callerNumber: from, callerName: 'Alice', headers: [] },
      {
        onAnswer: (channel) => (held.channel = channel),
        onFailed: (cause) => (held.failure = cause),
      },
    );
    return held;
  }

  /** As `place`, and answered when it returns: by a queue, not yet by an agent. */
  async call(from?: string, to?: string): Promise<HeldCall> {
    const held = this.place(from, to);
    await waitUntil('the call is answered', () => {
      if (held.failure !== undefined) throw new Error(`the call failed: ${held.failure}`);
      return held.channel !== undefined;
    });
    return held;
  }

  /** Calls past the router, until so many agents of the queue are in calls and `waiting` callers wait. */
  async occupy(name: CentreName, queue: string, agents: number, waiting = 0): Promise<HeldCall[]> {
    const to = `${queue}@127.0.0.1:${this.ports[name]}`;
    const calls = Array.from({ length: agents + waiting }, () => this.place('+15559999999', to));
    const busy = () => this.queueReading(name, queue);
    await waitUntil(`${agents} agents of ${name}/${queue} are busy and ${waiting} callers wait`, async () => {
      const { free, waiting: members } = await busy();
      return free === 0 && members === waiting;
    });
    return calls;
  }

  /** What the first router's feed says of a queue. */
  async queueReading(name: CentreName, queue: string, router = this.router) {
    const samples = await router.metrics();
    const labels = { centre: name, queue };
    return {
      staffed: sumOf(samples, 'proffer_queue_agents', { ...labels, state: 'staffed' }),
      free: sumOf(samples, 'proffer_queue_agents', { ...labels, state: 'free' }),
      waiting: sumOf(samples, 'proffer_queue_members_waiting', labels),
    };
  }

  /** Waits until every router sees so many free agents of a queue. */
  async untilFree(name: CentreName, queue: string, free: number): Promise<void> {
    await waitUntil(`${free} agents of ${name}/${queue} are free`, async () => {
      const readings = await Promise.all(
        this.routers.map((router) => this.queueReading(name, queue, router)),
      );
      return readings.every((one) => one.free === free);
    });
  }

  /** The records of a call by its SIP Call-ID; waits until one matches. */
  async recordOf(
    call: HeldCall | string,
    matches: (line: DecisionLine) => boolean,
    router = this.router,
  ): Promise<DecisionLine> {
    const callId = typeof call === 'string' ? call : call.sipCallId;
    const find = () => router.records().find((line) => line['callId'] === callId && matches(line));
    await waitUntil(`a record of ${callId} such as ${String(matches)}`, () => find() !== undefined);
    return find() as DecisionLine;
  }

  async decisionOf(call: HeldCall | string): Promise<DecisionLine> {
    return this.recordOf(call, (line) => line['type'] === 'decision');
  }

  /** `reserved`, `confirmed by ann`, `released abandoned`: the exposures of a call so far, in order. */
  exposuresOf(call: HeldCall | string): string[] {
    const callId = typeof call === 'string' ? call : call.sipCallId;
    return this.router
      .records()
      .filter((line) => line['type'] === 'exposure' && line['callId'] === callId)
      .map(({ state, agent, result }) =>
        [
          state,
          ...(agent === undefined ? [] : ['by', agent]),
          ...(result === undefined ? [] : [result]),
        ].join(' '),
      );
  }

  async untilExposures(call: HeldCall | string, wanted: readonly string[]): Promise<void> {
    const text = wanted.join(', ');
    await waitUntil(`exposures ${text}`, () => this.exposuresOf(call).join(', ') === text).catch(
      (error: unknown) => {
        throw new Error(`exposures are ${this.exposuresOf(call).join(', ')}`, { cause: error });
      },
    );
  }

  /** No call is anywhere, nothing is reserved, every reading says so. */
  async untilIdle(): Promise<void> {
    await waitUntil('no member, no reservation and no call is left', async () => {
      if ([...this.#centres.values()].some(({ counts }) => counts.channels > 0)) return false;
      const all = await Promise.all(this.routers.map((router) => router.metrics()));
      return all.every(
        (samples) =>
          sumOf(samples, 'proffer_reservations') === 0 &&
          sumOf(samples, 'proffer_reservations_shared') === 0 &&
          sumOf(samples, 'proffer_queue_members_waiting') === 0 &&
          sumOf(samples, 'proffer_calls_in_progress') === 0,
      );
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.routers.map((router) => router.stop()));
    await this.#phones.stop();
    await Promise.all([...this.#centres.values()].map((centre) => centre.stop()));
    await this.#overflow.stop();
  }

  async #startRouter(former: Pick<RouterOptions, 'dataDir' | 'ports'> = {}): Promise<RouterProcess> {
    const { edit, staff: _staff, missing: _missing, ringMs: _ringMs, ...options } = this.#options;
    const router = await RouterProcess.start({
      ...options,
      ...former,
      centres: this.ports,
      edit: (draft) => {
        this.#feed(draft);
        edit?.(draft);
      },
    });
    try {
      await waitUntil('the router follows both centres', async () => {
        const samples = await router.metrics();
        const isUp = (centre: CentreName): boolean =>
          sumOf(samples, 'proffer_destination_up', { destination: `${centre}/service` }) === 1;
        return sumOf(samples, 'proffer_centre_feed_up') === 2 && centreNames.every(isUp);
      });
    } catch (error) {
      await router.stop();
      throw error;
    }
    return router;
  }

  /** Puts the event sockets back that other tests do without. */
  #feed(draft: SettingsDraft): void {
    for (const centre of draft.centres.centres ?? []) {
      const port = centre.centre === 'east' ? this.ports.eastSocket : this.ports.westSocket;
      centre.eventSocket = { port, reconcileIntervalMs: 1000, staleAfterMs: 2000 };
    }
  }
}

function standIn(options: Omit<StandInCentreOptions, 'clock' | 'log'>): StandInCentre {
  return new StandInCentre({ ...options, clock: systemClock, log: silentLogger });
}

/** Offers that only agents present: the first two at a centre each, so that which wins tells where it went. */
export function twoAgentOffers(draft: SettingsDraft): void {
  const at: Readonly<Record<string, string>> = {
    'ACME-PLATINUM': 'east/acme-sales',
    'ACME-SAVER': 'west/acme-sales',
    'ACME-TRAVEL': 'west/acme-sales',
  };
  for (const offer of draft.offers.offers ?? []) {
    const destination = at[offer.offer ?? ''];
    if (destination === undefined) continue;
    offer.waitCapSeconds = 3600;
    offer.presentations = [{ presentation: 'agent', kind: 'agent', destinations: [destination] }];
  }
}
