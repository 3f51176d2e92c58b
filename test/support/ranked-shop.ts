// A partner that is ranked by the command line, in a process of its own as people do, and what its store holds then.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { lockKey } from '../../src/strategy-store/redis/redis-keys.js';
import { metaKeys, openLmdb } from '../../src/strategy-store/lmdb/lmdb-environment.js';
import { TestChild } from './child-process.js';
import type { ChildExit } from './child-process.js';
import { PARTNER, RankingBench } from './ranking-bench.js';
import type { BenchOptions } from './ranking-bench.js';
import { repositoryRoot } from './repository-root.js';
import { SettingsFolder } from './router-settings.js';
import { openUncached } from './strategies.js';

export interface Command extends ChildExit {
  readonly stdout: string;
  readonly stderr: string;
}

/** What serves, read from the store record by record. */
export interface Serving {
  readonly generation: number;
  /** Of the offer VERSION for the first customer. */
  readonly version: number;
  readonly states: readonly string[];
}

export class RankedShop {
  readonly bench: RankingBench;
  readonly folder = new SettingsFolder();
  redisUrl: string | undefined;
  databaseUrl: string | undefined;

  constructor(options: Omit<BenchOptions, 'offers'>, redisUrl?: string) {
    this.bench = new RankingBench({ ...options, offers: { VERSION: {}, OTHER: {} } });
    this.redisUrl = redisUrl;
    this.setVersion(1);
  }

  /** What the next run publishes: the value of VERSION. Different versions make different generations. */
  setVersion(version: number, maxRejected = 0): void {
    const offers = this.bench.offersSettings();
    const [first] = offers.offers ?? [];
    if (first !== undefined) first.value = version;
    const ranking = this.bench.rankingSettings({ threads: 2 });
    for (const source of ranking.rankings?.[0]?.sources ?? []) source.maxRejected = maxRejected;
    this.folder.write('offers', JSON.stringify(offers));
    this.folder.write('ranking', JSON.stringify(ranking));
  }

  /** @param limits of the shell, such as `ulimit -f 100` */
  start(args: readonly string[], limits = 'true'): TestChild {
    const { REDIS_URL: _redis, DATABASE_URL: _database, ...inherited } = process.env;
    const main = join(repositoryRoot, 'dist', 'src', 'cli', 'main.js');
    return new TestChild({
      command: 'bash',
      // What tap has Node load in children would write files of its own under the limits.
      args: ['-c', `unset NODE_OPTIONS; ${limits}; exec "$0" "$@"`, process.execPath, main, ...args],
      cwd: repositoryRoot,
      env: {
        ...inherited,
        PROFFER_DATA_DIR: this.bench.dataDir,
        PROFFER_CONFIG_DIR: this.folder.path,
        ...(this.redisUrl === undefined ? {} : { REDIS_URL: this.redisUrl }),
        ...(this.databaseUrl === undefined ? {} : { DATABASE_URL: this.databaseUrl }),
      },
    });
  }

  async run(args: readonly string[], limits?: string): Promise<Command> {
    const child = this.start(args, limits);
    const exit = await child.exited;
    return { ...exit, stdout: child.stdout, stderr: child.stderr };
  }

  /** @throws Error when what serves is not whole */
  async serving(): Promise<Serving> {
    const store = await openUncached({ dataDir: this.bench.dataDir, redisUrl: this.redisUrl });
    try {
      const [current, ...more] = await store.search.current(PARTNER);
      if (current === undefined || more.length > 0) throw new Error('there is not one current generation');
      if ((await store.search.contentHash(current)) !== current.contentHash)
        throw new Error(`generation ${current.generation} is not whole`);
      const found = await store.reader.lookup(PARTNER, '+15550000000');
      if (found.kind !== 'hit') throw new Error(`the first customer is ${found.kind}`);
      const version = found.strategy.offers.find((one) => one.offerCode === 'VERSION')?.value ?? NaN;
      const states = (await store.writer.generations()).map((one) => one.state);
      return { generation: current.generation, version, states };
    } finally {
      await store.close();
    }
  }

  /** The lock of a load that was killed would stay for some seconds, which tests need not wait for. */
  async freeLock(): Promise<void> {
    if (this.redisUrl === undefined) {
      const { meta, root } = openLmdb(join(this.bench.dataDir, 'strategies'));
      meta.removeSync(metaKeys.lock(PARTNER));
      await root.close();
      return;
    }
    const redis = new Redis(this.redisUrl);
    await redis.del(lockKey(PARTNER));
    redis.disconnect();
  }

  /** Directories that runs spilled to and did not remove. */
  get leftovers(): readonly string[] {
    const work = join(this.bench.dataDir, 'rankings', 'work');
    return existsSync(work) ? readdirSync(work) : [];
  }

  /** Runs that are kept, oldest first, each with what is in its directory. */
  get runs(): readonly { readonly runId: string; readonly entries: readonly string[] }[] {
    const root = join(this.bench.dataDir, 'rankings', PARTNER);
    if (!existsSync(root)) return [];
    return readdirSync(root)
      .toSorted()
      .map((runId) => ({
        runId,
        entries: readdirSync(join(root, runId), { recursive: true, encoding: 'utf8' }),
      }));
  }

  /** Forgets the runs that are kept. */
  forgetRuns(): void {
    rmSync(join(this.bench.dataDir, 'rankings', PARTNER), { recursive: true, force: true });
  }

  remove(): void {
    this.bench.remove();
    this.folder.remove();
  }
}
