// Phone numbers of customers as numbers: E.164 at once in SQL, all others as the router reads a
// caller's number, each distinct text once.
import { BIGINT, VARCHAR } from '@duckdb/node-api';
import { normaliseNumber } from '../../config/index.js';
import type { RankingDatabase } from '../database.js';

/** E.164: at most fifteen digits (ITU-T E.164 clause 6); fewer than seven reach nobody. */
const E164 = '\\+[1-9][0-9]{6,14}';
const TEXTS = 'phone_texts';
const STAGED = 'phone_numbers';
/** Texts that are in memory at a time. */
const PAGE = 50_000;

/**
 * Adds the column `number` (BIGINT, the digits of E.164) to `table`, which has `phone`; null where there is no such number.
 * @param country where numbers in national form belong to; undefined: they are none
 */
export async function normalisePhones(
  database: RankingDatabase,
  table: string,
  country: string | undefined,
): Promise<void> {
  await database.run('phones', `ALTER TABLE ${table} ADD COLUMN number BIGINT`);
  await database.run(
    'phones',
    `UPDATE ${table} SET number = substr(phone, 2)::BIGINT WHERE regexp_full_match(phone, '${E164}')`,
  );
  await database.run(
    'phones',
    `CREATE OR REPLACE TABLE ${TEXTS} AS SELECT row_number() OVER () AS id, phone
     FROM (SELECT DISTINCT phone FROM ${table} WHERE number IS NULL AND phone IS NOT NULL)`,
  );
  await database.run('phones', `CREATE OR REPLACE TABLE ${STAGED} (phone VARCHAR, number BIGINT)`);
  const [texts = 0] = await database.numbers('phones', `SELECT count(*) FROM ${TEXTS}`);
  const appender = await database.connection.createAppender(STAGED);
  // Page by page: what is appended would end a stream that is still read from the same connection.
  for (let read = 0; read < texts; read += PAGE) {
    const page = await database.rows(
      'phones',
      `SELECT phone FROM ${TEXTS} WHERE id > ${read} AND id <= ${read + PAGE}`,
    );
    for (const [phone] of page) {
      const number = normaliseNumber(String(phone), country ?? '');
      if (number === undefined) continue;
      appender.appendValue(String(phone), VARCHAR);
      appender.appendValue(BigInt(number.slice(1)), BIGINT);
      appender.endRow();
    }
    appender.flushSync();
  }
  appender.closeSync();
  await database.run(
    'phones',
    `UPDATE ${table} SET number = staged.number FROM ${STAGED} AS staged WHERE ${table}.phone = staged.phone`,
  );
  await database.run('phones', `DROP TABLE ${STAGED}`);
  await database.run('phones', `DROP TABLE ${TEXTS}`);
}
