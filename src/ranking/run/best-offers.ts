// The best sales offer of each customer, for whoever identifies callers by digits. Written after the swap: what routers make of the
// strategies does not depend on it.
import { isInControlArm } from '../../decision/index.js';
import { errorMessage } from '../../kernel/index.js';
import type { RankingDatabase } from '../database.js';
import type { BestOffersReport } from '../report/run-report.js';
import { list, text } from '../sql.js';

/** The port to the records database; src/records has it. */
export interface BestOfferWriter {
  /**
   * Writes the best offer of every customer there whose own is another. Undefined: there is no records database yet.
   * @param bestOf for each customer the offer, null for none; called with some thousand at a time
   * @throws an AppError when the database does not serve
   */
  write(
    partner: string,
    bestOf: (customers: readonly string[]) => Promise<readonly (string | null)[]>,
  ): Promise<{ readonly customers: number; readonly changed: number } | undefined>;
}

/** Opted out, hardship, fraud, complaint: routers make these customers no sales offer. */
const NO_SALES_FLAGS = 0b11101;

export async function writeBestOffers(
  writer: BestOfferWriter,
  options: {
    readonly database: RankingDatabase;
    readonly partner: string;
    readonly controlArmPercent: number;
    /** The tables of the run, as DuckDB reads them. */
    readonly tables: string;
  },
): Promise<BestOffersReport> {
  const { database, partner, controlArmPercent, tables } = options;
  try {
    await database.run(
      'best offers',
      `CREATE OR REPLACE TABLE best_offers AS
       SELECT customer, offer_1 AS offer FROM read_parquet(${text(tables)})
       WHERE offer_1 IS NOT NULL AND (flags & ${NO_SALES_FLAGS}) = 0`,
    );
    const written = await writer.write(partner, async (customers) => {
      const rows = await database.rows(
        'best offers',
        `SELECT customer, offer FROM best_offers WHERE customer IN (SELECT unnest([${list(customers.map(text))}]))`,
      );
      const best = new Map(rows.map(([customer, offer]) => [String(customer), String(offer)]));
      return customers.map((customer) =>
        isInControlArm(partner, customer, controlArmPercent) ? null : (best.get(customer) ?? null),
      );
    });
    await database.run('best offers', 'DROP TABLE best_offers');
    return written === undefined ? { state: 'none' } : { state: 'written', ...written };
  } catch (error) {
    return { state: 'failed', problem: errorMessage(error) };
  }
}
