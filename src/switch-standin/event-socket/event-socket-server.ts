// The event socket of the stand-in centre: what mod_event_socket of FreeSWITCH 1.11 answers to inbound connections.
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { errorMessage, TimerSet } from '../../kernel/index.js';
import type { Clock, Logger, Part } from '../../kernel/index.js';
import type { EventSink, SwitchEvent } from '../switch-event.js';
import { BuiltInCommands } from './api-commands.js';
import type { ApiCommandSource, BuiltInCommandsOptions } from './api-commands.js';
import { EventSocketError } from './errors.js';
import type { EventStamp, StampedEvent } from './event-format.js';
import { EventSocketClient } from './event-socket-client.js';
import type { ClientHost } from './event-socket-client.js';

/** Wrong behaviour that FreeSWITCH has shown (duplicate and late events), for tests of those who listen. Off by default. */
export interface EventFaults {
  /** Every n-th event is sent twice. */
  readonly duplicateEvery?: number;
  /** Every n-th event is sent after the one that follows it. */
  readonly reorderEvery?: number;
}

export interface EventSocketServerOptions extends Omit<BuiltInCommandsOptions, 'stamp'> {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes a free one. Default 8021. */
  readonly port?: number;
  readonly password: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stamp: EventStamp;
  /** Tried in this order, before the built-in commands. */
  readonly commands?: readonly ApiCommandSource[];
  /** Bytes that wait for one slow reader before it is disconnected. Default 4 MiB. */
  readonly maxBacklogBytes?: number;
  readonly faults?: EventFaults;
}

const heartbeatMs = 20_000;

/** Sends every event that is fired to those who subscribed, and answers commands. */
export class EventSocketServer implements Part, EventSink {
  readonly name = 'event socket of the stand-in centre';
  readonly #options: EventSocketServerOptions;
  readonly #builtIn: BuiltInCommands;
  readonly #sources: readonly ApiCommandSource[];
  readonly #timers: TimerSet;
  readonly #clients = new Set<EventSocketClient>();
  readonly #host: ClientHost;
  #server: Server | undefined;
  #isFrozen = false;
  #fired = 0;
  #held: StampedEvent | undefined;

  constructor(options: EventSocketServerOptions) {
    this.#options = options;
    this.#builtIn = new BuiltInCommands(options);
    this.#sources = [...(options.commands ?? []), this.#builtIn];
    this.#timers = new TimerSet(options.clock);
    const isFrozen = (): boolean => this.#isFrozen;
    this.#host = {
      clock: options.clock,
      log: options.log,
      password: options.password,
      maxBacklogBytes: options.maxBacklogBytes ?? 4_194_304,
      get isFrozen() {
        return isFrozen();
      },
      runApi: (command, args) => this.#runApi(command, args),
      fire: (event) => this.fire(event),
    };
  }

  /** 0 before the start. */
  get port(): number {
    return (this.#server?.address() as AddressInfo | null)?.port ?? 0;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** @throws EventSocketError when the port is taken */
  async start(): Promise<void> {
    const { host = '127.0.0.1', port = 8021 } = this.#options;
    const server = createServer((socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(new EventSocketError(`${host}:${port}`, error)));
      server.listen(port, host, resolve);
    });
    server.on('error', (error) => this.#options.log.warn({ err: error }, 'event socket failed'));
    this.#server = server;
    this.#beat();
  }

  async stop(): Promise<void> {
    this.#timers.cancelAll();
    const server = this.#server;
    this.#server = undefined;
    this.dropAll();
    await new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
  }

  fire(event: SwitchEvent): void {
    const { duplicateEvery, reorderEvery } = this.#options.faults ?? {};
    const stamped = this.#options.stamp.stamp(event);
    this.#fired += 1;
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined && reorderEvery !== undefined && this.#fired % reorderEvery === 0) {
      this.#held = stamped;
      return;
    }
    this.#send(stamped);
    if (duplicateEvery !== undefined && this.#fired % duplicateEvery === 0) this.#send(stamped);
    if (held !== undefined) this.#send(held);
  }

  /** Fault: connections stay open and new ones are taken, but nothing is sent any more. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** Ends `freeze`; what was not sent meanwhile is lost. */
  thaw(): void {
    this.#isFrozen = false;
  }

  /** Fault: every connection is cut. New ones are taken. */
  dropAll(): void {
    for (const client of this.#clients) client.destroy();
  }

  #accept(socket: Socket): void {
    const client = new EventSocketClient(socket, this.#host, () => this.#clients.delete(client));
    this.#clients.add(client);
  }

  #send(event: StampedEvent): void {
    for (const client of this.#clients) client.offer(event);
  }

  #beat(): void {
    this.#timers.start('heartbeat', heartbeatMs, () => {
      this.fire(this.#builtIn.heartbeat());
      this.#beat();
    });
  }

  /** Asks one source after the other; one that takes its time to say whether the command is its own is waited for. */
  #runApi(command: string, args: string, from = 0): string | Promise<string> {
    for (const [i, source] of this.#sources.entries()) {
      const answer = i < from ? undefined : this.#ask(source, command, args);
      if (typeof answer === 'string') return answer;
      if (answer === undefined) continue;
      return answer.then(
        (text) => text ?? this.#runApi(command, args, i + 1),
        (error: unknown) => `-ERR ${errorMessage(error)}\n`,
      );
    }
    return `-ERR ${command} Command not found!\n`;
  }

  #ask(
    source: ApiCommandSource,
    command: string,
    args: string,
  ): string | undefined | Promise<string | undefined> {
    try {
      return source.run(command, args);
    } catch (error) {
      this.#options.log.warn({ err: error, command }, 'api command of the stand-in failed');
      return `-ERR ${errorMessage(error)}\n`;
    }
  }
}
