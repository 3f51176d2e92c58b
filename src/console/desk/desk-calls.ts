// The calls of agents, as the events of the centres tell them: ringing, talking, over. One call is on the desk of each agent who had it,
// until what it owes is recorded, somebody dismisses it, or half an hour has passed. Calls of other routers are here, too.
import { TimerSet } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { CentreCallEvent } from '../../callcenter/index.js';
import { pairsOf } from './desk-pairs.js';
import type { Pairs } from './desk-pairs.js';
import type { KnownCall } from './desk-ports.js';

/** A call on the desk of one agent. Replaced as a whole when something changes. */
export interface AgentCall {
  readonly decisionId: string;
  /** `centre/agent` */
  readonly seat: string;
  readonly centre: string;
  readonly agent: string;
  readonly queue: string;
  readonly session: string;
  readonly state: 'ringing' | 'talking' | 'over';
  /** Wall clock, in milliseconds, as are all times here. */
  readonly since: number;
  readonly joinedAt: number | undefined;
  readonly waitedMs: number | undefined;
  /** The number that the centre shows. */
  readonly callerNumber: string | undefined;
  readonly pairs: Pairs;
  /** What this router knows of the call, as of when it was here; undefined for a call of another router. */
  readonly known: KnownCall | undefined;
  /** Offers whose disposition this agent owes. */
  readonly owed: readonly string[];
  /** There were such, and all are recorded: when the call ends, nothing keeps it here. */
  readonly isSettled: boolean;
}

export interface DeskCallsOptions {
  readonly clock: Clock;
  readonly knownOf: (decisionId: string) => KnownCall | undefined;
  /** Something changed on the desk of `centre/agent`. */
  readonly onChanged: (seat: string) => void;
  /** A talk began or ended: what the agent owes is another. */
  readonly onTalk?: (seat: string) => void;
  /** Calls on all desks; above it the oldest gives way. Default 10,000. */
  readonly capacity?: number;
}

const sweepMs = 10_000;
const keptMs: Readonly<Record<AgentCall['state'], number>> = {
  ringing: 10 * 60_000,
  talking: 4 * 3_600_000,
  over: 30 * 60_000,
};
/** Calls that are over on one desk; the oldest gives way. */
const maxOver = 20;

export class DeskCalls {
  readonly #options: DeskCallsOptions;
  readonly #timers: TimerSet;
  /** By seat, then by decision. */
  readonly #bySeat = new Map<string, Map<string, AgentCall>>();
  /** Seats that have a call, by decision. */
  readonly #seatsOf = new Map<string, Set<string>>();
  /** In the order of their last change. */
  readonly #all = new Map<string, AgentCall>();

  constructor(options: DeskCallsOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
  }

  get size(): number {
    return this.#all.size;
  }

  stop(): void {
    this.#timers.cancelAll();
  }

  /** Those that ring or talk before those that are over, the newest first. */
  of(seat: string): readonly AgentCall[] {
    const calls = [...(this.#bySeat.get(seat)?.values() ?? [])];
    return calls.sort((a, b) => Number(a.state === 'over') - Number(b.state === 'over') || b.since - a.since);
  }

  get(seat: string, decisionId: string): AgentCall | undefined {
    return this.#bySeat.get(seat)?.get(decisionId);
  }

  /** Desks that have the call. */
  seatsOf(decisionId: string): readonly string[] {
    return [...(this.#seatsOf.get(decisionId) ?? [])];
  }

  onCallEvent(event: CentreCallEvent): void {
    const { decisionId } = event;
    if (decisionId === undefined) return;
    switch (event.kind) {
      case 'member-joined':
        return;
      case 'agent-offered':
        this.#offered(decisionId, event);
        return;
      case 'agent-failed': {
        const call = this.get(seatOf(event), decisionId);
        if (call?.state === 'ringing') this.#remove(call);
        return;
      }
      case 'agent-answered':
        this.#answered(decisionId, event);
        return;
      case 'agent-ended':
      case 'member-left':
        this.#ended(decisionId, event);
    }
  }

  /** The disposition of an offer of the call is recorded. */
  recorded(decisionId: string, offer: string): void {
    for (const call of this.#desksOf(decisionId)) {
      const owed = call.owed.filter((one) => one !== offer);
      if (owed.length === call.owed.length) continue;
      if (owed.length === 0 && call.state === 'over') this.#remove(call);
      else this.#put({ ...call, owed, isSettled: owed.length === 0 });
      this.#options.onTalk?.(call.seat);
    }
  }

  /** The agent presents another offer than the one that the call came for. */
  presents(seat: string, decisionId: string, offer: string): void {
    const call = this.get(seat, decisionId);
    if (call !== undefined && !call.owed.includes(offer))
      this.#put({ ...call, owed: [...call.owed, offer], isSettled: false });
  }

  /** False for a call that is not over, or not there. */
  dismiss(seat: string, decisionId: string): boolean {
    const call = this.get(seat, decisionId);
    if (call?.state !== 'over') return false;
    this.#remove(call);
    return true;
  }

  /** What is known of the call elsewhere has changed. */
  touch(decisionId: string): void {
    for (const call of this.#desksOf(decisionId)) {
      if (call.state !== 'over')
        this.#put({ ...call, known: this.#options.knownOf(decisionId) ?? call.known });
    }
  }

  #offered(decisionId: string, event: Extract<CentreCallEvent, { kind: 'agent-offered' }>): void {
    const known = this.get(seatOf(event), decisionId);
    if (known?.state === 'talking') return;
    this.#put({ ...this.#begin(decisionId, event), state: 'ringing', owed: known?.owed ?? [] });
  }

  #answered(decisionId: string, event: Extract<CentreCallEvent, { kind: 'agent-answered' }>): void {
    const seat = seatOf(event);
    // Where several were rung, one has it.
    for (const other of this.#desksOf(decisionId)) {
      if (other.seat !== seat && other.state === 'ringing') this.#remove(other);
    }
    const known = this.get(seat, decisionId);
    const { offerCode } = event;
    const owed = new Set(known?.owed);
    if (offerCode !== undefined) owed.add(offerCode);
    const waitedMs = Math.round(event.waitedMs);
    this.#put({ ...this.#begin(decisionId, event), state: 'talking', waitedMs, owed: [...owed] });
    this.#options.onTalk?.(seat);
  }

  #ended(decisionId: string, event: Extract<CentreCallEvent, { kind: 'agent-ended' | 'member-left' }>): void {
    for (const call of this.#desksOf(decisionId)) {
      const { centre, queue, session, state, agent } = call;
      const isHere = centre === event.centre && queue === event.queue && session === event.sessionUuid;
      if (!isHere || state === 'over' || ('agent' in event && event.agent !== agent)) continue;
      if (state === 'ringing') this.#remove(call);
      else if (call.isSettled) {
        this.#remove(call);
        this.#options.onTalk?.(call.seat);
      } else {
        this.#put({ ...call, state: 'over', since: this.#options.clock.wallNow() });
        this.#keepFew(call.seat);
        this.#options.onTalk?.(call.seat);
      }
    }
  }

  #begin(decisionId: string, event: CentreCallEvent & { readonly agent: string }): AgentCall {
    const { clock } = this.#options;
    const { centre, queue, agent, sessionUuid: session, brought, offerCode } = event;
    const now = clock.wallNow();
    return {
      decisionId,
      seat: seatOf(event),
      centre,
      agent,
      queue,
      session,
      state: 'ringing',
      since: now,
      joinedAt: brought === undefined ? undefined : Math.round(now - (clock.now() - brought.joinedAt)),
      waitedMs: undefined,
      callerNumber: brought?.callerNumber,
      pairs: pairsOf(
        brought?.headers ?? { 'x-decision-id': decisionId, ...(offerCode && { 'x-offer-id': offerCode }) },
      ),
      known: this.#options.knownOf(decisionId),
      owed: [],
      isSettled: false,
    };
  }

  #desksOf(decisionId: string): readonly AgentCall[] {
    return this.seatsOf(decisionId).flatMap((seat) => this.get(seat, decisionId) ?? []);
  }

  #put(call: AgentCall): void {
    const { capacity = 10_000, onChanged } = this.#options;
    const { seat, decisionId } = call;
    const key = keyOf(call);
    const [oldest] = this.#all.values();
    if (!this.#all.delete(key) && this.#all.size >= capacity && oldest !== undefined) this.#remove(oldest);
    this.#all.set(key, call);
    getOrMake(this.#bySeat, seat, () => new Map<string, AgentCall>()).set(decisionId, call);
    getOrMake(this.#seatsOf, decisionId, () => new Set<string>()).add(seat);
    if (!this.#timers.has('desk-sweep')) this.#sweepLater();
    onChanged(seat);
  }

  #remove(call: AgentCall): void {
    const { seat, decisionId } = call;
    this.#all.delete(keyOf(call));
    const calls = this.#bySeat.get(seat);
    calls?.delete(decisionId);
    if (calls?.size === 0) this.#bySeat.delete(seat);
    const seats = this.#seatsOf.get(decisionId);
    seats?.delete(seat);
    if (seats?.size === 0) this.#seatsOf.delete(decisionId);
    this.#options.onChanged(seat);
  }

  #keepFew(seat: string): void {
    const over = this.of(seat).filter(({ state }) => state === 'over');
    for (const call of over.slice(maxOver)) this.#remove(call);
  }

  #sweepLater(): void {
    this.#timers.start('desk-sweep', sweepMs, () => {
      const now = this.#options.clock.wallNow();
      for (const call of [...this.#all.values()]) {
        if (now - call.since >= keptMs[call.state]) this.#remove(call);
      }
      if (this.#all.size > 0) this.#sweepLater();
    });
  }
}

export function seatOf({ centre, agent }: { readonly centre: string; readonly agent: string }): string {
  return `${centre}/${agent}`;
}

function keyOf({ seat, decisionId }: AgentCall): string {
  return `${seat} ${decisionId}`;
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
