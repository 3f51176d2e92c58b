// The PostgreSQL of the records benchmarks: as durable as Debian ships it, with a cache that a small server would have.
import { migrate } from '../../../src/records/database/migrations.js';
import { RecordsDatabase } from '../../../src/records/database/records-database.js';
import { silentLogger } from '../../../src/kernel/index.js';
import { PostgresServer } from '../../support/postgres-server.js';

const settings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
} as const;

export interface BenchServer {
  /** Settings that differ from Debian's, for the report. */
  readonly description: string;
  /** A client with so many connections; closed with the server. */
  connect(connections: number): RecordsDatabase;
  stop(): Promise<void>;
}

/** Migrated and empty. */
export async function startBenchServer(): Promise<BenchServer> {
  const server = await PostgresServer.start({ settings });
  const clients: RecordsDatabase[] = [];
  const connect = (connections: number): RecordsDatabase => {
    const client = new RecordsDatabase({
      url: server.url,
      kind: 'postgresql',
      place: 'the database of the benchmark',
      maxConnections: connections,
      connectTimeoutMs: 10_000,
      statementTimeoutMs: 600_000,
      log: silentLogger,
    });
    clients.push(client);
    return client;
  };
  await migrate(connect(1));
  const [{ version } = { version: '' }] = await connect(1).query<{ version: string }>(
    `SELECT split_part(version(), ' on ', 1) AS version`,
  );
  return {
    description: `${version}; ${Object.entries(settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
    connect,
    stop: async () => {
      await Promise.all(clients.map((one) => one.close()));
      await server.stop();
    },
  };
}
