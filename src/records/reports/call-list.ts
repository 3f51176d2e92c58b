// Calls of the records, newest first, one line each.
import type { Sql } from '../database/sql.js';

export interface CallFilter {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly partner?: string | undefined;
  /** Any of them. */
  readonly partners?: readonly string[] | undefined;
  readonly customer?: string | undefined;
  /** As it is stored; any of them. */
  readonly callers?: readonly string[] | undefined;
  /** Who had the call, as mod_callcenter names the agent. */
  readonly agent?: string | undefined;
  /** Shown, or to be shown, on the call. */
  readonly offer?: string | undefined;
  /** Of the outcome: its result or its reason, such as `success` or `cancelled`. */
  readonly result?: string | undefined;
  /** Code of a disposition that counts now. */
  readonly disposition?: string | undefined;
  /** SIP Call-ID. */
  readonly callId?: string | undefined;
  /** Decision id or SIP Call-ID. */
  readonly id?: string | undefined;
  /** The last line of the page before. */
  readonly before?: { readonly startedAt: Date; readonly decisionId: string } | undefined;
  readonly limit: number;
}

export interface CallLine {
  readonly decisionId: string;
  readonly callId: string | null;
  readonly medium: string;
  readonly startedAt: Date;
  readonly partner: string | null;
  readonly caller: string | null;
  readonly customer: string | null;
  /** Of the last decision; null when there was none. */
  readonly arm: string | null;
  readonly offer: string | null;
  readonly reason: string | null;
  /** Of the outcome; null when there is none yet. */
  readonly result: string | null;
  readonly outcomeReason: string | null;
  readonly destination: string | null;
  readonly dispositions: readonly { readonly offer: string; readonly code: string }[];
  /** Agents' and IVR ports' time; null when none is known. */
  readonly seconds: number | null;
}

// The names that are asked for are looked up once each, not call by call.
const sql = `
  WITH listed AS (
    SELECT c.contact, c.call_id, c.medium, c.started_at, c.partner, c.caller, c.customer
    FROM proffer.contacts c
    WHERE c.started_at >= $1::timestamptz AND c.started_at < $2::timestamptz
      AND ($3::text IS NULL OR c.partner = $3)
      AND ($4::text IS NULL OR c.customer = $4)
      AND ($5::text[] IS NULL OR c.caller = ANY ($5))
      AND ($6::text IS NULL OR c.contact IN (
        SELECT decision_id FROM proffer.exposures WHERE agent = $6
        UNION SELECT decision_id FROM proffer.usages WHERE agent = $6))
      AND ($7::text IS NULL OR c.contact IN (SELECT decision_id FROM proffer.exposures WHERE offer = $7))
      AND ($8::text IS NULL OR c.contact IN (
        SELECT decision_id FROM proffer.outcomes WHERE result = $8 OR reason = $8))
      AND ($9::text IS NULL OR c.contact IN (SELECT decision_id FROM proffer.dispositions WHERE is_current AND code = $9))
      AND ($10::text IS NULL OR c.call_id = $10)
      AND ($12::text[] IS NULL OR c.partner = ANY ($12))
      AND ($13::text IS NULL OR c.contact = $13 OR c.call_id = $13)
      AND ($14::timestamptz IS NULL OR (c.started_at, c.contact) < ($14, $15::text))
    ORDER BY c.started_at DESC, c.contact DESC
    LIMIT $11
  )
  SELECT l.contact AS "decisionId", l.call_id AS "callId", l.medium, l.started_at AS "startedAt", l.partner, l.caller, l.customer,
    d.arm, coalesce(o.offer, d.offer) AS offer, d.reason, o.result, o.reason AS "outcomeReason", o.destination,
    coalesce(s.dispositions, '[]') AS dispositions, u.seconds
  FROM listed l
  LEFT JOIN LATERAL (
    SELECT arm, offer, reason FROM proffer.decisions WHERE decision_id = l.contact ORDER BY decided_at DESC LIMIT 1
  ) d ON true
  LEFT JOIN proffer.outcomes o ON o.decision_id = l.contact
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('offer', offer, 'code', code) ORDER BY offer) AS dispositions
    FROM proffer.dispositions WHERE decision_id = l.contact AND is_current
  ) s ON true
  LEFT JOIN LATERAL (SELECT sum(seconds) AS seconds FROM proffer.usages WHERE decision_id = l.contact) u ON true
  ORDER BY l.started_at DESC, l.contact DESC`;

/** @throws RecordsUnavailableError */
export async function callList(database: Sql, filter: CallFilter): Promise<readonly CallLine[]> {
  const texts = [filter.customer, ...(filter.callers ?? []), filter.agent, filter.callId, filter.id];
  // No column holds one, and PostgreSQL refuses the question.
  if (texts.some((one) => one?.includes('\0'))) return [];
  return database.query<CallLine>(sql, [
    filter.from?.toISOString() ?? '-infinity',
    filter.to?.toISOString() ?? 'infinity',
    filter.partner,
    filter.customer,
    filter.callers,
    filter.agent,
    filter.offer,
    filter.result,
    filter.disposition,
    filter.callId,
    filter.limit,
    filter.partners,
    filter.id,
    filter.before?.startedAt.toISOString(),
    filter.before?.decisionId,
  ]);
}

/** What filters may name. */
export interface KnownNames {
  readonly partners: readonly string[];
  readonly offers: readonly string[];
  readonly dispositions: readonly string[];
}

/** @throws RecordsUnavailableError */
export async function knownNames(database: Sql): Promise<KnownNames> {
  const [names] = await database.query<KnownNames>(`
    SELECT ARRAY(SELECT partner FROM proffer.partners ORDER BY 1) AS partners,
      ARRAY(SELECT offer FROM proffer.offers ORDER BY 1) AS offers,
      ARRAY(SELECT DISTINCT code FROM proffer.disposition_codes ORDER BY 1) AS dispositions`);
  return names ?? { partners: [], offers: [], dispositions: [] };
}
