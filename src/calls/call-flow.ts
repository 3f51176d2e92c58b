// One call from its INVITE to its outcome: identify, look up, decide before the deadline, act, record (design, section 5).
import { errorMessage } from '../kernel/index.js';
import type { Clock, Logger, Timer } from '../kernel/index.js';
import type { Board, BoardBuilder } from '../callcenter/index.js';
import type { Partner, Trunk } from '../config/index.js';
import type {
  Decider,
  Decision,
  DecisionInput,
  DiversionWindow,
  Identity,
  PlainServiceInput,
  RouteStep,
} from '../decision/index.js';
import { seedOf } from '../decision/index.js';
import type { CtiPairs, StrategyLookup, StrategyReader } from '../offers/index.js';
import { attemptLine, DecisionEntry, outcomeLine } from './decision-record.js';
import { findPartner, identifyCaller } from './identify.js';
import { startOrdinary } from './ordinary-action.js';
import { undecided } from './routing-plan.js';
import { maxForwardsOf } from './serial-search.js';
import { isIvr } from './step-order.js';
import { tellLive } from './live/decided-call.js';
import type { LiveCalls } from './live/live-calls.js';
import { exposureOf } from './ivr/exposures.js';
import type { ExposureLog } from './ivr/exposures.js';
import type { IdentifiedCaller, IdentifyServices } from './ivr/identify-action.js';
import type { IvrCall } from './ivr/move-on.js';
import { startIvr } from './ivr/start-ivr.js';
import type { IvrCandidate } from './ivr/start-ivr.js';
import { CallPlace } from './call-place.js';
import { numberOf, summaryOf } from './call-summary.js';
import type { CallSummary } from './call-summary.js';
import { maxClaimRounds } from './claims.js';
import type { Claims } from './claims.js';
import type { DecisionLog } from './decision-log.js';
import type { EngineFeatures, Gateway, IncomingCall } from './gateway.js';
import type { CallMetrics } from './metrics.js';
import type { Action, EndOfCall, RoutingTimes } from './routed-call.js';
import type { RoutingPlan } from './routing-plan.js';
import type { Termination } from './termination.js';
import { unsupportedOptions } from './leg-headers.js';
import { isRefusedText, offersText } from './text-calls.js';

/** What all calls of a router share. */
export interface CallServices {
  readonly clock: Clock;
  readonly log: Logger;
  readonly gateway: Gateway;
  readonly store: StrategyReader;
  readonly metrics: CallMetrics;
  readonly decisionLog: Pick<DecisionLog, 'add'>;
  readonly diverted: DiversionWindow;
  /** 0..1 */
  readonly random: () => number;
  readonly newDecisionId: () => string;
  /** Where routers share reservations; undefined where each knows its own calls alone. */
  readonly claims: Claims | undefined;
  readonly exposures: ExposureLog;
  /** IVR ports and what is said on them; undefined where there are none. */
  readonly ivr: IdentifyServices | undefined;
  /** Calls at centres that have a feed. */
  readonly live: LiveCalls;
  /** The plan of new calls, whose board counts the calls in progress; a call itself keeps the plan it began with. */
  readonly currentPlan: () => RoutingPlan;
  readonly onSummary: (summary: CallSummary) => void;
  readonly onReleased: (flow: CallFlow) => void;
}

/** What a decision is made from, and the making of it. */
interface Prepared {
  readonly input: DecisionInput;
  readonly decide: () => Decision;
}

type Phase = 'deciding' | 'routing' | 'released';
const miss: StrategyLookup = { kind: 'miss' };

export class CallFlow implements IvrCall {
  readonly call: IncomingCall;
  readonly trunk: Trunk;
  readonly decisionId: string;
  pairs: CtiPairs | undefined;
  readonly #services: CallServices;
  readonly #plan: RoutingPlan;
  readonly #decider: Decider;
  readonly #receivedAt: number;
  #phase: Phase = 'deciding';
  #deadline: Timer | undefined;
  #partner: Partner | undefined;
  #dialled: string | undefined;
  #identity: Identity = { kind: 'unparsable' };
  #decision: Decision | undefined;
  /** Decided, but the claim on what it counts on is not answered yet. */
  #undecided: { readonly decision: Decision; readonly input: DecisionInput } | undefined;
  #decisionMs = 0;
  #action: Action | undefined;
  #isEnded = false;
  #attempts = 0;
  readonly #place: CallPlace;

  constructor(services: CallServices, plan: RoutingPlan, trunk: Trunk, call: IncomingCall) {
    this.#services = services;
    this.#plan = plan;
    this.#decider = offersText(call.body) ? plan.textDecider : plan.decider;
    this.trunk = trunk;
    this.call = call;
    this.#receivedAt = services.clock.now();
    this.decisionId = services.newDecisionId();
    const { clock, claims, decisionLog, currentPlan } = services;
    this.#place = new CallPlace({
      clock,
      claims,
      decisionLog,
      board: plan.board,
      currentBoard: () => currentPlan().board,
      decisionId: this.decisionId,
      callId: call.callId,
    });
  }

  start(): void {
    // First of all, since a CANCEL is told once.
    this.call.onCancel(() => this.#cancelled());
    const { call, trunk } = this;
    if (maxForwardsOf(call.header('max-forwards')) <= 0) {
      // RFC 3261 16.3 step 3.
      this.#refuse(483, { result: 'client-error', reason: 'max-forwards' });
      return;
    }
    const dialled = { requestUri: call.requestUri, to: call.header('to') };
    const { partner, number } = findPartner(this.#plan.partners, dialled, trunk.country);
    this.#dialled = number;
    if (partner === undefined) {
      this.#services.metrics.rejected('unknown-number');
      this.#refuse(404, { result: 'client-error', reason: 'unknown-number' });
      return;
    }
    this.#partner = partner;
    if (isRefusedText(this.#decider, partner)) {
      this.#services.metrics.rejected('text');
      this.#refuse(488, { result: 'client-error', reason: 'no-text-queue' });
      return;
    }
    this.#place.of(partner.partner);
    this.#identify();
    if (this.#identity.kind === 'number') this.#lookUp(partner, this.#identity.phone);
    else this.#decide(partner, miss);
  }

  get decision(): Decision {
    if (this.#decision === undefined) throw new Error('no decision yet');
    return this.#decision;
  }

  get times(): RoutingTimes {
    return this.#plan.settings.process.routing;
  }

  get clock(): Clock {
    return this.#services.clock;
  }

  get log(): Logger {
    return this.#services.log;
  }

  get features(): EngineFeatures {
    return this.#services.gateway.features;
  }

  get localAddresses(): ReadonlySet<string> {
    return this.#services.gateway.localAddresses;
  }

  /** The router stops or lost its engine: the call is let go as well as can be. */
  abandon(reason: string): void {
    if (this.#phase === 'deciding') {
      const { retryAfterSeconds } = this.times;
      this.call.respond(503, { headers: { 'Retry-After': String(retryAfterSeconds) } });
      this.ended({ result: 'server-error', reason }, { status: 503, step: undefined });
      this.released();
    } else if (this.#action === undefined) this.released();
    else this.#action.abandon(reason);
  }

  trying(step: RouteStep): void {
    this.#place.trying(step);
    this.#services.live.redirected(this.decisionId, step.offer?.offerCode);
  }

  attempted(
    _attempt: number,
    step: RouteStep,
    end: { readonly status: number | undefined; readonly reason: string },
  ): void {
    this.#services.decisionLog.add(attemptLine(this.#facts(), this.#attempts++, step, end));
  }

  connected(step: RouteStep): void {
    this.#place.connected(step);
    // Plain service after all: what an agent was to present is not presented.
    if (step.offer === undefined) this.#services.exposures.leave(this.decisionId, 'not-presented');
  }

  left(): void {
    this.#place.leave();
  }

  /** New settings made another board: a call in progress counts there too. */
  countOn(board: BoardBuilder): void {
    this.#place.countOn(board);
  }

  ended(termination: Termination, end: EndOfCall): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#deadline?.cancel();
    if (termination.reason === 'extension-required') this.#services.metrics.rejected('extension');
    if (termination.result !== 'success') {
      this.#place.endReservation();
      this.#services.exposures.leave(this.decisionId, 'abandoned');
    } else if (end.step !== undefined && end.step.offer === undefined) {
      this.#services.exposures.leave(this.decisionId, 'not-presented');
    }
    const { metrics, decisionLog, clock, live, onSummary } = this.#services;
    const presented = live.get(this.decisionId)?.presented.at(-1);
    if (termination.result !== 'success' || isIvr(end.step)) live.endedElsewhere(this.decisionId);
    const summary = summaryOf(
      {
        decisionId: this.decisionId,
        callId: this.call.callId,
        trunk: this.trunk,
        partner: this.#partner?.partner,
        identity: this.#identity,
        dialled: this.#dialled,
        decision: this.#decision,
        presented,
        decisionMs: this.#decisionMs,
        durationMs: clock.now() - this.#receivedAt,
      },
      end,
      termination,
    );
    decisionLog.add(outcomeLine(summary, clock.wallNow()));
    metrics.callEnded(summary);
    onSummary(summary);
  }

  released(): void {
    if (this.#phase === 'released') return;
    this.#phase = 'released';
    this.#deadline?.cancel();
    this.#place.leave();
    this.#services.onReleased(this);
  }

  #identify(): void {
    const { call, trunk } = this;
    this.#identity = identifyCaller(
      {
        from: call.header('from'),
        assertedIdentity: trunk.trusted ? call.header('p-asserted-identity') : undefined,
        privacy: call.header('privacy'),
      },
      trunk,
    );
  }

  #lookUp(partner: Partner, phone: string): void {
    const { store } = this.#services;
    let answer: StrategyLookup | Promise<StrategyLookup>;
    try {
      answer = store.lookup(partner.partner, phone);
    } catch (error) {
      answer = this.#lookUpFailed(error);
    }
    if (!(answer instanceof Promise)) {
      this.#lookedUp(partner, answer);
      return;
    }
    this.#startDeadline(partner);
    answer.then(
      (lookup) => this.#lookedUp(partner, lookup),
      (error: unknown) => this.#lookedUp(partner, this.#lookUpFailed(error)),
    );
  }

  #lookedUp(partner: Partner, lookup: StrategyLookup): void {
    this.#services.metrics.lookedUp(lookup.kind);
    // The caller may have gone, or the deadline may have decided.
    if (this.#phase === 'deciding') this.#decide(partner, lookup);
  }

  #lookUpFailed(error: unknown): StrategyLookup {
    this.log.error({ error: errorMessage(error) }, 'strategy look-up broke its promise');
    return { kind: 'failure', reason: 'rejected' };
  }

  #decide(partner: Partner, lookup: StrategyLookup): void {
    this.#claimAndRoute(partner, 1, () => this.#prepare(partner, lookup));
  }

  #decideWithoutLookup(partner: Partner): void {
    this.log.warn(
      { callId: this.call.callId, decisionId: this.decisionId },
      'decision deadline passed, plain service',
    );
    const now = this.clock.now();
    const input: PlainServiceInput = {
      decisionId: this.decisionId,
      partner: partner.partner,
      board: this.#boardAt(now),
      now,
      seed: this.#seed,
      reason: 'deadline',
      failOpen: ['deadline'],
    };
    this.#route(
      this.#decideSafely(partner, () => this.#decider.plainService(input)),
      input,
    );
  }

  #prepare(partner: Partner, lookup: StrategyLookup): Prepared {
    const now = this.clock.now();
    const input: DecisionInput = {
      decisionId: this.decisionId,
      partner: partner.partner,
      board: this.#boardAt(now),
      now,
      seed: this.#seed,
      identity: this.#identity,
      lookup,
      divertedShare: this.#services.diverted.share,
    };
    return { input, decide: () => this.#decider.decide(input) };
  }

  #boardAt(now: number): Board {
    this.#services.claims?.refresh(this.#plan.board);
    return this.#plan.board.snapshot(now, this.clock.wallNow());
  }

  /** By the caller, so that a caller comes to the same centre while it is there. */
  get #seed(): number {
    const caller = this.#callerNumber;
    return caller === undefined ? this.#services.random() : seedOf(caller);
  }

  /**
   * Decides and, where routers share reservations, makes the free agent or port that the decision counts on the call's own; if another
   * call has it, decides anew. What was decided last is acted on at the decision deadline at the latest.
   */
  #claimAndRoute(partner: Partner, round: number, prepare: () => Prepared): void {
    const { input, decide } = prepare();
    const decision = this.#decideSafely(partner, decide);
    const { board } = this.#plan;
    const asked = this.#services.claims?.claim(decision, input.board, board);
    if (asked === undefined) {
      this.#route(decision, input);
      return;
    }
    const [first] = decision.steps;
    if (first?.target.kind === 'destination') this.#place.reserve(first.target.destination.id);
    this.#undecided = { decision, input };
    this.#startDeadline(partner);
    void asked.then((outcome) => {
      if (this.#phase !== 'deciding') return;
      if (outcome.kind === 'go' || round >= maxClaimRounds) {
        if (outcome.kind === 'taken' || !outcome.isClaimed) this.#place.noteReservation();
        this.#route(decision, input);
        return;
      }
      this.#place.endReservation();
      this.#claimAndRoute(partner, round + 1, prepare);
    });
  }

  #startDeadline(partner: Partner): void {
    if (this.#deadline !== undefined) return;
    const { decisionDeadlineMs } = this.#plan.settings.process.routing;
    const leftMs = Math.max(0, decisionDeadlineMs - (this.clock.now() - this.#receivedAt));
    this.#deadline = this.clock.after(leftMs, 'decision-deadline', () => {
      if (this.#phase !== 'deciding') return;
      if (this.#undecided === undefined) this.#decideWithoutLookup(partner);
      else {
        this.#place.noteReservation();
        this.#route(this.#undecided.decision, this.#undecided.input);
      }
    });
  }

  #decideSafely(partner: Partner, decide: () => Decision): Decision {
    try {
      return decide();
    } catch (error) {
      this.log.error(
        { error: errorMessage(error), decisionId: this.decisionId },
        'decision failed, plain service',
      );
      return undecided(this.#plan, partner, this.decisionId, this.#decider.medium);
    }
  }

  #route(decision: Decision, input: DecisionInput | PlainServiceInput): void {
    this.#deadline?.cancel();
    this.#phase = 'routing';
    this.#undecided = undefined;
    this.#decisionMs = this.clock.now() - this.#receivedAt;
    this.#services.metrics.decided(this.#decisionMs / 1000);
    this.#decided(decision, input);
    this.#act(input);
  }

  /** The decision that stands from now on, and its record. */
  #decided(decision: Decision, input: DecisionInput | PlainServiceInput): void {
    this.#decision = decision;
    const { diverted, metrics, decisionLog, live } = this.#services;
    diverted.add(decision.offer?.kind === 'sales');
    for (const reason of decision.failOpen) metrics.failedOpen(reason);
    const { call, trunk } = this;
    const facts = {
      callId: call.callId,
      source: call.source,
      trunk,
      dialled: this.#dialled,
      caller: this.#callerNumber,
      decisionMs: this.#decisionMs,
      personalData: this.#plan.settings.process.log.personalData,
      input,
      decider: this.#decider,
      pairs: this.pairs,
    };
    decisionLog.add(new DecisionEntry(decision, facts));
    if (this.#plan.mediaCentres.size > 0) tellLive(live, decision, facts);
  }

  /** Undefined for callers who sent none, also when digits say who they are. */
  get #callerNumber(): string | undefined {
    return numberOf(this.#identity);
  }

  #act(input: DecisionInput | PlainServiceInput): void {
    const { ivr } = this.#services;
    if (ivr === undefined || !this.#startIvr(ivr, 'lookup' in input ? input.lookup : undefined)) {
      this.#reserveExposure();
      this.#action = startOrdinary(this, this.decision.steps);
    }
  }

  /** An agent is to present the offer; where no feed tells whether one does, nothing is noted. */
  #reserveExposure(): void {
    const [first] = this.decision.steps;
    if (first?.target.kind !== 'destination' || !this.#plan.board.isFed(first.target.destination.id)) return;
    const exposure = exposureOf(this, first);
    if (exposure !== undefined) this.#services.exposures.reserve(exposure);
  }

  #startIvr(ivr: IdentifyServices, lookup: StrategyLookup | undefined): boolean {
    const partner = this.#partner;
    // Prompts say nothing to a caller with text.
    if (this.#decider.medium === 'text') return false;
    if (partner === undefined || unsupportedOptions(this.call.header('require')).length > 0) return false;
    const candidate: IvrCandidate = {
      routed: this,
      plan: this.#plan,
      partner,
      identity: this.#identity,
      lookup,
      board: () => this.#plan.board.snapshot(this.clock.now(), this.clock.wallNow()),
      otherwise: (steps) => startOrdinary(this, steps),
      decideAnew: (caller) => this.#decideAnew(partner, caller),
    };
    // An action may end within its start, before it is known here.
    const action = startIvr(candidate, ivr);
    if (action === undefined) return false;
    this.#action = action;
    return true;
  }

  /** The caller was identified by digits: the decision is taken again with what is known of the customer now. */
  #decideAnew(partner: Partner, { confidence, lookup, pairs }: IdentifiedCaller): void {
    this.pairs = pairs;
    const phone = this.#identity.kind === 'number' ? this.#identity.phone : '';
    this.#identity = { kind: 'number', phone, source: 'digits', confidence };
    const { input, decide } = this.#prepare(partner, lookup);
    this.#decided(this.#decideSafely(partner, decide), input);
  }

  #cancelled(): void {
    if (this.#phase === 'deciding') {
      this.ended({ result: 'client-error', reason: 'cancelled' }, { status: 487, step: undefined });
      this.released();
    } else this.#action?.cancel();
  }

  #refuse(status: number, termination: Termination): void {
    this.call.respond(status);
    this.ended(termination, { status, step: undefined });
    this.released();
  }

  #facts() {
    return {
      wallNow: this.#services.clock.wallNow(),
      decisionId: this.decisionId,
      callId: this.call.callId,
    };
  }
}
