// Bounds on what one message may be, so that a peer cannot make us hold or scan without end.

export interface MessageLimits {
  /** Characters of the start line; more is 414 for a request. Default 4096. */
  readonly startLine: number;
  /** Characters of one header, unfolded. Default 8192. */
  readonly headerLine: number;
  /** Header lines. Default 256. */
  readonly headerCount: number;
  /** Bytes of the head, start line and headers together; more is 400. Default 65,536. */
  readonly head: number;
  /** Bytes of the body; more is 513. Default 65,536. */
  readonly body: number;
}

export const defaultMessageLimits: MessageLimits = {
  startLine: 4096,
  headerLine: 8192,
  headerCount: 256,
  head: 65_536,
  body: 65_536,
};
