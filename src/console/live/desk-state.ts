// What the agent desktop shows of the moment. Times are milliseconds since the Unix epoch.

/** An offer that goes with a call: the icon of its kind is lit when there are both a code and a URL. */
export interface OfferOnDesk {
  readonly offer: string;
  readonly url: string;
  /** The name people read; the code where the settings do not know the offer. */
  readonly name: string;
  /** A page of ours is there for it: /offers/CODE?decision=ID. */
  readonly hasPage: boolean;
}

export interface DeskCall {
  readonly decisionId: string;
  /** Of the caller's channel at the centre. */
  readonly session: string;
  /** `over`: the talk ended a moment ago; the call stays until its disposition is recorded or it is dismissed. */
  readonly state: 'ringing' | 'talking' | 'over';
  readonly since: number;
  /** The feed of its centre is not live: this was so, and nobody knows whether it still is. */
  readonly isStale: boolean;
  /** Of another router, whose settings may know more: no offers can be asked for, and it cannot be routed from here. */
  readonly isElsewhere: boolean;
  /** Empty where it is not known: a call of another router without an offer. */
  readonly partner: string;
  readonly partnerName: string;
  readonly centre: string;
  readonly queue: string;
  readonly agent: string;
  /** Masked unless the settings let agents see it; undefined for a caller without a number. */
  readonly caller: string | undefined;
  /** How long the caller waited for this agent; undefined while it rings and where it is not known. */
  readonly waitedMs: number | undefined;
  /** When the caller joined the queue. */
  readonly joinedAt: number | undefined;
  readonly sales: OfferOnDesk | undefined;
  readonly service: OfferOnDesk | undefined;
  /** `CODE:result` of what was presented before, oldest first. */
  readonly presented: readonly string[];
  /** Every key-value pair of the call (CTI data), by its name in design.md: decisionId, offerCode, offerUrl, ... */
  readonly pairs: Readonly<Record<string, string>>;
}

export interface DeskAgent {
  readonly centre: string;
  readonly agent: string;
  /** As the centre has it; undefined while its feed is not live. */
  readonly status: string | undefined;
  readonly state: string | undefined;
  readonly since: number | undefined;
  /** A change that was asked for and is not seen at the centre yet, or that was refused. */
  readonly change:
    | { readonly kind: 'pending'; readonly status: string; readonly since: number }
    | { readonly kind: 'refused'; readonly status: string; readonly message: string }
    | undefined;
}

export interface DeskState {
  readonly agents: readonly DeskAgent[];
  readonly calls: readonly DeskCall[];
  /** Offers presented by this person whose disposition is not recorded yet, calls that are over included. */
  readonly undispositioned: number | undefined;
}
