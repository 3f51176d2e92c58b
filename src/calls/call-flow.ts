// One call from its INVITE to its outcome: identify, look up, decide before the deadline, act, record (design, section 5).
import { errorMessage } from '../kernel/index.js';
import type { Clock, Logger, Timer } from '../kernel/index.js';
import type { BoardBuilder } from '../callcenter/index.js';
import type { Partner, Trunk } from '../config/index.js';
import type {
  Decision,
  DecisionInput,
  DiversionWindow,
  Identity,
  PlainServiceInput,
  RouteStep,
} from '../decision/index.js';
import type { StrategyLookup, StrategyReader } from '../offers/index.js';
import { attemptLine, DecisionEntry, outcomeLine, targetName } from './decision-record.js';
import { findPartner, identifyCaller } from './identify.js';
import { startProxy } from './proxy-action.js';
import { redirect } from './redirect-action.js';
import { plainService } from './routing-plan.js';
import { maxForwardsOf, SerialSearch } from './serial-search.js';
import type { LiveCalls } from './live/live-calls.js';
import { CallPlace } from './call-place.js';
import type { CallSummary } from './call-summary.js';
import { maxClaimRounds } from './claims.js';
import type { Claims } from './claims.js';
import type { DecisionLog } from './decision-log.js';
import type { EngineFeatures, Gateway, IncomingCall } from './gateway.js';
import type { CallMetrics } from './metrics.js';
import type { Action, EndOfCall, RoutedCall, RoutingTimes } from './routed-call.js';
import type { RoutingPlan } from './routing-plan.js';
import type { Termination } from './termination.js';
import { unsupportedOptions } from './leg-headers.js';

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

export class CallFlow implements RoutedCall {
  readonly call: IncomingCall;
  readonly trunk: Trunk;
  readonly decisionId: string;
  readonly #services: CallServices;
  readonly #plan: RoutingPlan;
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
  readonly #place: CallPlace;

  constructor(services: CallServices, plan: RoutingPlan, trunk: Trunk, call: IncomingCall) {
    this.#services = services;
    this.#plan = plan;
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
  }

  attempted(
    attempt: number,
    step: RouteStep,
    end: { readonly status: number | undefined; readonly reason: string },
  ): void {
    this.#services.decisionLog.add(attemptLine(this.#facts(), attempt, step, end));
  }

  connected(step: RouteStep): void {
    this.#place.connected(step);
  }

  /** New settings made another board: a call in progress counts there too. */
  countOn(board: BoardBuilder): void {
    this.#place.countOn(board);
  }

  ended(termination: Termination, end: EndOfCall): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#deadline?.cancel();
    if (termination.result !== 'success') this.#place.endReservation();
    const { metrics, decisionLog, clock } = this.#services;
    const durationMs = clock.now() - this.#receivedAt;
    const partner = this.#partner?.partner;
    const trunk = this.trunk.trunk;
    decisionLog.add(
      outcomeLine(
        { ...this.#facts(), trunk, partner, status: end.status, step: end.step, durationMs },
        termination,
      ),
    );
    const summary: CallSummary = {
      decisionId: this.decisionId,
      callId: this.call.callId,
      trunk,
      action: this.trunk.action,
      partner,
      caller: this.#identity.kind === 'number' ? this.#identity.phone : this.#identity.kind,
      dialled: this.#dialled,
      arm: this.#decision?.arm ?? 'none',
      offer: end.step?.offer?.offerCode,
      reason: this.#decision?.reason,
      failOpen: this.#decision?.failOpen ?? [],
      destination: end.step === undefined ? undefined : targetName(end.step),
      status: end.status,
      termination,
      decisionMs: this.#decisionMs,
      durationMs,
    };
    const { arm, offer, action } = summary;
    metrics.callEnded({ trunk, action, offer: offer ?? 'none', arm, result: termination.result });
    this.#services.onSummary(summary);
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
    const { diverted } = this.#services;
    const identity = this.#identity;
    this.#claimAndRoute(partner, 1, () => {
      const input = { ...this.#decisionBase(partner), identity, lookup, divertedShare: diverted.share };
      return { input, decide: () => this.#plan.decider.decide(input) };
    });
  }

  #decideWithoutLookup(partner: Partner): void {
    this.log.warn(
      { callId: this.call.callId, decisionId: this.decisionId },
      'decision deadline passed, plain service',
    );
    const input = { ...this.#decisionBase(partner), reason: 'deadline', failOpen: ['deadline'] };
    this.#route(
      this.#decideSafely(partner, () => this.#plan.decider.plainService(input)),
      input,
    );
  }

  #decisionBase(partner: Partner) {
    const { clock, random } = this.#services;
    const now = clock.now();
    this.#services.claims?.refresh(this.#plan.board);
    return {
      decisionId: this.decisionId,
      partner: partner.partner,
      board: this.#plan.board.snapshot(now, clock.wallNow()),
      now,
      seed: random(),
    };
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
      else this.#route(this.#undecided.decision, this.#undecided.input);
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
      return this.#withoutDecision(partner);
    }
  }

  #route(decision: Decision, input: DecisionInput | PlainServiceInput): void {
    this.#deadline?.cancel();
    this.#phase = 'routing';
    this.#undecided = undefined;
    const { clock, diverted, metrics, decisionLog, live } = this.#services;
    this.#decision = decision;
    this.#decisionMs = clock.now() - this.#receivedAt;
    diverted.add(decision.offer?.kind === 'sales');
    metrics.decided(this.#decisionMs / 1000);
    for (const reason of decision.failOpen) metrics.failedOpen(reason);
    const { call, trunk } = this;
    const facts = {
      callId: call.callId,
      source: call.source,
      trunk,
      dialled: this.#dialled,
      caller: this.#identity.kind === 'number' ? this.#identity.phone : undefined,
      decisionMs: this.#decisionMs,
      personalData: this.#plan.settings.process.log.personalData,
      input,
      decider: this.#plan.decider,
    };
    decisionLog.add(new DecisionEntry(decision, facts));
    if (this.#plan.hasFeeds) {
      const { decisionId, partner, customer, offer } = decision;
      live.routed({ decisionId, callId: call.callId, partner, customer, offer: offer?.offerCode });
    }
    this.#act();
  }

  #withoutDecision(partner: Partner): Decision {
    return {
      decisionId: this.decisionId,
      partner: partner.partner,
      customer: undefined,
      generation: undefined,
      arm: 'none',
      offer: undefined,
      steps: plainService(this.#plan, partner),
      reason: 'decision-failure',
      failOpen: ['decision-failure'],
      gates: [],
      candidates: [],
    };
  }

  #act(): void {
    switch (this.trunk.action) {
      case 'redirect':
        redirect(this);
        return;
      // Of a refer trunk too: only a call that was in an IVR is moved by REFER.
      case 'refer':
      case 'proxy':
        this.#action = startProxy(this);
        if (this.#action === undefined) this.#dialOurselves();
        return;
      case 'b2bua':
        this.#dialOurselves();
    }
  }

  #dialOurselves(): void {
    const unsupported = unsupportedOptions(this.call.header('require'));
    if (unsupported.length > 0) {
      this.#services.metrics.rejected('extension');
      this.call.respond(420, { headers: { Unsupported: unsupported.join(', ') } });
      this.ended({ result: 'client-error', reason: 'extension-required' }, { status: 420, step: undefined });
      this.released();
      return;
    }
    this.#action = new SerialSearch(this);
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
