// What POST /v1/try-call answers: the decision that a call would get, with everything that led to it. `proffer explain --json` says
// the same.
import type { Arm, DecisionRecord, GateTrace, Identity } from '../../decision/index.js';

export interface ExplainedStep {
  /** `centre/queue`, or `overflow`. */
  readonly destination: string;
  readonly uri: string;
  /** Absent for plain service. */
  readonly offer?: string;
  readonly presentation?: string;
  /** The key-value pairs that travel with the call. */
  readonly ctiData: Readonly<Record<string, string>>;
}

export interface ExplainedCall {
  readonly from: string;
  readonly to: string;
  readonly trunk: string;
  /** What the trunk does with a call: `redirect`, `proxy`, `b2bua` or `refer`. */
  readonly action: string;
  readonly partner: string;
  readonly partnerName: string;
  readonly identity: Identity;
  /** What the look-up said and where, in words. */
  readonly store: string;
  /** Which board, in words. */
  readonly board: string;
  /** Centres, queues and programs in maintenance. */
  readonly maintenance: readonly string[];
  readonly affiliates: readonly string[];
  /** What else there is to say of the candidates. */
  readonly notes: readonly string[];
  /** The decision in one sentence. */
  readonly words: string;
  readonly reason: string;
  readonly arm: Arm;
  /** Every gate up to the one that stopped the call. */
  readonly gates: readonly GateTrace[];
  /** Which of `record.candidates` the call goes to; -1 for the overflow URI. */
  readonly chosen: number;
  readonly steps: readonly ExplainedStep[];
  /** As the decision log has it of a real call. */
  readonly record: DecisionRecord;
  /** The ranking run that the customer's strategy was published by, where it is kept. */
  readonly origin:
    | {
        readonly runId: string;
        readonly generation: number;
        readonly offers: readonly {
          readonly offer: string;
          readonly propensityKind: string;
          readonly valueWords: string;
        }[];
      }
    | undefined;
}

export interface TryCallView extends ExplainedCall {
  /** The time that it was decided for, ISO 8601. */
  readonly at: string;
  /** What depends on `at`, and what is as it is now whatever `at` says. */
  readonly atTouches: readonly string[];
}

/** What of a centre or a queue may be chosen; what is not named is up and free. */
export interface ChosenBoard {
  readonly centres?: Readonly<Record<string, boolean>>;
  readonly destinations?: Readonly<
    Record<
      string,
      {
        readonly servers?: number;
        readonly freeServers?: number;
        readonly membersWaiting?: number;
        readonly handlingTimeSeconds?: number;
      }
    >
  >;
}

export interface TryCallQuestion {
  /** A number, or a sip: or tel: URI; `anonymous` is a caller too. */
  readonly from: string;
  readonly to: string;
  readonly trunk?: string;
  readonly assertedIdentity?: string;
  /** 0 up to 1; default by the number of the caller, as for a real call. */
  readonly seed?: number;
  /** ISO 8601 with its zone; default now. */
  readonly at?: string;
  /** Default live. */
  readonly board?: 'live' | 'all-up' | ChosenBoard;
}

/** What a call may be tried with. */
export interface TryCallChoices {
  readonly trunks: readonly { readonly trunk: string; readonly trusted: boolean; readonly action: string }[];
  readonly partners: readonly {
    readonly partner: string;
    readonly name: string;
    readonly dialledNumbers: readonly string[];
  }[];
  readonly destinations: readonly {
    /** `centre/queue` */
    readonly destination: string;
    readonly kind: 'queue' | 'ivr';
    readonly centre: string;
    /** Agents or ports, as configured. */
    readonly servers: number;
  }[];
}
