// One connection over TCP or TLS, either direction (RFC 3261 18.1 to 18.4).
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { errorCode, TimerSet } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import { SipTransportError } from '../errors.js';
import type { ParseResult } from '../message/parse-result.js';
import { StreamFramer } from '../message/stream-framer.js';
import type { TransportLimits } from './limits.js';
import { peerIdentities } from './tls-identity.js';
import type { Flow, StreamProtocol } from './transport.js';

/** Time for a peer to close its side after we closed ours. */
const LINGER_MS = 2000;

export interface StreamConnectionOptions {
  readonly id: number;
  readonly protocol: StreamProtocol;
  /** Of TLS a `TLSSocket`: one that we connect, or one whose handshake is done. */
  readonly socket: Socket;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Address and port that we are known by on this connection. */
  readonly local: { readonly address: string; readonly port: number };
  /** The name that the peer must prove to be, of a TLS connection of ours. */
  readonly serverName?: string;
  /** Time for the connection to come about; default that of `limits`. */
  readonly connectTimeoutMs?: number;
  readonly limits: TransportLimits;
  readonly clock: Clock;
  readonly onMessage: (result: ParseResult, flow: Flow, text: string) => void;
  readonly onClose: (connection: StreamConnection, error: Error | null) => void;
}

interface Held {
  readonly text: string;
  readonly onError: (error: SipTransportError) => void;
}

export class StreamConnection {
  readonly id: number;
  readonly #flow: Flow;
  #certified: Flow | undefined;
  readonly #options: StreamConnectionOptions;
  readonly #framer: StreamFramer;
  readonly #timers: TimerSet;
  #failure: SipTransportError | null = null;
  #isClosing = false;
  #lastMessageAt: number;
  #isOpen: boolean;
  /** We opened it, so we keep it alive. */
  readonly #isOurs: boolean;
  #awaitsPong = false;
  /** The peer has answered a ping, so silence after one means something. */
  #answersPings = false;
  /** What waits for the peer's certificate to be checked: nothing may reach one that is not who we called. */
  #held: Held[] = [];
  #heldBytes = 0;

  constructor(options: StreamConnectionOptions) {
    const { socket, limits, clock } = options;
    this.id = options.id;
    this.#options = options;
    this.#framer = new StreamFramer(limits.message);
    this.#timers = new TimerSet(clock);
    this.#lastMessageAt = clock.now();
    this.#isOpen = !socket.connecting;
    this.#isOurs = !this.#isOpen;
    this.#flow = {
      protocol: options.protocol,
      localAddress: options.local.address,
      localPort: options.local.port,
      remoteAddress: options.remoteAddress,
      remotePort: options.remotePort,
      connectionId: options.id,
      ...(options.serverName === undefined ? {} : { serverName: options.serverName }),
    };
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    if (this.#isOpen) this.#opened();
    else this.#awaitConnect();
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => (this.#failure ??= this.#failureOf(error)));
    socket.on('close', () => {
      this.#isClosing = true;
      this.#timers.cancelAll();
      this.#dropHeld();
      options.onClose(this, this.#failure);
    });
  }

  /** Of a TLS peer that showed a certificate that we trust, with its identities. */
  get flow(): Flow {
    return this.#certified ?? this.#flow;
  }

  get isUsable(): boolean {
    return !this.#isClosing && !this.#options.socket.destroyed && this.#options.socket.writable;
  }

  send(text: string, onError: (error: SipTransportError) => void): void {
    const { socket, limits } = this.#options;
    const waiting = socket.writableLength + this.#heldBytes;
    if (waiting + text.length > limits.sendQueueBytes) {
      const message = `${this.#peer()}: ${waiting} bytes wait to be sent`;
      process.nextTick(onError, new SipTransportError('SIP_SEND_QUEUE_FULL', message));
      return;
    }
    if (!this.#isOpen && this.#options.protocol === 'tls') {
      this.#held.push({ text, onError });
      this.#heldBytes += text.length;
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
    const { socket, limits, protocol } = this.#options;
    const ms = this.#options.connectTimeoutMs ?? limits.connectTimeoutMs;
    this.#timers.start('connect', ms, () => {
      const message = `${this.#peer()}: no connection within ${ms} ms`;
      this.#failure = new SipTransportError('SIP_CONNECT_TIMEOUT', message);
      this.destroy();
    });
    socket.once(protocol === 'tls' ? 'secureConnect' : 'connect', () => {
      this.#timers.cancel('connect');
      this.#isOpen = true;
      this.#opened();
      const held = this.#held;
      this.#held = [];
      this.#heldBytes = 0;
      for (const { text, onError } of held) this.send(text, onError);
    });
  }

  #opened(): void {
    const { socket, limits } = this.#options;
    const identities = socket instanceof TLSSocket ? peerIdentities(socket) : undefined;
    if (identities !== undefined) this.#certified = { ...this.#flow, peerIdentities: identities };
    this.#startIdleTimer(limits.idleTimeoutMs);
    if (this.#isOurs) this.#startPingTimer();
  }

  #dropHeld(): void {
    const held = this.#held;
    this.#held = [];
    const error = this.#failure ?? new SipTransportError('SIP_CONNECT_FAILED', `${this.#peer()}: closed`);
    for (const { onError } of held) onError(error);
  }

  #failureOf(error: Error): SipTransportError {
    if (this.#isOpen) {
      return new SipTransportError('SIP_SEND_FAILED', `${this.#peer()}: ${error.message}`, { cause: error });
    }
    const fault = tlsFault(error);
    const message = `${this.#peer()}: ${fault ?? error.message}`;
    const code = fault === undefined ? 'SIP_CONNECT_FAILED' : 'SIP_TLS_PEER';
    return new SipTransportError(code, message, { cause: error });
  }

  #receive(chunk: Buffer): void {
    if (this.#isClosing) return;
    if (this.#awaitsPong && this.#takesAsPong(chunk)) return;
    let isPinged = false;
    let isAnyWhole = false;
    for (const frame of this.#framer.push(chunk)) {
      if (this.#options.socket.destroyed) return;
      if (frame.kind === 'ping') {
        isPinged = true;
        continue;
      }
      isAnyWhole = true;
      this.#options.onMessage(frame.result, this.flow, frame.text);
    }
    // RFC 5626 4.4.1: a pong is one CRLF. One answers any number of pings in a chunk.
    if (isPinged) this.send('\r\n', () => undefined);
    if (isPinged || isAnyWhole) this.#lastMessageAt = this.#options.clock.now();
    if (this.#framer.isBroken) this.end();
    else this.#watchPartial(isAnyWhole);
  }

  /** Whatever comes shows that the peer lives; a CRLF alone, between messages, is its pong. @returns true when that is all */
  #takesAsPong(chunk: Buffer): boolean {
    this.#awaitsPong = false;
    this.#timers.cancel('pong');
    if (this.#framer.isWaiting || chunk[0] !== 0x0d || chunk[1] !== 0x0a) return false;
    this.#answersPings = true;
    return chunk.length === 2;
  }

  /** RFC 5626 4.4.1: at a random time between 80 and 100 % of the interval, so that many connections do not ping at once. */
  #startPingTimer(): void {
    const { limits } = this.#options;
    this.#timers.start('ping', limits.pingIntervalMs * (0.8 + 0.2 * Math.random()), () => {
      this.#startPingTimer();
      if (this.#options.clock.now() - this.#lastMessageAt < 0.5 * limits.pingIntervalMs) return;
      // A message is half there, or another ping is open: nothing to ask.
      if (this.#framer.isWaiting || this.#awaitsPong) return;
      this.#awaitsPong = true;
      this.send('\r\n\r\n', () => undefined);
      // Deviation from RFC 5626 4.4.1: a peer that never answered one may not know pings, and keeps its connection.
      if (!this.#answersPings) return;
      this.#timers.start('pong', limits.pongTimeoutMs, () => {
        const message = `${this.#peer()}: no answer to a keep-alive within ${limits.pongTimeoutMs} ms`;
        this.#failure = new SipTransportError('SIP_SEND_FAILED', message);
        this.destroy();
      });
    });
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
    return `${this.#options.remoteAddress}:${this.#options.remotePort}/${this.#options.protocol}`;
  }
}

/** What is wrong with the peer's certificate, in words that say what to do; undefined for another error. */
function tlsFault(error: Error): string | undefined {
  const code = errorCode(error) ?? '';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `its certificate is for another: ${error.message}`;
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)/.test(code)) {
    return 'its certificate is of an authority that we do not know; add it to the authorities';
  }
  if (code.startsWith('ERR_SSL_') || code.startsWith('CERT_') || code === 'EPROTO') {
    return `no TLS with it: ${error.message}`;
  }
  return undefined;
}
