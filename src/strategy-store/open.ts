// Opens the strategy store that the settings and the environment name.
import { join } from 'node:path';
import type { Environment, ProcessSettings } from '../config/index.js';
import { errorMessage, TimerSet } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { redactedUrl, RedisUrlError } from '../redis/index.js';
import { AgeWatch } from './age-watch.js';
import { CachedStrategyReader } from './cached-reader.js';
import { StoreDigitsMatcher } from './digits-matcher.js';
import { StoreOpenError } from './errors.js';
import { openLmdb } from './lmdb/lmdb-environment.js';
import { LmdbSink } from './lmdb/lmdb-sink.js';
import { LmdbSource } from './lmdb/lmdb-source.js';
import { nothingLearned } from './learned/port.js';
import type { LearnedStore } from './learned/port.js';
import { LmdbLearnedStore, LmdbLearnedView } from './lmdb/lmdb-learned.js';
import type { StrategySink, StrategySource } from './port.js';
import { RedisCommands } from './redis/redis-commands.js';
import { RedisLearnedStore } from './redis/redis-learned-store.js';
import { RedisLearnedView } from './redis/redis-learned-view.js';
import { RedisSink } from './redis/redis-sink.js';
import { RedisSource } from './redis/redis-source.js';
import type { RedisSourceOptions } from './redis/redis-source.js';
import { StrategySearch } from './search.js';
import { GRACE_MS, StrategyWriter } from './writer.js';

const CHECK_INTERVAL_MS = 1000;
const SWEEP_INTERVAL_MS = 30_000;
/** How often learned states that have expired are removed: every one is read for it. Nobody uses them until then. */
const PURGE_INTERVAL_MS = 3_600_000;
/** How long opening waits for Redis; without it the store opens all the same and look-ups fail until it is there. */
const FIRST_ANSWER_WITHIN_MS = 1000;

export interface OpenStrategyStoreDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** `routing.storeDeadlineMs` */
  readonly storeDeadlineMs: number;
  /** How long replaced generations are kept, in milliseconds; default `GRACE_MS`. The same for readers and loaders of one store. */
  readonly graceMs?: number;
  /** How long a load's lock outlives a loader that died, in milliseconds; default `LOCK_TTL_MS`. */
  readonly lockTtlMs?: number;
  /** How often to look for a swap that was not announced, in milliseconds; default 1000. */
  readonly checkIntervalMs?: number;
  /** How often to remove generations past their grace, in milliseconds; default 30,000, 0: never (a command that ends soon). */
  readonly sweepIntervalMs?: number;
  readonly onStoreLookup?: (ms: number) => void;
  /**
   * Lay what was learned over strategies at each look-up; default true. False: a command that ends soon and asks `learned` for the one
   * customer that it is about, instead of having everything read for it.
   */
  readonly appliesLearned?: boolean;
}

export interface StrategyStore {
  readonly kind: 'lmdb' | 'redis';
  readonly reader: CachedStrategyReader;
  readonly writer: StrategyWriter;
  readonly search: StrategySearch;
  /** What was learned of customers since the ranking. */
  readonly learned: LearnedStore;
  /** Digits that callers enter, matched by `identityKey`. */
  readonly digits: StoreDigitsMatcher;
  /** `LMDB in ./data/strategies`, or `Redis at redis://host:6379/`; never a secret. */
  describe(): string;
  close(): Promise<void>;
}

interface Adapter {
  readonly kind: 'lmdb' | 'redis';
  readonly description: string;
  readonly source: StrategySource;
  readonly sink: StrategySink;
  readonly learned: LearnedStore;
  close(): Promise<void>;
}

/**
 * @param env `redisUrl` selects Redis whatever the settings say; `dataDir` is where LMDB's file is; without `identityKey` no digits
 *   are matched
 * @throws StoreOpenError when the directory cannot be used or REDIS_URL is no URL; a Redis that is down is not an error
 */
export async function openStrategyStore(
  settings: ProcessSettings['strategyStore'],
  env: Pick<Environment, 'dataDir' | 'redisUrl'> & Partial<Pick<Environment, 'identityKey'>>,
  deps: OpenStrategyStoreDeps,
): Promise<StrategyStore> {
  const adapter = openAdapter(settings, env, deps);
  const timers = new TimerSet(deps.clock);
  await firstAnswer(adapter.source, deps.clock);
  const watch = new AgeWatch(adapter.source, {
    clock: deps.clock,
    log: deps.log,
    intervalMs: deps.checkIntervalMs ?? CHECK_INTERVAL_MS,
  });
  const writer = new StrategyWriter(adapter.sink, deps);
  const reader = new CachedStrategyReader(adapter.source, { ...settings, ...deps });
  const sweepIntervalMs = deps.sweepIntervalMs ?? SWEEP_INTERVAL_MS;
  if (sweepIntervalMs > 0) {
    const sweep = new Sweep({ writer, learned: adapter.learned }, deps);
    every(sweepIntervalMs, () => sweep.run(), { timers, log: deps.log });
  }
  return {
    kind: adapter.kind,
    reader,
    writer,
    search: new StrategySearch(adapter.sink),
    learned: adapter.learned,
    digits: new StoreDigitsMatcher(reader, env.identityKey),
    describe: () => adapter.description,
    close: async () => {
      timers.cancelAll();
      watch.close();
      await adapter.close();
    },
  };
}

function openAdapter(
  settings: ProcessSettings['strategyStore'],
  env: Pick<Environment, 'dataDir' | 'redisUrl'>,
  deps: OpenStrategyStoreDeps,
): Adapter {
  const checkIntervalMs = deps.checkIntervalMs ?? CHECK_INTERVAL_MS;
  const { clock, log } = deps;
  if (settings.kind === 'lmdb' && env.redisUrl === undefined) {
    const path = join(env.dataDir, 'strategies');
    const environment = openLmdb(path);
    const learned = appliesLearned(settings, deps) ? new LmdbLearnedView(environment, log) : nothingLearned;
    const source = new LmdbSource(environment, { clock, log, checkIntervalMs, learned });
    const sink = new LmdbSink(environment, clock, () => void source.refresh());
    return {
      kind: 'lmdb',
      description: `LMDB in ${path}`,
      source,
      sink,
      learned: new LmdbLearnedStore(environment, clock),
      close: async () => {
        await source.close();
        await environment.root.close();
      },
    };
  }
  const url = env.redisUrl;
  if (url === undefined) throw new StoreOpenError('strategyStore.kind is redis, but REDIS_URL is not set');
  return openRedis(url, settings, deps);
}

function openRedis(
  url: string,
  settings: ProcessSettings['strategyStore'],
  deps: OpenStrategyStoreDeps,
): Adapter {
  const { clock, log } = deps;
  const checkIntervalMs = deps.checkIntervalMs ?? CHECK_INTERVAL_MS;
  const entries = appliesLearned(settings, deps) ? settings.learnedEntries : 0;
  const { source, view } = openRedisSource(entries, {
    url,
    deadlineMs: deps.storeDeadlineMs,
    checkIntervalMs,
    graceMs: deps.graceMs ?? GRACE_MS,
    clock,
    log,
  });
  const commands = new RedisCommands({ url, clock, log });
  const sink = new RedisSink(commands, () => source.refresh());
  const learned = new RedisLearnedStore(commands, {
    clock,
    onChange: () => void view?.refresh(),
    onPurge: (wallNow) => view?.prune(wallNow) ?? Promise.resolve(),
  });
  return {
    kind: 'redis',
    description: `Redis at ${redactedUrl(url)}`,
    source,
    sink,
    learned,
    close: async () => {
      await sink.close();
      await source.close();
    },
  };
}

/** @param entries 0: nothing that was learned is read. @throws StoreOpenError */
function openRedisSource(
  entries: number,
  options: Omit<RedisSourceOptions, 'learned'>,
): { readonly source: RedisSource; readonly view: RedisLearnedView | undefined } {
  try {
    const view = entries > 0 ? new RedisLearnedView({ ...options, entries }) : undefined;
    return { source: new RedisSource({ ...options, learned: view }), view };
  } catch (error) {
    throw error instanceof RedisUrlError ? new StoreOpenError(error.message, error) : error;
  }
}

function appliesLearned(
  { learnedEntries }: ProcessSettings['strategyStore'],
  deps: OpenStrategyStoreDeps,
): boolean {
  return learnedEntries > 0 && deps.appliesLearned !== false;
}

/** Waits until the source knows the current generations, but not long. */
async function firstAnswer(source: StrategySource, clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.after(FIRST_ANSWER_WITHIN_MS, 'strategy-first-answer', resolve);
    void source.ready().then(() => {
      timer.cancel();
      resolve();
    });
  });
}

/** Removes what nobody needs any more: replaced generations, and now and then what was learned and has expired. */
class Sweep {
  readonly #parts: Pick<StrategyStore, 'writer' | 'learned'>;
  readonly #clock: Clock;
  #purgedAt = -Infinity;

  constructor(parts: Pick<StrategyStore, 'writer' | 'learned'>, { clock }: OpenStrategyStoreDeps) {
    this.#parts = parts;
    this.#clock = clock;
  }

  async run(): Promise<void> {
    const { writer, learned } = this.#parts;
    await writer.sweep();
    const now = this.#clock.now();
    if (now - this.#purgedAt < PURGE_INTERVAL_MS) return;
    await learned.purge(this.#clock.wallNow());
    this.#purgedAt = now;
  }
}

function every(
  intervalMs: number,
  work: () => Promise<void>,
  parts: { readonly timers: TimerSet; readonly log: Logger },
): void {
  const { timers, log } = parts;
  timers.start('strategy-sweep', intervalMs, () => {
    work().then(
      () => every(intervalMs, work, parts),
      (error: unknown) => {
        log.debug({ reason: errorMessage(error) }, 'strategy sweep failed');
        every(intervalMs, work, parts);
      },
    );
  });
}
