// All that the records hold of one call: what came in, each decision with what replays it, where it went, what was shown and what
// became of that, and what is known of the customer now because of it.
import type { DecisionRecord } from '../../decision/index.js';
import type { Sql } from '../database/sql.js';
import { callList } from './call-list.js';
import type { CallLine } from './call-list.js';

export interface StoryContact {
  readonly decisionId: string;
  readonly medium: string;
  readonly partner: string | null;
  readonly customer: string | null;
  readonly callId: string | null;
  readonly trunk: string | null;
  readonly source: string | null;
  readonly caller: string | null;
  readonly dialled: string | null;
  readonly startedAt: Date;
}

export interface StoryDecision {
  readonly decidedAt: Date;
  readonly partner: string;
  readonly customer: string | null;
  readonly generation: number | null;
  readonly arm: string;
  readonly offer: string | null;
  readonly presentation: string | null;
  readonly reason: string;
  readonly decisionMs: number | null;
  /** Undefined: removed, being older than `records.decisionDetailDays`. */
  readonly record: DecisionRecord | undefined;
}

export interface StoryAttempt {
  readonly attempt: number;
  readonly at: Date;
  readonly destination: string;
  readonly uri: string;
  readonly offer: string | null;
  readonly status: number | null;
  readonly reason: string;
}

export interface StoryOutcome {
  readonly at: Date;
  readonly result: string;
  readonly reason: string;
  readonly status: number | null;
  readonly destination: string | null;
  readonly offer: string | null;
  readonly durationMs: number;
}

export interface StoryExposure {
  readonly offer: string;
  readonly presentation: string;
  readonly kind: 'agent' | 'ivr' | 'web';
  readonly destination: string;
  readonly state: 'reserved' | 'confirmed' | 'concluded' | 'released';
  readonly result: string | null;
  readonly agent: string | null;
  readonly centre: string | null;
  readonly queue: string | null;
  readonly reservedAt: Date | null;
  readonly confirmedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface StoryUsage {
  /** When the talk was over. */
  readonly at: Date;
  readonly kind: 'agent' | 'ivr';
  readonly destination: string;
  readonly agent: string | null;
  readonly seconds: number;
}

export interface StoryDisposition {
  readonly offer: string;
  readonly revision: number;
  readonly isCurrent: boolean;
  readonly code: string;
  readonly name: string;
  readonly outcome: string;
  readonly countsAsAccepted: boolean;
  readonly note: string | null;
  readonly callbackAt: Date | null;
  readonly source: 'agent' | 'ivr' | 'web' | 'auto';
  readonly agent: string | null;
  readonly value: number | null;
  readonly at: Date;
}

/** What holds of the customer now; `state` as offers/learned.ts has it, without partner, customer and revision. */
export interface StoryLearned {
  readonly revision: number;
  readonly expiresAt: Date;
  readonly state: {
    readonly offers?: readonly Readonly<Record<string, unknown>>[];
    readonly alerts?: readonly Readonly<Record<string, unknown>>[];
  };
}

/** Lists are in the order of time. */
export interface CallStory {
  readonly contact: StoryContact;
  readonly decisions: readonly StoryDecision[];
  readonly attempts: readonly StoryAttempt[];
  readonly outcome: StoryOutcome | undefined;
  readonly exposures: readonly StoryExposure[];
  readonly usages: readonly StoryUsage[];
  /** With all revisions. */
  readonly dispositions: readonly StoryDisposition[];
  readonly learned: StoryLearned | undefined;
}

export type StoryAnswer =
  | { readonly kind: 'story'; readonly story: CallStory }
  /** A SIP Call-ID that several calls had, newest first. */
  | { readonly kind: 'several'; readonly calls: readonly CallLine[] }
  | { readonly kind: 'unknown' };

/** Of a Call-ID that came more often no more are listed. */
const maxListed = 100;

/**
 * The call of a decision id or a SIP Call-ID.
 * @throws RecordsUnavailableError
 */
export async function callStory(database: Sql, id: string): Promise<StoryAnswer> {
  // Longer ones are never stored, and PostgreSQL has no text with a NUL in it.
  if (id === '' || id.length > 4096 || id.includes('\0')) return { kind: 'unknown' };
  const contact = await contactOf(database, id);
  if (contact !== undefined) return { kind: 'story', story: await storyOf(database, contact) };
  const calls = await callList(database, { callId: id, limit: maxListed });
  const [first] = calls;
  if (first === undefined) return { kind: 'unknown' };
  if (calls.length > 1) return { kind: 'several', calls };
  const only = await contactOf(database, first.decisionId);
  return only === undefined ? { kind: 'unknown' } : { kind: 'story', story: await storyOf(database, only) };
}

async function contactOf(database: Sql, id: string): Promise<StoryContact | undefined> {
  const rows = await database.query<StoryContact>(
    `SELECT contact AS "decisionId", medium, partner, customer, call_id AS "callId", trunk, source, caller, dialled,
       started_at AS "startedAt"
     FROM proffer.contacts WHERE contact = $1`,
    [id],
  );
  return rows[0];
}

const decisionsSql = `
  SELECT decided_at AS "decidedAt", partner, customer, generation, arm, offer, presentation, reason, decision_ms AS "decisionMs", record
  FROM proffer.decisions WHERE decision_id = $1 ORDER BY decided_at`;

const attemptsSql = `
  SELECT attempt, at, destination, uri, offer, status, reason FROM proffer.attempts WHERE decision_id = $1 ORDER BY attempt`;

const outcomeSql = `
  SELECT at, result, reason, status, destination, offer, duration_ms AS "durationMs" FROM proffer.outcomes WHERE decision_id = $1`;

const exposuresSql = `
  SELECT offer, presentation, kind, destination, state, result, agent, centre, queue, reserved_at AS "reservedAt",
    confirmed_at AS "confirmedAt", ended_at AS "endedAt"
  FROM proffer.exposures WHERE decision_id = $1
  ORDER BY coalesce(reserved_at, confirmed_at, ended_at), offer COLLATE "C", presentation COLLATE "C"`;

const usagesSql = `
  SELECT at, kind, destination, agent, seconds FROM proffer.usages WHERE decision_id = $1 ORDER BY at, kind, destination`;

const dispositionsSql = `
  SELECT d.offer, d.revision, d.is_current AS "isCurrent", d.code, k.name, k.outcome, k.counts_as_accepted AS "countsAsAccepted",
    d.note, d.callback_at AS "callbackAt", d.source, d.agent, d.value, d.at
  FROM proffer.dispositions d JOIN proffer.disposition_codes k ON k.partner = d.partner AND k.code = d.code
  WHERE d.decision_id = $1 ORDER BY d.at, d.offer COLLATE "C", d.revision`;

const learnedSql = `
  SELECT revision, expires_at AS "expiresAt", state FROM proffer.learned WHERE partner = $1 AND customer = $2`;

type DecisionRow = Omit<StoryDecision, 'record'> & { readonly record: Partial<DecisionRecord> | null };

async function storyOf(database: Sql, contact: StoryContact): Promise<CallStory> {
  const of = <Row extends object>(sql: string): Promise<readonly Row[]> =>
    database.query<Row>(sql, [contact.decisionId]);
  const decisions = await of<DecisionRow>(decisionsSql);
  const [outcome] = await of<StoryOutcome>(outcomeSql);
  const customer = decisions.findLast((one) => one.customer !== null)?.customer ?? contact.customer;
  const [learned] = await database.query<StoryLearned>(learnedSql, [contact.partner, customer]);
  return {
    contact,
    decisions: decisions.map((row) => ({ ...row, record: recordOf(contact.decisionId, row) })),
    attempts: await of<StoryAttempt>(attemptsSql),
    outcome,
    exposures: await of<StoryExposure>(exposuresSql),
    usages: await of<StoryUsage>(usagesSql),
    dispositions: await of<StoryDisposition>(dispositionsSql),
    learned,
  };
}

/** The record, whole again should its columns not be in it; undefined once it was removed. */
function recordOf(decisionId: string, row: DecisionRow): DecisionRecord | undefined {
  const { record, decidedAt, partner, customer, generation, arm, reason } = row;
  const isWhole =
    Array.isArray(record?.steps) &&
    Array.isArray(record.candidates) &&
    Array.isArray(record.gates) &&
    record.resources !== undefined;
  if (!isWhole) return undefined;
  const columns = {
    decisionId,
    decidedAt: decidedAt.toISOString(),
    partner,
    ...(customer === null ? {} : { customer }),
    ...(generation === null ? {} : { generation }),
    arm,
    reason,
    failOpen: [],
  };
  return { ...columns, ...record } as DecisionRecord;
}
