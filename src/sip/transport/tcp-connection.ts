// One TCP connection, either direction (RFC 3261 18.1 to 18.4).
import type { Socket } from 'node:net';
import { TimerSet } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import { SipTransportError } from '../errors.js';
import type { ParseResult } from '../message/parse-result.js';
import { StreamFramer } from '../message/stream-framer.js';
import type { TransportLimits } from './limits.js';
import type { Flow } from './transport.js';

/** Time for a peer to close its side after we closed ours. */
const LINGER_MS = 2000;

export interface TcpConnectionOptions {
  readonly id: number;
  readonly socket: Socket;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Address and port that we are known by on this connection. */
  readonly local: { readonly address: string; readonly port: number };
  readonly limits: TransportLimits;
  readonly clock: Clock;
  readonly onMessage: (result: ParseResult, flow: Flow) => void;
  readonly onClose: (connection: TcpConnection, error: Error | null) => void;
}

export class TcpConnection {
  readonly id: number;
  readonly flow: Flow;
  readonly #options: TcpConnectionOptions;
  readonly #framer: StreamFramer;
  readonly #timers: TimerSet;
  #failure: SipTransportError | null = null;
  #isClosing = false;
  #lastMessageAt: number;

  constructor(options: TcpConnectionOptions) {
    const { socket, limits, clock } = options;
    this.id = options.id;
    this.#options = options;
    this.#framer = new StreamFramer(limits.message);
    this.#timers = new TimerSet(clock);
    this.#lastMessageAt = clock.now();
    this.flow = {
      protocol: 'tcp',
      localAddress: options.local.address,
      localPort: options.local.port,
      remoteAddress: options.remoteAddress,
      remotePort: options.remotePort,
      connectionId: options.id,
    };
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    if (socket.connecting) this.#awaitConnect();
    else this.#startIdleTimer(limits.idleTimeoutMs);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => {
      this.#failure ??= new SipTransportError('SIP_SEND_FAILED', `${this.#peer()}: ${error.message}`, {
        cause: error,
      });
    });
    socket.on('close', () => {
      this.#isClosing = true;
      this.#timers.cancelAll();
      options.onClose(this, this.#failure);
    });
  }

  get isUsable(): boolean {
    return !this.#isClosing && !this.#options.socket.destroyed && this.#options.socket.writable;
  }

  send(text: string, onError: (error: SipTransportError) => void): void {
    const { socket, limits } = this.#options;
    if (socket.writableLength + text.length > limits.sendQueueBytes) {
      const message = `${this.#peer()}: ${socket.writableLength} bytes wait to be sent`;
      process.nextTick(onError, new SipTransportError('SIP_SEND_QUEUE_FULL', message));
      return;
    }
    socket.write(text, 'latin1', (error) => {
      if (error === undefined || error === null) return;
      const message = `${this.#peer()}: ${error.message}`;
      onError(this.#failure ?? new SipTransportError('SIP_SEND_FAILED', message, { cause: error }));
    });
  }

  /** Sends what is queued, then closes; the peer gets a moment to close its side. */
  end(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#timers.cancelAll();
    this.#options.socket.end();
    this.#timers.start('linger', LINGER_MS, () => this.#options.socket.destroy());
  }

  destroy(): void {
    this.#isClosing = true;
    this.#options.socket.destroy();
  }

  #awaitConnect(): void {
    const { socket, limits } = this.#options;
    this.#timers.start('connect', limits.connectTimeoutMs, () => {
      const message = `${this.#peer()}: no connection within ${limits.connectTimeoutMs} ms`;
      this.#failure = new SipTransportError('SIP_CONNECT_TIMEOUT', message);
      this.destroy();
    });
    socket.once('connect', () => {
      this.#timers.cancel('connect');
      this.#startIdleTimer(limits.idleTimeoutMs);
    });
  }

  #receive(chunk: Buffer): void {
    if (this.#isClosing) return;
    let isPinged = false;
    let isAnyWhole = false;
    for (const frame of this.#framer.push(chunk)) {
      if (frame.kind === 'ping') {
        isPinged = true;
        continue;
      }
      isAnyWhole = true;
      this.#options.onMessage(frame.result, this.flow);
    }
    // RFC 5626 4.4.1: a pong is one CRLF. One answers any number of pings in a chunk.
    if (isPinged) this.send('\r\n', () => undefined);
    if (isPinged || isAnyWhole) this.#lastMessageAt = this.#options.clock.now();
    if (this.#framer.isBroken) this.end();
    else this.#watchPartial(isAnyWhole);
  }

  /** A message that has begun must become whole in time, however slowly its bytes come. */
  #watchPartial(isNewMessage: boolean): void {
    if (!this.#framer.isWaiting) {
      this.#timers.cancel('partial');
    } else if (isNewMessage || !this.#timers.has('partial')) {
      this.#timers.start('partial', this.#options.limits.partialMessageTimeoutMs, () => this.destroy());
    }
  }

  /** One timer that is set again for the time that is left, not one for each message. */
  #startIdleTimer(ms: number): void {
    this.#timers.start('idle', ms, () => {
      const left = this.#lastMessageAt + this.#options.limits.idleTimeoutMs - this.#options.clock.now();
      if (left > 0) this.#startIdleTimer(left);
      else this.end();
    });
  }

  #peer(): string {
    return `${this.#options.remoteAddress}:${this.#options.remotePort}/tcp`;
  }
}
