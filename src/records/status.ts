// What is in the records database, for people.
import type { Sql } from './database/sql.js';

export interface TableStatus {
  readonly table: string;
  /** An estimate of the server. */
  readonly rows: number;
  /** With indexes. */
  readonly bytes: number;
}

export interface RecordsStatus {
  readonly version: string;
  readonly migrations: readonly { readonly file: string; readonly ranAt: Date }[];
  readonly bytes: number;
  readonly tables: readonly TableStatus[];
}

/** @throws RecordsUnavailableError */
export async function recordsStatus(database: Sql): Promise<RecordsStatus> {
  const [server] = await database.query<{ version: string; bytes: number }>(
    "SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes",
  );
  const migrations = await database.query<{ file: string; ranAt: Date }>(
    'SELECT file, ran_at AS "ranAt" FROM proffer.migrations ORDER BY number',
  );
  // Counting a large table takes long; the estimate of the server is good enough to look at.
  const tables = await database.query<{ table: string; rows: number; bytes: number }>(
    `SELECT relname AS table, greatest(reltuples, n_live_tup, 0)::bigint AS rows, pg_total_relation_size(pg_class.oid) AS bytes
     FROM pg_class LEFT JOIN pg_stat_user_tables USING (relname)
     WHERE relnamespace = 'proffer'::regnamespace AND relkind = 'r' AND coalesce(schemaname, 'proffer') = 'proffer'
     ORDER BY relname`,
  );
  return { version: server?.version ?? '', bytes: server?.bytes ?? 0, migrations, tables };
}
