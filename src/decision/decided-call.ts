// A decision as its consumers see it; the trace is made when it is first asked for.
import { traceCandidates, traceGates } from './trace.js';
import type {
  Arm,
  CandidateTrace,
  Decision,
  GateName,
  GateTrace,
  OfferOnCall,
  RouteStep,
} from './decision.js';
import type { CallFacts } from './gates.js';
import type { Resources } from './resources.js';

export interface DecidedParts {
  readonly facts: CallFacts;
  /** Shared with later calls: read again from the call's own board before the trace is made. */
  readonly resources: Resources;
  readonly stoppedBy: GateName | undefined;
  readonly steps: readonly RouteStep[];
  readonly reason: string;
  readonly arm: Arm;
  readonly failOpen: readonly string[];
  /** Plain service without passing any gate. */
  readonly isUndecided?: boolean;
}

/** `gates` and `candidates` are getters: spread or copy a decision and they stay behind. `toJSON` has them. */
export class DecidedCall implements Decision {
  readonly decisionId: string;
  readonly partner: string;
  readonly customer: string | undefined;
  readonly generation: number | undefined;
  readonly arm: Arm;
  readonly offer: OfferOnCall | undefined;
  readonly steps: readonly RouteStep[];
  readonly reason: string;
  readonly failOpen: readonly string[];
  readonly #parts: DecidedParts;
  #gates: readonly GateTrace[] | undefined;
  #candidates: readonly CandidateTrace[] | undefined;

  constructor(parts: DecidedParts) {
    const { facts } = parts;
    this.decisionId = facts.input.decisionId;
    this.partner = facts.input.partner;
    // '': an account with an alert, and nobody in particular.
    this.customer = facts.strategy?.customer === '' ? undefined : facts.strategy?.customer;
    this.generation = generationOf(facts);
    this.arm = parts.arm;
    this.offer = parts.steps[0]?.offer;
    this.steps = parts.steps;
    this.reason = parts.reason;
    this.failOpen = parts.failOpen;
    this.#parts = parts;
  }

  get gates(): readonly GateTrace[] {
    const { facts, stoppedBy, isUndecided } = this.#parts;
    if (isUndecided === true) return [];
    this.#gates ??= traceGates(facts, this.#read(), stoppedBy, this.candidates);
    return this.#gates;
  }

  get candidates(): readonly CandidateTrace[] {
    const stoppedBy = this.#parts.isUndecided === true ? 'identity' : this.#parts.stoppedBy;
    this.#candidates ??= traceCandidates(this.#parts.facts, this.#read(), stoppedBy);
    return this.#candidates;
  }

  toJSON(): Decision {
    const {
      decisionId,
      partner,
      customer,
      generation,
      arm,
      offer,
      steps,
      reason,
      failOpen,
      gates,
      candidates,
    } = this;
    return {
      decisionId,
      partner,
      customer,
      generation,
      arm,
      offer,
      steps,
      reason,
      failOpen,
      gates,
      candidates,
    };
  }

  #read(): Resources {
    const { facts, resources } = this.#parts;
    resources.read(facts.input.board, facts.isBoardStale);
    return resources;
  }
}

/** Undefined when nothing that a ranking published was read. */
function generationOf({ found, foreignPartner }: CallFacts): number | undefined {
  if (found?.kind === 'ambiguous') return found.generation;
  if (found?.kind !== 'hit' || foreignPartner !== undefined) return undefined;
  return found.strategy.generation === 0 ? undefined : found.strategy.generation;
}
