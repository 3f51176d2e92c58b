// The best sales offer of each customer, as the last ranking has it, for identification by digits (proffer.identify).
import type { Sql } from '../database/sql.js';

const PAGE_ROWS = 5000;

/**
 * Writes it page by page of the customers there, each page one statement, and only where it differs. Customers whom the ranking does
 * not know have none. An offer that is not in the catalogue yet counts as none.
 * @param bestOf for each customer the offer, null for none
 * @throws RecordsUnavailableError, StatementRefusedError; undefined when there is no such table yet
 */
export async function writeBestOffers(
  database: Sql,
  partner: string,
  bestOf: (customers: readonly string[]) => Promise<readonly (string | null)[]>,
): Promise<{ readonly customers: number; readonly changed: number } | undefined> {
  const [found] = await database.query<{ isThere: boolean }>(
    `SELECT to_regclass('proffer.customers') IS NOT NULL AS "isThere"`,
  );
  if (found?.isThere !== true) return undefined;
  let customers = 0;
  let changed = 0;
  for (let after = ''; ;) {
    const page = await database.query<{ customer: string; offer: string | null }>(
      `SELECT customer, sales_offer AS offer FROM proffer.customers
       WHERE partner = $1 AND customer > $2 ORDER BY customer LIMIT $3`,
      [partner, after, PAGE_ROWS],
    );
    const last = page.at(-1);
    if (last === undefined) return { customers, changed };
    const best = await bestOf(page.map(({ customer }) => customer));
    const moved = page.flatMap(({ customer, offer }, index) => {
      const wanted = best[index] ?? null;
      return wanted === offer ? [] : [{ customer, wanted }];
    });
    if (moved.length > 0) changed += await update(database, partner, moved);
    customers += page.length;
    after = last.customer;
  }
}

async function update(
  database: Sql,
  partner: string,
  moved: readonly { readonly customer: string; readonly wanted: string | null }[],
): Promise<number> {
  const [counted] = await database.query<{ changed: number }>(
    `WITH changed AS (
       UPDATE proffer.customers AS mine SET sales_offer = offers.offer
       FROM unnest($2::text[], $3::text[]) AS best (customer, offer)
       LEFT JOIN proffer.offers AS offers ON offers.offer = best.offer
       WHERE mine.partner = $1 AND mine.customer = best.customer AND mine.sales_offer IS DISTINCT FROM offers.offer
       RETURNING 1)
     SELECT count(*) AS changed FROM changed`,
    [partner, moved.map(({ customer }) => customer), moved.map(({ wanted }) => wanted)],
  );
  return counted?.changed ?? 0;
}
