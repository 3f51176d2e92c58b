// Exposures: which offer was put to a caller, by which presentation, and what became of it. Lines of the decision log, one for each
// change of state; what comes late, twice or out of order changes nothing.
import type { Clock, Timer } from '../../kernel/index.js';
import type { RouteStep } from '../../decision/index.js';
import { isoTime } from '../../decision/index.js';
import type { ExposureLine, ExposureResult, ExposureState } from './exposure-line.js';

export interface ExposureKey {
  readonly decisionId: string;
  readonly offer: string;
  readonly presentation: string;
}

export interface ExposureFacts extends ExposureKey {
  readonly callId: string;
  readonly kind: 'agent' | 'ivr';
  readonly destination: string;
}

export interface AnsweringAgent {
  readonly agent: string;
  readonly centre: string;
  readonly queue: string;
  /** X-Offer-ID of the call; undefined when it reached the agent as plain service. */
  readonly offerCode: string | undefined;
}

/** As `CentreCallEvent` has it. */
export type LeaveCause = 'answered' | 'abandoned' | 'timeout' | 'no-agent' | 'other';

export interface ExposureLogOptions {
  readonly clock: Clock;
  readonly decisionLog: { add(line: ExposureLine): void };
  readonly metrics: { exposure(kind: 'agent' | 'ivr', state: ExposureState): void };
  /** Exposures that wait for their end; above it the oldest is forgotten. Default 20,000. */
  readonly maxOpen?: number;
}

type AgentFields = Pick<AnsweringAgent, 'agent' | 'centre' | 'queue'>;

interface Open {
  facts: ExposureFacts;
  readonly since: number;
  isConfirmed: boolean;
}

const defaultMaxOpen = 20_000;
/** Longer than any wait and talk; what is heard of a call after it is not believed to be of this call. */
export const forgetAfterMs = 4 * 3_600_000;

export class ExposureLog {
  readonly #options: ExposureLogOptions;
  readonly #maxOpen: number;
  /** In the order of their reservation, by decision and then by offer and presentation. */
  readonly #open = new Map<string, Open>();
  readonly #openOfDecision = new Map<string, Set<string>>();
  /** Ended lately: what comes of them again is a duplicate. */
  readonly #ended = new Set<string>();
  #expiry: Timer | undefined;

  constructor(options: ExposureLogOptions) {
    this.#options = options;
    this.#maxOpen = options.maxOpen ?? defaultMaxOpen;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** A call is routed for an offer. */
  reserve(facts: ExposureFacts): void {
    const id = idOf(facts);
    if (this.#open.has(id) || this.#ended.has(id)) return;
    const [oldest] = this.#open.values();
    if (this.#open.size >= this.#maxOpen && oldest !== undefined) this.#forget(oldest);
    this.#open.set(id, { facts, since: this.#options.clock.now(), isConfirmed: false });
    const ofDecision = this.#openOfDecision.get(facts.decisionId);
    if (ofDecision === undefined) this.#openOfDecision.set(facts.decisionId, new Set([id]));
    else ofDecision.add(id);
    this.#write(facts, 'reserved');
    this.#watch();
  }

  /** The IVR plays its first prompt; the program may be another than the one that was tried first. */
  presenting(facts: ExposureFacts): void {
    const open = this.#open.get(idOf(facts));
    if (open !== undefined && !open.isConfirmed) open.facts = facts;
    this.#confirm(open);
  }

  /** The IVR's presentation is over. One that never began is released. */
  concluded(key: ExposureKey, result: ExposureResult): void {
    const open = this.#open.get(idOf(key));
    if (open === undefined) return;
    if (open.isConfirmed) this.#end(open, 'concluded', result);
    else this.#end(open, 'released', result === 'hang-up' ? 'abandoned' : 'not-presented');
  }

  /** An agent has the call, with this offer or with none: what else agents were to present is released. */
  agentAnswered(decisionId: string, { agent, centre, queue, offerCode }: AnsweringAgent): void {
    for (const open of this.#agentExposures(decisionId)) {
      if (open.facts.offer === offerCode) this.#confirm(open, { agent, centre, queue });
      else if (!open.isConfirmed) this.#end(open, 'released', 'not-presented');
    }
  }

  /** The caller left the queue: with the agent, or before one had the call. */
  memberLeft(decisionId: string, cause: LeaveCause): void {
    for (const open of this.#agentExposures(decisionId)) {
      // `answered` that overtook the answer itself: an agent had the call, whoever it was.
      if (cause === 'answered') this.#confirm(open);
      if (open.isConfirmed) this.#close(open);
      else this.#end(open, 'released', cause === 'abandoned' ? 'abandoned' : 'not-presented');
    }
  }

  /**
   * The call left a queue (`centre/queue`) for where a person sent it: what was to be presented there is released, what is to be
   * presented where it goes is not.
   */
  movedOn(decisionId: string, from: string): void {
    for (const open of this.#agentExposures(decisionId)) {
      if (open.isConfirmed) this.#close(open);
      else if (open.facts.destination === from) this.#end(open, 'released', 'not-presented');
    }
  }

  /** The call ended, or went on without offers: what was not presented is released, what was is left as it is. */
  leave(decisionId: string, result: ExposureResult): void {
    for (const open of this.#ofDecision(decisionId)) {
      if (!open.isConfirmed) this.#end(open, 'released', result);
    }
  }

  /** The process stops. What is open is told by nobody; a reader of the log sees it reserved without an end. */
  stop(): void {
    this.#expiry?.cancel();
    this.#expiry = undefined;
  }

  #agentExposures(decisionId: string): readonly Open[] {
    return this.#ofDecision(decisionId).filter(({ facts }) => facts.kind === 'agent');
  }

  #ofDecision(decisionId: string): readonly Open[] {
    return [...(this.#openOfDecision.get(decisionId) ?? [])].flatMap((id) => this.#open.get(id) ?? []);
  }

  #confirm(open: Open | undefined, by?: AgentFields): void {
    if (open === undefined || open.isConfirmed) return;
    open.isConfirmed = true;
    this.#write(open.facts, 'confirmed', by);
  }

  #end(open: Open, state: 'concluded' | 'released', result: ExposureResult): void {
    this.#write(open.facts, state, { result });
    this.#close(open);
  }

  #forget(open: Open): void {
    // Of one that was confirmed nothing is unknown but a disposition, which others record.
    if (open.isConfirmed) this.#close(open);
    else this.#end(open, 'released', 'unknown');
  }

  #close({ facts }: Open): void {
    const id = idOf(facts);
    this.#open.delete(id);
    const ofDecision = this.#openOfDecision.get(facts.decisionId);
    ofDecision?.delete(id);
    if (ofDecision?.size === 0) this.#openOfDecision.delete(facts.decisionId);
    const [oldest] = this.#ended;
    if (this.#ended.size >= this.#maxOpen && oldest !== undefined) this.#ended.delete(oldest);
    this.#ended.add(id);
    if (this.#open.size === 0) this.stop();
  }

  #write(
    facts: ExposureFacts,
    state: ExposureState,
    more: Partial<AgentFields> & { readonly result?: ExposureResult } = {},
  ): void {
    const { decisionLog, metrics, clock } = this.#options;
    metrics.exposure(facts.kind, state);
    const { decisionId, callId, offer, presentation, kind, destination } = facts;
    const at = isoTime(clock.wallNow());
    const about = { decisionId, callId, offer, presentation, kind, destination };
    decisionLog.add({ type: 'exposure', at, ...about, state, ...more });
  }

  /** One timer for all: it is of the oldest, and looks for the next when it fires. */
  #watch(): void {
    const [oldest] = this.#open.values();
    if (this.#expiry !== undefined || oldest === undefined) return;
    const { clock } = this.#options;
    const leftMs = oldest.since + forgetAfterMs - clock.now();
    this.#expiry = clock.after(Math.max(leftMs, 0), 'exposure-expiry', () => {
      this.#expiry = undefined;
      const before = clock.now() - forgetAfterMs;
      for (const open of [...this.#open.values()]) {
        if (open.since > before) break;
        this.#forget(open);
      }
      this.#watch();
    });
  }
}

/** The exposure that a step is; undefined when it presents nothing. */
/** Whose exposure it is. */
export interface ExposedCall {
  readonly decision: { readonly decisionId: string };
  readonly call: { readonly callId: string };
}

export function exposureOf(
  { decision, call }: ExposedCall,
  { offer, target }: RouteStep,
): ExposureFacts | undefined {
  if (offer === undefined || target.kind !== 'destination') return undefined;
  return {
    decisionId: decision.decisionId,
    callId: call.callId,
    offer: offer.offerCode,
    presentation: offer.presentation,
    kind: target.destination.kind === 'ivr' ? 'ivr' : 'agent',
    destination: target.destination.id,
  };
}

function idOf({ decisionId, offer, presentation }: ExposureKey): string {
  return `${decisionId} ${offer} ${presentation}`;
}
