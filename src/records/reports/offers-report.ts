// proffer report offers: what became of each offer, by the kind of its presentation.
import type { Sql } from '../database/sql.js';
import { coverageOf, periodSql, periodValues, shownCounts, shownSql } from './period.js';
import type { Coverage, ReportPeriod, ShownCounts } from './period.js';
import { wilson } from './statistics.js';
import type { Interval } from './statistics.js';

export type ExposureKind = 'agent' | 'ivr' | 'web';

export interface OfferSums extends ShownCounts {
  /** Agents' seconds of the calls on which it was presented. */
  readonly agentSeconds: number;
  /** Of those calls: an agent had it. */
  readonly handled: number;
}

export interface OfferRow extends OfferSums {
  readonly offer: string;
  readonly name: string;
  readonly kind: ExposureKind;
  /** Accepted of presented, 95 % by Wilson; absent when it was never presented. */
  readonly acceptance: Interval | undefined;
}

export interface OffersReport {
  readonly coverage: Coverage;
  /** By offer, then kind. */
  readonly offers: readonly OfferRow[];
  readonly total: OfferSums & Pick<OfferRow, 'acceptance'>;
}

const sql = `
  WITH ${periodSql}, ${shownSql},
  talk AS (
    SELECT u.decision_id, sum(u.seconds) AS seconds
    FROM period p JOIN proffer.usages u ON u.decision_id = p.contact
    WHERE u.kind = 'agent' GROUP BY u.decision_id
  )
  SELECT s.offer, o.name, s.kind, ${shownCounts},
    coalesce(sum(t.seconds) FILTER (WHERE s.is_presented), 0) AS "agentSeconds",
    count(t.seconds) FILTER (WHERE s.is_presented) AS handled
  FROM shown s
  JOIN proffer.offers o ON o.offer = s.offer
  LEFT JOIN talk t ON t.decision_id = s.decision_id
  GROUP BY s.offer, o.name, s.kind
  ORDER BY s.offer COLLATE "C", s.kind`;

/** @throws RecordsUnavailableError */
export async function offersReport(database: Sql, period: ReportPeriod): Promise<OffersReport> {
  const rows = await database.query<Omit<OfferRow, 'acceptance'>>(sql, periodValues(period));
  const total = totalOf(rows);
  return {
    coverage: await coverageOf(database, period),
    offers: rows.map((row) => ({ ...row, acceptance: wilson(row.accepted, row.presented) })),
    total: { ...total, acceptance: wilson(total.accepted, total.presented) },
  };
}

function totalOf(rows: readonly OfferSums[]): OfferSums {
  const sum = (of: keyof OfferSums): number => rows.reduce((total, row) => total + row[of], 0);
  return {
    routed: sum('routed'),
    presented: sum('presented'),
    abandoned: sum('abandoned'),
    notPresented: sum('notPresented'),
    releasedOtherwise: sum('releasedOtherwise'),
    open: sum('open'),
    accepted: sum('accepted'),
    declined: sum('declined'),
    callback: sum('callback'),
    other: sum('other'),
    noDisposition: sum('noDisposition'),
    value: sum('value'),
    agentSeconds: sum('agentSeconds'),
    handled: sum('handled'),
  };
}
