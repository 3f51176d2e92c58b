// proffer report arms: calls of customers who may be made offers beside calls of the control arm, who never are. A call is in the arm
// of its last decision; calls in no arm (nobody known, a service alert, an opt-out) are left out on both sides alike.
import type { Sql } from '../database/sql.js';
import { coverageOf, periodSql, periodValues } from './period.js';
import type { Coverage, ReportPeriod } from './period.js';
import { clusterMean, combined, power, welch } from './statistics.js';
import type { ClusterSums, Difference, Mean, Power } from './statistics.js';

/** One arm of one partner, with sums over its customers of what each customer's calls add up to. */
export interface ArmSums {
  readonly partner: string;
  readonly arm: 'offer' | 'control';
  readonly customers: number;
  readonly calls: number;
  /** Value of what was accepted on the calls. */
  readonly value: number;
  /** Calls on which something was accepted. */
  readonly accepted: number;
  /** Calls that an agent had, and the agents' seconds. */
  readonly handled: number;
  readonly agentSeconds: number;
  readonly abandoned: number;
  /** Sums of squares and products. */
  readonly callsCalls: number;
  readonly valueValue: number;
  readonly valueCalls: number;
  readonly acceptedAccepted: number;
  readonly acceptedCalls: number;
  readonly secondsSeconds: number;
  readonly secondsHandled: number;
  readonly handledHandled: number;
  /** Customers of whom an agent had a call. */
  readonly handledCustomers: number;
  readonly abandonedAbandoned: number;
  readonly abandonedCalls: number;
}

export const armMeasures = [
  'valuePerCall',
  'valuePerCustomer',
  'acceptance',
  'handlingSeconds',
  'abandonment',
] as const;
export type ArmMeasure = (typeof armMeasures)[number];

/** `offer - control` of each measure; undefined where one of them has too few customers to say. */
export type ArmDifferences = Readonly<
  Record<ArmMeasure, (Difference & { readonly power: Power }) | undefined>
>;

export interface ArmComparison {
  readonly partner: string;
  readonly offer: ArmSums | undefined;
  readonly control: ArmSums | undefined;
  readonly uplift: ArmDifferences;
}

export interface ArmsReport {
  readonly coverage: Coverage;
  readonly comparisons: readonly ArmComparison[];
  /** Over the partners that have both arms, each weighted by its calls; undefined when there are fewer than two. */
  readonly overall: ArmDifferences | undefined;
  /** Contacts whose decision is in no arm. */
  readonly inNoArm: number;
  /** Customers with calls in both arms: the percentage, or who they are taken for, was changed. */
  readonly inBothArms: number;
}

// Whether anybody spoke to a caller is only known of centres whose agents are followed: those with a usage in the period.
const customersSql = `
  WITH ${periodSql},
  placed AS (
    SELECT DISTINCT ON (d.decision_id) d.decision_id, d.partner, d.arm, d.customer
    FROM period p JOIN proffer.decisions d ON d.decision_id = p.contact
    ORDER BY d.decision_id, d.decided_at DESC
  ),
  sold AS (
    SELECT d.decision_id, sum(coalesce(d.value, 0)) AS value
    FROM period p
    JOIN proffer.dispositions d ON d.decision_id = p.contact AND d.is_current
    JOIN proffer.disposition_codes k ON k.partner = d.partner AND k.code = d.code AND k.counts_as_accepted
    GROUP BY d.decision_id
  ),
  used AS (
    SELECT u.decision_id, sum(u.seconds) FILTER (WHERE u.kind = 'agent') AS seconds,
      array_agg(DISTINCT split_part(u.destination, '/', 1)) AS centres
    FROM period p JOIN proffer.usages u ON u.decision_id = p.contact GROUP BY u.decision_id
  ),
  followed AS (SELECT DISTINCT unnest(centres) AS centre FROM used),
  calls AS (
    SELECT l.partner, l.arm, l.customer, CASE WHEN l.customer IS NULL THEN l.decision_id END AS alone,
      coalesce(s.value, 0)::float8 AS value, (s.decision_id IS NOT NULL)::int AS accepted,
      coalesce(u.seconds, 0) AS seconds, (u.seconds IS NOT NULL)::int AS handled,
      (coalesce(o.reason = 'cancelled', false)
        OR (u.decision_id IS NULL AND coalesce(o.result = 'success', false) AND f.centre IS NOT NULL))::int AS abandoned
    FROM placed l
    LEFT JOIN sold s USING (decision_id)
    LEFT JOIN used u USING (decision_id)
    LEFT JOIN proffer.outcomes o USING (decision_id)
    LEFT JOIN followed f ON f.centre = split_part(o.destination, '/', 1)
  ),
  customers AS (
    SELECT partner, arm, customer, count(*)::float8 AS calls, sum(value) AS value, sum(accepted)::float8 AS accepted,
      sum(seconds) AS seconds, sum(handled)::float8 AS handled, sum(abandoned)::float8 AS abandoned
    FROM calls GROUP BY partner, arm, customer, alone
  )`;

const sql = `
  ${customersSql}
  SELECT partner, arm, count(*) AS customers, sum(calls) AS calls, sum(value) AS value, sum(accepted) AS accepted,
    sum(handled) AS handled, sum(seconds) AS "agentSeconds", sum(abandoned) AS abandoned, sum(calls * calls) AS "callsCalls",
    sum(value * value) AS "valueValue", sum(value * calls) AS "valueCalls", sum(accepted * accepted) AS "acceptedAccepted",
    sum(accepted * calls) AS "acceptedCalls", sum(seconds * seconds) AS "secondsSeconds",
    sum(seconds * handled) AS "secondsHandled", sum(handled * handled) AS "handledHandled",
    count(*) FILTER (WHERE handled > 0) AS "handledCustomers", sum(abandoned * abandoned) AS "abandonedAbandoned",
    sum(abandoned * calls) AS "abandonedCalls",
    count(*) FILTER (WHERE is_in_both) AS "inBothArms"
  FROM (
    SELECT *, arm = 'offer' AND customer IS NOT NULL
      AND bool_or(arm = 'control') OVER (PARTITION BY partner, customer) AS is_in_both
    FROM customers
  ) AS every
  GROUP BY partner, arm
  ORDER BY partner COLLATE "C", arm DESC`;

type Row = Omit<ArmSums, 'arm'> & { readonly arm: string; readonly inBothArms: number };

/** @throws RecordsUnavailableError */
export async function armsReport(database: Sql, period: ReportPeriod): Promise<ArmsReport> {
  const rows = await database.query<Row>(sql, periodValues(period));
  const placed = rows.filter((row): row is Row & ArmSums => row.arm !== 'none');
  const partners = [...new Set(placed.map((row) => row.partner))];
  const comparisons = partners.map((partner) => {
    const armOf = (arm: string): ArmSums | undefined => {
      const row = placed.find((one) => one.partner === partner && one.arm === arm);
      if (row === undefined) return undefined;
      const { inBothArms: _, ...sums } = row;
      return sums;
    };
    return comparisonOf(partner, armOf('offer'), armOf('control'));
  });
  const total = (of: 'calls' | 'inBothArms', from: readonly Row[]): number =>
    from.reduce((sum, row) => sum + row[of], 0);
  return {
    coverage: await coverageOf(database, period),
    comparisons,
    overall: overallOf(comparisons),
    inNoArm: total(
      'calls',
      rows.filter((row) => row.arm === 'none'),
    ),
    inBothArms: total('inBothArms', placed),
  };
}

/** What a measure divides by what, over the customers of an arm. */
export function clustersOf(arm: ArmSums, measure: ArmMeasure): ClusterSums {
  const { customers, calls, callsCalls } = arm;
  const perCall = { clusters: customers, n: calls, nn: callsCalls };
  switch (measure) {
    case 'valuePerCall':
      return { ...perCall, x: arm.value, xx: arm.valueValue, xn: arm.valueCalls };
    case 'valuePerCustomer':
      return {
        clusters: customers,
        n: customers,
        nn: customers,
        x: arm.value,
        xx: arm.valueValue,
        xn: arm.value,
      };
    case 'acceptance':
      return { ...perCall, x: arm.accepted, xx: arm.acceptedAccepted, xn: arm.acceptedCalls };
    case 'abandonment':
      return { ...perCall, x: arm.abandoned, xx: arm.abandonedAbandoned, xn: arm.abandonedCalls };
    case 'handlingSeconds':
      return {
        clusters: arm.handledCustomers,
        n: arm.handled,
        nn: arm.handledHandled,
        x: arm.agentSeconds,
        xx: arm.secondsSeconds,
        xn: arm.secondsHandled,
      };
  }
}

/** A measure of one arm; undefined without calls. */
export function armMean(arm: ArmSums | undefined, measure: ArmMeasure): Mean | undefined {
  return arm === undefined ? undefined : clusterMean(clustersOf(arm, measure));
}

function comparisonOf(
  partner: string,
  offer: ArmSums | undefined,
  control: ArmSums | undefined,
): ArmComparison {
  const uplift = differences((measure) => {
    const [a, b] = [armMean(offer, measure), armMean(control, measure)];
    return a === undefined || b === undefined ? undefined : welch(a, b);
  });
  return { partner, offer, control, uplift };
}

function differences(of: (measure: ArmMeasure) => Difference | undefined): ArmDifferences {
  const entries = armMeasures.map((measure) => {
    const difference = of(measure);
    return [measure, difference === undefined ? undefined : { ...difference, power: power(difference) }];
  });
  return Object.fromEntries(entries) as ArmDifferences;
}

/**
 * The difference within each partner, weighted by the partner's share of what is compared. Adding up the arms first would compare
 * partners with each other where their control arms are not of the same size.
 */
function overallOf(comparisons: readonly ArmComparison[]): ArmDifferences | undefined {
  const both = comparisons.filter(({ offer, control }) => offer !== undefined && control !== undefined);
  if (both.length < 2) return undefined;
  return differences((measure) => {
    const strata = both.flatMap(({ offer, control }) => {
      const [a, b] = [armMean(offer, measure), armMean(control, measure)];
      if (offer === undefined || control === undefined || a === undefined || b === undefined) return [];
      const size = clustersOf(offer, measure).n + clustersOf(control, measure).n;
      return [{ a, b, size }];
    });
    const whole = strata.reduce((sum, { size }) => sum + size, 0);
    if (whole === 0) return undefined;
    return combined(
      strata.flatMap(({ a, b, size }) => [
        { mean: a, weight: size / whole },
        { mean: b, weight: -size / whole },
      ]),
    );
  });
}
