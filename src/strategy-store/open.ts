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
import type { StrategySink, StrategySource } from './port.js';
import { RedisCommands } from './redis/redis-commands.js';
import { RedisSink } from './redis/redis-sink.js';
import { RedisSource } from './redis/redis-source.js';
import type { RedisSourceOptions } from './redis/redis-source.js';
import { StrategySearch } from './search.js';
import { GRACE_MS, StrategyWriter } from './writer.js';

const CHECK_INTERVAL_MS = 1000;
const SWEEP_INTERVAL_MS = 30_000;
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
}

export interface StrategyStore {
  readonly kind: 'lmdb' | 'redis';
  readonly reader: CachedStrategyReader;
  readonly writer: StrategyWriter;
  readonly search: StrategySearch;
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
  if (sweepIntervalMs > 0) sweepEvery(sweepIntervalMs, { writer, timers, log: deps.log });
  return {
    kind: adapter.kind,
    reader,
    writer,
    search: new StrategySearch(adapter.sink),
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
    const source = new LmdbSource(environment, { clock, log, checkIntervalMs });
    const sink = new LmdbSink(environment, clock, () => void source.refresh());
    return {
      kind: 'lmdb',
      description: `LMDB in ${path}`,
      source,
      sink,
      close: async () => {
        await source.close();
        await environment.root.close();
      },
    };
  }
  const url = env.redisUrl;
  if (url === undefined) throw new StoreOpenError('strategyStore.kind is redis, but REDIS_URL is not set');
  const source = openRedisSource({
    url,
    deadlineMs: deps.storeDeadlineMs,
    checkIntervalMs,
    graceMs: deps.graceMs ?? GRACE_MS,
    clock,
    log,
  });
  const commands = new RedisCommands({ url, clock, log });
  const sink = new RedisSink(commands, () => source.refresh());
  return {
    kind: 'redis',
    description: `Redis at ${redactedUrl(url)}`,
    source,
    sink,
    close: async () => {
      await sink.close();
      await source.close();
    },
  };
}

/** @throws StoreOpenError */
function openRedisSource(options: RedisSourceOptions): RedisSource {
  try {
    return new RedisSource(options);
  } catch (error) {
    throw error instanceof RedisUrlError ? new StoreOpenError(error.message, error) : error;
  }
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

function sweepEvery(
  intervalMs: number,
  parts: { readonly writer: StrategyWriter; readonly timers: TimerSet; readonly log: Logger },
): void {
  const { writer, timers, log } = parts;
  timers.start('strategy-sweep', intervalMs, () => {
    writer.sweep().then(
      () => sweepEvery(intervalMs, parts),
      (error: unknown) => {
        log.debug({ reason: errorMessage(error) }, 'strategy sweep failed');
        sweepEvery(intervalMs, parts);
      },
    );
  });
}
