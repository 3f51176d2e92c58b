// The plan as people read it: every statement of a run, in order, with what it is for.
import type { PartnerRanking } from '../../config/index.js';
import { planColumns } from '../rules/columns.js';
import { baseSql, factStatements } from './base-sql.js';
import { gatesOf } from './gate-sql.js';
import { historyStatements } from './history-sql.js';
import type { PlannedOffer, RankingPlan } from './ranking-plan.js';
import { scoreSql, tableSql } from './score-sql.js';

/** SQL with comments; rates, which are read from the data, stand in it as 0. */
export function planText(plan: RankingPlan, ranking: PartnerRanking): string {
  const statements = [
    ...historyStatements(plan),
    ...factStatements(plan, ranking),
    {
      what: 'a partition of customers; this and what follows, one partition after the other',
      sql: baseSql(plan, '?', '?'),
    },
    {
      what: 'scores',
      sql: scoreSql(plan, {
        rates: new Map(),
        columns: planColumns(ranking),
        hasOnnx: hasOnnx(plan),
      }),
    },
    { what: 'the full ranking table, kept as Parquet', sql: tableSql(plan) },
  ];
  return [
    `-- ranking of ${plan.partner} for ${new Date(plan.at).toISOString()}`,
    ...plan.offers.map(offerLine),
    ...statements.map(({ what, sql }) => `\n-- ${what}\n${tidy(sql)};`),
  ].join('\n');

  function offerLine(offer: PlannedOffer): string {
    const gates = gatesOf(plan, offer).map((one) => one.gate);
    return `-- ${offer.index}: ${offer.offer}, ${offer.propensity.kind}, value ${offer.value.words}; gates: ${gates.join(', ') || 'none'}`;
  }
}

function hasOnnx(plan: RankingPlan): boolean {
  return plan.offers.some((one) => one.propensity.kind === 'onnx');
}

/** Line ends as written, without the indentation of the code that they were written in. */
function tidy(sql: string): string {
  return sql
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}
