// What every report asks first: which calls. A call belongs to the moment it began, with all that became of it later.
import type { Sql } from '../database/sql.js';

export interface ReportPeriod {
  /** From then on; undefined: from the first call. */
  readonly from?: Date | undefined;
  /** Before then; undefined: until now. */
  readonly to?: Date | undefined;
  /** Calls of this partner only. */
  readonly partner?: string | undefined;
}

/** Values of $1, $2, $3 in `periodSql`. */
export function periodValues({ from, to, partner }: ReportPeriod): readonly (string | null)[] {
  return [from?.toISOString() ?? '-infinity', to?.toISOString() ?? 'infinity', partner ?? null];
}

/** `period`: contacts of the period. */
export const periodSql = `
  period AS (
    SELECT c.contact, c.partner, c.medium, c.started_at
    FROM proffer.contacts c
    WHERE c.started_at >= $1::timestamptz AND c.started_at < $2::timestamptz AND ($3::text IS NULL OR c.partner = $3)
  )`;

/**
 * `shown`: each exposure of the period, with the disposition that is its own. A disposition names a call and an offer; where several
 * presentations showed the offer on one call it belongs to the one of its source (keys: IVR, a person or auto-wrap: agent), the
 * confirmed before the others, the latest first.
 */
export const shownSql = `
  ranked AS (
    SELECT e.decision_id, e.offer, e.presentation, e.kind, e.state, e.result, e.agent, e.centre,
      e.confirmed_at IS NOT NULL OR e.state IN ('confirmed', 'concluded') AS is_confirmed,
      d.code, d.source, d.revision, coalesce(d.value, 0) AS value, k.outcome, coalesce(k.counts_as_accepted, false) AS is_accepted,
      row_number() OVER (
        PARTITION BY e.decision_id, e.offer
        ORDER BY (e.kind = CASE d.source WHEN 'ivr' THEN 'ivr' WHEN 'web' THEN 'web' ELSE 'agent' END) DESC,
          (e.confirmed_at IS NOT NULL) DESC, coalesce(e.confirmed_at, e.reserved_at) DESC NULLS LAST, e.presentation
      ) AS place
    FROM period p
    JOIN proffer.exposures e ON e.decision_id = p.contact
    LEFT JOIN proffer.dispositions d ON d.decision_id = e.decision_id AND d.offer = e.offer AND d.is_current
    LEFT JOIN proffer.disposition_codes k ON k.partner = d.partner AND k.code = d.code
  ),
  shown AS (
    SELECT decision_id, offer, presentation, kind, state, result, agent, centre, is_confirmed,
      CASE WHEN place = 1 THEN code END AS code, CASE WHEN place = 1 THEN source END AS source,
      CASE WHEN place = 1 THEN outcome END AS outcome, CASE WHEN place = 1 THEN revision END AS revision,
      place = 1 AND is_accepted AS is_accepted, CASE WHEN place = 1 AND is_accepted THEN value ELSE 0 END AS value,
      is_confirmed OR (place = 1 AND code IS NOT NULL AND (is_accepted OR outcome <> 'not-presented')) AS is_presented
    FROM ranked
  )`;

/** Columns over `shown` that several reports have. */
export const shownCounts = `
    count(*) AS routed,
    count(*) FILTER (WHERE s.is_presented) AS presented,
    count(*) FILTER (WHERE NOT s.is_presented AND s.state = 'released' AND s.result = 'abandoned') AS abandoned,
    count(*) FILTER (WHERE NOT s.is_presented AND s.state = 'released' AND s.result = 'not-presented') AS "notPresented",
    count(*) FILTER (
      WHERE NOT s.is_presented AND s.state = 'released' AND coalesce(s.result, '') NOT IN ('abandoned', 'not-presented')
    ) AS "releasedOtherwise",
    count(*) FILTER (WHERE NOT s.is_presented AND s.state = 'reserved') AS open,
    count(*) FILTER (WHERE s.is_accepted) AS accepted,
    count(*) FILTER (WHERE s.is_presented AND NOT s.is_accepted AND s.outcome = 'declined') AS declined,
    count(*) FILTER (WHERE s.is_presented AND NOT s.is_accepted AND s.outcome = 'callback') AS callback,
    count(*) FILTER (
      WHERE s.is_presented AND NOT s.is_accepted AND s.code IS NOT NULL AND s.outcome NOT IN ('declined', 'callback')
    ) AS other,
    count(*) FILTER (WHERE s.is_presented AND s.code IS NULL) AS "noDisposition",
    coalesce(sum(s.value), 0) AS value`;

export interface ShownCounts {
  /** Exposures reserved: the call was sent for the offer. */
  readonly routed: number;
  /** Confirmed: an agent had the call or the IVR spoke, or a disposition says so. */
  readonly presented: number;
  /** Released: the caller left before. */
  readonly abandoned: number;
  /** Released: the call went on without the offer. */
  readonly notPresented: number;
  /** Released for another reason, such as unknown. */
  readonly releasedOtherwise: number;
  /** Reserved, and nothing was heard since. */
  readonly open: number;
  /** Of those presented, by the disposition that counts now; the five add up to `presented`. */
  readonly accepted: number;
  readonly declined: number;
  readonly callback: number;
  readonly other: number;
  readonly noDisposition: number;
  /** Of what was accepted. */
  readonly value: number;
}

export const noneShown: ShownCounts = {
  routed: 0,
  presented: 0,
  abandoned: 0,
  notPresented: 0,
  releasedOtherwise: 0,
  open: 0,
  accepted: 0,
  declined: 0,
  callback: 0,
  other: 0,
  noDisposition: 0,
  value: 0,
};

/** What the records hold of a period at all. */
export interface Coverage {
  readonly contacts: number;
  readonly calls: number;
  readonly first: Date | null;
  readonly last: Date | null;
  /** Contacts without an outcome: under way, or not told yet. */
  readonly withoutOutcome: number;
  /** Lines of decision logs that no table took, of all times. */
  readonly refusedLines: number;
}

const coverageSql = `
  WITH ${periodSql}
  SELECT count(*) AS contacts, count(*) FILTER (WHERE p.medium = 'call') AS calls, min(p.started_at) AS first,
    max(p.started_at) AS last, count(*) FILTER (WHERE o.decision_id IS NULL AND p.medium = 'call') AS "withoutOutcome",
    (SELECT count(*) FROM proffer.refused_lines) AS "refusedLines"
  FROM period p LEFT JOIN proffer.outcomes o ON o.decision_id = p.contact`;

/** @throws RecordsUnavailableError */
export async function coverageOf(database: Sql, period: ReportPeriod): Promise<Coverage> {
  const [row] = await database.query<Coverage>(coverageSql, periodValues(period));
  return row ?? { contacts: 0, calls: 0, first: null, last: null, withoutOutcome: 0, refusedLines: 0 };
}
