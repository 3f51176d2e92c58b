// What the past says: exposures and purchases become a few numbers a customer. Rows after the time of the run do not count.
import { DAY_MS, list, name, text, timestamp } from '../sql.js';
import { isLimited } from './gate-sql.js';
import { MASK_KINDS, maskBit, maskColumn, maskColumns } from './masks.js';
import type { PlannedOffer, RankingPlan } from './ranking-plan.js';

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

/**
 * `offer_history` and `family_history`: sums by customer and offer, and by customer and product family. Offers and families are
 * numbers there; an offer that the partner does not have any more is -1 and counts for contacts alone.
 */
function exposureStatements(plan: RankingPlan): readonly Statement[] {
  const now = timestamp(plan.at);
  const families = familiesOf(plan);
  const known = [...plan.families].map(
    ([offer, family], code) => `(${text(offer)}, ${code}::SMALLINT, ${families.indexOf(family)}::SMALLINT)`,
  );
  return [
    {
      what: 'offers and families',
      sql: `CREATE OR REPLACE TABLE offer_families AS
        SELECT * FROM (VALUES ${list(known)}) AS v(offer, code, family)`,
    },
    {
      what: 'exposures by offer',
      sql: `CREATE OR REPLACE TABLE offer_history AS
        SELECT cid, code, any_value(family) AS family,
          count(*) FILTER (presented) AS exposures,
          max("at") FILTER (presented) AS last_at,
          count(*) FILTER (disposition = 'accepted') AS accepted,
          count(*) FILTER (disposition = 'declined') AS declined,
          max("at") FILTER (disposition = 'declined') AS declined_at,
          max("at") FILTER (presented AND disposition <> 'declined') AS otherwise_at,
          count(*) FILTER (presented AND "at" > ${timestamp(plan.at - plan.contactPolicy.withinDays * DAY_MS)}) AS lately
        FROM (SELECT cid, "at", disposition, coalesce(code, -1) AS code, coalesce(family, -1) AS family,
                disposition IS DISTINCT FROM 'not-presented' AS presented
              FROM ${dispositioned(plan)} LEFT JOIN offer_families USING (offer) WHERE "at" <= ${now})
        GROUP BY cid, code`,
    },
    {
      what: 'exposures by family',
      sql: `CREATE OR REPLACE TABLE family_history AS
        SELECT cid, family, sum(exposures) AS exposures, max(last_at) AS last_at,
          max(declined_at) AS declined_at, max(otherwise_at) AS otherwise_at
        FROM offer_history WHERE family >= 0 GROUP BY cid, family`,
    },
  ];
}

function familiesOf(plan: RankingPlan): readonly string[] {
  return [...new Set(plan.families.values())];
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
  if (plan.sources.has('exposures'))
    parts.push(
      ...[pastMarksSql(plan, 'offer'), pastMarksSql(plan, 'family'), contactSql(plan)].flatMap(
        (one) => one ?? [],
      ),
    );
  if (parts.length === 0) parts.push(`SELECT 0::BIGINT AS cid WHERE false`);
  const columns = MASK_KINDS.flatMap((kind) => maskColumns(kind, plan.offers.length));
  // A part that says nothing of a gate leaves its columns out: BY NAME makes them null, which bit_or passes over.
  const empty = `SELECT ${list(columns.map((one) => `0::BIGINT AS ${one}`))}, false AS _contacted, NULL::BIGINT AS cid WHERE false`;
  return `CREATE OR REPLACE TABLE marks AS
    SELECT cid, ${list(columns.map((one) => `coalesce(bit_or(${one}), 0) AS ${one}`))},
      coalesce(bool_or(_contacted), false) AS _contacted
    FROM (${[empty, ...parts].join(' UNION ALL BY NAME ')}) GROUP BY cid`;
}

/** What rules an offer out by the past, as a row that the history is joined with. */
interface PastRule {
  readonly kind: 'exposure' | 'family' | 'cool';
  readonly offer: PlannedOffer;
  /** Code of the offer, or of the family. */
  readonly of: number;
  readonly maxTimes: number | undefined;
  readonly exposedSince: number | undefined;
  readonly declinedSince: number | undefined;
}

function pastRules(plan: RankingPlan, scope: 'offer' | 'family'): readonly PastRule[] {
  const codes = [...plan.families.keys()];
  const families = familiesOf(plan);
  return plan.offers.flatMap((offer) => {
    const of = scope === 'offer' ? codes.indexOf(offer.offer) : families.indexOf(offer.family);
    const { offerExposure, familyExposure, coolOffDays, coolOffScope } = offer.eligibility;
    const limit = scope === 'offer' ? offerExposure : familyExposure;
    const common = { offer, of, maxTimes: undefined, exposedSince: undefined, declinedSince: undefined };
    const rules: PastRule[] = [];
    if (isLimited(limit)) {
      const { maxTimes, notWithinDays } = limit;
      const exposedSince = notWithinDays === undefined ? undefined : plan.at - notWithinDays * DAY_MS;
      rules.push({ ...common, kind: scope === 'offer' ? 'exposure' : 'family', maxTimes, exposedSince });
    }
    if (coolOffDays > 0 && coolOffScope === scope) {
      rules.push({ ...common, kind: 'cool', declinedSince: plan.at - coolOffDays * DAY_MS });
    }
    return rules;
  });
}

/**
 * Marks by the history of offers or families. Rules that look at the same history with the same numbers are one row with the bits
 * of all their offers, so that a history row is joined with one or two of them however many offers there are.
 */
function pastMarksSql(plan: RankingPlan, scope: 'offer' | 'family'): string | undefined {
  const rows = new Map<string, Map<string, bigint>>();
  for (const { kind, offer, of, maxTimes, exposedSince, declinedSince } of pastRules(plan, scope)) {
    const time = (at: number | undefined): string => (at === undefined ? 'NULL::TIMESTAMP' : timestamp(at));
    const key = `${of}::SMALLINT, ${maxTimes ?? 'NULL'}::BIGINT, ${time(exposedSince)}, ${time(declinedSince)}`;
    const bits = rows.get(key) ?? new Map<string, bigint>();
    const column = maskColumn(kind, offer.index);
    bits.set(column, (bits.get(column) ?? 0n) | BigInt(maskBit(offer.index)));
    rows.set(key, bits);
  }
  if (rows.size === 0) return undefined;
  const columns = ['exposure', 'family', 'cool'].flatMap((kind) => maskColumns(kind, plan.offers.length));
  const values = [...rows].map(
    ([key, bits]) => `(${key}, ${list(columns.map((column) => `${bits.get(column) ?? 0n}::BIGINT`))})`,
  );
  const [table, code] = scope === 'offer' ? ['offer_history', 'code'] : ['family_history', 'family'];
  // The last disposition was a refusal, and it was lately. At the same moment the refusal counts.
  const isMet = `exposures > max_times OR last_at > exposed_since
    OR (declined_at > declined_since AND declined_at >= coalesce(otherwise_at, declined_at))`;
  return `SELECT cid, ${list(columns.map((column) => `bit_or(${column}) AS ${column}`))}
    FROM ${table} JOIN (VALUES ${list(values)}) AS rules(of, max_times, exposed_since, declined_since, ${list(columns)})
      ON ${table}.${code} = rules.of
    WHERE ${isMet} GROUP BY cid`;
}

function heldSql(plan: RankingPlan): string {
  const now = timestamp(plan.at);
  const rows = new Map<string, Map<string, bigint>>();
  for (const { product, index, eligibility } of plan.offers) {
    if (!eligibility.notHeld) continue;
    const bits = rows.get(product) ?? new Map<string, bigint>();
    const column = maskColumn('held', index);
    bits.set(column, (bits.get(column) ?? 0n) | BigInt(maskBit(index)));
    rows.set(product, bits);
  }
  const columns = maskColumns('held', plan.offers.length);
  const values = [...rows].map(
    ([product, bits]) =>
      `(${text(product)}, ${list(columns.map((column) => `${bits.get(column) ?? 0n}::BIGINT`))})`,
  );
  if (values.length === 0) values.push(`(NULL::VARCHAR, ${list(columns.map(() => '0::BIGINT'))})`);
  const begun = plan.declared.has('purchases.at') ? `("at" IS NULL OR "at" <= ${now})` : 'true';
  const lasting = plan.declared.has('purchases.endedAt')
    ? `("endedAt" IS NULL OR "endedAt" > ${now})`
    : 'true';
  return `SELECT cid, ${list(columns.map((column) => `bit_or(${column}) AS ${column}`))}
    FROM purchases JOIN (VALUES ${list(values)}) AS held(product, ${list(columns)}) USING (product)
    WHERE ${begun} AND ${lasting} GROUP BY cid`;
}

function contactSql(plan: RankingPlan): string | undefined {
  const { maxExposures } = plan.contactPolicy;
  if (maxExposures === undefined) return undefined;
  return `SELECT cid, true AS _contacted FROM offer_history GROUP BY cid HAVING sum(lately) > ${maxExposures}`;
}

/** The columns that rules and models read, one a column and offer. */
function historySql(plan: RankingPlan): string {
  const now = timestamp(plan.at);
  const codes = [...plan.families.keys()];
  const families = familiesOf(plan);
  const selected = plan.offerColumns.map(({ column, offer }) => {
    const planned = plan.offers[offer];
    const mine = `code = ${codes.indexOf(planned?.offer ?? '')}`;
    const family = `family = ${families.indexOf(planned?.family ?? '')}`;
    const sql = historyExpression(column.name, { mine, family, now });
    return `(${sql})::BIGINT AS ${name(`${column.name}#${offer}`)}`;
  });
  return `CREATE OR REPLACE TABLE history AS
    SELECT cid, ${list(selected)} FROM offer_history GROUP BY cid`;
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
