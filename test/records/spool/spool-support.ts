// Lines of calls as a decision log has them, and what a spool's tests need around them.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SpoolFeed } from '../../../src/records/index.js';
import type { SpoolFeedOptions, SpoolLimits } from '../../../src/records/index.js';
import type { RecordsDatabase } from '../../../src/records/database/records-database.js';
import { silentLogger, systemClock } from '../../../src/kernel/index.js';

export type Line = Readonly<Record<string, unknown>>;

export const start = Date.UTC(2026, 10, 26, 10);
export const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

export interface CallOptions {
  readonly decisionId: string;
  readonly second?: number;
  readonly customer?: string;
  readonly partner?: string;
  readonly offer?: string;
}

const base = (type: string, decisionId: string, second: number): Line => ({
  type,
  at: at(second),
  decisionId,
  callId: `call-of-${decisionId}`,
});

export function decision({
  decisionId,
  second = 0,
  customer,
  partner = 'acme',
  offer = 'ACME-PLATINUM',
}: CallOptions): Line {
  return {
    ...base('decision', decisionId, second),
    decidedAt: at(second),
    trunk: 'carrier',
    source: 'udp/192.0.2.1:5060',
    action: 'proxy',
    dialled: '**********00',
    caller: '**********01',
    decisionMs: 12.5,
    settingsId: '57a9402b',
    partner,
    customer,
    generation: 7,
    arm: 'offer',
    reason: 'offer',
    failOpen: [],
    offer: {
      offerCode: offer,
      offerUrl: 'https://scripts.example.com/x',
      kind: 'sales',
      presentation: 'agent',
    },
    steps: [{ destination: 'east/acme-sales', offer }],
    gates: [],
    candidates: [{ offerCode: offer, presentation: 'agent', destination: 'east/acme-sales', value: 68.1 }],
    seed: 0.5,
    boardAgeMs: 0,
    resources: {},
  };
}

export function attempt(decisionId: string, second: number, number = 0): Line {
  return {
    ...base('attempt', decisionId, second),
    attempt: number,
    destination: 'east/acme-sales',
    uri: 'sip:acme-sales@192.0.2.10',
    offer: 'ACME-PLATINUM',
    status: 200,
    reason: 'OK',
  };
}

export function outcome(decisionId: string, second: number, partner: string | null = 'acme'): Line {
  return {
    ...base('outcome', decisionId, second),
    trunk: 'carrier',
    partner,
    result: 'success',
    reason: 'answered',
    status: 200,
    destination: 'east/acme-sales',
    offer: 'ACME-PLATINUM',
    durationMs: 2000,
  };
}

export function exposure(decisionId: string, second: number, state: string, more: Line = {}): Line {
  return {
    ...base('exposure', decisionId, second),
    offer: 'ACME-PLATINUM',
    presentation: 'agent',
    kind: 'agent',
    destination: 'east/acme-sales',
    state,
    ...more,
  };
}

export function usage(decisionId: string, second: number): Line {
  return {
    ...base('usage', decisionId, second),
    partner: undefined,
    kind: 'agent',
    destination: 'east/acme-sales',
    agent: '1001',
    seconds: 60,
  };
}

const byAgent = { agent: '1001', centre: 'east', queue: 'acme-sales' };

/** A call that an agent had, with an IVR before: decision, attempt, outcome, exposures of both kinds, time of the agent. */
export function callLines(options: CallOptions): readonly Line[] {
  const { decisionId, second = 0, offer = 'ACME-PLATINUM' } = options;
  const ivr = { offer: 'ACME-TRAVEL', presentation: 'ivr', kind: 'ivr', destination: 'east/offer-ivr' };
  return [
    decision(options),
    exposure(decisionId, second + 1, 'reserved', ivr),
    exposure(decisionId, second + 2, 'confirmed', ivr),
    exposure(decisionId, second + 20, 'concluded', { ...ivr, result: 'declined' }),
    exposure(decisionId, second + 21, 'reserved', { offer }),
    attempt(decisionId, second + 22),
    outcome(decisionId, second + 22, options.partner),
    exposure(decisionId, second + 23, 'confirmed', { offer, ...byAgent }),
    usage(decisionId, second + 90),
  ];
}

export const text = (lines: readonly Line[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

export function append(directory: string, file: number, content: string): void {
  mkdirSync(directory, { recursive: true });
  appendFileSync(join(directory, `decisions-${String(file).padStart(6, '0')}.ndjson`), content);
}

/** A log that has everything on the disk. */
export const quietSource = { flush: () => Promise.resolve(true), isFull: false, dropped: 0 };

export function feedOf(
  directory: string,
  database: SpoolFeedOptions['database'],
  more: Partial<SpoolFeedOptions> & { readonly limits?: Partial<SpoolLimits> } = {},
): SpoolFeed {
  return new SpoolFeed({
    directory,
    prefix: 'decisions',
    database,
    source: quietSource,
    clock: systemClock,
    log: silentLogger,
    ...more,
    limits: { pollMs: 10, firstPauseMs: 10, maxPauseMs: 50, ...more.limits },
  });
}

/** What the dispositions make of an IVR's result, kept in a table, where their migration is not there. */
export async function hearIvrResults(database: RecordsDatabase): Promise<void> {
  await database.query(
    'CREATE TABLE proffer.heard (decision_id text, offer text, result text, at timestamptz)',
  );
  await database.query(`
    CREATE OR REPLACE FUNCTION proffer.record_ivr_result(p_decision_id text, p_offer text, p_result text, p_at timestamptz)
    RETURNS void LANGUAGE sql AS $$
      INSERT INTO proffer.heard VALUES (p_decision_id, p_offer, p_result, p_at)
    $$`);
}

/** The offers of the lines, as the settings have them. */
export async function catalogue(database: RecordsDatabase): Promise<void> {
  await database.query(
    `INSERT INTO proffer.partners (partner, name) VALUES ('acme', 'Acme'), ('borealis', 'Borealis')`,
  );
  await database.query(
    `INSERT INTO proffer.products (product, name, family) VALUES ('card', 'Card', 'card')`,
  );
  await database.query(`
    INSERT INTO proffer.offers (offer, partner, product, kind, name, value, url) VALUES
      ('ACME-PLATINUM', 'acme', 'card', 'sales', 'Platinum', 180, ''),
      ('ACME-TRAVEL', 'acme', 'card', 'sales', 'Travel', 45, ''),
      ('BOR-FIBRE', 'borealis', 'card', 'sales', 'Fibre', 210, '')`);
}

/** Everything that lines put into the tables, in one order whatever the order of the lines. */
export async function tables(
  database: RecordsDatabase,
): Promise<Readonly<Record<string, readonly object[]>>> {
  const contents: Record<string, readonly object[]> = {};
  const orders: Readonly<Record<string, string>> = {
    contacts: 'contact',
    decisions: 'decision_id, decided_at',
    attempts: 'decision_id, attempt',
    outcomes: 'decision_id',
    usages: 'decision_id, at',
    exposures: 'decision_id, offer, presentation',
    partners: 'partner',
    offers: 'offer',
    heard: 'decision_id, offer',
  };
  for (const [table, order] of Object.entries(orders)) {
    contents[table] = await database.query(`SELECT * FROM proffer.${table} ORDER BY ${order}`);
  }
  return contents;
}
