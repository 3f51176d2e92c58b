// One connection to the event socket of the stand-in centre: authentication, commands in order, events (mod_event_socket.c).
import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { TimerSet } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import type { SwitchEvent } from '../switch-event.js';
import { ApiCalls } from './api-calls.js';
import { CommandReader } from './command-reader.js';
import { CommandQueue } from './command-queue.js';
import type { ClientCommand } from './command-reader.js';
import type { StampedEvent } from './event-format.js';
import { EventSubscription } from './event-subscription.js';

/** What a connection needs of the server. */
export interface ClientHost {
  readonly clock: Clock;
  readonly log: Logger;
  readonly password: string;
  readonly maxBacklogBytes: number;
  /** While it is set, nothing is sent to anybody. */
  readonly isFrozen: boolean;
  /** The text of the answer to an API command. */
  runApi(command: string, args: string): string | Promise<string>;
  fire(event: SwitchEvent): void;
}

const farewell = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';
/** Time to authenticate, as FreeSWITCH gives it. */
const authWithinMs = 25_000;

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}

export class EventSocketClient {
  readonly #socket: Socket;
  readonly #host: ClientHost;
  readonly #timers: TimerSet;
  readonly #reader = new CommandReader();
  readonly #subscription = new EventSubscription();
  readonly #commands = new CommandQueue((command) => this.#handle(command));
  readonly #calls: ApiCalls;
  #isAuthenticated = false;

  constructor(socket: Socket, host: ClientHost, onClosed: () => void) {
    this.#socket = socket;
    this.#host = host;
    this.#timers = new TimerSet(host.clock);
    this.#calls = new ApiCalls({
      owner: '',
      runApi: (command, args) => host.runApi(command, args),
      fire: (event) => host.fire(event),
      write: (data) => this.#write(data),
    });
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#timers.cancelAll();
      this.#commands.close();
      onClosed();
    });
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#timers.start('authenticate', authWithinMs, () => this.#leave());
    this.#write('Content-Type: auth/request\n\n');
  }

  /** Sends the event if it was subscribed to. */
  offer(event: StampedEvent): void {
    if (!this.#isAuthenticated || !this.#subscription.wants(event)) return;
    this.#write(event.frame(this.#subscription.format));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const commands = this.#reader.read(chunk);
    if (commands === undefined) {
      this.#host.log.debug({}, 'event socket client sent rubbish');
      this.destroy();
      return;
    }
    this.#commands.push(commands);
  }

  #handle(command: ClientCommand): Promise<void> | undefined {
    const [verb = ''] = command.line.split(' ', 1);
    const rest = command.line.slice(verb.length + 1);
    const lower = verb.toLowerCase();
    if (lower.startsWith('exit') || lower.startsWith('...')) {
      this.#reply('+OK bye');
      this.#leave();
    } else if (!this.#isAuthenticated) {
      this.#authenticate(lower, rest);
    } else if (lower === 'api' && rest !== '') {
      return this.#calls.api(rest);
    } else if (lower === 'bgapi' && rest !== '') {
      this.#calls.bgapi(rest, command.headers.get('job-uuid'));
    } else {
      this.#reply(this.#subscription.handle(command.line) ?? this.#ofChannels(lower, rest));
    }
    return undefined;
  }

  #authenticate(verb: string, password: string): void {
    if (verb !== 'auth') {
      this.#reply('-ERR command not found');
    } else if (isSame(password, this.#host.password)) {
      this.#isAuthenticated = true;
      this.#timers.cancel('authenticate');
      this.#reply('+OK accepted');
    } else {
      this.#reply('-ERR invalid');
      this.#leave();
    }
  }

  /** Commands that make sense only on a connection that controls a channel. */
  #ofChannels(verb: string, rest: string): string {
    if (verb === 'linger' || verb === 'nolinger') return '-ERR not controlling a session';
    if (verb === 'divert_events') return '-ERR not controlling a session.';
    if (verb === 'sendmsg') return `-ERR invalid session id [${rest.trim()}]`;
    return '-ERR command not found';
  }

  #reply(text: string): void {
    this.#write(`Content-Type: command/reply\nReply-Text: ${text}\n\n`);
  }

  #leave(): void {
    this.#commands.close();
    this.#write(
      `Content-Type: text/disconnect-notice\nContent-Length: ${Buffer.byteLength(farewell)}\n\n${farewell}`,
    );
    this.#socket.end();
  }

  /** What is written in one turn of the event loop goes out together. A client that does not read is left. */
  #write(data: string | Buffer): void {
    const socket = this.#socket;
    if (this.#host.isFrozen || !socket.writable) return;
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    socket.write(data);
    if (socket.writableLength > this.#host.maxBacklogBytes) {
      this.#host.log.warn({ backlogBytes: socket.writableLength }, 'event socket client does not read');
      socket.destroy();
    }
  }
}
