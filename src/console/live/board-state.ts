// What the supervisor board shows of the moment. Times are milliseconds since the Unix epoch.

export interface BoardQueue {
  /** `centre/queue` */
  readonly destination: string;
  readonly kind: 'queue' | 'ivr';
  readonly isDraining: boolean;
  readonly waiting: number | undefined;
  readonly longestWaitMs: number | undefined;
  readonly expectedWaitSeconds: number | null | undefined;
  readonly agentsByState: Readonly<Record<string, number>>;
  readonly servers: number | undefined;
  readonly freeServers: number | undefined;
  /** Answered within `serviceLevelSeconds` of all answered or abandoned lately, 0..1. */
  readonly serviceLevel: number | undefined;
  readonly serviceLevelSeconds: number | undefined;
  readonly readingAgeMs: number | undefined;
}

export interface BoardPlace {
  readonly id: string;
  readonly kind: 'centre' | 'trunk';
  readonly isUp: boolean | undefined;
  readonly feed: string | undefined;
  readonly feedAgeMs: number | undefined;
  readonly detail: string | undefined;
}

export interface BoardAgent {
  readonly centre: string;
  readonly agent: string;
  readonly status: string;
  readonly state: string;
  readonly sinceMs: number;
  readonly queues: readonly string[];
  /** The call that the agent has now. */
  readonly decisionId: string | undefined;
}

/** Of today, or since the router started where there are no records: `since` says which. */
export interface BoardTotals {
  readonly since: number;
  readonly calls: number;
  readonly offered: number;
  readonly abandoned: number;
  readonly failOpen: number;
  readonly byOffer: readonly { readonly offer: string; readonly calls: number; readonly value: number }[];
  readonly byArm: readonly { readonly arm: string; readonly calls: number; readonly value: number }[];
}

export interface BoardState {
  readonly queues: readonly BoardQueue[];
  readonly places: readonly BoardPlace[];
  readonly agents: readonly BoardAgent[];
  readonly totals: BoardTotals;
  readonly failOpenEvents: readonly {
    readonly at: number;
    readonly reason: string;
    readonly decisionId: string;
  }[];
  /** Of each thing that the router reads: feeds, strategy generations, records, settings. */
  readonly ages: readonly {
    readonly what: string;
    readonly ageMs: number | undefined;
    readonly state: string;
  }[];
}

/** One decided call, in the stream. */
export interface CallLineView {
  readonly at: number;
  readonly decisionId: string;
  readonly partner: string | undefined;
  /** Masked. */
  readonly caller: string;
  readonly arm: string;
  readonly offer: string | undefined;
  readonly presented: string | undefined;
  readonly destination: string | undefined;
  readonly reason: string | undefined;
  readonly result: string;
  readonly status: number | undefined;
  readonly failOpen: readonly string[];
  readonly decisionMs: number;
}
