// The records database as commands use it: reached, migrated, with the catalogue of the settings.
import { silentLogger } from '../kernel/index.js';
import { databasePlace, EmbeddedServer, migrate, RecordsDatabase } from '../records/index.js';
import type { SettingsInUse } from './read-settings.js';

export async function withRecordsDatabase<T>(
  { settings, environment }: SettingsInUse,
  work: (database: RecordsDatabase) => Promise<T>,
): Promise<T> {
  const { records } = settings.process;
  const { databaseUrl, dataDir } = environment;
  const server = databaseUrl === undefined ? await EmbeddedServer.open(dataDir) : undefined;
  const database = new RecordsDatabase({
    url: databaseUrl ?? server?.url ?? '',
    kind: server === undefined ? 'postgresql' : 'embedded',
    place: server?.place ?? databasePlace(databaseUrl ?? ''),
    maxConnections: records.maxConnections,
    connectTimeoutMs: 10_000,
    statementTimeoutMs: records.statementTimeoutMs,
    log: silentLogger,
  });
  try {
    await migrate(database);
    const { partners, offers } = settings;
    await database.query(
      `INSERT INTO proffer.partners (partner, name) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`,
      [partners.partners.map((one) => one.partner), partners.partners.map((one) => one.name)],
    );
    await database.query(
      `INSERT INTO proffer.products (product, name, family) SELECT one, one, one FROM unnest($1::text[]) AS one ON CONFLICT DO NOTHING`,
      [offers.products.map((one) => one.product)],
    );
    await database.query(
      `INSERT INTO proffer.offers (offer, partner, product, kind, name, value, url)
       SELECT offer, partner, product, kind, offer, 0, '' FROM jsonb_to_recordset($1) AS o (offer text, partner text, product text, kind text) ON CONFLICT DO NOTHING`,
      [JSON.stringify(offers.offers)],
    );
    return await work(database);
  } finally {
    await database.close();
    await server?.close();
  }
}
