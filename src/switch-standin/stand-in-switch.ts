// The switch of a stand-in centre: SIP profiles, channels, dialplan, outbound sockets and the API commands about them.
import { isIP } from 'node:net';
import type { Clock, Logger } from '../kernel/index.js';
import { applicationsOf } from './applications/application-table.js';
import type { CentreEvents, CentreStamp } from './centre-events.js';
import { ChannelCommands } from './channel-commands/channel-commands.js';
import type { Application, Channel, Controller } from './channel/channel.js';
import { SofiaProfile } from './channel/sofia-profile.js';
import { Switchboard } from './channel/switchboard.js';
import { Dialplan, mediaContext } from './dialplan/dialplan.js';
import type { ProgramSettings, QueueHost } from './dialplan/destinations.js';
import type { ApiCommandSource } from './event-socket/api-commands.js';
import { MediaPorts } from './media/media-ports.js';
import type { MediaPortsOptions } from './media/media-ports.js';
import { MediaTicker } from './media/media-ticker.js';
import { OutboundSocket } from './outbound-socket/outbound-socket.js';
import type { OutboundSocketHost } from './outbound-socket/outbound-socket.js';

export interface StandInSwitchOptions {
  /** Shown in Server and User-Agent, such as `centre east`. */
  readonly name: string;
  /** Of the profile `internal`, such as `sip:127.0.0.1:5090;transport=udp,tcp`. */
  readonly listen: string;
  /** Of the profile `drachtio_mrf`. */
  readonly mediaListen: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stamp: CentreStamp;
  readonly events: CentreEvents;
  readonly domain: string;
  readonly queues: readonly string[];
  readonly programs: readonly ProgramSettings[];
  readonly callCentre: () => QueueHost;
  readonly ringMs: number;
  readonly maxCalls: number;
  readonly maxCallMs: number;
  readonly rtp: MediaPortsOptions;
  /** API commands for outbound sockets: those of channels and all others. */
  readonly runApi: (command: string, args: string) => string | Promise<string>;
}

export class StandInSwitch {
  readonly switchboard: Switchboard;
  readonly commands: ApiCommandSource;
  readonly ports: MediaPorts;
  readonly internal: SofiaProfile;
  readonly media: SofiaProfile;
  readonly #options: StandInSwitchOptions;
  readonly #dialplan: Dialplan;
  readonly #sockets = new Set<OutboundSocket>();
  readonly #socketHost: OutboundSocketHost;

  constructor(options: StandInSwitchOptions) {
    const { clock, log, stamp, events } = options;
    this.#options = options;
    this.ports = new MediaPorts(options.rtp);
    this.internal = this.#profile('internal', options.listen, 'default');
    this.media = this.#profile('drachtio_mrf', options.mediaListen, mediaContext);
    const applications = new Map<string, Application>();
    const ticker = new MediaTicker(clock);
    this.switchboard = new Switchboard({
      context: { clock, log, events, ports: this.ports, ticker, wallNow: () => stamp.wallNow() },
      applications,
      profiles: () => this.profiles,
      maxChannels: options.maxCalls,
    });
    this.#dialplan = new Dialplan({ ...options, connect: (channel) => this.#connect(channel) });
    const transfer = this.#dialplan.transfer.bind(this.#dialplan);
    for (const [name, application] of applicationsOf(this.switchboard, transfer))
      applications.set(name, application);
    this.commands = new ChannelCommands({
      switchboard: this.switchboard,
      profiles: () => this.profiles,
      stamp,
      transfer,
    });
    this.#socketHost = {
      stamp: (event) => stamp.stampOnly(event),
      events,
      runApi: options.runApi,
      channel: (uuid) => this.switchboard.table.get(uuid),
      onClosed: (socket) => this.#sockets.delete(socket),
    };
    stamp.listen((event) => {
      for (const socket of this.#sockets) socket.offer(event);
    });
  }

  get profiles(): readonly SofiaProfile[] {
    return [this.internal, this.media];
  }

  /** Outbound sockets that are open. */
  get sockets(): number {
    return this.#sockets.size;
  }

  /** @throws SipTransportError SIP_PORT_IN_USE when something else has one of the addresses */
  async start(): Promise<void> {
    await this.internal.engine.start();
    try {
      await this.media.engine.start();
    } catch (error) {
      await this.internal.engine.stop();
      throw error;
    }
  }

  /** Ends every call in order. */
  async stop(): Promise<void> {
    for (const channel of this.switchboard.table) channel.hangup('SYSTEM_SHUTDOWN');
    for (const socket of [...this.#sockets]) socket.destroy();
    await Promise.all(this.profiles.map(({ engine }) => engine.stop()));
    this.ports.closeAll();
  }

  /** The process dies: sockets and calls are gone, nobody is told. */
  async kill(): Promise<void> {
    for (const socket of [...this.#sockets]) socket.destroy();
    const aborted = this.profiles.map(({ engine }) => engine.abort());
    for (const channel of this.switchboard.table) channel.discard();
    this.ports.closeAll();
    await Promise.all(aborted);
  }

  #profile(name: string, listen: string, context: string): SofiaProfile {
    const { clock, log, maxCallMs } = this.#options;
    return new SofiaProfile({
      name,
      listen,
      product: `Proffer stand-in (${this.#options.name})`,
      clock,
      log,
      maxCallMs,
      onInvite: (exchange, profile) => {
        void this.switchboard.accept(exchange, profile, context).then((channel) => {
          if (channel !== undefined) this.#dialplan.route(channel);
        });
      },
    });
  }

  /** `answer`, then `socket ${sip_h_X-esl-outbound} async full`. */
  #connect(channel: Channel): Controller {
    const address = channel.variables.get('sip_h_X-esl-outbound') ?? '';
    const [, host = '', port = ''] = /^(?:\[?([^\]]+?)\]?):(\d{1,5})$/.exec(address) ?? [];
    channel.answer();
    channel.announce('socket', `${address} async full`);
    channel.setVariable('socket_host', host);
    channel.showDialog();
    if (!this.#mayConnect(host, channel) || Number(port) > 65_535) {
      this.#options.log.debug({ address }, 'outbound socket address refused');
      queueMicrotask(() => channel.hangup('NORMAL_CLEARING'));
      return { release: () => undefined };
    }
    const socket = new OutboundSocket(channel, { host, port: Number(port) }, this.#socketHost);
    this.#sockets.add(socket);
    return socket;
  }

  /** Only this machine, or whoever sent the call: an INVITE must not make us connect anywhere else. */
  #mayConnect(host: string, channel: Channel): boolean {
    if (host === channel.profile.networkAddress || host === 'localhost') return true;
    return isIP(host) !== 0 && (host.startsWith('127.') || host === '::1');
  }
}
