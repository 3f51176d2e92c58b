// What is recorded of an offer on a call, and what comes of recording it. proffer.record_disposition (0003-dispositions.sql) says it.

/** `agent`: a person; `web`: another system; `ivr`: the caller by keys; `auto`: nobody, some time after the talk. */
export type DispositionSource = 'agent' | 'ivr' | 'web' | 'auto';

/** What a code says of the offer. */
export type DispositionOutcome =
  'accepted' | 'declined' | 'callback' | 'no-answer' | 'presented' | 'not-presented';

export interface GivenDisposition {
  readonly decisionId: string;
  readonly offer: string;
  readonly code: string;
  readonly note?: string | undefined;
  /** When the customer asked to be called, in milliseconds since the Unix epoch. */
  readonly callbackAt?: number | undefined;
  /** A login, `centre/agent` or the id of mod_callcenter. Undefined: whoever had the call. */
  readonly agent?: string | undefined;
  /** Those that a login is, as centre/agent, where that is known already. */
  readonly centreAgents?: readonly string[] | undefined;
}

/** Times are milliseconds since the Unix epoch. */
export interface Disposition {
  readonly decisionId: string;
  readonly offer: string;
  /** From 1; a correction is one more. */
  readonly revision: number;
  readonly code: string;
  readonly outcome: DispositionOutcome;
  readonly note?: string;
  readonly callbackAt?: number;
  readonly source: DispositionSource;
  readonly agent?: string;
  /** Of the sale, where it counts as accepted. */
  readonly value?: number;
  /** When it was first said; a correction does not move it. */
  readonly at: number;
  readonly recordedAt: number;
}

/** Why nothing was recorded. */
export type DispositionRefusal =
  | {
      readonly kind:
        | 'unknown-call'
        | 'unknown-offer'
        | 'not-presented'
        | 'not-your-call'
        | 'retired-code'
        | 'note-required'
        | 'note-too-long'
        | 'callback-time-required'
        | 'callback-time-past'
        | 'callback-time-too-far'
        | 'callback-time-unwanted';
    }
  | { readonly kind: 'unknown-code'; readonly codes: readonly string[] }
  | { readonly kind: 'already-recorded'; readonly disposition: Disposition };

export type DispositionAnswer =
  | { readonly kind: 'recorded' | 'corrected' | 'unchanged'; readonly disposition: Disposition }
  | DispositionRefusal;

export interface DispositionCodeRow {
  readonly code: string;
  readonly name: string;
  readonly outcome: DispositionOutcome;
  readonly requiresNote: boolean;
  readonly coolOffDays: number | null;
  readonly countsAsAccepted: boolean;
}

/** What an agent presented and nobody has recorded a disposition of. */
export interface OpenDisposition {
  readonly decisionId: string;
  readonly offer: string;
  readonly presentation: string;
  readonly partner: string;
  readonly centre: string | null;
  readonly queue: string | null;
  readonly agent: string | null;
  /** Milliseconds since the Unix epoch: the answer, and the end of the talk as far as it is known. */
  readonly confirmedAt: number;
  readonly endedAt: number | null;
}
