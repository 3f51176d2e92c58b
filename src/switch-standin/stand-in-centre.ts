// A whole stand-in centre: a FreeSWITCH with mod_callcenter as far as a router can see it. SIP with sound and keys, queues with
// agents, an event socket, outbound sockets. For trying, demonstrating and testing.
import type { Clock, Logger, Part } from '../kernel/index.js';
import { parseListenAddress } from '../sip/index.js';
import { CallCentre } from './call-centre/call-centre.js';
import { SimulatedAgents } from './call-centre/simulated-agents.js';
import type { AgentProfile } from './call-centre/simulated-agents.js';
import type { AgentSettings, QueueSettings, TierSettings } from './call-centre/settings.js';
import { CentreEvents, CentreStamp } from './centre-events.js';
import type { ProgramSettings } from './dialplan/destinations.js';
import { BuiltInCommands } from './event-socket/api-commands.js';
import type { ApiCommandSource, SwitchLoad } from './event-socket/api-commands.js';
import { EventSocketServer } from './event-socket/event-socket-server.js';
import type { EventFaults } from './event-socket/event-socket-server.js';
import type { MediaPortsOptions } from './media/media-ports.js';
import { StandInSwitch } from './stand-in-switch.js';

export interface StandInCentreOptions {
  /** What it stands in for, such as `centre east`; shown in Server and User-Agent. */
  readonly name: string;
  /** Of the profile `internal`, such as `sip:127.0.0.1:5090;transport=udp,tcp`. */
  readonly listen: string;
  /** Of the profile `drachtio_mrf`, whose calls go to the router. Default a free one. */
  readonly mediaPort?: number;
  /** Without it there is no event socket. */
  readonly eventSocket?: { readonly host: string; readonly port: number; readonly password: string };
  /** Of queues and agents whose name has none. Default `default`. */
  readonly domain?: string;
  /** A call to the part of the name before `@` goes to the queue. */
  readonly queues: readonly QueueSettings[];
  /** IVR programs that the centre answers by itself. */
  readonly programs?: readonly ProgramSettings[];
  readonly agents?: readonly AgentSettings[];
  readonly tiers?: readonly TierSettings[];
  /** How agents with a contact `simulated/PROFILE` behave. */
  readonly profiles?: Readonly<Record<string, AgentProfile>>;
  /** Of everything that is left to chance. Default 1. */
  readonly seed?: number;
  /** From 180 to 200 of a call to a queue, in milliseconds. Default 200. */
  readonly ringMs?: number;
  /** Channels at once; a call above them gets 486. Default 10,000. */
  readonly maxCalls?: number;
  /** Age at which a call is ended, in milliseconds. Default 4 hours. */
  readonly maxCallMs?: number;
  readonly rtp?: MediaPortsOptions;
  /** How far its clock is ahead, in milliseconds. Default 0. */
  readonly clockOffsetMs?: number;
  /** Wrong behaviour of the event socket, for tests. */
  readonly faults?: EventFaults;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface StandInCounts {
  readonly channels: number;
  readonly rtpPorts: number;
  /** Outbound sockets and clients of the event socket. */
  readonly sockets: number;
  readonly members: number;
}

const fourHours = 14_400_000;

export class StandInCentre implements Part {
  readonly name: string;
  readonly callCentre: CallCentre;
  readonly switch: StandInSwitch;
  /** Undefined where the options have none. */
  readonly eventSocket: EventSocketServer | undefined;
  readonly #options: StandInCentreOptions;
  readonly #events: CentreEvents;
  readonly #simulatedAgents: SimulatedAgents;
  readonly #commands: readonly ApiCommandSource[];

  constructor(options: StandInCentreOptions) {
    const { clock, log, name, seed = 1, domain = 'default', listen, mediaPort = 0 } = options;
    this.name = `stand-in ${name}`;
    this.#options = options;
    const stamp = new CentreStamp({
      clock,
      hostname: name.replace(/\W+/g, '-'),
      clockOffsetMs: options.clockOffsetMs ?? 0,
    });
    this.#events = new CentreEvents(stamp);
    const queues = options.queues.map((queue) => ({ ...queue, name: withDomain(queue.name, domain) }));
    this.switch = new StandInSwitch({
      name,
      clock,
      log,
      stamp,
      domain,
      listen,
      mediaListen: mediaListen(listen, mediaPort),
      events: this.#events,
      queues: queues.map((queue) => queue.name.replace(/@.*$/, '')),
      programs: options.programs ?? [],
      callCentre: () => this.callCentre,
      ringMs: options.ringMs ?? 200,
      maxCalls: options.maxCalls ?? 10_000,
      maxCallMs: options.maxCallMs ?? fourHours,
      rtp: options.rtp ?? {},
      runApi: (command, args) => this.runApi(command, args),
    });
    const settings = { queues, ...peopleOf(options, domain) };
    const { profiles = {} } = options;
    this.#simulatedAgents = new SimulatedAgents({
      clock,
      seed,
      profiles,
      dialler: this.switch.switchboard,
    });
    this.callCentre = new CallCentre({
      clock,
      log,
      stamp,
      seed,
      sink: this.#events,
      dialler: this.#simulatedAgents,
      settings: () => settings,
    });
    const load = (): SwitchLoad => this.#load();
    this.#commands = [this.switch.commands, this.callCentre, new BuiltInCommands({ stamp, load })];
    this.eventSocket = this.#makeEventSocket(stamp);
  }

  /** Of the profile `internal`: `127.0.0.1:5090`; '' before the start. */
  get address(): string {
    return this.switch.internal.hostPort;
  }

  /** Of the profile `drachtio_mrf`. */
  get mediaAddress(): string {
    return this.switch.media.hostPort;
  }

  /** 0 without an event socket. */
  get eventSocketPort(): number {
    return this.eventSocket?.port ?? 0;
  }

  /** What is open now; all zero once every call is over and every client has left. */
  get counts(): StandInCounts {
    return {
      channels: this.switch.switchboard.table.size,
      rtpPorts: this.switch.ports.openCount,
      sockets: this.switch.sockets + (this.eventSocket?.clients ?? 0),
      members: this.callCentre.members,
    };
  }

  /** @throws SipTransportError SIP_PORT_IN_USE, EventSocketError: an address is taken */
  async start(): Promise<void> {
    await this.switch.start();
    try {
      await this.eventSocket?.start();
    } catch (error) {
      await this.switch.stop();
      throw error;
    }
    const agents = this.#options.agents ?? [];
    const domain = this.#options.domain ?? 'default';
    this.#simulatedAgents.takeBreaks(
      agents.map(({ name, contact = '' }) => ({ name: withDomain(name, domain), contact })),
      this.callCentre,
    );
  }

  /** Ends every call in order. */
  async stop(): Promise<void> {
    this.#simulatedAgents.stop();
    this.callCentre.stop();
    await this.switch.stop();
    await this.eventSocket?.stop();
  }

  /**
   * Dies with calls on its ports: no BYE, no farewell. Another one at the same addresses is what FreeSWITCH is when it has been
   * started again.
   */
  async kill(): Promise<void> {
    this.#simulatedAgents.stop();
    this.callCentre.stop();
    await Promise.all([this.switch.kill(), this.eventSocket?.stop()]);
  }

  /** Runs an API command as the event socket does. */
  async runApi(command: string, args: string): Promise<string> {
    for (const source of this.#commands) {
      const answer = await source.run(command, args);
      if (answer !== undefined) return answer;
    }
    return `-ERR ${command} Command not found!\n`;
  }

  #makeEventSocket(stamp: CentreStamp): EventSocketServer | undefined {
    const { clock, log, eventSocket, faults } = this.#options;
    if (eventSocket === undefined) return undefined;
    const server = new EventSocketServer({
      ...eventSocket,
      ...(faults === undefined ? {} : { faults }),
      clock,
      log,
      stamp,
      commands: [this.switch.commands, this.callCentre],
      load: () => this.#load(),
    });
    this.#events.sendThrough(server);
    return server;
  }

  #load(): SwitchLoad {
    const { table } = this.switch.switchboard;
    return {
      sessions: table.size,
      sessionsSinceStart: table.sessions,
      sessionsPeak: table.peak,
      sessionsPerSecond: 0,
      sessionsPerSecondPeak: table.peak,
      idleCpu: 90,
    };
  }
}

function withDomain(name: string, domain: string): string {
  return name.includes('@') ? name : `${name}@${domain}`;
}

function mediaListen(listen: string, port: number): string {
  const [{ address } = { address: '127.0.0.1' }] = parseListenAddress(listen);
  return `sip:${address.includes(':') ? `[${address}]` : address}:${port};transport=udp,tcp`;
}

function peopleOf(
  options: StandInCentreOptions,
  domain: string,
): { readonly agents: readonly AgentSettings[]; readonly tiers: readonly TierSettings[] } {
  const { agents = [], tiers = [] } = options;
  return {
    agents: agents.map((agent) => ({ ...agent, name: withDomain(agent.name, domain) })),
    tiers: tiers.map((tier) => ({
      ...tier,
      queue: withDomain(tier.queue, domain),
      agent: withDomain(tier.agent, domain),
    })),
  };
}
