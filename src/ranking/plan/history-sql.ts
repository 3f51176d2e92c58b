// What the past says: exposures and purchases become a few numbers a customer. Rows after the time of the run do not count.
import { list, name, text, timestamp } from '../sql.js';
import { isLimited } from './gate-sql.js';
import { maskBit, maskColumn, maskCount } from './masks.js';
import type { PlannedOffer, RankingPlan } from './ranking-plan.js';

const DAY_MS = 86_400_000;

/** One statement with what it does, for people. */
export interface Statement {
  readonly what: string;
  readonly sql: string;
}

/** Makes `marks` and, where rules read the past, `history`: one row a customer that has any. */
export function historyStatements(plan: RankingPlan): readonly Statement[] {
  const statements: Statement[] = [];
  if (plan.sources.has('exposures')) statements.push(...exposureStatements(plan));
  statements.push({ what: 'gates of the past', sql: marksSql(plan) });
  if (plan.offerColumns.length > 0) {
    statements.push({ what: 'history columns', sql: historySql(plan) });
  }
  return statements;
}

/** `offer_history` and `family_history`: sums by customer and offer, and by customer and product family. */
function exposureStatements(plan: RankingPlan): readonly Statement[] {
  const now = timestamp(plan.at);
  const families = [...plan.families].map(([offer, family]) => `(${text(offer)}, ${text(family)})`);
  return [
    {
      what: 'families of offers',
      sql: `CREATE OR REPLACE TABLE offer_families AS
        SELECT * FROM (VALUES ${list(families)}) AS v(offer, family)`,
    },
    {
      what: 'exposures by offer',
      sql: `CREATE OR REPLACE TABLE offer_history AS
        SELECT cid, offer,
          count(*) FILTER (presented) AS exposures,
          max("at") FILTER (presented) AS last_at,
          count(*) FILTER (disposition = 'accepted') AS accepted,
          count(*) FILTER (disposition = 'declined') AS declined,
          max("at") FILTER (disposition = 'declined') AS declined_at,
          max("at") FILTER (presented AND disposition <> 'declined') AS otherwise_at,
          count(*) FILTER (presented AND "at" > ${timestamp(plan.at - plan.contactPolicy.withinDays * DAY_MS)}) AS lately
        FROM (SELECT *, disposition IS DISTINCT FROM 'not-presented' AS presented
              FROM ${dispositioned(plan)} WHERE "at" <= ${now})
        GROUP BY cid, offer`,
    },
    {
      what: 'exposures by family',
      sql: `CREATE OR REPLACE TABLE family_history AS
        SELECT cid, family, sum(exposures) AS exposures, max(last_at) AS last_at,
          max(declined_at) AS declined_at, max(otherwise_at) AS otherwise_at
        FROM offer_history JOIN offer_families USING (offer) GROUP BY cid, family`,
    },
  ];
}

/** Sources without dispositions have exposures all the same. */
function dispositioned(plan: RankingPlan): string {
  return plan.declared.has('exposures.disposition')
    ? 'exposures'
    : '(SELECT *, NULL::VARCHAR AS disposition FROM exposures)';
}

/** Bits by gate: which offers the past rules out for a customer. */
function marksSql(plan: RankingPlan): string {
  const parts: string[] = [];
  if (plan.sources.has('purchases')) parts.push(heldSql(plan));
  if (plan.sources.has('exposures')) parts.push(offerMarksSql(plan), familyMarksSql(plan), contactSql(plan));
  if (parts.length === 0) parts.push(`SELECT 0::BIGINT AS cid WHERE false`);
  const columns = ['held', 'exposure', 'family', 'cool'].flatMap((kind) => maskColumns(kind, plan));
  // A part that says nothing of a gate leaves its columns out: BY NAME makes them null, which bit_or passes over.
  const empty = `SELECT ${list(columns.map((one) => `0::BIGINT AS ${one}`))}, false AS _contacted, NULL::BIGINT AS cid WHERE false`;
  return `CREATE OR REPLACE TABLE marks AS
    SELECT cid, ${list(columns.map((one) => `coalesce(bit_or(${one}), 0) AS ${one}`))},
      coalesce(bool_or(_contacted), false) AS _contacted
    FROM (${[empty, ...parts].join(' UNION ALL BY NAME ')}) GROUP BY cid`;
}

function maskColumns(kind: string, plan: RankingPlan): readonly string[] {
  return Array.from({ length: maskCount(plan.offers.length) }, (_, chunk) => `_${kind}_${chunk}`);
}

/** `bit_or` over the offers whose condition a row meets, for each column of a mask. */
function bitsOf(
  kind: string,
  plan: RankingPlan,
  conditions: readonly { readonly offer: PlannedOffer; readonly sql: string }[],
): readonly string[] {
  return maskColumns(kind, plan).map((column) => {
    const mine = conditions.filter(({ offer }) => maskColumn(kind, offer.index) === column);
    const bits = mine.map(({ offer, sql }) => `CASE WHEN ${sql} THEN ${maskBit(offer.index)} ELSE 0 END`);
    return `bit_or((${bits.length === 0 ? '0' : bits.join(' | ')})::BIGINT) AS ${column}`;
  });
}

function heldSql(plan: RankingPlan): string {
  const now = timestamp(plan.at);
  const conditions = plan.offers.map((offer) => ({ offer, sql: `product = ${text(offer.product)}` }));
  const begun = plan.declared.has('purchases.at') ? `("at" IS NULL OR "at" <= ${now})` : 'true';
  const lasting = plan.declared.has('purchases.endedAt')
    ? `("endedAt" IS NULL OR "endedAt" > ${now})`
    : 'true';
  return `SELECT cid, ${list(bitsOf('held', plan, conditions))} FROM purchases WHERE ${begun} AND ${lasting} GROUP BY cid`;
}

function limitSql(
  limit: { readonly maxTimes?: number; readonly notWithinDays?: number },
  plan: RankingPlan,
): string {
  const { maxTimes, notWithinDays } = limit;
  return [
    ...(maxTimes === undefined ? [] : [`exposures > ${maxTimes}`]),
    ...(notWithinDays === undefined ? [] : [`last_at > ${timestamp(plan.at - notWithinDays * DAY_MS)}`]),
  ].join(' OR ');
}

/** The last disposition was a refusal, and it was lately. At the same moment the refusal counts. */
function coolSql(offer: PlannedOffer, plan: RankingPlan): string {
  const since = timestamp(plan.at - offer.eligibility.coolOffDays * DAY_MS);
  return `declined_at > ${since} AND declined_at >= coalesce(otherwise_at, declined_at)`;
}

function offerMarksSql(plan: RankingPlan): string {
  const of = (offer: PlannedOffer, condition: string): string =>
    `offer = ${text(offer.offer)} AND (${condition})`;
  const exposed = plan.offers
    .filter((offer) => isLimited(offer.eligibility.offerExposure))
    .map((offer) => ({ offer, sql: of(offer, limitSql(offer.eligibility.offerExposure, plan)) }));
  const cool = plan.offers
    .filter(({ eligibility }) => eligibility.coolOffDays > 0 && eligibility.coolOffScope === 'offer')
    .map((offer) => ({ offer, sql: of(offer, coolSql(offer, plan)) }));
  return `SELECT cid, ${list([...bitsOf('exposure', plan, exposed), ...bitsOf('cool', plan, cool)])}
    FROM offer_history GROUP BY cid`;
}

function familyMarksSql(plan: RankingPlan): string {
  const of = (offer: PlannedOffer, condition: string): string =>
    `family = ${text(offer.family)} AND (${condition})`;
  const exposed = plan.offers
    .filter((offer) => isLimited(offer.eligibility.familyExposure))
    .map((offer) => ({ offer, sql: of(offer, limitSql(offer.eligibility.familyExposure, plan)) }));
  const cool = plan.offers
    .filter(({ eligibility }) => eligibility.coolOffDays > 0 && eligibility.coolOffScope === 'family')
    .map((offer) => ({ offer, sql: of(offer, coolSql(offer, plan)) }));
  return `SELECT cid, ${list([...bitsOf('family', plan, exposed), ...bitsOf('cool', plan, cool)])}
    FROM family_history GROUP BY cid`;
}

function contactSql(plan: RankingPlan): string {
  const { maxExposures } = plan.contactPolicy;
  return `SELECT cid, sum(lately) > ${maxExposures ?? Number.MAX_SAFE_INTEGER} AS _contacted FROM offer_history GROUP BY cid`;
}

/** The columns that rules and models read, one a column and offer. */
function historySql(plan: RankingPlan): string {
  const now = timestamp(plan.at);
  const selected = plan.offerColumns.map(({ column, offer }) => {
    const planned = plan.offers[offer];
    const mine = `offer = ${text(planned?.offer ?? '')}`;
    const family = `family = ${text(planned?.family ?? '')}`;
    const sql = historyExpression(column.name, { mine, family, now });
    return `(${sql})::BIGINT AS ${name(`${column.name}#${offer}`)}`;
  });
  return `CREATE OR REPLACE TABLE history AS
    SELECT cid, ${list(selected)} FROM offer_history LEFT JOIN offer_families USING (offer) GROUP BY cid`;
}

function historyExpression(
  column: string,
  { mine, family, now }: { readonly mine: string; readonly family: string; readonly now: string },
): string {
  switch (column) {
    case 'history.exposures':
      return `sum(exposures) FILTER (${mine})`;
    case 'history.daysSinceExposure':
      return `date_diff('day', max(last_at) FILTER (${mine}), ${now})`;
    case 'history.accepted':
      return `sum(accepted) FILTER (${mine})`;
    case 'history.declined':
      return `sum(declined) FILTER (${mine})`;
    case 'history.familyExposures':
      return `sum(exposures) FILTER (${family})`;
    case 'history.contacts':
      return 'sum(exposures)';
    case 'history.daysSinceContact':
      return `date_diff('day', max(last_at), ${now})`;
    default:
      throw new RangeError(`no history column ${column}`);
  }
}

/** Null in `history` means never; a count of never is 0. */
export function historyDefault(column: string): string {
  return column.startsWith('history.daysSince') ? 'NULL' : '0';
}
