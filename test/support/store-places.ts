// A folder for LMDB and a real redis-server, for what is proved of both.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { RedisServer } from './redis-server.js';
import type { StoreAt } from './strategies.js';

export interface StorePlaces {
  readonly server: RedisServer;
  /** Gone when the test has ended. */
  readonly directory: string;
  readonly places: readonly (readonly [name: 'lmdb' | 'redis', at: StoreAt])[];
}

/** @param lmdb folder of LMDB in the directory; default: the directory itself */
export async function storePlaces(t: Pick<Test, 'teardown'>, lmdb = ''): Promise<StorePlaces> {
  const directory = mkdtempSync(join(tmpdir(), 'proffer-store-'));
  const server = await RedisServer.start();
  t.teardown(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    server,
    directory,
    places: [
      ['lmdb', { dataDir: join(directory, lmdb), redisUrl: undefined }],
      ['redis', { dataDir: directory, redisUrl: server.url }],
    ],
  };
}
