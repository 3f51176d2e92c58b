// Events of the stand-in centre, as FreeSWITCH writes them: an ordered list of headers. Channels and the call centre fire them,
// the event socket sends them to whoever subscribed.

export type EventHeader = readonly [name: string, value: string];

export interface SwitchEvent {
  /** `CUSTOM`, `CHANNEL_ANSWER`, `DTMF`, `HEARTBEAT`, ... */
  readonly name: string;
  /** Of CUSTOM: `callcenter::info`, `sofia::register`. */
  readonly subclass: string | undefined;
  /** The source line that FreeSWITCH names, such as `mod_callcenter.c:cc_agent_update:1043`. */
  readonly origin: string;
  /** Channel data and own headers, in order, not escaped. The event socket puts the common ones (Core-UUID, dates, sequence) before. */
  readonly headers: readonly EventHeader[];
  readonly body: string;
}

/** Where events go. */
export interface EventSink {
  fire(event: SwitchEvent): void;
}

/** One channel as the call centre and the API commands of the stand-in see it. */
export interface StandInChannel {
  readonly uuid: string;
  /** Channel variables, without the prefix `variable_`. */
  readonly variables: Map<string, string>;
  readonly isAnswered: boolean;
  /** Calling number and name. */
  readonly callerNumber: string;
  readonly callerName: string;
  /** The headers that an event about this channel carries (Channel-..., Caller-..., variable_...). */
  eventHeaders(): readonly EventHeader[];
  /** Called once when the channel is gone, with the hang-up cause. */
  onHangup(listener: (cause: string) => void): void;
  hangup(cause: string): void;
  /** Hold music while waiting in a queue; stops when bridged. */
  setHoldMusic(isOn: boolean): void;
  /** Joins the media of both and hangs up one with the other. */
  bridgeTo(other: StandInChannel): void;
}

/** Places calls to agents' phones for the call centre. */
export interface AgentDialler {
  /**
   * Calls a contact such as `[leg_timeout=10]sofia/internal/agent1001@127.0.0.1:5095`.
   * @param headers SIP headers of the INVITE (cc_export_vars as X- headers, Call-Info, User-to-User)
   */
  dial(
    contact: string,
    caller: StandInChannel,
    headers: readonly EventHeader[],
    events: {
      onAnswer(channel: StandInChannel): void;
      /** Cause as FreeSWITCH names it: USER_BUSY, CALL_REJECTED, NO_ANSWER, ... */
      onFailed(cause: string): void;
    },
  ): { cancel(): void };
}
