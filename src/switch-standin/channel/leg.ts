// The SIP side of a channel, as the channel sees it.

/** What a leg tells its channel. */
export interface LegListener {
  /** An offer inside the call (re-INVITE, UPDATE). @returns the answer, or undefined when there is none: 488 */
  onOffer(sdp: string): string | undefined;
  /** The answer to an offer of ours, or nothing when the peer gave none. */
  onAnswer(sdp: string): void;
  /** A key that came in an INFO. */
  onKey(key: string): void;
  /** The other side is ringing. */
  onRinging(): void;
  /** The other side ended it, or nothing can be sent to it any more. */
  onEnded(cause: string, how: LegEnd): void;
}

export interface LegEnd {
  /** `recv_bye`, `recv_cancel`, `send_cancel`, `recv_refuse`: variable sip_hangup_disposition. */
  readonly disposition: string;
  /** Of the response that ended it. */
  readonly status?: number;
}

export interface Leg {
  /** 180, once. */
  ring(): void;
  /** 200 with this description. */
  answer(sdp: string): void;
  /** BYE, CANCEL or a final response, whichever is due. @returns what it was: sip_hangup_disposition */
  end(cause: string): string;
}
