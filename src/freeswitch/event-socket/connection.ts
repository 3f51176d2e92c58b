// One connection to the event socket of a FreeSWITCH, from the TCP connect to its end; it never connects again by itself. Commands
// go out one at a time, so that answers need no numbers: the protocol has none, and answers in the order of the commands.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { errorCode, errorMessage, TimerSet } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { EventHeaders } from './event-headers.js';
import { FrameReader } from './frame-reader.js';
import type { Frame, FrameFault } from './frame-reader.js';

const KEEP_ALIVE_MS = 10_000;
/** Time to send what is left and to see the other end close. */
const CLOSE_GRACE_MS = 1000;

export type CommandReply =
  | { readonly kind: 'ok'; readonly text: string }
  /** FreeSWITCH refused it: a text that begins with -ERR or -USAGE. */
  | { readonly kind: 'refused'; readonly text: string }
  /** Never sent or never answered. */
  | { readonly kind: 'lost'; readonly reason: string };

export type CloseCause =
  | 'wrong-password'
  /** The address of this machine is not in its access list. */
  | 'not-allowed'
  | 'connect-failed'
  /** Connected, but no word in time. */
  | 'silent'
  /** A command had no answer in time: the next answer could be taken for that of another command. */
  | 'no-answer'
  | 'malformed'
  | 'ended'
  | 'closed-here';

export interface ConnectionClose {
  readonly cause: CloseCause;
  /** For people. */
  readonly reason: string;
}

/** Called in the order of the frames. */
export interface EventSocketListener {
  /** The password was right. */
  onReady(): void;
  onEvent(headers: EventHeaders): void;
  /** A frame that could not be used. */
  onMalformed(): void;
  /** After every frame of one piece of data: the other end lives. */
  onData(): void;
  /** Once; nothing comes after it. Open commands have been told before. */
  onClose(close: ConnectionClose): void;
}

export interface EventSocketOptions {
  /** Host or address; an IPv6 address may have brackets. */
  readonly host: string;
  readonly port: number;
  readonly password: string;
  /** From connect to the answer to the password, in milliseconds. Default 5000. */
  readonly connectTimeoutMs?: number;
  /** Default of commands, in milliseconds: 10,000. */
  readonly commandTimeoutMs?: number;
  /** Commands that wait; more are lost at once. Default 256. */
  readonly maxWaiting?: number;
  readonly clock: Clock;
}

interface Command {
  readonly text: string;
  readonly onReply: (reply: CommandReply) => void;
}

const faultReasons: Readonly<Record<FrameFault, string>> = {
  'header-too-long':
    'a header block longer than 64 KB came: this is no event socket, or its stream is broken',
  'body-too-long': 'a frame longer than 2 MB came',
  'length-malformed': 'a frame with a Content-Length that is no number came',
};

export class EventSocketConnection {
  readonly #options: EventSocketOptions;
  readonly #listener: EventSocketListener;
  readonly #timers: TimerSet;
  readonly #reader = new FrameReader();
  readonly #socket: Socket;
  readonly #waiting: Command[] = [];
  #inFlight: Command | undefined;
  #state: 'connecting' | 'authenticating' | 'ready' | 'closed' = 'connecting';

  /** Connects at once. */
  constructor(options: EventSocketOptions, listener: EventSocketListener) {
    this.#options = options;
    this.#listener = listener;
    this.#timers = new TimerSet(options.clock);
    this.#socket = connect({
      host: options.host.replace(/^\[(.*)\]$/, '$1'),
      port: options.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', (error: unknown) => this.#fail(error));
    this.#socket.on('close', () => this.#close({ cause: 'ended', reason: 'the connection was closed' }));
    const timeoutMs = options.connectTimeoutMs ?? 5000;
    this.#timers.start('event-socket-connect', timeoutMs, () => {
      const reason = `${this.address} did not ask for the password or answer it within ${timeoutMs} ms`;
      this.#close({ cause: this.#socket.connecting ? 'connect-failed' : 'silent', reason });
    });
  }

  /** `127.0.0.1:8021` */
  get address(): string {
    return `${this.#options.host}:${this.#options.port}`;
  }

  get isReady(): boolean {
    return this.#state === 'ready';
  }

  /** No command waits for its turn or its answer. */
  get isIdle(): boolean {
    return this.#inFlight === undefined && this.#waiting.length === 0;
  }

  /**
   * Sends a command, such as `api status`. `onReply` is called once, in the order of the frames: events that came before the answer
   * have been handed over, those after it have not.
   */
  send(text: string, onReply: (reply: CommandReply) => void): void {
    if (this.#state !== 'ready') onReply({ kind: 'lost', reason: 'not connected' });
    else if (/[\r\n]/.test(text)) onReply({ kind: 'lost', reason: 'a line break in a command' });
    else if (this.#waiting.length >= (this.#options.maxWaiting ?? 256)) {
      onReply({ kind: 'lost', reason: 'too many commands wait' });
    } else {
      this.#waiting.push({ text, onReply });
      this.#sendNext();
    }
  }

  /** As `send`. Events that followed the answer may have been handed over before the promise is seen. */
  async ask(text: string): Promise<CommandReply> {
    return new Promise((resolve) => this.send(text, resolve));
  }

  /** Says `exit` and ends; `onClose` is called with `closed-here`. */
  close(): void {
    this.#close({ cause: 'closed-here', reason: 'closed' });
  }

  #read(chunk: Buffer): void {
    if (this.#state === 'closed') return;
    const fault = this.#reader.push(chunk, (frame) => this.#take(frame));
    if (fault !== undefined) this.#close({ cause: 'malformed', reason: faultReasons[fault] });
    else if (!this.#isClosed()) this.#listener.onData();
  }

  #take(frame: Frame): void {
    if (this.#state === 'closed') return;
    switch (frame.kind) {
      case 'event':
        this.#listener.onEvent(frame.headers);
        return;
      case 'answer':
      case 'reply':
        this.#answer(frame.text);
        return;
      case 'auth-request':
        this.#authenticate();
        return;
      case 'disconnect-notice':
        this.#close({ cause: 'ended', reason: 'FreeSWITCH ended the connection' });
        return;
      case 'rude-rejection':
        this.#close({
          cause: 'not-allowed',
          reason: 'FreeSWITCH does not take connections from this address',
        });
        return;
      case 'unusable':
        this.#listener.onMalformed();
    }
  }

  #authenticate(): void {
    if (this.#state !== 'connecting') {
      this.#listener.onMalformed();
      return;
    }
    if (/[\r\n]/.test(this.#options.password)) {
      this.#close({ cause: 'wrong-password', reason: 'the password has a line break' });
      return;
    }
    this.#state = 'authenticating';
    this.#socket.write(`auth ${this.#options.password}\n\n`);
  }

  #answer(text: string): void {
    if (this.#state === 'authenticating') {
      this.#timers.cancel('event-socket-connect');
      if (!text.startsWith('+OK')) {
        this.#close({ cause: 'wrong-password', reason: 'wrong password' });
        return;
      }
      this.#state = 'ready';
      this.#listener.onReady();
      return;
    }
    const command = this.#inFlight;
    if (command === undefined) {
      this.#listener.onMalformed();
      return;
    }
    this.#inFlight = undefined;
    this.#timers.cancel('event-socket-command');
    command.onReply({ kind: /^-(ERR|USAGE)/.test(text) ? 'refused' : 'ok', text });
    this.#sendNext();
  }

  #sendNext(): void {
    if (this.#state !== 'ready' || this.#inFlight !== undefined) return;
    const command = this.#waiting.shift();
    if (command === undefined) return;
    this.#inFlight = command;
    this.#socket.write(`${command.text}\n\n`);
    const timeoutMs = this.#options.commandTimeoutMs ?? 10_000;
    this.#timers.start('event-socket-command', timeoutMs, () => {
      this.#close({ cause: 'no-answer', reason: `no answer to "${command.text}" within ${timeoutMs} ms` });
    });
  }

  #fail(error: unknown): void {
    const cause = this.#state === 'connecting' ? 'connect-failed' : 'ended';
    const isRefused = errorCode(error) === 'ECONNREFUSED';
    const reason = isRefused
      ? `nothing listens at ${this.address}`
      : `${this.address}: ${errorCode(error) ?? errorMessage(error)}`;
    this.#close({ cause, reason });
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #close(close: ConnectionClose): void {
    if (this.#state === 'closed') return;
    const wasReady = this.#state === 'ready';
    this.#state = 'closed';
    this.#timers.cancelAll();
    this.#leave(close.cause === 'closed-here' && wasReady);
    const open = this.#inFlight === undefined ? this.#waiting : [this.#inFlight, ...this.#waiting];
    for (const { onReply } of open) onReply({ kind: 'lost', reason: close.reason });
    this.#inFlight = undefined;
    this.#waiting.length = 0;
    this.#listener.onClose(close);
  }

  #leave(isPolite: boolean): void {
    const socket = this.#socket;
    if (!isPolite) {
      socket.destroy();
      return;
    }
    const grace = this.#options.clock.after(CLOSE_GRACE_MS, 'event-socket-close', () => socket.destroy());
    socket.once('close', () => grace.cancel());
    socket.end('exit\n\n');
  }
}
