// Reservations that routers share through Redis (design, section 5 step 7). What Redis cannot tell in time costs a call its claim's
// deadline at most, and nothing once the circuit is open.
import { TimerSet } from '../kernel/index.js';
import type { CircuitState, Clock, Logger, Part } from '../kernel/index.js';
import type { Claim, ClaimAnswer, LedgerEntry, ReservationLedger } from '../callcenter/index.js';
import { LedgerLink } from './ledger-link.js';
import { centreOf, claimScript, countScript, reservedKey } from './ledger-scripts.js';
import { withCounts } from './others.js';
import { OwnReservations } from './own-reservations.js';

const REFRESH_INTERVAL_MS = 250;
/** Counts in a row that got no answer on an open socket before it is replaced. */
const SILENT_COUNTS = 3;
/** A note is a claim that nothing can refuse. */
const NO_BOUND = String(Number.MAX_SAFE_INTEGER);

export interface RedisLedgerOptions {
  readonly url: string;
  /** How long a reservation lasts that nobody releases, in milliseconds (`reservations.lifetimeMs`). */
  readonly lifetimeMs: number;
  /** A claim ends by then, in milliseconds (`reservations.claimDeadlineMs`). */
  readonly claimDeadlineMs: number;
  /** How often the reservations of others are read, in milliseconds. Default 250. */
  readonly refreshIntervalMs?: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Since the start. */
export interface LedgerCounters {
  granted: number;
  taken: number;
  /** Claims that were not answered in time, or not sent. */
  failures: number;
  /** Time that claims took together, in milliseconds. */
  claimMs: number;
  /** Notes and releases that were not sent or got no answer; their reservations end with their lifetime. */
  lost: number;
  /** Counts of the others' reservations that failed. */
  countFailures: number;
}

interface PendingClaim {
  readonly destination: string;
  isGranted: boolean;
}

export class RedisLedger implements ReservationLedger, Part {
  readonly name = 'reservations';
  readonly counters: LedgerCounters = {
    granted: 0,
    taken: 0,
    failures: 0,
    claimMs: 0,
    lost: 0,
    countFailures: 0,
  };
  readonly #options: RedisLedgerOptions;
  readonly #clock: Clock;
  readonly #timers: TimerSet;
  readonly #own: OwnReservations;
  readonly #pending = new Set<PendingClaim>();
  #link: LedgerLink | undefined;
  /** Destinations whose counts are read, by centre. */
  #watched: readonly (readonly string[])[] = [];
  #watchedIds: ReadonlySet<string> = new Set();
  #others: ReadonlyMap<string, number> = new Map();
  #countedAt = -Infinity;
  #silentCounts = 0;

  constructor(options: RedisLedgerOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#timers = new TimerSet(options.clock);
    this.#own = new OwnReservations(options.lifetimeMs);
  }

  /** Does not wait for Redis. @throws RedisUrlError */
  start(): void {
    const { url, clock, log } = this.#options;
    this.#link = new LedgerLink({ url, clock, log });
    this.#countLater();
  }

  stop(): void {
    this.#timers.cancelAll();
    this.#link?.close();
    this.#link = undefined;
  }

  /** The destinations of which `others` is to tell, in place of those before. */
  watch(destinations: readonly string[]): void {
    const byCentre = new Map<string, string[]>();
    for (const one of destinations) {
      const centre = centreOf(one);
      const list = byCentre.get(centre);
      if (list === undefined) byCentre.set(centre, [one]);
      else list.push(one);
    }
    this.#watched = [...byCentre.values()];
    this.#watchedIds = new Set(destinations);
    const others = [...this.#others].filter(([one]) => this.#watchedIds.has(one));
    if (others.length < this.#others.size) this.#others = new Map(others);
  }

  /** A new map when it changed, the same one otherwise. */
  get others(): ReadonlyMap<string, number> {
    return this.#others;
  }

  /** Reservations of this router that Redis holds, as far as known. */
  get own(): number {
    this.#own.expire(this.#clock.now());
    return this.#own.size;
  }

  get circuitState(): CircuitState {
    return this.#link?.circuitState ?? 'closed';
  }

  async claim(claim: Claim): Promise<ClaimAnswer> {
    const startedAt = this.#clock.now();
    const answer = await this.#claim(claim);
    this.counters.claimMs += this.#clock.now() - startedAt;
    if (answer.kind === 'granted') this.counters.granted++;
    else if (answer.kind === 'taken') this.counters.taken++;
    else this.counters.failures++;
    return answer;
  }

  note({ destination, decisionId }: LedgerEntry): void {
    const link = this.#openLink();
    if (link === undefined) return;
    this.#own.hold(destination, decisionId, this.#clock.now());
    const values = [decisionId, NO_BOUND, String(this.#options.lifetimeMs)];
    link.run(claimScript, [reservedKey(destination)], values).catch(() => {
      this.#own.end(destination, decisionId);
      this.counters.lost++;
    });
  }

  release({ destination, decisionId }: Pick<LedgerEntry, 'destination' | 'decisionId'>): void {
    this.#own.end(destination, decisionId);
    const link = this.#openLink();
    if (link !== undefined) this.#remove(link, destination, decisionId);
  }

  #claim(claim: Claim): Promise<ClaimAnswer> | ClaimAnswer {
    const link = this.#link;
    if (link === undefined) return { kind: 'failure', reason: 'not started' };
    const { refusal } = link;
    if (refusal !== undefined) return { kind: 'failure', reason: refusal };
    const { claimDeadlineMs } = this.#options;
    return new Promise((resolve) => {
      let isLate = false;
      const timer = this.#clock.after(claimDeadlineMs, 'reservation-claim', () => {
        isLate = true;
        const reason = `redis: no answer within ${claimDeadlineMs} ms`;
        link.failed(reason);
        resolve({ kind: 'failure', reason });
      });
      this.#ask(link, claim, () => isLate).then(
        (answer) => {
          timer.cancel();
          if (isLate) return;
          link.succeeded();
          resolve(answer);
        },
        (error: unknown) => {
          timer.cancel();
          if (isLate) return;
          const reason = link.reasonOf(error);
          link.failed(reason);
          resolve({ kind: 'failure', reason });
        },
      );
    });
  }

  /** Sends a claim. What is granted after its deadline was told as a failure, so it is given back. */
  async #ask(link: LedgerLink, claim: Claim, isLate: () => boolean): Promise<ClaimAnswer> {
    const { destination, decisionId, free, overlaps } = claim;
    const pending: PendingClaim = { destination, isGranted: false };
    this.#pending.add(pending);
    try {
      const keys = [reservedKey(destination), ...overlaps.map((one) => reservedKey(one.destination))];
      const values = [decisionId, String(free), String(this.#options.lifetimeMs)];
      for (const { shared } of overlaps) values.push(String(shared));
      const [granted, ...counts] = (await link.run(claimScript, keys, values)) as readonly number[];
      this.#learn(overlaps.map((one, i) => [one.destination, counts[i + 1] ?? 0] as const));
      this.#learn([[destination, counts[0] ?? 0]]);
      if (granted === 1) {
        if (!isLate()) this.#own.hold(destination, decisionId, this.#clock.now());
        // It has just answered, so that the circuit need not be asked.
        else if (!this.#own.has(destination, decisionId)) this.#remove(link, destination, decisionId);
        pending.isGranted = this.#own.has(destination, decisionId);
        return { kind: 'granted' };
      }
      const elsewhere = overlaps.map(({ shared }, i) => Math.min(shared, counts[i + 1] ?? 0));
      return { kind: 'taken', reserved: elsewhere.reduce((sum, one) => sum + one, counts[0] ?? 0) };
    } finally {
      this.#pending.delete(pending);
    }
  }

  /** Counts that a claim brought with it, as of now. */
  #learn(counted: readonly (readonly [string, number])[]): void {
    this.#own.expire(this.#clock.now());
    const watched = counted.filter(([one]) => this.#watchedIds.has(one));
    this.#others = withCounts(this.#others, watched, this.#own.counts);
  }

  #remove(link: LedgerLink, destination: string, decisionId: string): void {
    link.remove(reservedKey(destination), decisionId).catch(() => {
      this.counters.lost++;
    });
  }

  /** The link for a command whose answer nobody waits for; undefined, and counted, when none is sent now. */
  #openLink(): LedgerLink | undefined {
    if (this.#link !== undefined && this.#link.refusal === undefined) return this.#link;
    this.counters.lost++;
    return undefined;
  }

  #countLater(): void {
    this.#timers.start('reservation-counts', this.#options.refreshIntervalMs ?? REFRESH_INTERVAL_MS, () => {
      void this.#count().then(() => {
        if (this.#link !== undefined) this.#countLater();
      });
    });
  }

  /** Reads all counts, which also tries whether Redis is back; never rejects. */
  async #count(): Promise<void> {
    const link = this.#link;
    const startedAt = this.#clock.now();
    this.#own.expire(startedAt);
    // All that was counted then has ended by now.
    const isOutdated = startedAt - this.#countedAt > this.#options.lifetimeMs;
    if (isOutdated && this.#others.size > 0) this.#others = new Map();
    if (link?.mayProbe() !== true) return;
    try {
      await this.#readCounts(link, startedAt);
      this.#silentCounts = 0;
      const { claimDeadlineMs } = this.#options;
      // A Redis that is too slow for claims is none for them.
      if (this.#clock.now() - startedAt <= claimDeadlineMs) link.succeeded();
      else link.failed(`redis: no answer within ${claimDeadlineMs} ms`);
    } catch (error) {
      this.counters.countFailures++;
      link.failed(link.reasonOf(error));
      this.#silentCounts = link.isSilence(error) ? this.#silentCounts + 1 : 0;
      if (this.#silentCounts < SILENT_COUNTS) return;
      this.#silentCounts = 0;
      link.replaceSilent();
    }
  }

  async #readCounts(link: LedgerLink, startedAt: number): Promise<void> {
    const watched = this.#watched;
    // Redis answers in order: what we hold or have asked for by now is in its counts, and nothing later.
    const own = new Map(this.#own.counts);
    const pending = [...this.#pending];
    const lists = watched.length > 0 ? watched : [[]];
    const answers = await link.runForEach(
      countScript,
      lists.map((list) => list.map(reservedKey)),
    );
    if (watched !== this.#watched) return;
    for (const { destination, isGranted } of pending) {
      if (isGranted) own.set(destination, (own.get(destination) ?? 0) + 1);
    }
    const counted = watched.flatMap((list, i) => {
      const counts = answers[i] as readonly number[];
      return list.map((one, position) => [one, counts[position] ?? 0] as const);
    });
    this.#others = withCounts(this.#others, counted, own);
    this.#countedAt = startedAt;
  }
}
