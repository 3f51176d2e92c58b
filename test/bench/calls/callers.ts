// The numbers that call in a benchmark, and the table that Kamailio looks them up in.
import { Redis } from 'ioredis';
import { demoRows } from '../../../src/strategy-store/index.js';
import type { RedisServer } from '../../support/redis-server.js';

/** The numbers of the demonstration customers of partner `acme`, which every router of the benchmark has loaded. */
export function benchCallers(customers: number): string[] {
  return [...demoRows({ customers })].flatMap((row) => (row.partner === 'acme' ? row.phones : []));
}

/** `bench:<number>` -> the URI of the destination, for test/bench/kamailio. */
export async function loadDestinations(
  redis: RedisServer,
  callers: readonly string[],
  uri: string,
): Promise<void> {
  const client = new Redis(redis.url);
  const batch = client.pipeline();
  for (const caller of callers) batch.set(`bench:${caller}`, uri);
  await batch.exec();
  await client.quit();
}
