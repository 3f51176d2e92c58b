// What the API tells of calls that are recorded: their list, the ladder of one, and its whole story as GET /v1/decisions/ID has it.

/** One call of GET /v1/calls/history. */
export interface CallHistoryLine {
  readonly decisionId: string;
  readonly callId: string | null;
  readonly medium: string;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly partner: string | null;
  /** Masked unless log.personalData is on. */
  readonly caller: string | null;
  readonly customer: string | null;
  readonly arm: string | null;
  readonly offer: string | null;
  /** Of the decision. */
  readonly reason: string | null;
  /** Of the outcome; null when there is none yet. */
  readonly result: string | null;
  readonly outcomeReason: string | null;
  readonly destination: string | null;
  readonly dispositions: readonly { readonly offer: string; readonly code: string }[];
  /** Agents' and IVR ports' time. */
  readonly seconds: number | null;
}

export interface CallHistoryPage {
  /** Newest first. */
  readonly calls: readonly CallHistoryLine[];
  /** Value of `before` for the next page; null: there is none. */
  readonly next: string | null;
}

/** What the filters may name. */
export interface CallFilterNames {
  readonly partners: readonly { readonly partner: string; readonly name: string }[];
  readonly offers: readonly { readonly offer: string; readonly name: string; readonly partner: string }[];
}

export interface LadderRow {
  /** Since the INVITE. */
  readonly atMs: number;
  /** False: the time is the earliest that it can have been. */
  readonly isTimeKnown: boolean;
  /** Numbers of lanes; the same: something that happened there. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** `info`: on the way; `good`, `bad`: an end. */
  readonly tone: 'info' | 'good' | 'bad';
  /** Number of the attempt, from 1. */
  readonly attempt: number | null;
}

/** As the decision log has it: the messages that made the call, not their retransmissions. */
export interface LadderView {
  readonly decisionId: string;
  readonly lanes: readonly {
    readonly id: string;
    readonly kind: 'trunk' | 'router' | 'destination' | 'agent';
  }[];
  readonly rows: readonly LadderRow[];
}

export interface CandidateView {
  readonly offerCode?: string;
  readonly presentation?: string;
  readonly destination?: string;
  readonly removedBy?: string;
  readonly removedWhy?: string;
  readonly isBoosted?: true;
  readonly propensity?: number | null;
  readonly offerValue?: number | null;
  readonly conversion?: number | null;
  readonly waitSeconds?: number | null;
  readonly patience?: number | null;
  readonly cost?: number | null;
  readonly value?: number | null;
}

export interface DecisionView {
  readonly decidedAt: string;
  readonly partner: string;
  readonly customer: string | null;
  readonly generation: number | null;
  readonly arm: string;
  readonly offer: string | null;
  readonly presentation: string | null;
  readonly reason: string;
  readonly decisionMs: number | null;
  /** The decision in one sentence, in English; absent once its detail was removed. */
  readonly words?: string;
  readonly record?: {
    readonly settingsId: string;
    readonly failOpen: readonly string[];
    readonly gates: readonly { readonly gate: string; readonly passed: boolean; readonly detail: string }[];
    readonly candidates: readonly CandidateView[];
    readonly steps: readonly { readonly destination: string; readonly offer?: string }[];
    readonly boardAgeMs: number;
  };
}

/** The whole story of a call; times are ISO 8601. */
export interface CallStoryView {
  readonly contact: {
    readonly decisionId: string;
    readonly medium: string;
    readonly partner: string | null;
    readonly customer: string | null;
    readonly callId: string | null;
    readonly trunk: string | null;
    readonly source: string | null;
    readonly caller: string | null;
    readonly dialled: string | null;
    readonly startedAt: string;
  };
  readonly decisions: readonly DecisionView[];
  readonly attempts: readonly {
    readonly attempt: number;
    readonly at: string;
    readonly destination: string;
    readonly uri: string;
    readonly offer: string | null;
    readonly status: number | null;
    readonly reason: string;
  }[];
  readonly outcome?: {
    readonly at: string;
    readonly result: string;
    readonly reason: string;
    readonly status: number | null;
    readonly destination: string | null;
    readonly offer: string | null;
    readonly durationMs: number;
  };
  readonly exposures: readonly {
    readonly offer: string;
    readonly presentation: string;
    readonly kind: string;
    readonly destination: string;
    readonly state: string;
    readonly result: string | null;
    readonly agent: string | null;
    readonly centre: string | null;
    readonly queue: string | null;
    readonly reservedAt: string | null;
    readonly confirmedAt: string | null;
    readonly endedAt: string | null;
  }[];
  readonly usages: readonly {
    readonly at: string;
    readonly kind: string;
    readonly destination: string;
    readonly agent: string | null;
    readonly seconds: number;
  }[];
  readonly dispositions: readonly {
    readonly offer: string;
    readonly revision: number;
    readonly isCurrent: boolean;
    readonly code: string;
    readonly name: string;
    readonly outcome: string;
    readonly countsAsAccepted: boolean;
    readonly note: string | null;
    readonly callbackAt: string | null;
    readonly source: string;
    readonly agent: string | null;
    readonly value: number | null;
    readonly at: string;
  }[];
  readonly learned?: {
    readonly revision: number;
    readonly expiresAt: string;
    readonly state: {
      readonly offers?: readonly {
        readonly offerCode?: string;
        readonly effect?: string;
        readonly reason?: string;
        readonly from?: number;
        readonly until?: number;
      }[];
      readonly alerts?: readonly { readonly offerCode?: string }[];
    };
  };
}
