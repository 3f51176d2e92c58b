// Calls that are at a centre, as the feeds tell it: where each is, with whom, and what it was presented. Events may be late,
// doubled or out of order (field notes, rows 24 and 41); what an event says of itself is taken, never counted.
import { TypedEmitter } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { CentreCallEvent } from '../../callcenter/index.js';
import type { CtiPairs } from '../../offers/index.js';
import type { OfferChance } from './offer-chances.js';
import { OldestKeys } from './oldest-keys.js';

/** `left`: gone from its queue; it may come back within seconds, after a transfer. */
export type LiveState = 'routed' | 'waiting' | 'ringing' | 'talking' | 'left';

export interface LiveCall {
  readonly decisionId: string;
  /** SIP Call-ID of the caller's leg. */
  readonly callId: string;
  readonly partner: string;
  readonly customer: string | undefined;
  /** E.164; undefined for a caller who showed none. */
  readonly caller?: string | undefined;
  readonly dialled?: string | undefined;
  /** The offer that it is routed for now. */
  readonly offer: string | undefined;
  /** What digits said of the caller. */
  readonly pairs?: CtiPairs | undefined;
  /** `CODE:result` of what was presented, oldest first. */
  readonly presented: readonly string[];
  readonly state: LiveState;
  /** A person is sending it elsewhere: that it leaves its queue does not mean that the caller left. */
  readonly isMoving: boolean;
  /** What the decision weighed, from when the call is in a queue. */
  readonly offers?: readonly OfferChance[] | undefined;
  /** Clock.now() */
  readonly since: number;
  /** Clock.now() when it joined the queue that it is in. */
  readonly joinedAt?: number | undefined;
  /** For the agent who has it; undefined before one has. */
  readonly waitedMs?: number | undefined;
  readonly at:
    | {
        readonly centre: string;
        readonly queue: string;
        readonly sessionUuid: string;
        readonly agent: string | undefined;
      }
    | undefined;
}

export interface LiveCallsOptions {
  readonly clock: Clock;
  /** Calls remembered at once; the oldest gives way. Default 20,000. */
  readonly capacity?: number;
  readonly onListenerError?: (error: unknown) => void;
}

export interface LiveCallEvents {
  /** It began, moved, or is presented something else. */
  changed: [call: LiveCall];
}

export type RoutedCall = Pick<
  LiveCall,
  'decisionId' | 'callId' | 'partner' | 'customer' | 'caller' | 'dialled' | 'offer' | 'pairs'
>;

/** How long a call is remembered in a state, in milliseconds. */
const keptMs: Readonly<Record<LiveState, number>> = {
  routed: 120_000,
  left: 30_000,
  waiting: 4 * 3_600_000,
  ringing: 4 * 3_600_000,
  talking: 4 * 3_600_000,
};

const sweepIntervalMs = 10_000;
/** What was presented to one call; more is not told on. */
const maxPresented = 10;
/** Calls on their way to a queue whose decisions are held, for what else might be offered; of older ones it is not known. */
const maxHeldDecisions = 500;

export class LiveCalls {
  readonly events: TypedEmitter<LiveCallEvents>;
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #onListenerError: (error: unknown) => void;
  readonly #calls = new Map<string, LiveCall>();
  /** By decision: asked once the call is in a queue, so that the call itself does not pay for it. */
  readonly #offersOf = new Map<string, () => readonly OfferChance[]>();
  readonly #oldestCalls = new OldestKeys(this.#calls);
  readonly #oldestOffers = new OldestKeys(this.#offersOf);
  #sweptAt: number;

  constructor({ clock, capacity = 20_000, onListenerError = () => undefined }: LiveCallsOptions) {
    this.events = new TypedEmitter(onListenerError);
    this.#onListenerError = onListenerError;
    this.#clock = clock;
    this.#capacity = capacity;
    this.#sweptAt = clock.now();
  }

  /** A call was decided and is on its way. @param offersOf what its decision weighed */
  routed(call: RoutedCall, offersOf?: () => readonly OfferChance[]): void {
    const since = this.#clock.now();
    this.#sweep(since);
    if (this.#calls.size >= this.#capacity) forgetOldest(this.#calls, this.#oldestCalls);
    if (offersOf !== undefined) {
      this.#offersOf.set(call.decisionId, offersOf);
      if (this.#offersOf.size > maxHeldDecisions) forgetOldest(this.#offersOf, this.#oldestOffers);
    }
    this.#put({ ...call, presented: [], state: 'routed', isMoving: false, since, at: undefined });
  }

  /** Something was presented to the call: `CODE:result`. */
  presented(decisionId: string, text: string): void {
    const call = this.#calls.get(decisionId);
    if (call === undefined || call.presented.includes(text)) return;
    this.#put({ ...call, presented: [...call.presented, text].slice(-maxPresented) });
  }

  /** A person begins to send the call elsewhere, or could not. */
  moving(decisionId: string, isMoving: boolean): void {
    const call = this.#calls.get(decisionId);
    if (call !== undefined) this.#put({ ...call, isMoving });
  }

  /** The call is sent elsewhere for this offer, or for plain service. */
  redirected(decisionId: string, offer: string | undefined): void {
    const call = this.#calls.get(decisionId);
    if (call !== undefined && call.offer !== offer) this.#put({ ...call, offer });
  }

  onEvent(event: CentreCallEvent): void {
    const call = event.decisionId === undefined ? undefined : this.#calls.get(event.decisionId);
    if (call === undefined) return;
    const { centre, queue, sessionUuid } = event;
    const here = { centre, queue, sessionUuid, agent: call.at?.agent };
    switch (event.kind) {
      case 'member-joined':
        this.#move({ ...call, ...this.#joined(call, event), isMoving: false }, 'waiting', {
          ...here,
          agent: undefined,
        });
        break;
      case 'agent-offered':
        if (call.state !== 'talking') this.#move(call, 'ringing', { ...here, agent: event.agent });
        break;
      case 'agent-failed':
        if (call.state === 'ringing') this.#move(call, 'waiting', { ...here, agent: undefined });
        break;
      case 'agent-answered':
        this.#move({ ...call, waitedMs: event.waitedMs }, 'talking', { ...here, agent: event.agent });
        if (call.offer !== undefined) this.presented(call.decisionId, `${call.offer}:agent`);
        break;
      case 'agent-ended':
      case 'member-left':
        // Of the queue that it was in before a transfer, when it is elsewhere by now.
        if (call.at?.queue === queue && call.at.centre === centre) this.#move(call, 'left', here);
    }
  }

  /** The call ended without ever being in a queue. */
  endedElsewhere(decisionId: string): void {
    if (this.#calls.get(decisionId)?.at !== undefined) return;
    this.#calls.delete(decisionId);
    this.#offersOf.delete(decisionId);
  }

  get(decisionId: string): LiveCall | undefined {
    return this.#calls.get(decisionId);
  }

  /** Calls that have not left, oldest first. */
  list(): readonly LiveCall[] {
    this.#sweep(this.#clock.now());
    return [...this.#calls.values()].filter((call) => call.state !== 'left');
  }

  get size(): number {
    return this.#calls.size;
  }

  #move(call: LiveCall, state: LiveState, at: LiveCall['at']): void {
    this.#put({ ...call, state, at, since: this.#clock.now() });
  }

  #joined(
    { decisionId, offers }: LiveCall,
    { at, brought }: CentreCallEvent,
  ): Pick<LiveCall, 'joinedAt' | 'waitedMs' | 'offers'> {
    const offersOf = this.#offersOf.get(decisionId);
    this.#offersOf.delete(decisionId);
    return { joinedAt: brought?.joinedAt ?? at, waitedMs: undefined, offers: this.#read(offersOf) ?? offers };
  }

  /** Reservations and exposures of the call hang on the event that asks: it goes on without what cannot be read. */
  #read(offersOf: (() => readonly OfferChance[]) | undefined): readonly OfferChance[] | undefined {
    try {
      return offersOf?.();
    } catch (error) {
      this.#onListenerError(error);
      return undefined;
    }
  }

  #put(call: LiveCall): void {
    this.#calls.set(call.decisionId, call);
    this.events.emit('changed', call);
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < sweepIntervalMs) return;
    this.#sweptAt = now;
    for (const [decisionId, { state, since }] of this.#calls) {
      if (now - since > keptMs[state]) this.#calls.delete(decisionId);
    }
  }
}

function forgetOldest(map: Map<string, unknown>, oldest: OldestKeys<string>): void {
  const key = oldest.take();
  if (key !== undefined) map.delete(key);
}
