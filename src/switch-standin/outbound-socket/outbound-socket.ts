// FreeSWITCH's side of the outbound event socket (mod_event_socket.c, socket_function): the centre connects to the application that
// is to control one channel, and does what it is told there.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { TimerSet } from '../../kernel/index.js';
import type { Channel, Controller } from '../channel/channel.js';
import { profileHeaders } from '../channel/caller-profile.js';
import { ApiCalls } from '../event-socket/api-calls.js';
import { CommandReader } from '../event-socket/command-reader.js';
import { CommandQueue } from '../event-socket/command-queue.js';
import type { ClientCommand } from '../event-socket/command-reader.js';
import { plainText } from '../event-socket/event-format.js';
import type { StampedEvent } from '../event-socket/event-format.js';
import { EventSubscription } from '../event-socket/event-subscription.js';
import type { EventSink, SwitchEvent } from '../switch-event.js';
import { messageTo } from './channel-message.js';

export interface OutboundSocketHost {
  /** Common headers for an event that only this application sees. */
  stamp(event: SwitchEvent): StampedEvent;
  readonly events: EventSink;
  runApi(command: string, args: string): string | Promise<string>;
  channel(uuid: string): Channel | undefined;
  onClosed(socket: OutboundSocket): void;
}

export interface OutboundSocketOptions {
  readonly host: string;
  readonly port: number;
}

const connectWithinMs = 5000;
const mostBacklogBytes = 8_388_608;
const farewellText = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';
const farewell = `Content-Length: ${farewellText.length}\n\n${farewellText}`;
const ownEvents =
  'CHANNEL_ANSWER CHANNEL_APPLICATION CHANNEL_BRIDGE CHANNEL_CREATE CHANNEL_DATA CHANNEL_DESTROY CHANNEL_EXECUTE ' +
  'CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_ORIGINATE CHANNEL_UUID CHANNEL_OUTGOING ' +
  'CHANNEL_PARK CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_STATE CHANNEL_UNBRIDGE CHANNEL_UNPARK DETECTED_SPEECH ' +
  'DTMF NOTALK TALK';

export class OutboundSocket implements Controller {
  readonly #channel: Channel;
  readonly #host: OutboundSocketHost;
  readonly #socket: Socket;
  readonly #timers: TimerSet;
  readonly #reader = new CommandReader();
  readonly #subscription = new EventSubscription();
  readonly #commands = new CommandQueue((command) => this.#handle(command));
  readonly #calls: ApiCalls;
  #isOwnOnly = false;
  /** Seconds that the connection is kept after the call; -1 without an end. */
  #linger: number | undefined;
  /** The call went elsewhere: the application sees what becomes of it, as with FreeSWITCH, and its leaving ends nothing. */
  #hasLetGo = false;
  #isClosed = false;

  constructor(channel: Channel, options: OutboundSocketOptions, host: OutboundSocketHost) {
    this.#channel = channel;
    this.#host = host;
    this.#timers = new TimerSet(channel.context.clock);
    this.#calls = new ApiCalls({
      owner: channel.uuid,
      runApi: (command, args) => host.runApi(command, args),
      fire: (event) => host.events.fire(event),
      write: (data) => this.#write(data),
    });
    this.#socket = connect(options.port, options.host);
    this.#socket.setNoDelay(true);
    this.#socket.on('connect', () => this.#timers.cancel('connect'));
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('close', () => this.#closed());
    this.#timers.start('connect', connectWithinMs, () => this.#socket.destroy());
    channel.onGone(() => this.#sayGoodbye());
  }

  /** Sends the event if the application subscribed to it. */
  offer(event: StampedEvent): void {
    if (!this.#subscription.wants(event)) return;
    if (this.#isOwnOnly && event.get('Unique-ID') !== this.#channel.uuid) return;
    this.#write(event.frame(this.#subscription.format));
  }

  /** The application has left, and what it asked for is done. */
  onIdle(): void {
    if (this.#isClosed) this.#channel.hangup('NORMAL_CLEARING');
  }

  release(): void {
    this.#hasLetGo = true;
  }

  destroy(): void {
    this.#hasLetGo = true;
    this.#socket.destroy();
  }

  /** The call is over; an application that lingers keeps its connection. */
  #sayGoodbye(): void {
    this.#hasLetGo = true;
    const { uuid, profile } = this.#channel;
    const head = `Content-Type: text/disconnect-notice\nControlled-Session-UUID: ${uuid}\n`;
    if (this.#linger === undefined) {
      this.#write(`${head}Content-Disposition: disconnect\n${farewell}`);
      this.#socket.end();
      return;
    }
    const name = `Channel-Name: ${profile.channelName}\n`;
    this.#write(
      `${head}Content-Disposition: linger\n${name}Linger-Time: ${this.#linger}\nContent-Length: 0\n\n`,
    );
    if (this.#linger >= 0) this.#timers.start('linger', 1000 * this.#linger, () => this.#leave());
  }

  #leave(): void {
    this.#write(`Content-Type: text/disconnect-notice\n${farewell}`);
    this.#socket.end();
  }

  #closed(): void {
    this.#isClosed = true;
    this.#timers.cancelAll();
    this.#commands.close();
    this.#host.onClosed(this);
    if (!this.#hasLetGo && this.#channel.applications.isIdle) this.#channel.hangup('NORMAL_CLEARING');
  }

  #read(chunk: Buffer): void {
    const commands = this.#reader.read(chunk);
    if (commands === undefined) {
      this.#channel.context.log.debug({ uuid: this.#channel.uuid }, 'outbound socket client sent rubbish');
      this.#socket.destroy();
      return;
    }
    this.#commands.push(commands);
  }

  #handle(command: ClientCommand): Promise<void> | undefined {
    const [verb = ''] = command.line.split(' ', 1);
    const rest = command.line.slice(verb.length + 1).trim();
    switch (verb.toLowerCase()) {
      case 'connect':
        this.#describeChannel();
        return undefined;
      case 'exit':
        this.#reply('+OK bye');
        this.#leave();
        return undefined;
      case 'api':
        return this.#calls.api(rest);
      case 'bgapi':
        this.#calls.bgapi(rest, command.headers.get('job-uuid'));
        return undefined;
      case 'sendmsg':
        this.#message(rest, command);
        return undefined;
      default:
        this.#reply(this.#subscription.handle(command.line) ?? this.#ofChannel(verb.toLowerCase(), rest));
        return undefined;
    }
  }

  #describeChannel(): void {
    const event = this.#host.stamp({
      name: 'CHANNEL_DATA',
      subclass: undefined,
      origin: 'mod_event_socket.c:parse_command:2029',
      headers: [
        ...profileHeaders('Channel', this.#channel.profile),
        ...this.#channel.eventHeaders(),
        ['Content-Type', 'command/reply'],
        ['Reply-Text', '+OK\n'],
        ['Socket-Mode', 'async'],
        ['Control', 'full'],
      ],
      body: '',
    });
    this.#write(plainText(event.headers));
  }

  #ofChannel(verb: string, rest: string): string {
    switch (verb) {
      case 'myevents':
        return this.#myEvents(rest);
      case 'getvar':
        return this.#channel.variables.get(rest) ?? '';
      case 'linger':
        this.#linger = rest === '' ? -1 : Number.parseInt(rest, 10) || 0;
        return this.#linger < 0 ? '+OK will linger' : `+OK will linger ${this.#linger} seconds`;
      case 'nolinger':
        this.#linger = undefined;
        return '+OK will not linger';
      case 'resume':
        return '+OK';
      case 'divert_events':
        return `+OK events ${rest === 'on' ? '' : 'not '}diverted`;
      default:
        return '-ERR command not found';
    }
  }

  #myEvents(format: string): string {
    if (this.#isOwnOnly) return '-ERR aready enabled.';
    this.#isOwnOnly = true;
    this.#subscription.handle(`event ${format === 'json' ? 'json' : 'plain'} ${ownEvents}`);
    return '+OK Events Enabled';
  }

  /** The reply goes out before anything that the message brings about. */
  #message(uuid: string, command: ClientCommand): void {
    const isOwn = uuid === '' || uuid === this.#channel.uuid;
    const channel = isOwn ? this.#channel : this.#host.channel(uuid);
    if (channel === undefined || channel.isHungUp) {
      this.#reply(isOwn ? '-ERR memory error' : `-ERR invalid session id [${uuid}]`);
      return;
    }
    this.#reply('+OK');
    messageTo(channel, command);
  }

  #reply(text: string): void {
    this.#write(`Content-Type: command/reply\nReply-Text: ${text}\n\n`);
  }

  #write(data: string | Buffer): void {
    if (!this.#socket.writable) return;
    this.#socket.write(data);
    if (this.#socket.writableLength > mostBacklogBytes) this.#socket.destroy();
  }
}
