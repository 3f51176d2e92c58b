// The media connection to one centre: its event socket (inbound), made and made again with backoff, watched, and fsmrf's media server
// on top. A port that is open does not depend on it: each has an outbound socket of its own.
import { EventEmitter } from 'node:events';
import { errorMessage, TimerSet } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import { MediaServer, modesl } from './fsmrf.js';
import type { EslConnection, FsmrfMediaServer } from './fsmrf.js';
import type { MediaLegs } from './media-legs.js';
import { OutboundListener } from './outbound-listener.js';

export interface MediaLinkOptions {
  readonly centre: string;
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  readonly profile: string;
  /** Where FreeSWITCH reaches us; port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number; readonly advertisedHost: string };
  /** First delay before it connects again, in milliseconds; doubled up to 15 s. */
  readonly retryDelayMs: number;
  /** Silence after which the centre counts as gone, in milliseconds. */
  readonly staleAfterMs: number;
  readonly legs: MediaLegs;
  readonly clock: Clock;
  readonly log: Logger;
  /** The centre does not answer on a connection that is open: its calls are gone too. */
  readonly onSilent: () => void;
}

/** Time to connect, authenticate and tell the profile. */
const connectTimeoutMs = 3000;
const maxDelayMs = 15_000;
const notConnected = { connected: () => false };

export class MediaLink {
  readonly media: FsmrfMediaServer;
  readonly #options: MediaLinkOptions;
  readonly #timers: TimerSet;
  readonly #listener: OutboundListener;
  #connection: EslConnection | undefined;
  #isListening = false;
  #isReady = false;
  #isClosed = false;
  #fault = 'not connected yet';
  #delayMs: number;

  constructor(options: MediaLinkOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
    this.#delayMs = options.retryDelayMs;
    this.media = mediaServer(options.legs);
    this.#listener = new OutboundListener({
      host: options.listen.host,
      port: options.listen.port,
      clock: options.clock,
      onCall: (connection, id) => this.#onCall(connection, id),
      onFault: (error) => this.#log('ivr socket failed', error),
    });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Why it is not ready; the last fault. */
  get fault(): string {
    return this.#fault;
  }

  /** Outbound sockets that are open, for leak checks. */
  async connections(): Promise<number> {
    return this.#listener.connections();
  }

  /** Begins to connect; returns at once. */
  start(): void {
    void this.#attempt();
  }

  close(): void {
    this.#isClosed = true;
    this.#timers.cancelAll();
    this.#drop();
    this.#listener.close();
  }

  async #attempt(): Promise<void> {
    try {
      if (!this.#isListening) await this.#listener.listen();
      this.#isListening = true;
    } catch (error) {
      this.#fail(`cannot listen for calls: ${errorMessage(error)}`);
      return;
    }
    if (this.#isClosed) this.#listener.close();
    else this.#connect();
  }

  #connect(): void {
    const { host, port, secret } = this.#options;
    const connection = new modesl.Connection(host, port, secret, () => this.#authenticated(connection));
    this.#connection = connection;
    connection.socket?.setNoDelay(true);
    const whenOurs = (then: (error: unknown) => void) => (error: unknown) => {
      if (this.#connection === connection) then(error);
    };
    connection.on(
      'error',
      whenOurs((error) =>
        this.#isReady ? this.#log('media link fault', error) : this.#fail(errorMessage(error)),
      ),
    );
    connection.on(
      'esl::end',
      whenOurs(() => this.#fail('the connection was closed')),
    );
    connection.on(
      'esl::event::auth::fail',
      whenOurs(() => this.#fail('the password was refused (FREESWITCH_ESL_SECRET)')),
    );
    connection.on(
      'esl::event::raw::text/rude-rejection',
      whenOurs(() => this.#fail('the access list refused us')),
    );
    this.#timers.start('connect', connectTimeoutMs, () => this.#fail('no answer'));
  }

  #authenticated(connection: EslConnection): void {
    connection.api('sofia status', (answer) => {
      if (this.#connection !== connection) return;
      const address = profileAddress(answer.getBody(), this.#options.profile);
      if (address === undefined) this.#fail(`it has no SIP profile ${this.#options.profile}`);
      else this.#ready(connection, address);
    });
  }

  #ready(connection: EslConnection, address: string): void {
    const { advertisedHost } = this.#options.listen;
    this.#timers.cancel('connect');
    Object.assign(this.media, {
      _conn: connection,
      advertisedAddress: advertisedHost,
      advertisedPort: this.#listener.port,
    });
    this.media.sip.ipv4.udp.address = address;
    this.#isReady = true;
    this.#fault = '';
    this.#delayMs = this.#options.retryDelayMs;
    this.#options.log.info({ centre: this.#options.centre, address }, 'ivr bank is connected');
    this.#watch(connection);
  }

  /** A connection can die without a word (field notes 5): a question now and then, and its answer in time. */
  #watch(connection: EslConnection): void {
    const { staleAfterMs, onSilent } = this.#options;
    this.#timers.start('ask', staleAfterMs / 2, () => {
      this.#timers.start('answer', staleAfterMs, () => {
        this.#fail('it does not answer any more');
        onSilent();
      });
      connection.api('status', () => {
        if (this.#connection !== connection) return;
        this.#timers.cancel('answer');
        this.#watch(connection);
      });
    });
  }

  #onCall(connection: EslConnection, id: string): void {
    const agent = connection.getInfo()?.getHeader('variable_sip_user_agent') ?? '';
    const attempt = /^drachtio-fsmrf:(.+)$/.exec(agent)?.[1];
    if (attempt !== undefined && this.media.pendingConnections.has(attempt)) {
      this.media._onNewCall(connection, id);
      return;
    }
    // One that we gave up, or none of ours.
    this.#options.log.debug({ centre: this.#options.centre }, 'ivr call without an attempt');
    connection.execute('hangup', 'NORMAL_CLEARING');
    connection.socket?.end();
  }

  #fail(reason: string): void {
    this.#drop();
    if (this.#isClosed) return;
    const { centre, log } = this.#options;
    // Once a reason, not once a try.
    if (reason !== this.#fault) log.warn({ centre, reason }, 'ivr bank is not connected');
    this.#fault = reason;
    this.#timers.start('retry', this.#delayMs, () => this.start());
    this.#delayMs = Math.min(this.#delayMs * 2, maxDelayMs);
  }

  #drop(): void {
    this.#isReady = false;
    for (const name of ['connect', 'ask', 'answer']) this.#timers.cancel(name);
    this.media._conn = notConnected;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    connection.removeAllListeners();
    connection.closing = true;
    connection.socket?.destroy();
  }

  #log(message: string, error: unknown): void {
    this.#options.log.warn({ centre: this.#options.centre, error: errorMessage(error) }, message);
  }
}

/** `127.0.0.1:5081` of the profile in the answer to `sofia status`. */
function profileAddress(status: string, profile: string): string | undefined {
  for (const line of status.split('\n')) {
    const [name, , address] = line.trim().split(/\s+/);
    const found = /^sip:mod_sofia@((?:\d{1,3}\.){3}\d{1,3}:\d{1,5})$/.exec(address ?? '')?.[1];
    if (name === profile && found !== undefined) return found;
  }
  return undefined;
}

/**
 * fsmrf's media server with the state that its constructor gives, without running that.
 *
 * Deviation: the constructor opens a TCP port whose errors nobody hears, throws in the answer to `sofia status` when the profile is
 * missing, emits 'error' from a timer, and writes to the console. `closing` keeps the rest of it quiet.
 */
function mediaServer(legs: MediaLegs): FsmrfMediaServer {
  const media = Reflect.construct(EventEmitter, [], MediaServer) as FsmrfMediaServer;
  return Object.assign(media, {
    _conn: notConnected,
    _mrf: { srf: legs, customEvents: [] },
    _srf: legs,
    _server: { getCountOfConnections: () => 0 },
    pendingConnections: new Map(),
    closing: true,
    sip: { ipv4: { udp: {}, dtls: {} }, ipv6: { udp: {}, dtls: {} } },
  });
}
