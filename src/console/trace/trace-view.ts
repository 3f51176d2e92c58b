// What the API tells of the SIP messages of a call that the router has in memory.

export interface TraceParticipant {
  /** `address:port` */
  readonly address: string;
  /** Of the settings: a trunk, a centre; null where they know none. */
  readonly name: string | null;
  readonly kind: 'router' | 'trunk' | 'centre' | 'peer';
}

export interface TraceMessage {
  /** Counts up over all messages of the router. */
  readonly number: number;
  /** ISO 8601, to the millisecond. */
  readonly at: string;
  /** Since the first message that is kept. */
  readonly atMs: number;
  /** Places of participants in their list. */
  readonly from: number;
  readonly to: number;
  readonly protocol: string;
  readonly callId: string;
  readonly kind: 'request' | 'response' | 'malformed';
  readonly method: string;
  /** null of what is no response */
  readonly status: number | null;
  /** Such as `INVITE` or `180 Ringing`. */
  readonly label: string;
  readonly cseq: number | null;
  readonly hasSdp: boolean;
  readonly isRetransmission: boolean;
  readonly text: string;
}

/** What is in memory of all calls. */
export interface TraceMemory {
  /** False with a drachtio-server, and where `sip.trace.keepBytes` is 0. */
  readonly isOn: boolean;
  readonly why: 'on' | 'drachtio-server' | 'off';
  readonly messages: number;
  readonly calls: number;
  readonly bytes: number;
  readonly keepBytes: number;
  /** Age of the oldest message; null when there is none. */
  readonly oldestSeconds: number | null;
}

export interface TraceView {
  readonly decisionId: string | null;
  /** That of the caller first, as far as it is known. */
  readonly callIds: readonly string[];
  /** Numbers, names and bodies are hidden: log.personalData is off. */
  readonly isMasked: boolean;
  /** Messages of the call that were dropped, because it had too many. */
  readonly dropped: number;
  readonly participants: readonly TraceParticipant[];
  readonly messages: readonly TraceMessage[];
  /** Number of the last message of all calls: `after` of the next question. */
  readonly last: number;
  readonly memory: TraceMemory;
}

export interface TracedCallLine {
  readonly callId: string;
  readonly decisionId: string | null;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly lastAt: string;
  readonly messages: number;
  /** Of the first message that is kept. */
  readonly label: string;
  readonly from: string;
  readonly to: string;
  readonly peer: string;
}

export interface TraceList {
  /** Newest first. */
  readonly calls: readonly TracedCallLine[];
  readonly memory: TraceMemory;
}
