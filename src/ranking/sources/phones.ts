// Phone numbers of customers as numbers: E.164 at once in SQL, all others as the router reads a
// caller's number, each distinct text once.
import { BIGINT, VARCHAR } from '@duckdb/node-api';
import { normaliseNumber } from '../../config/index.js';
import type { RankingDatabase } from '../database.js';

/** E.164: at most fifteen digits (ITU-T E.164 clause 6); fewer than seven reach nobody. */
const E164 = '\\+[1-9][0-9]{6,14}';
const STAGED = 'phone_texts';

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
  await database.run('phones', `CREATE OR REPLACE TABLE ${STAGED} (phone VARCHAR, number BIGINT)`);
  const texts = database.chunks(
    'phones',
    `SELECT DISTINCT phone FROM ${table} WHERE number IS NULL AND phone IS NOT NULL ORDER BY phone`,
  );
  await database.append('phones', STAGED, async (appender) => {
    for await (const chunk of texts) {
      for (const [phone] of chunk.getRows()) {
        const number = normaliseNumber(String(phone), country ?? '');
        if (number === undefined) continue;
        appender.appendValue(String(phone), VARCHAR);
        appender.appendValue(BigInt(number.slice(1)), BIGINT);
        appender.endRow();
      }
    }
  });
  await database.run(
    'phones',
    `UPDATE ${table} SET number = staged.number FROM ${STAGED} AS staged WHERE ${table}.phone = staged.phone`,
  );
  await database.run('phones', `DROP TABLE ${STAGED}`);
}
