// Where FreeSWITCH connects to for a call that it hands to us (outbound event socket): one TCP port a centre, open as long as the
// centre is configured.
//
// Deviation: fsmrf opens a port of its own with every connection to the media server, and an address in use ends the process there.
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { TimerSet } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import { modesl } from './fsmrf.js';
import type { EslConnection } from './fsmrf.js';

export interface OutboundListenerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: Clock;
  /** A call has told its channel data. */
  readonly onCall: (connection: EslConnection, id: string) => void;
  readonly onFault: (error: unknown) => void;
}

/** A connection that has not said within this what call it is for is dropped. */
const firstDataTimeoutMs = 5000;
const maxConnections = 10_000;

export class OutboundListener {
  readonly #options: OutboundListenerOptions;
  readonly #server: Server;
  readonly #timers: TimerSet;

  constructor(options: OutboundListenerOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
    this.#server = createServer();
    this.#server.maxConnections = maxConnections;
    this.#server.on('error', (error) => options.onFault(error));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  /** Calls that are connected now. */
  async connections(): Promise<number> {
    return new Promise((resolve) => this.#server.getConnections((_error, count) => resolve(count)));
  }

  /** Rejects when the address cannot be used. */
  async listen(): Promise<void> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.removeListener('error', reject);
        resolve();
      });
    });
    this.#serve();
  }

  /** Takes no more calls; those that are there stay. */
  close(): void {
    this.#timers.cancelAll();
    this.#server.close();
  }

  #serve(): void {
    const { onCall, onFault } = this.#options;
    const esl = new modesl.Server({ server: this.#server, myevents: false });
    esl.on('connection::open', (connection, id) => {
      connection.socket?.setNoDelay(true);
      connection.on('error', onFault);
      connection.on('esl::end', () => this.#timers.cancel(id));
      this.#timers.start(id, firstDataTimeoutMs, () => connection.socket?.destroy());
    });
    esl.on('connection::ready', (connection, id) => {
      this.#timers.cancel(id);
      onCall(connection, id);
    });
  }
}
