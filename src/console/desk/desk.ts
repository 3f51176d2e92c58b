// The desks of all agents: what each shows, and what agents do there. The live topic `desk`, and the operations of the desk's API.
import { errorMessage, mask, TimerSet } from '../../kernel/index.js';
import type { Clock, Logger, Part } from '../../kernel/index.js';
import type { AgentReading, CentreCallEvent, CentreReading } from '../../callcenter/index.js';
import type { Principal } from '../access/principal.js';
import type { DeskAgent, DeskCall, DeskState } from '../live/desk-state.js';
import type { LiveTopic, TopicSink } from '../live/topic.js';
import { DeskCalls } from './desk-calls.js';
import type { AgentCall } from './desk-calls.js';
import { presentedOf, twoOffers } from './desk-pairs.js';
import type { DeskPorts } from './desk-ports.js';
import { DeskStatus } from './desk-status.js';

type Person = Extract<Principal, { kind: 'person' }>;

export interface DeskOptions {
  readonly ports: DeskPorts;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One person whose desk is open somewhere. */
interface OpenDesk {
  readonly agent: string;
  readonly seats: readonly string[];
  readonly sink: TopicSink<'desk'>;
}

const lookMs = 20;
/** The records hear of a talk by the spool, a moment later. */
const countAfterMs = 2000;
const countEveryMs = 60_000;

export class Desk implements Part, LiveTopic<'desk'> {
  readonly name = 'agents’ desks';
  readonly topic = 'desk';
  readonly roles = ['agent', 'supervisor', 'admin'] as const;
  readonly paceMs = 0;
  readonly calls: DeskCalls;
  readonly status: DeskStatus;
  readonly #options: DeskOptions;
  readonly #timers: TimerSet;
  /** By seat. */
  readonly #openDesks = new Map<string, Set<OpenDesk>>();
  readonly #desks = new Set<OpenDesk>();
  /** What was shown last of an agent, by seat. */
  readonly #shown = new Map<string, AgentReading | undefined>();
  readonly #centresToLookAt = new Set<string>();
  /** By person: undispositioned offers. */
  readonly #counts = new Map<string, number>();
  readonly #toCount = new Set<string>();
  #isCounting = false;
  #isRunning = false;

  constructor(options: DeskOptions) {
    const { ports, clock } = options;
    this.#options = options;
    this.#timers = new TimerSet(clock);
    const onChanged = (seat: string): void => this.#changed(seat);
    this.calls = new DeskCalls({
      clock,
      knownOf: (decisionId) => ports.callOf(decisionId),
      onChanged,
      onTalk: (seat) => this.#countLater(seat),
    });
    this.status = new DeskStatus({
      clock,
      set: (centre, agent, status) => ports.setStatus(centre, agent, status),
      onWish: (centre, agent, status) => ports.wished(centre, agent, status),
      statusOf: (centre, agent) => ports.agentOf(centre, agent)?.status,
      onChanged,
    });
  }

  start(): void {
    this.#isRunning = true;
    if (this.#options.ports.records !== undefined) this.#countAllLater();
  }

  stop(): void {
    this.#isRunning = false;
    this.#timers.cancelAll();
    this.calls.stop();
    this.status.stop();
  }

  // The live topic.

  open(principal: Principal, sink: TopicSink<'desk'>): () => void {
    if (principal.kind !== 'person') return () => undefined;
    const desk: OpenDesk = { agent: principal.agent, seats: principal.centreAgents, sink };
    this.#desks.add(desk);
    for (const seat of desk.seats) {
      const desks = this.#openDesks.get(seat) ?? new Set();
      this.#openDesks.set(seat, desks);
      desks.add(desk);
      this.#shown.set(seat, this.#readingOf(seat));
    }
    this.#count(desk.agent, 0);
    return () => this.#close(desk);
  }

  state(principal: Principal): DeskState {
    if (principal.kind !== 'person') return { agents: [], calls: [], undispositioned: undefined };
    return {
      agents: this.agentsOf(principal),
      calls: principal.centreAgents.flatMap((seat) =>
        this.calls.of(seat).map((call) => this.#shownCall(call)),
      ),
      undispositioned: this.#counts.get(principal.agent),
    };
  }

  agentsOf({ centreAgents }: Person): readonly DeskAgent[] {
    return centreAgents.map((seat) => {
      const [centre, agent] = placesOf(seat);
      const reading = this.#readingOf(seat);
      return {
        centre,
        agent,
        status: reading?.status,
        state: reading?.state,
        since: reading === undefined ? undefined : this.#wallOf(reading.since),
        change: this.status.changeOf(seat),
      };
    });
  }

  // What the router and the centres tell.

  onCallEvent(event: CentreCallEvent): void {
    this.calls.onCallEvent(event);
  }

  onReading({ centre }: Pick<CentreReading, 'centre'>): void {
    this.#lookAt(centre);
  }

  /** The feed of a centre went up or down. */
  onStatus({ centre }: { readonly centre: string }): void {
    this.#lookAt(centre, true);
  }

  recorded(decisionId: string, offer: string): void {
    this.calls.recorded(decisionId, offer);
  }

  /** Readings come in dozens; agents are looked at once for all that come together. */
  #lookAt(centre: string, isAll = false): void {
    this.#centresToLookAt.add(isAll ? `${centre}/` : centre);
    if (this.#timers.has('look')) return;
    this.#timers.start('look', lookMs, () => {
      const centres = new Set(this.#centresToLookAt);
      this.#centresToLookAt.clear();
      for (const seat of this.#openDesks.keys()) {
        const [centre] = placesOf(seat);
        const isFeed = centres.has(`${centre}/`);
        if (isFeed || centres.has(centre)) this.#look(seat, isFeed);
      }
    });
  }

  #look(seat: string, isFeed: boolean): void {
    const reading = this.#readingOf(seat);
    if (reading !== undefined) this.status.seen(seat, reading.status);
    const before = this.#shown.get(seat);
    this.#shown.set(seat, reading);
    const isSame =
      before?.status === reading?.status &&
      before?.state === reading?.state &&
      before?.since === reading?.since;
    if (!isSame || isFeed) this.#changed(seat);
  }

  #readingOf(seat: string): AgentReading | undefined {
    return this.#options.ports.agentOf(...placesOf(seat));
  }

  #wallOf(time: number): number {
    const { clock } = this.#options;
    return Math.round(clock.wallNow() - (clock.now() - time));
  }

  #changed(seat: string): void {
    for (const { sink } of this.#openDesks.get(seat) ?? []) sink.changed();
  }

  #close(desk: OpenDesk): void {
    this.#desks.delete(desk);
    for (const seat of desk.seats) {
      const desks = this.#openDesks.get(seat);
      desks?.delete(desk);
      if (desks?.size !== 0) continue;
      this.#openDesks.delete(seat);
      this.#shown.delete(seat);
    }
    if (![...this.#desks].some(({ agent }) => agent === desk.agent)) this.#counts.delete(desk.agent);
  }

  #shownCall(call: AgentCall): DeskCall {
    const { ports } = this.#options;
    const { known, pairs, callerNumber, decisionId, session, state, since, centre, queue, agent } = call;
    const partner = known?.partner ?? ports.offerOf(pairs['offerCode'] ?? '')?.partner ?? '';
    const caller = known === undefined ? callerNumber : known.caller;
    const isShown = caller === undefined || ports.isCallerShown();
    return {
      decisionId,
      session,
      state,
      since,
      isStale: !ports.isLive(centre),
      isElsewhere: known === undefined,
      partner,
      partnerName: partner === '' ? '' : ports.partnerName(partner),
      centre,
      queue,
      agent,
      caller: isShown ? caller : mask(caller),
      waitedMs: call.waitedMs,
      joinedAt: call.joinedAt,
      ...twoOffers(pairs, (code) => ports.offerOf(code)),
      presented: presentedOf(pairs),
      pairs,
    };
  }

  // How many dispositions each person owes, as the records have it.

  #countLater(seat: string): void {
    for (const { agent } of this.#openDesks.get(seat) ?? []) this.#count(agent, countAfterMs);
  }

  #countAllLater(): void {
    this.#timers.start('count-all', countEveryMs, () => {
      for (const { agent } of this.#desks) this.#count(agent, 0);
      this.#countAllLater();
    });
  }

  /** With all others whose time comes before: the records are asked to catch up once for all. */
  #count(agent: string, afterMs: number): void {
    if (this.#options.ports.records === undefined) return;
    this.#toCount.add(agent);
    if (this.#isCounting || this.#timers.has('count')) return;
    this.#timers.start('count', afterMs, () => void this.#countAll());
  }

  /** One question at a time, however many desks are open. */
  async #countAll(): Promise<void> {
    const { ports, log } = this.#options;
    this.#isCounting = true;
    const asked = [...this.#toCount];
    this.#toCount.clear();
    try {
      await ports.records?.catchUp();
      for (const agent of asked) {
        const count = await ports.records?.countUndispositioned(agent);
        const desks = [...this.#desks].filter((one) => one.agent === agent);
        if (count === undefined || desks.length === 0 || this.#counts.get(agent) === count) continue;
        this.#counts.set(agent, count);
        for (const { sink } of desks) sink.changed();
      }
    } catch (error) {
      // The next minute asks again.
      log.debug({ reason: errorMessage(error) }, 'undispositioned offers not counted');
    } finally {
      this.#isCounting = false;
      const [next] = this.#toCount;
      if (next !== undefined && this.#isRunning) this.#count(next, countAfterMs);
    }
  }
}

/** `east/1001` */
export function placesOf(seat: string): readonly [centre: string, agent: string] {
  const slash = seat.indexOf('/');
  return [seat.slice(0, slash), seat.slice(slash + 1)];
}
