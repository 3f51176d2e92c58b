// proffer report partners: what partners have in common, and what offers brought each of them.
import type { Sql } from '../database/sql.js';
import { coverageOf, noneShown, periodSql, periodValues, shownCounts, shownSql } from './period.js';
import type { Coverage, ReportPeriod, ShownCounts } from './period.js';

export interface PartnerRow extends Pick<ShownCounts, 'presented' | 'accepted' | 'value'> {
  readonly partner: string;
  /** Calls with an outcome. */
  readonly calls: number;
  readonly answered: number;
  readonly agentSeconds: number;
  readonly ivrSeconds: number;
  /** Answered calls by the destination that took them, for their cost. */
  readonly destinations: Readonly<Record<string, number>>;
}

export interface PartnersReport {
  readonly coverage: Coverage;
  /** Partners with a call, by name. */
  readonly partners: readonly PartnerRow[];
}

const sql = `
  WITH ${periodSql}, ${shownSql},
  ended AS (
    SELECT coalesce(o.partner, p.partner) AS partner, o.destination, count(*) AS calls,
      count(*) FILTER (WHERE o.result = 'success') AS answered
    FROM period p JOIN proffer.outcomes o ON o.decision_id = p.contact GROUP BY 1, 2
  ),
  routed AS (
    SELECT partner, sum(calls) AS calls, sum(answered) AS answered,
      jsonb_object_agg(destination, answered) FILTER (WHERE destination IS NOT NULL AND answered > 0) AS destinations
    FROM ended GROUP BY 1
  ),
  used AS (
    SELECT p.partner, sum(u.seconds) FILTER (WHERE u.kind = 'agent') AS agent, sum(u.seconds) FILTER (WHERE u.kind = 'ivr') AS ivr
    FROM period p JOIN proffer.usages u ON u.decision_id = p.contact GROUP BY 1
  ),
  sold AS (
    SELECT p.partner, ${shownCounts} FROM shown s JOIN period p ON p.contact = s.decision_id GROUP BY 1
  )
  SELECT partner, coalesce(r.calls, 0) AS calls, coalesce(r.answered, 0) AS answered, coalesce(u.agent, 0) AS "agentSeconds",
    coalesce(u.ivr, 0) AS "ivrSeconds", coalesce(r.destinations, '{}') AS destinations,
    coalesce(s.presented, 0) AS presented, coalesce(s.accepted, 0) AS accepted, coalesce(s.value, 0) AS value
  FROM routed r FULL JOIN used u USING (partner) FULL JOIN sold s USING (partner)
  WHERE partner IS NOT NULL
  ORDER BY partner COLLATE "C"`;

/** @throws RecordsUnavailableError */
export async function partnersReport(database: Sql, period: ReportPeriod): Promise<PartnersReport> {
  const partners = await database.query<PartnerRow>(sql, periodValues(period));
  return { coverage: await coverageOf(database, period), partners };
}

/** A partner without a call. */
export function quietPartner(partner: string): PartnerRow {
  const { presented, accepted, value } = noneShown;
  const nothing = { calls: 0, answered: 0, agentSeconds: 0, ivrSeconds: 0, destinations: {} };
  return { partner, ...nothing, presented, accepted, value };
}
