// What moved since the run before, and why: the first offers of both full ranking tables, side by side.
import type { RankingDatabase } from '../database.js';
import type { RankingPlan } from '../plan/ranking-plan.js';
import { GATES } from '../report/run-report.js';
import type { Comparison, OfferFunnel } from '../report/run-report.js';
import { list, name, text } from '../sql.js';

const MOVES = 20;

export interface CompareOptions {
  readonly plan: RankingPlan;
  readonly previous: {
    readonly runId: string;
    readonly tables: string;
    readonly offers: readonly Pick<OfferFunnel, 'offer'>[];
  };
  /** Of this run, as DuckDB reads them. */
  readonly tables: string;
}

/** Null when the previous run's table is gone or of another shape. */
export async function compareRuns(
  database: RankingDatabase,
  options: CompareOptions,
): Promise<Comparison | null> {
  const { plan, previous, tables } = options;
  if (!(await hasTable(database, previous.tables))) return null;
  await database.run(
    'compare',
    `CREATE OR REPLACE TEMP TABLE moves AS
     SELECT old.customer IS NULL AS is_new, new.customer IS NULL AS is_gone, old.offer_1 AS old_first, new.offer_1 AS new_first,
       ${whySql(plan)} AS why, count(*) AS customers
     FROM read_parquet(${text(tables)}) AS new
     FULL JOIN (SELECT customer, offer_1 FROM read_parquet(${text(previous.tables)})) AS old ON old.customer = new.customer
     GROUP BY ALL`,
  );
  const [customersNew = 0, customersGone = 0, firstSame = 0, firstChanged = 0] = await database.numbers(
    'compare',
    `SELECT sum(customers) FILTER (is_new), sum(customers) FILTER (is_gone),
       sum(customers) FILTER (NOT is_new AND NOT is_gone AND old_first IS NOT DISTINCT FROM new_first),
       sum(customers) FILTER (NOT is_new AND NOT is_gone AND old_first IS DISTINCT FROM new_first) FROM moves`,
  );
  const rows = await database.rows(
    'compare',
    `SELECT old_first, new_first, sum(customers) AS customers, why FROM moves
     WHERE NOT is_new AND NOT is_gone AND old_first IS DISTINCT FROM new_first
     GROUP BY ALL ORDER BY customers DESC, old_first, new_first, why LIMIT ${MOVES}`,
  );
  await database.run('compare', 'DROP TABLE moves');
  return {
    previousRun: previous.runId,
    customersNew,
    customersGone,
    firstSame,
    firstChanged,
    moves: rows.map(([from, to, customers, why]) => ({
      from: from === null ? null : String(from),
      to: to === null ? null : String(to),
      customers: Number(customers),
      why: String(why),
    })),
  };
}

async function hasTable(database: RankingDatabase, tables: string): Promise<boolean> {
  const [files = 0] = await database.numbers('compare', `SELECT count(*) FROM glob(${text(tables)})`);
  if (files === 0) return false;
  const columns = await database.rows('compare', `DESCRIBE SELECT * FROM read_parquet(${text(tables)})`);
  const names = new Set(columns.map(([column]) => String(column)));
  return names.has('customer') && names.has('offer_1');
}

/** Why the old first offer is not first any more: the gate that stops it now, another offer, or its own end. */
function whySql(plan: RankingPlan): string {
  const words = GATES.map((gate) => (gate === 'top-k' ? 'outranked' : gate));
  const gates = list(plan.offers.map(({ offer }) => `new.${name(`gate.${offer}`)}`));
  const codes = list(plan.offers.map(({ offer }) => text(offer)));
  const gate = `list_extract([${gates}], list_position([${codes}], old.offer_1))`;
  return `CASE
    WHEN old.offer_1 IS NOT DISTINCT FROM new.offer_1 OR old.customer IS NULL OR new.customer IS NULL THEN ''
    WHEN old.offer_1 IS NULL THEN 'had none before'
    WHEN list_position([${codes}], old.offer_1) IS NULL THEN 'not ranked any more'
    WHEN ${gate} = 0 THEN 'outranked'
    ELSE list_extract([${list(words.map(text))}], ${gate}) END`;
}
