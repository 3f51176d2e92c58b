// Bounds of the engine: how much it holds, and how long it waits for an application.

export interface EngineLimits {
  /** Open transactions above which new requests get 503. Default 100,000. */
  readonly maxTransactions: number;
  /** Dialogs above which a new INVITE or SUBSCRIBE gets 503. Default 50,000. */
  readonly maxDialogs: number;
  /** Retry-After of a 503 of ours, in seconds. Default 5. */
  readonly retryAfterSeconds: number;
  /**
   * 100 Trying is left out when a response to an INVITE is sent sooner than this; RFC 3261 17.2.1 allows up to 200 ms. It saves
   * a message a redirected call. Default 0: 100 at once.
   */
  readonly tryingDelayMs: number;
  /**
   * An INVITE about which the application says nothing is answered 503 after this. Default 40,000 ms: timer B (32 s) of what the
   * application asked on its behalf comes first.
   */
  readonly inviteSilenceMs: number;
  /** An INVITE whose last provisional response is this old is answered 480. Default 180,000 ms. */
  readonly ringingMs: number;
  /** An INVITE of ours is cancelled when its last provisional response is this old. Default 600,000 ms. */
  readonly calleeRingingMs: number;
  /** Another request that the application leaves open is answered after this: BYE 200, the rest 500. Default 10,000 ms. */
  readonly answerMs: number;
  /** A dialog is ended with a BYE at this age, whatever the application forgot. Default 24 h. */
  readonly maxDialogAgeMs: number;
}

export const defaultEngineLimits: EngineLimits = {
  maxTransactions: 100_000,
  maxDialogs: 50_000,
  retryAfterSeconds: 5,
  tryingDelayMs: 0,
  inviteSilenceMs: 40_000,
  ringingMs: 180_000,
  calleeRingingMs: 600_000,
  answerMs: 10_000,
  maxDialogAgeMs: 86_400_000,
};
