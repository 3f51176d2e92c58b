// A stage for IVR calls over real sockets: the router as a process, two stand-in centres with event sockets, agents' phones that
// ring, and callers with sound and keys at the address of each trunk.
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { StandInCentre } from '../../src/switch-standin/index.js';
import type { StandInCentreOptions } from '../../src/switch-standin/index.js';
import type { Channel } from '../../src/switch-standin/channel/channel.js';
import { waitUntil } from './child-process.js';
import { drachtioEnvironment, keepDrachtioServer } from './drachtio-server.js';
import { freePorts } from './free-port.js';
import { sumOf } from './metrics-text.js';
import { RouterProcess } from './router-process.js';
import { trunkAddress } from './router-settings.js';
import type { RouterOptions } from './router-process.js';
import type { SettingsDraft } from './router-settings.js';

const parts = { clock: systemClock, log: silentLogger };
const password = 'ClueCon';

export type CentreName = 'east' | 'west';
const centreNames = ['east', 'west'] as const;

/** Trunks of the stage by how calls go on after an IVR; a caller picks one by the address it calls from. */
export const ivrTrunk = { bridge: trunkAddress.b2bua, reinvite: '127.0.0.6', refer: '127.0.0.7' } as const;
export type IvrTrunk = keyof typeof ivrTrunk;

/** The demonstration customer whose best offer is told by a program: ACME-TRAVEL. */
export const travelCaller = '+15550100002';
export const acmeNumber = '+18005550100';

export interface IvrStageOptions extends RouterOptions {
  /** Further options of one centre; `false` leaves it out. */
  readonly centreOptions?: Readonly<Partial<Record<CentreName, Partial<StandInCentreOptions> | false>>>;
  /** Password of the router, where it is not that of the centres. */
  readonly secret?: string;
  readonly openTimeoutMs?: number;
  /** The router runs on the real drachtio-server, not on our engine. */
  readonly isOnDrachtio?: boolean;
}

/** What a call left in the decision log. */
export interface IvrStory {
  readonly decisions: readonly Record<string, unknown>[];
  readonly attempts: readonly Record<string, unknown>[];
  readonly outcomes: readonly Record<string, unknown>[];
  /** `ACME-TRAVEL ivr reserved`, `ACME-TRAVEL ivr concluded accepted`. */
  readonly exposures: readonly string[];
  readonly usage: readonly Record<string, unknown>[];
}

interface Places {
  readonly ports: Readonly<Record<CentreName, number>>;
  readonly sockets: Readonly<Record<CentreName, number>>;
}

/** A call of a phone of the stage. */
export interface PhoneCall {
  readonly channel: Channel;
  /** Settles with undefined when it is answered, else with the cause of the failure. */
  readonly answered: Promise<string | undefined>;
  /** Gives up before the answer. */
  cancel(): void;
}

export class IvrStage {
  readonly #centres = new Map<CentreName, StandInCentre>();
  readonly #callers = new Map<string, Promise<StandInCentre>>();
  readonly #options: IvrStageOptions;
  readonly #places: Places;
  /** Phones of the agents; they answer at once. */
  readonly agents: StandInCentre;
  #router: RouterProcess | undefined;
  #releaseServer: (() => Promise<void>) | undefined;

  private constructor(options: IvrStageOptions, places: Places, agents: StandInCentre) {
    this.#options = options;
    this.#places = places;
    this.agents = agents;
  }

  static async open(options: IvrStageOptions = {}): Promise<IvrStage> {
    const [east = 0, west = 0, eastSocket = 0, westSocket = 0] = await freePorts(4);
    const agents = phones('127.0.0.1');
    await agents.start();
    const places = { ports: { east, west }, sockets: { east: eastSocket, west: westSocket } };
    const stage = new IvrStage(options, places, agents);
    try {
      for (const name of centreNames)
        if (options.centreOptions?.[name] !== false) await stage.startCentre(name);
      await stage.#startRouter();
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  get router(): RouterProcess {
    if (this.#router === undefined) throw new Error('the stage has no router');
    return this.#router;
  }

  /** host:port at which calls are taken. */
  get sip(): string {
    return this.#options.isOnDrachtio === true ? this.router.drachtioSip('udp') : this.router.sip;
  }

  centre(name: CentreName): StandInCentre {
    const found = this.#centres.get(name);
    if (found === undefined) throw new Error(`no centre ${name}`);
    return found;
  }

  async startCentre(name: CentreName): Promise<void> {
    const people = ['acme-sales', 'service'].flatMap((queue) =>
      Array.from({ length: 4 }, (_, at) => ({ queue, agent: `${queue}-${at + 1}` })),
    );
    const centre = new StandInCentre({
      ...parts,
      name: `centre ${name}`,
      listen: `sip:127.0.0.1:${this.#places.ports[name]};transport=udp,tcp`,
      eventSocket: { host: '127.0.0.1', port: this.#places.sockets[name], password },
      queues: [{ name: 'acme-sales' }, { name: 'borealis-sales' }, { name: 'service' }],
      agents: people.map(({ agent, queue }) => ({
        name: agent,
        contact: `sofia/internal/sip:${queue}@${this.agents.address}`,
        status: 'Available',
      })),
      tiers: people,
      ringMs: 0,
      ...(this.#options.centreOptions?.[name] || {}),
    });
    await centre.start();
    this.#centres.set(name, centre);
  }

  /** The centre dies; another may be started at its addresses. */
  async killCentre(name: CentreName): Promise<void> {
    const centre = this.centre(name);
    this.#centres.delete(name);
    await centre.kill();
  }

  /** Which centre has a channel now. */
  busyCentre(): CentreName | undefined {
    return centreNames.find((name) => (this.#centres.get(name)?.counts.channels ?? 0) > 0);
  }

  /** A call from the address of a trunk. */
  async call(
    trunk: IvrTrunk,
    {
      caller = travelCaller,
      called = acmeNumber,
    }: { readonly caller?: string; readonly called?: string } = {},
  ): Promise<PhoneCall> {
    const from = await this.callers(ivrTrunk[trunk]);
    return new Promise((resolve) => {
      let settle: (cause: string | undefined) => void = () => undefined;
      const answered = new Promise<string | undefined>((done) => (settle = done));
      const call = from.switch.switchboard.call(
        `sofia/internal/sip:${called}@${this.sip}`,
        { callerNumber: caller, callerName: 'Pat Doe', headers: [] },
        {
          onChannel: (channel) => resolve({ channel, answered, cancel: () => call.cancel() }),
          onAnswer: () => settle(undefined),
          onFailed: (cause) => settle(cause),
        },
      );
    });
  }

  /** A call that must be answered. */
  async answeredCall(trunk: IvrTrunk, options: { readonly caller?: string } = {}): Promise<Channel> {
    const { channel, answered } = await this.call(trunk, options);
    const cause = await answered;
    if (cause !== undefined) throw new Error(`the call was not answered: ${cause}`);
    return channel;
  }

  async callers(address: string): Promise<StandInCentre> {
    const starting = this.#callers.get(address) ?? startPhones(address);
    this.#callers.set(address, starting);
    return starting;
  }

  /** The phone of an agent who talks, once there is one. */
  async agentPhone(): Promise<Channel> {
    await waitUntil('an agent talks', () =>
      [...this.agents.switch.switchboard.table].some((one) => one.isAnswered),
    );
    const [phone] = this.agents.switch.switchboard.table;
    if (phone === undefined) throw new Error('the agent has hung up');
    return phone;
  }

  /** What is in the log of the call with this Call-ID, once its outcome is. */
  async story(callId: string): Promise<IvrStory> {
    const lines = await this.router.recordsOf(callId, 'outcome');
    const ofType = (type: string) => lines.filter((one) => one['type'] === type);
    return {
      decisions: ofType('decision'),
      attempts: ofType('attempt'),
      outcomes: ofType('outcome'),
      exposures: ofType('exposure').map((one) =>
        [one['offer'], one['kind'], one['state'], one['result']].filter(Boolean).join(' '),
      ),
      usage: ofType('usage').filter((one) => one['kind'] === 'ivr'),
    };
  }

  async portsInUse(): Promise<number> {
    return sumOf(await this.router.metrics(), 'proffer_ivr_ports_in_use');
  }

  /** Nothing is left of any call, at the router and at both centres; the routers' own sockets stay. */
  async isClean(): Promise<void> {
    await waitUntil('the router holds no port and no call', async () => {
      const samples = await this.router.metrics();
      return sumOf(samples, 'proffer_ivr_ports_in_use') + sumOf(samples, 'proffer_calls_in_progress') === 0;
    });
    // Members who left their queue stay listed there for a minute, as in mod_callcenter.
    // The BYE to an agent's phone follows the caller's: a phone that still talks would be taken for the next call's.
    await waitUntil('the centres and the phones of agents hold no channel', () =>
      [...this.#centres.values(), this.agents].every(({ counts }) => counts.channels + counts.rtpPorts === 0),
    );
  }

  async close(): Promise<void> {
    await this.#router?.stop();
    await this.#releaseServer?.();
    const all = [...(await Promise.all(this.#callers.values())), ...this.#centres.values(), this.agents];
    await Promise.all(all.map((one) => one.stop()));
  }

  async #startRouter(): Promise<void> {
    const { edit, openTimeoutMs = 1000, secret = password, env, isOnDrachtio = false } = this.#options;
    const { ports, sockets } = this.#places;
    if (isOnDrachtio) this.#releaseServer = await keepDrachtioServer();
    this.#router = await RouterProcess.start({
      ...this.#options,
      centres: { ...ports, overflow: 9 },
      env: { FREESWITCH_ESL_SECRET: secret, ...(isOnDrachtio ? drachtioEnvironment : {}), ...env },
      edit: (draft) => {
        ivrSettings(draft, sockets, openTimeoutMs);
        edit?.(draft);
      },
    });
    const { router } = this;
    const isFollowed = secret === password ? 1 : 0;
    await waitUntil('the router follows the centres and has its IVR links', async () => {
      const samples = await router.metrics();
      return [...this.#centres].every(
        ([centre, { counts }]) =>
          sumOf(samples, 'proffer_centre_feed_up', { centre }) === isFollowed &&
          counts.sockets >= 2 * isFollowed,
      );
    });
  }
}

async function startPhones(address: string): Promise<StandInCentre> {
  const callers = phones(address);
  await callers.start();
  return callers;
}

function phones(address: string): StandInCentre {
  return new StandInCentre({
    ...parts,
    name: 'phones',
    listen: `sip:${address}:0;transport=udp,tcp`,
    rtp: { address },
    queues: [],
    programs: ['acme-sales', 'service'].map((program) => ({ program, ports: 1000, holdingTimeSeconds: 600 })),
  });
}

function ivrSettings(
  draft: SettingsDraft,
  sockets: Readonly<Record<CentreName, number>>,
  openTimeoutMs: number,
): void {
  draft.proffer.ivr = { openTimeoutMs };
  draft.proffer.routing = { ...draft.proffer.routing, ringTimeoutMs: 5000, provisionalTimeoutMs: 1000 };
  draft.proffer.decision = { ...draft.proffer.decision, controlArmPercent: 0 };
  for (const centre of draft.centres.centres ?? []) {
    centre.eventSocket = { port: sockets[centre.centre === 'east' ? 'east' : 'west'] };
  }
  const shared = { country: 'US', action: 'b2bua' as const };
  draft.trunks.trunks?.push(
    { trunk: 'reinvite', addresses: [ivrTrunk.reinvite], afterIvr: 'reinvite', ...shared },
    { trunk: 'refer', addresses: [ivrTrunk.refer], referTimeoutMs: 1000, ...shared, action: 'refer' },
  );
  // As shipped, and quicker.
  for (const { collect } of draft.offers.menus?.[0]?.steps ?? [])
    if (collect !== undefined) collect.timeoutMs = 700;
}
