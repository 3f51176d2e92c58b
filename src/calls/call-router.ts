// The router: admits what the gateway receives, runs a flow for each call, and owns health checks, decision log and metrics.
import { randomBytes } from 'node:crypto';
import { randomUuid, TimerSet, TypedEmitter, errorMessage } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import type {
  Board,
  CentreCallEvent,
  CentreReading,
  FeedListener,
  IvrBank,
  ReservationLedger,
} from '../callcenter/index.js';
import type { Settings, Trunk } from '../config/index.js';
import { DiversionWindow } from '../decision/index.js';
import type { DigitsMatcher, StrategyReader } from '../offers/index.js';
import type { Registry } from 'prom-client';
import { CallFlow } from './call-flow.js';
import type { CallServices } from './call-flow.js';
import type { CallSummary } from './call-summary.js';
import { CentreHealthChecks } from './centre-health.js';
import { Claims } from './claims.js';
import { DecisionLog } from './decision-log.js';
import { usageLine } from './decision-record.js';
import type { ExposureLine } from './ivr/exposure-line.js';
import { ExposureLog } from './ivr/exposures.js';
import { IvrMetrics } from './ivr/ivr-metrics.js';
import { TryLimits } from './ivr/try-limits.js';
import { LiveCalls } from './live/live-calls.js';
import type { LiveCall } from './live/live-calls.js';
import type { LineStore } from './decision-log.js';
import type { Gateway, IncomingCall, IncomingRequest, Source } from './gateway.js';
import { CallMetrics } from './metrics.js';
import { MoveOn } from './move-on/move-on.js';
import { compileRoutingPlan } from './routing-plan.js';
import type { RoutingPlan } from './routing-plan.js';

export interface CallRouterOptions {
  readonly settings: Settings;
  readonly gateway: Gateway;
  readonly store: StrategyReader;
  /** Where decision records go; NdjsonFiles in `<dataDir>/decisions` is the one. */
  readonly records: LineStore;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
  /** Reservations that routers share; without one each knows its own calls alone. */
  readonly ledger?: ReservationLedger | undefined;
  /** IVR ports, and who callers are by the digits they enter; without it no menu runs and nobody is asked. */
  readonly ivr?: { readonly bank: IvrBank; readonly matcher: DigitsMatcher } | undefined;
  /** Hears of each exposure as its line is written. */
  readonly onExposure?: ((line: ExposureLine) => void) | undefined;
  /** 0..1, spreads calls and checks. Default a seeded generator that is cheap. */
  readonly random?: () => number;
  /** Default random UUIDs. */
  readonly newDecisionId?: () => string;
}

export interface CallRouterEvents extends Record<string, unknown[]> {
  /** The outcome of a call is known. */
  call: [CallSummary];
  /** A centre went up or down. */
  centre: [centre: string, isUp: boolean];
}

/** Where a request came from, as an engine that sees certificates knows it. */
export interface CertifiedSource extends Pick<Source, 'address' | 'protocol'> {
  /** Of the certificate, where the peer showed one that is believed. In lower case. */
  readonly identities?: readonly string[] | undefined;
}

function isCertified({ tlsIdentities }: Trunk, identities: readonly string[] = []): boolean {
  return tlsIdentities?.some((one) => identities.includes(one.toLowerCase())) ?? true;
}

const allow = 'INVITE, ACK, CANCEL, BYE, OPTIONS';
/** How long a shared reservation outlives the moment at which its router heard of the member. */
const seenGraceMs = 500;

export class CallRouter implements FeedListener {
  readonly events: TypedEmitter<CallRouterEvents>;
  readonly #options: CallRouterOptions;
  readonly #services: CallServices;
  readonly #metrics: CallMetrics;
  readonly #decisionLog: DecisionLog;
  readonly #health: CentreHealthChecks;
  readonly #flows = new Set<CallFlow>();
  readonly live: LiveCalls;
  readonly #claims: Claims | undefined;
  readonly #timers: TimerSet;
  readonly exposures: ExposureLog;
  /** Clock.now() of the last request of each trunk, by id. */
  readonly heard = new Map<string, number>();
  #plan: RoutingPlan;
  #isDraining = false;
  #onIdle: (() => void) | undefined;

  constructor(options: CallRouterOptions) {
    const { settings, gateway, store, registry, clock, log } = options;
    this.#options = options;
    this.events = new TypedEmitter((error) => {
      log.error({ error: errorMessage(error) }, 'listener of the router failed');
    });
    this.#plan = compileRoutingPlan(settings);
    this.#metrics = new CallMetrics(registry, {
      callsInProgress: () => this.#flows.size,
      destinations: () => this.#destinationsUp(),
      reservations: () => {
        const { reservations } = this.#plan.board;
        reservations.expire(clock.now());
        return reservations.size;
      },
    });
    this.#decisionLog = new DecisionLog({
      clock,
      log,
      store: options.records,
      maxQueuedRecords: settings.process.decisionLog.maxQueuedRecords,
      onWritten: (count) => this.#metrics.recordsWritten(count),
      onDropped: (count) => this.#metrics.recordsDropped(count),
    });
    const random = options.random ?? cheapRandom();
    this.live = new LiveCalls({
      clock,
      onListenerError: (error) => log.error({ error: errorMessage(error) }, 'listener of live calls failed'),
    });
    const { ledger, ivr } = options;
    this.#timers = new TimerSet(clock);
    const ivrMetrics = new IvrMetrics(registry, () => ivr?.bank.openPorts ?? 0);
    const decisionLog = {
      add: (line: ExposureLine) => {
        this.#decisionLog.add(line);
        options.onExposure?.(line);
      },
    };
    this.exposures = new ExposureLog({ clock, decisionLog, metrics: ivrMetrics });
    this.#claims = ledger && new Claims({ ledger, log });
    this.#health = new CentreHealthChecks({
      clock,
      gateway,
      random,
      onChange: (centre, isUp) => this.#centreChanged(centre, isUp),
    });
    this.#services = {
      clock,
      log,
      gateway,
      store,
      metrics: this.#metrics,
      decisionLog: this.#decisionLog,
      diverted: new DiversionWindow(),
      claims: this.#claims,
      exposures: this.exposures,
      ivr: ivr && {
        bank: ivr.bank,
        matcher: ivr.matcher,
        limits: new TryLimits({ clock }),
        exposures: this.exposures,
        metrics: ivrMetrics,
        moveOn: (move) => {
          for (const text of move.presented) this.live.presented(move.routed.decision.decisionId, text);
          return new MoveOn(move);
        },
      },
      live: this.live,
      random,
      newDecisionId: options.newDecisionId ?? randomUuid,
      currentPlan: () => this.#plan,
      onSummary: (summary) => this.#summarise(summary),
      onReleased: (flow) => this.#released(flow),
    };
  }

  /**
   * Opens the decision log, connects the gateway and begins the health checks.
   * @throws {GatewayError} the engine cannot be reached, or refuses the secret
   * @throws what the file system throws when the data directory cannot be written
   */
  async start(): Promise<void> {
    await this.#decisionLog.start();
    await this.#options.gateway.start({
      onCall: (call) => this.#onCall(call),
      onRequest: (request) => this.#onRequest(request),
    });
    this.#health.watch(this.#plan.settings.centres.centres);
  }

  /**
   * Refuses new calls with 503, waits at most `drainMs` for calls that run through us, lets go of those that are left, and closes
   * the gateway and the log. Default 5 seconds.
   */
  async stop(drainMs = 5000): Promise<void> {
    this.#isDraining = true;
    this.#health.stop();
    if (this.#flows.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.#options.clock.after(drainMs, 'drain', resolve);
        this.#onIdle = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    for (const flow of [...this.#flows]) flow.abandon('stopping');
    this.exposures.stop();
    this.#timers.cancelAll();
    await this.#options.gateway.stop();
    await this.#decisionLog.stop();
  }

  /**
   * Swaps the settings in whole; calls in progress end by those they began with. Health and calls in progress are taken over.
   * @throws what compiling them throws, and then the old ones stay
   */
  applySettings(settings: Settings): void {
    const plan = compileRoutingPlan(settings);
    const { centres } = settings.centres;
    this.#health.watch(centres);
    for (const { centre } of centres) plan.board.setCentreHealth(centre, this.#health.stateOf(centre));
    plan.board.takeOver(this.#plan.board);
    for (const flow of this.#flows) flow.countOn(plan.board);
    this.#plan = plan;
  }

  /** An INVITE would reach us and be routed. */
  get isReady(): boolean {
    return !this.#isDraining && this.#options.gateway.isReady;
  }

  get callsInProgress(): number {
    return this.#flows.size;
  }

  /** Where decisions are written, those of contacts that are no calls too; the records take them over from there. */
  get decisionLog(): Pick<DecisionLog, 'add' | 'flush' | 'isFull' | 'dropped'> {
    return this.#decisionLog;
  }

  /** The settings of new calls. */
  get settings(): Settings {
    return this.#plan.settings;
  }

  /**
   * False when a new request from there is to get no answer at all (`unknownSource: silence`, or a certificate that is none of its
   * trunk's), which is counted. An engine that can drop a request before its 100 Trying asks here.
   */
  mayAnswer({ address, protocol, identities }: CertifiedSource): boolean {
    const { trunks, settings } = this.#plan;
    const trunk = trunks.find(address, protocol);
    const isLetIn =
      trunk === undefined ? settings.trunks.unknownSource === 'reject' : isCertified(trunk, identities);
    if (isLetIn) return true;
    if (trunk !== undefined)
      this.#options.log.info({ trunk: trunk.trunk, identities }, 'not the certificate of the trunk');
    this.#metrics.unknownSource();
    return false;
  }

  /** Whether a trunk has that address: an engine that limits what one source may do leaves it alone. */
  isTrunk({ address, protocol }: Pick<Source, 'address' | 'protocol'>): boolean {
    return this.#plan.trunks.find(address, protocol) !== undefined;
  }

  /** Calls from there are redirected. */
  redirects({ address, protocol }: Pick<Source, 'address' | 'protocol'>): boolean {
    return this.#plan.trunks.find(address, protocol)?.action === 'redirect';
  }

  /** The plan of new calls. */
  get plan(): RoutingPlan {
    return this.#plan;
  }

  /** Calls routed for a sales offer among the last ones, 0..1: what the diversion cap looks at. */
  get divertedShare(): number {
    return this.#services.diverted.share;
  }

  /** The board as a call that came now would see it. */
  lookAtBoard(): Board {
    const { board } = this.#plan;
    this.#claims?.refresh(board);
    return board.snapshot(this.#options.clock.now(), this.#options.clock.wallNow());
  }

  onReading(reading: CentreReading): void {
    this.#plan.board.applyReading(reading);
  }

  onCallEvent(event: CentreCallEvent): void {
    const { decisionId } = event;
    if (decisionId === undefined) return;
    const call = this.live.get(decisionId);
    this.live.onEvent(event);
    if (event.kind === 'member-joined') {
      this.#plan.board.memberSeen(decisionId);
      // Routers that did not send the call leave its reservation to the one that did.
      if (call !== undefined) this.#releaseLater(`${event.centre}/${event.queue}`, decisionId);
    } else if (event.kind === 'agent-answered') {
      this.exposures.agentAnswered(decisionId, event);
    } else if (event.kind === 'member-left') {
      const from = `${event.centre}/${event.queue}`;
      const isElsewhere = call?.at !== undefined && `${call.at.centre}/${call.at.queue}` !== from;
      // An event of the queue that it left may come after the one to which it was sent has it.
      if (call?.isMoving === true || isElsewhere) this.exposures.movedOn(decisionId, from);
      else this.exposures.memberLeft(decisionId, event.cause);
    } else if (event.kind === 'agent-ended' && call !== undefined) {
      this.#addAgentUsage(event, call);
    }
  }

  onStatus(): void {
    // Metrics and /readyz read it where it is.
  }

  /** Other routers hear of the member by feeds of their own, some of them later; until then the reservation tells them. */
  #releaseLater(destination: string, decisionId: string): void {
    const claims = this.#claims;
    if (claims === undefined) return;
    this.#timers.start(`seen ${decisionId}`, seenGraceMs, () => claims.release(destination, decisionId));
  }

  #addAgentUsage(event: Extract<CentreCallEvent, { kind: 'agent-ended' }>, call: LiveCall): void {
    const { decisionId, callId, partner } = call;
    const destination = `${event.centre}/${event.queue}`;
    const facts = { wallNow: this.#options.clock.wallNow(), decisionId, callId, partner, destination };
    this.#decisionLog.add(usageLine({ ...facts, kind: 'agent', agent: event.agent }, event.talkedMs));
  }

  #onCall(call: IncomingCall): void {
    const trunk = this.#trunkOf(call);
    if (trunk === undefined || this.#isRefused(call)) return;
    const flow = new CallFlow(this.#services, this.#plan, trunk, call);
    this.#flows.add(flow);
    try {
      flow.start();
    } catch (error) {
      this.#options.log.error({ error: errorMessage(error), callId: call.callId }, 'call flow failed');
      flow.abandon('internal-error');
    }
  }

  #onRequest(request: IncomingRequest): void {
    if (request.method === 'OPTIONS') {
      this.#answerOptions(request);
      return;
    }
    if (this.#trunkOf(request) === undefined) return;
    this.#metrics.rejected('method');
    // RFC 3261 8.2.1.
    request.respond(405, { headers: { Allow: allow } });
  }

  /** RFC 3261 11.2: what an INVITE would get, as far as readiness goes. Our own probe comes from no trunk. */
  #answerOptions(request: IncomingRequest): void {
    const isOwn = this.#options.gateway.localAddresses.has(
      `${request.source.address}:${request.source.port}`,
    );
    if (!isOwn && this.#trunkOf(request) === undefined) return;
    if (this.isReady) {
      request.respond(200, {
        headers: { Allow: allow, Accept: 'application/sdp', 'Accept-Encoding': 'identity' },
      });
      return;
    }
    request.respond(503, this.#retryAfter());
  }

  #trunkOf(request: IncomingRequest): Trunk | undefined {
    const { address, protocol } = request.source;
    const trunk = this.#plan.trunks.find(address, protocol);
    // A drachtio-server asks nobody before, and tells no certificate.
    const isUnseen = trunk?.tlsIdentities !== undefined && this.settings.process.sip.engine === 'drachtio';
    if (trunk !== undefined && !isUnseen) {
      this.heard.set(trunk.trunk, this.#options.clock.now());
      return trunk;
    }
    this.#metrics.unknownSource();
    if (this.#plan.settings.trunks.unknownSource === 'reject') request.respond(403);
    else request.ignore();
    return undefined;
  }

  #isRefused(call: IncomingCall): boolean {
    const isFull = this.#flows.size >= this.#plan.settings.process.sip.maxCallsInProgress;
    if (!isFull && !this.#isDraining) return false;
    this.#metrics.rejected(isFull ? 'overload' : 'draining');
    call.respond(503, this.#retryAfter());
    return true;
  }

  #retryAfter() {
    const { retryAfterSeconds } = this.#plan.settings.process.routing;
    return { headers: { 'Retry-After': String(retryAfterSeconds) } };
  }

  #centreChanged(centre: string, isUp: boolean): void {
    this.#plan.board.setCentreHealth(centre, isUp);
    this.#options.log[isUp ? 'info' : 'warn']({ centre }, isUp ? 'centre is up' : 'centre is down');
    this.events.emit('centre', centre, isUp);
  }

  #summarise(summary: CallSummary): void {
    if (this.#options.log.isLevelEnabled('debug')) {
      const { termination, caller, dialled, ...fields } = summary;
      this.#options.log.debug({ ...fields, ...termination, caller, to: dialled }, 'call ended');
    }
    this.events.emit('call', summary);
  }

  #released(flow: CallFlow): void {
    this.#flows.delete(flow);
    if (this.#flows.size === 0) this.#onIdle?.();
  }

  *#destinationsUp(): Iterable<readonly [string, boolean]> {
    const { board } = this.#plan;
    for (const { id, centre } of board.destinations) yield [id, board.isCentreUp(centre) === true];
  }
}

/** xorshift32 from a random seed: good enough to spread calls, and no system call for each. */
function cheapRandom(): () => number {
  let state = randomBytes(4).readUInt32LE() || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}
