// proffer report agents: what each agent presented and recorded, and how long their calls took.
import type { Sql } from '../database/sql.js';
import { coverageOf, periodSql, periodValues, shownSql } from './period.js';
import type { Coverage, ReportPeriod } from './period.js';
import { wilson } from './statistics.js';
import type { Interval } from './statistics.js';

export interface AgentRow {
  /** As mod_callcenter names the agent; null where a call had an agent whom nobody named. */
  readonly agent: string | null;
  readonly centre: string;
  /** Calls that the agent had, with or without an offer. */
  readonly calls: number;
  readonly presented: number;
  readonly accepted: number;
  readonly declined: number;
  readonly callback: number;
  readonly value: number;
  readonly agentSeconds: number;
  /** Calls whose time is known. */
  readonly handled: number;
  /** Presented, and nobody recorded anything. */
  readonly open: number;
  /** Presented, and recorded by auto-wrap instead of the agent. */
  readonly autoWrapped: number;
  /** Dispositions that were changed afterwards, each change counted. */
  readonly corrections: number;
  readonly acceptance: Interval | undefined;
}

export interface AgentsReport {
  readonly coverage: Coverage;
  /** By centre, then agent. */
  readonly agents: readonly AgentRow[];
}

// A destination is `centre/queue`.
const sql = `
  WITH ${periodSql}, ${shownSql},
  presented AS (
    SELECT s.agent, coalesce(s.centre, '') AS centre, count(*) AS presented,
      count(*) FILTER (WHERE s.is_accepted) AS accepted,
      count(*) FILTER (WHERE NOT s.is_accepted AND s.outcome = 'declined') AS declined,
      count(*) FILTER (WHERE NOT s.is_accepted AND s.outcome = 'callback') AS callback,
      sum(s.value) AS value,
      count(*) FILTER (WHERE s.code IS NULL) AS open,
      count(*) FILTER (WHERE s.source = 'auto') AS auto_wrapped,
      coalesce(sum(s.revision - 1), 0) AS corrections
    FROM shown s WHERE s.is_presented AND s.kind = 'agent' GROUP BY 1, 2
  ),
  talk AS (
    SELECT u.agent, split_part(u.destination, '/', 1) AS centre, u.decision_id, sum(u.seconds) AS seconds
    FROM period p JOIN proffer.usages u ON u.decision_id = p.contact WHERE u.kind = 'agent' GROUP BY 1, 2, 3
  ),
  handled AS (SELECT agent, centre, count(*) AS handled, sum(seconds) AS seconds FROM talk GROUP BY 1, 2),
  had AS (
    SELECT agent, centre, count(*) AS calls
    FROM (
      SELECT agent, centre, decision_id FROM talk
      UNION SELECT agent, coalesce(centre, ''), decision_id FROM shown WHERE is_presented AND kind = 'agent'
    ) AS every GROUP BY 1, 2
  )
  SELECT a.agent, a.centre, a.calls, coalesce(s.presented, 0) AS presented, coalesce(s.accepted, 0) AS accepted,
    coalesce(s.declined, 0) AS declined, coalesce(s.callback, 0) AS callback, coalesce(s.value, 0) AS value,
    coalesce(h.seconds, 0) AS "agentSeconds", coalesce(h.handled, 0) AS handled,
    coalesce(s.open, 0) AS open, coalesce(s.auto_wrapped, 0) AS "autoWrapped", coalesce(s.corrections, 0) AS corrections
  FROM had a
  LEFT JOIN presented s ON s.agent IS NOT DISTINCT FROM a.agent AND s.centre = a.centre
  LEFT JOIN handled h ON h.agent IS NOT DISTINCT FROM a.agent AND h.centre = a.centre
  ORDER BY a.centre COLLATE "C", a.agent COLLATE "C" NULLS LAST`;

/** @throws RecordsUnavailableError */
export async function agentsReport(database: Sql, period: ReportPeriod): Promise<AgentsReport> {
  const rows = await database.query<Omit<AgentRow, 'acceptance'>>(sql, periodValues(period));
  return {
    coverage: await coverageOf(database, period),
    agents: rows.map((row) => ({ ...row, acceptance: wilson(row.accepted, row.presented) })),
  };
}
