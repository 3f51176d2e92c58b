// A partner that is ranked by the command line, beside a records database of each kind.
import t from 'tap';
import type { Test } from 'tap';
import { migrate } from '../../src/records/database/migrations.js';
import type { RecordsDatabase } from '../../src/records/database/records-database.js';
import { EmbeddedServer } from '../../src/records/embedded/embedded-server.js';
import { putEmbeddedCluster } from './embedded-cluster.js';
import { PostgresServer } from './postgres-server.js';
import { RankedShop } from './ranked-shop.js';
import { RecordedCalls } from './recorded-calls.js';
import { databaseAt } from './records-stage.js';

let server: Promise<PostgresServer> | undefined;

/** One PostgreSQL server a test file. */
async function postgres(): Promise<PostgresServer> {
  if (server === undefined) {
    server = PostgresServer.start();
    const started = await server;
    t.teardown(() => started.stop());
  }
  return server;
}

export const people = (count: number) => ({
  columns: { age: 'integer' as const },
  rows: Array.from({ length: count }, (_, index) => ({ customer: `A${index}`, age: 20 + (index % 60) })),
});
export interface RecordedShop {
  readonly shop: RankedShop;
  /** Has `work` done on the database, which nobody holds open before and after. */
  readonly onDatabase: (
    work: (calls: RecordedCalls, database: RecordsDatabase) => Promise<void>,
  ) => Promise<void>;
}

export function shopOf(t: Test, options: ConstructorParameters<typeof RankedShop>[0]): RankedShop {
  const shop = new RankedShop(options);
  t.teardown(() => shop.remove());
  return shop;
}

const kinds: Readonly<Record<string, (shop: RankedShop) => Promise<RecordedShop>>> = {
  PostgreSQL: async (shop) => {
    const name = `shop_${Math.floor(performance.now())}`;
    const { url: serverUrl } = await postgres();
    await (await postgres()).sql(`CREATE DATABASE ${name}`);
    const url = serverUrl.replace(/\/postgres$/, `/${name}`);
    shop.databaseUrl = url;
    return {
      shop,
      onDatabase: async (work) => {
        const database = databaseAt(url, 'postgresql');
        await migrate(database);
        await work(new RecordedCalls(database), database);
        await database.close();
      },
    };
  },
  embedded: async (shop) => {
    await putEmbeddedCluster(shop.bench.dataDir);
    return {
      shop,
      onDatabase: async (work) => {
        const embedded = await EmbeddedServer.open(shop.bench.dataDir, { deadlineMs: 60_000 });
        const database = databaseAt(embedded.url, 'embedded');
        await migrate(database);
        await work(new RecordedCalls(database), database);
        await database.close();
        await embedded.close();
      },
    };
  },
};

export function onEachKind(
  name: string,
  options: ConstructorParameters<typeof RankedShop>[0],
  test: (t: Test, stage: RecordedShop) => Promise<void>,
): void {
  for (const [kind, open] of Object.entries(kinds)) {
    void t.test(`${name} (${kind})`, async (t) => test(t, await open(shopOf(t, options))));
  }
}
