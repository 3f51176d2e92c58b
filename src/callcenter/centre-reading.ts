// What the live feed of one centre says: agents, queues and ports as mod_callcenter and the switch report them, and the events of
// calls. Pure data; src/freeswitch makes it, the board reads it.

/** What an agent chose. As FreeSWITCH writes it; a word that is none of these reads as `unknown`. */
export type AgentStatus = 'Available' | 'Available (On Demand)' | 'On Break' | 'Logged Out' | 'unknown';

/** What the centre sees of an agent. */
export type AgentState = 'Waiting' | 'Receiving' | 'In a queue call' | 'Idle' | 'Reserved' | 'unknown';

export interface AgentTier {
  /** Id of the queue, without the domain. */
  readonly queue: string;
  readonly level: number;
  readonly position: number;
}

export interface AgentReading {
  /** Id without the domain; `1001`, not `1001@default`. */
  readonly agent: string;
  readonly status: AgentStatus;
  readonly state: AgentState;
  /** Clock.now() since when state and status are as they are, as far as known here. */
  readonly since: number;
  readonly tiers: readonly AgentTier[];
  /** Status Available, state Waiting, not wrapping up: takes a call at once. */
  readonly isFree: boolean;
}

export interface QueueReading {
  /** Id of the queue, without the domain. */
  readonly queue: string;
  /** Agents of its tiers who are logged in and not on a break. */
  readonly staffedAgents: number;
  /** Ids of the agents who are free now, in tier order. */
  readonly freeAgents: readonly string[];
  readonly membersWaiting: number;
  /** Of the members who wait now, in milliseconds; 0 when nobody does. */
  readonly longestWaitMs: number;
  /** Moving average over the calls seen since the feed began; undefined before the first. */
  readonly handlingTimeSeconds: number | undefined;
  /** Calls that the average is of; absent where it is to be taken as it is. */
  readonly handledCalls?: number;
  /** Calls answered within serviceLevelSeconds of all answered or abandoned lately, 0..1; undefined before the first. */
  readonly serviceLevel: number | undefined;
}

/** One consistent picture of a centre. What did not change is the same object as in the picture before. */
export interface CentreReading {
  readonly centre: string;
  /** Clock.now() when the centre last proved that this is true: an event, an answer. */
  readonly readAt: number;
  /** By agent id. */
  readonly agents: ReadonlyMap<string, AgentReading>;
  /** By queue id: the queues that are configured here and exist there. */
  readonly queues: ReadonlyMap<string, QueueReading>;
  /** Queues that are configured here and do not exist there. */
  readonly missingQueues: readonly string[];
  /** Calls in each IVR program at the centre, by program id, from `show channels`; undefined when not read yet. */
  readonly portsInUse: ReadonlyMap<string, number> | undefined;
}

/** What a call brought along to its queue, as its first event there carries it; the same object in all events of one visit. */
export interface CallBrought {
  /** The number that the centre shows for the caller. */
  readonly callerNumber: string | undefined;
  /** Clock.now() when it joined the queue, by the centre's own time. */
  readonly joinedAt: number;
  /**
   * CTI headers of its INVITE, or set since, by their names in lower case (`x-offer-url`, `x-offer-presented`, `user-to-user`, ...);
   * none for a call that did not come from a router.
   */
  readonly headers: Readonly<Record<string, string>>;
}

/** Fields of every event of a call. */
export interface CentreCall {
  readonly centre: string;
  readonly queue: string;
  /** Id of the caller's channel at the centre. */
  readonly sessionUuid: string;
  /** From X-Decision-ID of the call; undefined for a call that did not come from a router. */
  readonly decisionId: string | undefined;
  /** From X-Offer-ID. */
  readonly offerCode: string | undefined;
  readonly brought?: CallBrought;
  /** Clock.now() when it was heard. */
  readonly at: number;
}

export type CentreCallEvent =
  | (CentreCall & { readonly kind: 'member-joined' })
  | (CentreCall & { readonly kind: 'agent-offered'; readonly agent: string })
  /** The agent refused, was busy or did not answer; the member waits on. */
  | (CentreCall & { readonly kind: 'agent-failed'; readonly agent: string; readonly reason: string })
  | (CentreCall & { readonly kind: 'agent-answered'; readonly agent: string; readonly waitedMs: number })
  | (CentreCall & { readonly kind: 'agent-ended'; readonly agent: string; readonly talkedMs: number })
  /** Left the queue: `answered` after the call with the agent, else before an agent had it. */
  | (CentreCall & {
      readonly kind: 'member-left';
      readonly cause: 'answered' | 'abandoned' | 'timeout' | 'no-agent' | 'other';
      readonly waitedMs: number;
    });

/** State of the feed of one centre, for people and metrics. */
export interface FeedStatus {
  readonly centre: string;
  readonly state: 'connecting' | 'live' | 'silent' | 'down' | 'refused';
  /** Why it is not live, in words that name the fix: `wrong password: set FREESWITCH_ESL_SECRET`. */
  readonly reason: string | undefined;
  /** Since the last proof, in milliseconds; undefined before the first. */
  readonly ageMs: number | undefined;
  readonly reconnects: number;
  readonly events: number;
  /** Frames or events that could not be used. */
  readonly malformed: number;
  /** The clock of the centre minus ours, in milliseconds; undefined when not known. */
  readonly clockSkewMs: number | undefined;
  readonly missingQueues: readonly string[];
}

/** Who listens to the feeds. Called from the event loop, in order: a reading that follows from an event comes before it. */
export interface FeedListener {
  onReading(reading: CentreReading): void;
  onCallEvent(event: CentreCallEvent): void;
  onStatus(status: FeedStatus): void;
}
