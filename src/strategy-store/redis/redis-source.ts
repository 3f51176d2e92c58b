// Reading from Redis: one HGET a look-up. Which generation is current is known beforehand, from an announcement on a channel
// and from a check every second, so a swap costs no second round trip.
import type { Redis } from 'ioredis';
import { errorMessage, TimerSet } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import { RedisConnection } from '../../redis/index.js';
import { parseGeneration } from '../generation.js';
import type { Generation } from '../generation.js';
import type { StoreAnswer, StrategySource } from '../port.js';
import { nothingLearned } from '../learned/port.js';
import type { LearnedView } from '../learned/port.js';
import type { RedisLearnedView } from './redis-learned-view.js';
import { currentKey, generationsKey, learnedChannel, swapChannel } from './redis-keys.js';
import { fetchRecord, parseJson } from './redis-records.js';
import { SharedRun } from './shared-run.js';

/** Checks without an answer after which the socket is taken for dead. */
const SILENT_CHECKS = 3;

export interface RedisSourceOptions {
  readonly url: string;
  /** A look-up ends by then, in milliseconds. */
  readonly deadlineMs: number;
  /** How often to look for a new generation, in milliseconds. */
  readonly checkIntervalMs: number;
  /** How long a replaced generation is kept, in milliseconds (`GRACE_MS` of the writer). */
  readonly graceMs: number;
  /** Looked after and closed by the source; undefined: nothing is laid over strategies. */
  readonly learned: RedisLearnedView | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

export class RedisSource implements StrategySource {
  readonly #options: RedisSourceOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #timers: TimerSet;
  readonly #connection: RedisConnection;
  readonly #subscription: RedisConnection;
  #generations = new Map<string, Generation>();
  #unreadable = new Map<string, string>();
  /** When the current generations were last known for certain; undefined before the first time. */
  #confirmedAt: number | undefined;
  readonly #firstConfirmation = deferred();
  readonly #checks = new SharedRun(() => this.#check());
  #silentChecks = 0;
  #isClosed = false;

  constructor(options: RedisSourceOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#timers = new TimerSet(options.clock);
    const common = {
      url: options.url,
      commandTimeoutMs: options.deadlineMs,
      clock: options.clock,
      log: options.log,
    };
    this.#connection = new RedisConnection({
      ...common,
      name: 'proffer-strategies',
      onReady: () => void this.refresh(),
    });
    this.#subscription = new RedisConnection({
      ...common,
      commandTimeoutMs: Math.max(options.deadlineMs, 1000),
      name: 'proffer-strategies-swaps',
      onReady: (client) => this.#subscribe(client),
    });
    this.#checkLater();
  }

  get learned(): LearnedView {
    return this.#options.learned ?? nothingLearned;
  }

  generationOf(partner: string): number | undefined {
    return this.#generations.get(partner)?.generation;
  }

  current(): Iterable<Generation> {
    return this.#generations.values();
  }

  async get(partner: string, phoneNumber: number): Promise<StoreAnswer> {
    const startedAt = this.#clock.now();
    const generation = this.#generations.get(partner);
    if (generation === undefined) return this.#withoutGeneration(partner);
    const answer = await this.#read(generation, phoneNumber);
    if (answer.kind !== 'miss' || this.#isConfirmed()) return answer;
    // Nothing has confirmed the generation for a while; it may have been replaced and removed.
    return this.#verified(partner, phoneNumber, { generation, startedAt });
  }

  refresh(): Promise<void> {
    return this.#checks.run();
  }

  ready(): Promise<void> {
    return this.#firstConfirmation.promise;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#timers.cancelAll();
    this.#connection.close();
    this.#subscription.close();
    this.#options.learned?.close();
    return Promise.resolve();
  }

  async #read(generation: Generation, phoneNumber: number): Promise<StoreAnswer> {
    try {
      return await fetchRecord(this.#connection.client, generation, phoneNumber);
    } catch (error) {
      const scope = errorMessage(error).startsWith('WRONGTYPE') ? 'record' : 'store';
      return { kind: 'failure', reason: this.#connection.reasonOf(error), scope };
    }
  }

  #withoutGeneration(partner: string): StoreAnswer {
    const reason = this.#unreadable.get(partner);
    if (reason !== undefined) return { kind: 'failure', reason, scope: 'record' };
    if (this.#isConfirmed()) return { kind: 'miss', generation: undefined };
    const unknown = new Error('current generation unknown');
    return { kind: 'failure', reason: this.#connection.reasonOf(unknown), scope: 'store' };
  }

  /** The same look-up after the pointer was read, within what is left of the deadline. */
  async #verified(
    partner: string,
    phoneNumber: number,
    first: { readonly generation: Generation; readonly startedAt: number },
  ): Promise<StoreAnswer> {
    const leftMs = this.#options.deadlineMs - (this.#clock.now() - first.startedAt);
    const reason = `redis: no answer within ${this.#options.deadlineMs} ms`;
    const late: StoreAnswer = { kind: 'failure', reason, scope: 'store' };
    return new Promise((resolve) => {
      const timer = this.#clock.after(Math.max(0, leftMs), 'strategy-verify', () => resolve(late));
      const verify = async (): Promise<StoreAnswer> => {
        await this.refresh();
        const generation = this.#generations.get(partner);
        const isNews = (this.#confirmedAt ?? -Infinity) >= first.startedAt - this.#options.deadlineMs;
        if (generation === undefined || !isNews) return this.#withoutGeneration(partner);
        if (generation === first.generation) return { kind: 'miss', generation: generation.generation };
        return this.#read(generation, phoneNumber);
      };
      void verify().then((answer) => {
        timer.cancel();
        resolve(answer);
      });
    });
  }

  /** A generation seen current within half the grace period cannot have been removed yet. */
  #isConfirmed(): boolean {
    return (
      this.#confirmedAt !== undefined && this.#clock.now() - this.#confirmedAt < this.#options.graceMs / 2
    );
  }

  async #check(): Promise<void> {
    const askedAt = this.#clock.now();
    try {
      const { client } = this.#connection;
      const current = await client.hgetall(currentKey);
      const generations = new Map<string, Generation>();
      const unreadable = new Map<string, string>();
      for (const [partner, number] of Object.entries(current)) {
        const known = this.#generations.get(partner);
        if (known !== undefined && String(known.generation) === number) generations.set(partner, known);
        else await this.#adopt(client, { partner, number }, generations, unreadable);
      }
      this.#generations = generations;
      this.#unreadable = unreadable;
      this.#confirmedAt = askedAt;
      this.#firstConfirmation.resolve();
      this.#silentChecks = 0;
    } catch (error) {
      if (this.#connection.isReady) this.#countSilence(error);
      this.#log.debug({ reason: errorMessage(error) }, 'strategy store check failed');
    }
  }

  async #adopt(
    client: Redis,
    pointer: { readonly partner: string; readonly number: string },
    generations: Map<string, Generation>,
    unreadable: Map<string, string>,
  ): Promise<void> {
    const { partner, number } = pointer;
    const generation = parseGeneration(parseJson(await client.hget(generationsKey, number)));
    if (generation === undefined) {
      unreadable.set(partner, `generation ${number} of ${partner} cannot be read by this version`);
      if (!this.#unreadable.has(partner))
        this.#log.error({ partner, generation: number }, 'generation unreadable');
    } else {
      generations.set(partner, generation);
      this.#log.info({ partner, generation: generation.generation }, 'generation in use');
    }
  }

  #countSilence(error: unknown): void {
    if (errorMessage(error) !== 'Command timed out') return;
    this.#silentChecks += 1;
    if (this.#silentChecks < SILENT_CHECKS) return;
    this.#silentChecks = 0;
    this.#connection.replace('no answer to checks');
    this.#subscription.replace('no answer to checks');
  }

  #subscribe(client: Redis): void {
    const { learned } = this.#options;
    client.on(
      'message',
      (channel: string) => void (channel === learnedChannel ? learned?.refresh() : this.refresh()),
    );
    client.subscribe(swapChannel, ...(learned === undefined ? [] : [learnedChannel])).then(
      // What was announced while there was no subscription was not heard.
      () => {
        void this.refresh();
        void learned?.refresh();
      },
      (error: unknown) => {
        if (!this.#isClosed) this.#log.warn({ reason: errorMessage(error) }, 'swap announcements not heard');
      },
    );
  }

  #checkLater(): void {
    this.#timers.start('strategy-check', this.#options.checkIntervalMs, () => {
      void this.#options.learned?.refresh();
      void this.refresh().then(() => {
        if (!this.#isClosed) this.#checkLater();
      });
    });
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
