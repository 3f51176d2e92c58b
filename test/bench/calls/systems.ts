// The systems that are compared: our router with each store, and Kamailio with its settings of test/bench/kamailio.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestChild, waitUntil } from '../../support/child-process.js';
import { freePort } from '../../support/free-port.js';
import { repositoryRoot } from '../../support/repository-root.js';
import { RouterProcess } from '../../support/router-process.js';
import { trunkAddress } from '../../support/router-settings.js';
import { processTree } from './process-cpu.js';
import type { CentrePorts } from '../../support/router-settings.js';
import type { RedisServer } from '../../support/redis-server.js';

export type CallKind = 'redirect' | 'proxy';

/** One system that takes the calls of a round. */
export interface System {
  readonly name: string;
  /** host:port */
  readonly sip: string;
  /** Address the calls come from. */
  readonly from: string;
  /** Processes whose CPU counts, without redis-server. */
  readonly pids: readonly number[];
  /** redis-server, when calls look up there. */
  readonly redisPid: number | undefined;
  stop(): Promise<void>;
}

export interface KamailioOptions {
  readonly kind: CallKind;
  readonly redis: RedisServer;
  readonly recordRoute: boolean;
}

/** Kamailio as its own process group; throws with its output when it does not come up. */
export async function startKamailio({ kind, redis, recordRoute }: KamailioOptions): Promise<System> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'proffer-kamailio-'));
  const settings = kind === 'redirect' ? 'redirect.cfg' : 'relay.cfg';
  const child = new TestChild({
    command: 'kamailio',
    cwd: folder,
    args: [
      ...['-DD', '-E', '-f', join(repositoryRoot, 'test', 'bench', 'kamailio', settings)],
      ...['-A', `SIP_PORT=${port}`, '-A', `REDIS_PORT=${redis.port}`],
      ...(recordRoute ? ['-A', 'RECORD_ROUTE'] : []),
      ...['-w', folder, '-Y', folder, '-P', join(folder, 'pid')],
    ],
  });
  await waitUntil('kamailio has its worker processes', () => {
    if (child.hasExited) throw new Error(`kamailio ended: ${child.stderr}`);
    return processTree(child.pid).length >= 4;
  });
  return {
    name: 'Kamailio, Redis',
    sip: `127.0.0.1:${port}`,
    from: '127.0.0.1',
    pids: processTree(child.pid),
    redisPid: redis.pid,
    stop: async () => {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface RouterBenchOptions {
  readonly centres: CentrePorts;
  readonly redis: RedisServer | undefined;
  readonly customers: number;
  readonly nodeArgs?: readonly string[];
  /** Such as that of a drachtio-server in place of our engine. */
  readonly env?: Readonly<Record<string, string>>;
}

export class RouterUnderTest {
  private constructor(
    readonly router: RouterProcess,
    readonly redis: RedisServer | undefined,
  ) {}

  static async start(options: RouterBenchOptions): Promise<RouterUnderTest> {
    const { redis, centres, customers, nodeArgs = [], env = {} } = options;
    const router = await RouterProcess.start({
      centres,
      customers,
      // As npm start runs it.
      nodeArgs: ['--max-semi-space-size=32', ...nodeArgs],
      // Kamailio writes no line a call either; both keep what they must keep, our decision log.
      args: ['--quiet'],
      readyWithinMs: 60_000,
      env: { ...env, ...(redis === undefined ? {} : { REDIS_URL: redis.url }) },
      edit: (draft) => {
        for (const centre of draft.centres.centres ?? []) {
          delete centre.healthCheck;
          // Enough agents and ports that every call finds one free, as the yardstick does.
          for (const queue of centre.queues ?? []) queue.staffedAgents = 100_000;
          for (const pool of centre.ivrPools ?? []) Object.assign(pool, { ports: 100_000, quotas: {} });
        }
        // Every look-up goes to the store, as the yardstick's does: no cache hit makes it cheaper.
        draft.proffer.strategyStore = { ...draft.proffer.strategyStore, cacheEntries: 0 };
      },
    });
    return new RouterUnderTest(router, redis);
  }

  /** The router as the target of one kind of call. */
  as(kind: CallKind): System {
    return {
      name: `Proffer, ${this.redis === undefined ? 'LMDB' : 'Redis'}`,
      sip: this.router.sip,
      from: trunkAddress[kind],
      pids: [this.router.child.pid],
      redisPid: this.redis?.pid,
      stop: () => this.stop(),
    };
  }

  async stop(): Promise<void> {
    await this.router.stop();
  }
}
