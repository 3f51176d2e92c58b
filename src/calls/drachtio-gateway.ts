// The one adapter to SIP: drachtio-srf, connected to a drachtio-server, or attached to the engine in this process.
//
// Watchdog: srf does not notice a control link that died silently (field notes 5 and 12). Every `watchdogIntervalMs` the gateway
// sends OPTIONS to the engine's own address; an answer of any kind, or the engine's refusal to send to itself, has been through
// the link and the SIP stack. Two probes without either: not ready, and the link is torn down so that srf makes a new one. If
// that does not help within `giveUpAfter` further probes, `onDead` is told, which is for the process to decide.
import Srf from 'drachtio-srf';
import type { Server, Socket } from 'node:net';
import { errorMessage, TimerSet } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { GatewayError } from './errors.js';
import type { EngineFeatures, Gateway, GatewayListener, ProxyOutcome } from './gateway.js';
import { SrfCall, tagOf } from './srf-call.js';
import type { CallLink } from './srf-call.js';
import { DialogTable } from './srf-dialog.js';
import { GatewayRequest } from './srf-request.js';
import type { SrfApplication, SrfRequest, SrfResponse } from './srf-view.js';

export type GatewayTarget =
  /** A drachtio-server, or our engine in another process. */
  | { readonly kind: 'connect'; readonly host: string; readonly port: number; readonly secret: string }
  /** The engine in this process: `createInProcessLink` of src/control. */
  | {
      readonly kind: 'attach';
      readonly link: { readonly server: Server; connect(): void; close(): void };
      readonly secret: string;
    };

export interface DrachtioGatewayOptions {
  readonly target: GatewayTarget;
  readonly clock: Clock;
  readonly log: Logger;
  readonly watchdogIntervalMs: number;
  /** The link is up again or gone. */
  readonly onLink?: (isUp: boolean) => void;
  /** The watchdog gave up. Default: nothing; a process that exits here is started again by its supervisor. */
  readonly onDead?: () => void;
  /** Time to the first authenticated link, in milliseconds. Default 5000. */
  readonly startDeadlineMs?: number;
}

/** Methods that are asked for; what is not named here gets 503 from the engine. BYE and CANCEL come with their dialogs. */
export const routedMethods = [
  'invite',
  'options',
  'register',
  'message',
  'info',
  'notify',
  'subscribe',
  'publish',
  'refer',
  'update',
] as const;

/** The version that our engine gives says that it is ours. */
const ownEngine = /proffer/;
const ownFeatures: EngineFeatures = {
  perTargetHeaders: true,
  removesHeaders: true,
  retargetsAnyUri: true,
  reportsOutcome: true,
  maxMessageBytes: 0,
};
/** drachtio-server 0.9.10. Its frame limit is 12,228 bytes; what it adds itself needs room. */
const drachtioFeatures: EngineFeatures = {
  perTargetHeaders: false,
  removesHeaders: false,
  retargetsAnyUri: false,
  reportsOutcome: false,
  maxMessageBytes: 11_000,
};
const probesToDown = 2;
const giveUpAfter = 3;
const reconnectMaxDelayMs = 5000;

export class DrachtioGateway implements Gateway, CallLink {
  readonly srf: SrfApplication;
  readonly dialogs: DialogTable;
  readonly searches = new Set<(outcome: ProxyOutcome) => void>();
  readonly #options: DrachtioGatewayOptions;
  readonly #timers: TimerSet;
  /** Calls without a final response, by Call-ID, From tag and CSeq (RFC 3261 8.2.2.2). */
  readonly #pending = new Map<string, SrfCall>();
  #listener: GatewayListener | undefined;
  #features = drachtioFeatures;
  #localAddresses: ReadonlySet<string> = new Set();
  #probeUri: string | undefined;
  #isUp = false;
  #isAlive = false;
  #isStopping = false;
  #missedProbes = 0;
  #settleStart: ((error?: GatewayError) => void) | undefined;

  constructor(options: DrachtioGatewayOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
    this.srf = new Srf() as unknown as SrfApplication;
    this.dialogs = new DialogTable(this.srf);
    for (const method of routedMethods) this.srf.use(method, (req, res) => this.#receive(req, res));
    // srf closes the link when a request passes all handlers, so this one takes whatever is left.
    this.srf.use((req, res) => this.#receive(req, res));
    this.srf.on('connect', (error, hostPorts, version) => this.#connected(error, hostPorts, version));
    this.srf.on('close', () => this.#disconnected());
    this.srf.on('error', (error) =>
      options.log.warn({ error: errorMessage(error) }, 'sip engine link failed'),
    );
  }

  get features(): EngineFeatures {
    return this.#features;
  }

  get maxMessageBytes(): number {
    return this.#features.maxMessageBytes;
  }

  get reportsOutcome(): boolean {
    return this.#features.reportsOutcome;
  }

  get localAddresses(): ReadonlySet<string> {
    return this.#localAddresses;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get isReady(): boolean {
    return this.#isUp && this.#isAlive;
  }

  async start(listener: GatewayListener): Promise<void> {
    this.#listener = listener;
    const { target, clock } = this.#options;
    const deadlineMs = this.#options.startDeadlineMs ?? 5000;
    const { promise, resolve, reject } = promiseParts();
    this.#settleStart = (error) => {
      this.#settleStart = undefined;
      timer.cancel();
      if (error === undefined) resolve();
      else reject(error);
    };
    const where = target.kind === 'connect' ? `${target.host}:${target.port}` : 'this process';
    const timer = clock.after(deadlineMs, 'gateway-start', () => {
      this.#settleStart?.(
        new GatewayError(
          'SIP_ENGINE_UNREACHABLE',
          `no SIP engine answered at ${where} within ${deadlineMs} ms`,
        ),
      );
    });
    if (target.kind === 'connect') {
      const { host, port, secret } = target;
      this.srf.connect({ host, port, secret, reconnect: { retryMaxDelay: reconnectMaxDelayMs } });
    } else {
      this.srf.listen({ server: target.link.server, secret: target.secret });
      target.link.connect();
    }
    try {
      await promise;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    this.#isStopping = true;
    this.#timers.cancelAll();
    const { target } = this.#options;
    const wire = this.srf.app?.client?.wp;
    // Without it srf would connect again.
    if (wire !== undefined) wire.closing = true;
    clearTimeout(wire?.reconnectVars?.retryTimer ?? undefined);
    if (target.kind === 'attach') target.link.close();
    else for (const socket of this.#sockets()) socket.end();
    this.#disconnected();
    return Promise.resolve();
  }

  options(uri: string, timeoutMs: number, done: (status: number | undefined) => void): void {
    let isDone = false;
    const settle = (status: number | undefined): void => {
      if (isDone) return;
      isDone = true;
      timer.cancel();
      done(status);
    };
    const timer = this.#options.clock.after(timeoutMs, 'options', () => settle(undefined));
    this.#sendOptions(uri, (_error, status) => settle(status));
  }

  onFinal(call: SrfCall): void {
    const { transaction } = call;
    if (this.#pending.get(transaction) === call) this.#pending.delete(transaction);
  }

  #receive(req: SrfRequest, res: SrfResponse): void {
    if (this.dialogs.dispatch(req, res)) return;
    if (req.method === 'INVITE') this.#receiveCall(req, res);
    else if (req.method !== 'ACK' && req.method !== 'CANCEL') this.#receiveRequest(req, res);
  }

  #receiveCall(req: SrfRequest, res: SrfResponse): void {
    const call = new SrfCall(this, req, res);
    if (tagOf(call.header('to') ?? '') !== '') {
      // RFC 3261 12.2.2: a dialog that we do not know.
      call.respond(481);
      return;
    }
    const { transaction } = call;
    const first = this.#pending.get(transaction);
    if (first !== undefined) {
      // RFC 3261 8.2.2.2: the same request by another way.
      call.respond(482);
      first.keepPending();
      return;
    }
    this.#pending.set(transaction, call);
    if (this.#listener === undefined) call.respond(503);
    else this.#listener.onCall(call);
  }

  #receiveRequest(req: SrfRequest, res: SrfResponse): void {
    const request = new GatewayRequest(req, res);
    // RFC 3261 12.2.2, and BYE for a call that ended: nothing of it is known here. drachtio-server passes some of them on.
    if (isInDialog(request)) request.respond(481);
    else if (this.#listener === undefined) request.respond(503);
    else this.#listener.onRequest(request);
  }

  #connected(error: unknown, hostPorts = '', version = ''): void {
    if (error !== null && error !== undefined) {
      const refused = new GatewayError(
        'SIP_ENGINE_SECRET',
        'the SIP engine refused the secret (DRACHTIO_SECRET)',
      );
      this.#options.log.error(refused.message);
      this.#settleStart?.(refused);
      return;
    }
    const isOwn = ownEngine.test(version);
    this.#features = isOwn ? ownFeatures : drachtioFeatures;
    this.#localAddresses = addressesOf(hostPorts);
    this.#probeUri = probeUriOf(hostPorts);
    this.#isUp = true;
    this.#isAlive = true;
    this.#missedProbes = 0;
    this.#options.log.info({ version, addresses: hostPorts }, 'sip engine link is up');
    this.#options.onLink?.(true);
    this.#timers.start('watchdog', this.#options.watchdogIntervalMs, () => this.#probe());
    this.#settleStart?.();
  }

  #disconnected(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#isAlive = false;
    if (!this.#isStopping) this.#options.log.error('sip engine link is down');
    for (const settle of [...this.searches]) settle({ kind: 'lost' });
    this.dialogs.endAll('engine-link-lost');
    this.#pending.clear();
    this.#options.onLink?.(false);
  }

  #probe(): void {
    const { watchdogIntervalMs } = this.#options;
    this.#timers.start('watchdog', watchdogIntervalMs, () => this.#probe());
    this.#timers.start('probe', watchdogIntervalMs * 0.8, () => this.#probeMissed());
    if (this.#probeUri === undefined) return;
    this.#sendOptions(this.#probeUri, (error, status) => {
      // drachtio-server refuses to send to itself, and says so from its SIP stack.
      if (status === undefined && !/myself/i.test(errorMessage(error))) return;
      this.#timers.cancel('probe');
      this.#missedProbes = 0;
      this.#isAlive = this.#isUp;
    });
  }

  #probeMissed(): void {
    this.#missedProbes += 1;
    this.#options.log.warn({ missed: this.#missedProbes }, 'sip engine does not answer the watchdog');
    if (this.#missedProbes < probesToDown) return;
    this.#isAlive = false;
    if (this.#missedProbes === probesToDown) this.#dropConnections();
    if (this.#missedProbes === probesToDown + giveUpAfter) this.#options.onDead?.();
  }

  /** Tears the control connections down; srf makes a new one unless we are stopping. */
  #dropConnections(): void {
    for (const socket of this.#sockets()) socket.destroy();
  }

  #sockets(): readonly Socket[] {
    return [...(this.srf.app?.client?.mapServer?.keys() ?? [])] as Socket[];
  }

  #sendOptions(uri: string, done: (error: unknown, status: number | undefined) => void): void {
    try {
      this.srf.request(uri, { method: 'OPTIONS', headers: { Accept: 'application/sdp' } }, (error, req) => {
        if (req === undefined) done(error, undefined);
        else req.on('response', (res) => res.status >= 200 && done(undefined, res.status));
      });
    } catch (error) {
      done(error, undefined);
    }
  }
}

const onlyInDialogs: ReadonlySet<string> = new Set(['BYE', 'PRACK', 'UPDATE']);

function isInDialog(request: GatewayRequest): boolean {
  return onlyInDialogs.has(request.method) || tagOf(request.header('to') ?? '') !== '';
}

/** `udp/127.0.0.1:5060,tcp/127.0.0.1:5060` to `127.0.0.1:5060`. */
function addressesOf(hostPorts: string): ReadonlySet<string> {
  return new Set(hostPorts.split(',').map((one) => one.slice(one.indexOf('/') + 1).toLowerCase()));
}

function probeUriOf(hostPorts: string): string | undefined {
  const all = hostPorts.split(',');
  const one = all.find((hostPort) => hostPort.startsWith('udp/')) ?? all[0];
  const slash = one?.indexOf('/') ?? -1;
  if (one === undefined || slash === -1) return undefined;
  return `sip:${one.slice(slash + 1)};transport=${one.slice(0, slash)}`;
}

function promiseParts() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
