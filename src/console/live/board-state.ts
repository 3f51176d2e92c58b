// What the supervisor board shows of the moment. Times are milliseconds since the Unix epoch.

export interface BoardQueue {
  /** `centre/queue` */
  readonly destination: string;
  readonly kind: 'queue' | 'ivr';
  readonly isDraining: boolean;
  readonly waiting: number | undefined;
  readonly longestWaitMs: number | undefined;
  readonly expectedWaitSeconds: number | null | undefined;
  /** Agents of its tiers; undefined where no feed tells. */
  readonly agentsByState: Readonly<Partial<Record<BoardAgentState, number>>> | undefined;
  readonly servers: number | undefined;
  readonly freeServers: number | undefined;
  /** Answered within `serviceLevelSeconds` of all answered or abandoned lately, 0..1. */
  readonly serviceLevel: number | undefined;
  readonly serviceLevelSeconds: number | undefined;
  readonly readingAgeMs: number | undefined;
  /** Callers wait, agents are free, and nothing was offered for 10 s. */
  readonly isStuck: boolean;
}

/** What agents do, in the order in which it is shown. `wrapping-up`: available, and not given a call yet. */
export type BoardAgentState =
  'talking' | 'ringing' | 'wrapping-up' | 'free' | 'on-break' | 'logged-out' | 'unknown';

/** A trunk is up when a request came from it within five minutes; before that nothing is known, since a quiet trunk is not down. */
export interface BoardPlace {
  readonly id: string;
  readonly kind: 'centre' | 'trunk';
  readonly isUp: boolean | undefined;
  readonly feed: string | undefined;
  readonly feedAgeMs: number | undefined;
  readonly detail: string | undefined;
  /** Of a trunk: since its last request; undefined: none since the router started. */
  readonly heardMs: number | undefined;
}

export interface BoardAgent {
  readonly centre: string;
  readonly agent: string;
  readonly status: string;
  readonly state: string;
  /** Of status and state together. */
  readonly shownAs: BoardAgentState;
  readonly sinceMs: number;
  readonly queues: readonly string[];
  /** The call that the agent has now. */
  readonly decisionId: string | undefined;
}

/** Calls of one day that came to an outcome. */
export interface BoardCounts {
  readonly calls: number;
  /** What the decisions reckoned the offers to be worth that the calls were sent for; undefined where no records tell. */
  readonly value: number | undefined;
  /** Value of what was accepted on the calls so far; undefined where no records tell. */
  readonly acceptedValue: number | undefined;
}

/** Of today: the calendar day of the server's time zone. */
export interface BoardTotals {
  /** The day began then; later where the figures begin with the start of the router. */
  readonly since: number;
  /** Time zone of the day, such as `Europe/Berlin`. */
  readonly zone: string;
  /** `records`: of all routers, from the database, and what this router has seen since; `router`: of this router alone. */
  readonly source: 'records' | 'router';
  /** The database was last heard; undefined: not yet. */
  readonly recordsAt: number | undefined;
  /** Why the database is not heard now. */
  readonly recordsProblem: string | undefined;
  readonly calls: number;
  readonly offered: number;
  readonly abandoned: number;
  readonly failOpen: number;
  readonly byOffer: readonly (BoardCounts & { readonly offer: string })[];
  readonly byArm: readonly (BoardCounts & { readonly arm: string })[];
}

export interface BoardState {
  /** When it was made. */
  readonly at: number;
  readonly queues: readonly BoardQueue[];
  readonly places: readonly BoardPlace[];
  readonly agents: readonly BoardAgent[];
  readonly totals: BoardTotals;
  readonly failOpenEvents: readonly {
    readonly at: number;
    readonly reason: string;
    readonly decisionId: string;
    readonly partner: string | undefined;
  }[];
  /** Of each thing that the router reads: feeds, strategy generations, records, settings. */
  readonly ages: readonly {
    readonly what: string;
    readonly kind: 'feed' | 'strategies' | 'settings' | 'records' | 'spool';
    readonly ageMs: number | undefined;
    readonly state: string;
    /** False: somebody should look. */
    readonly isGood: boolean;
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
  /** Why it was decided so: `offer`, or the gate that led to plain service. */
  readonly reason: string | undefined;
  /** How the routing ended: `answered`, `redirected`, `cancelled`, `no-destination`, ... */
  readonly result: string;
  readonly status: number | undefined;
  readonly failOpen: readonly string[];
  readonly decisionMs: number;
}
