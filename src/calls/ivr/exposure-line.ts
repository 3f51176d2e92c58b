// The line of the decision log that says how one exposure stands.

/** Words for people and for the records; the first four are a menu's outcomes. */
export type ExposureResult =
  | 'accepted'
  | 'declined'
  | 'no-answer'
  | 'callback'
  /** The caller heard the presentation to an end that names no outcome. */
  | 'presented'
  /** The caller hung up while it was presented. */
  | 'hang-up'
  /** The centre or the link to it was lost while it was presented. */
  | 'interrupted'
  /** The caller left before it was presented. */
  | 'abandoned'
  /** The call went on without the offer: to another presentation or to plain service. */
  | 'not-presented'
  /** Nobody told within four hours, or the table was full. */
  | 'unknown';

/** `concluded` follows `confirmed` where the router knows the result; an agent's comes as a disposition. */
export type ExposureState = 'reserved' | 'confirmed' | 'concluded' | 'released';

export interface ExposureLine {
  readonly type: 'exposure';
  readonly at: string;
  readonly decisionId: string;
  readonly callId: string;
  readonly offer: string;
  readonly presentation: string;
  readonly kind: 'agent' | 'ivr';
  /** Where the call was sent for it. */
  readonly destination: string;
  readonly state: ExposureState;
  readonly result?: ExposureResult;
  readonly agent?: string;
  readonly centre?: string;
  readonly queue?: string;
}
