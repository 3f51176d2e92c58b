// Records of calls as they come: every state, late and missing events, several decisions, corrections, customers in both arms.
import type { RecordsDatabase } from '../../../src/records/database/records-database.js';
import { Random } from '../../support/random.js';

export interface ContactRow {
  readonly contact: string;
  readonly medium: string;
  readonly partner: string | null;
  readonly customer: string | null;
  readonly call_id: string;
  readonly caller: string;
  readonly trunk: string;
  readonly started_at: string;
}
export interface DecisionRow {
  readonly decision_id: string;
  readonly decided_at: string;
  readonly partner: string;
  readonly customer: string | null;
  readonly arm: 'offer' | 'control' | 'none';
  readonly reason: string;
  readonly record: object;
}
export interface OutcomeRow {
  readonly decision_id: string;
  readonly at: string;
  readonly partner: string | null;
  readonly trunk: string;
  readonly result: string;
  readonly reason: string;
  readonly destination: string | null;
  readonly duration_ms: number;
}
export interface UsageRow {
  readonly decision_id: string;
  readonly at: string;
  readonly kind: 'agent' | 'ivr';
  readonly destination: string;
  readonly agent: string | null;
  readonly seconds: number;
}
export interface ExposureRow {
  readonly decision_id: string;
  readonly offer: string;
  readonly presentation: string;
  readonly partner: string;
  readonly customer: string | null;
  readonly kind: 'agent' | 'ivr' | 'web';
  readonly destination: string;
  readonly state: string;
  readonly result: string | null;
  readonly agent: string | null;
  readonly centre: string | null;
  readonly reserved_at: string | null;
  readonly confirmed_at: string | null;
  readonly ended_at: string | null;
}
export interface DispositionRow {
  readonly decision_id: string;
  readonly offer: string;
  readonly revision: number;
  readonly is_current: boolean;
  readonly partner: string;
  readonly customer: string | null;
  readonly code: string;
  readonly note: string | null;
  readonly source: 'agent' | 'ivr' | 'auto';
  readonly agent: string | null;
  readonly value: number | null;
  readonly at: string;
  readonly recorded_at: string;
}

export interface RecordsData {
  readonly contacts: ContactRow[];
  readonly decisions: DecisionRow[];
  readonly outcomes: OutcomeRow[];
  readonly usages: UsageRow[];
  readonly exposures: ExposureRow[];
  readonly dispositions: DispositionRow[];
}

export const partners = ['acme', 'borealis', 'quiet'];
export const codes = {
  accepted: 'accepted',
  upgraded: 'presented',
  declined: 'declined',
  callback: 'callback',
  presented: 'presented',
  'not-presented': 'not-presented',
} as const;
export type Code = keyof typeof codes;
export const codeNames = Object.keys(codes) as Code[];
/** `upgraded` counts though its outcome is another word. */
export const countsAsAccepted = (code: string): boolean => code === 'accepted' || code === 'upgraded';

const offers = ['GOLD', 'SILVER', 'TRAVEL'];
const firstDay = Date.parse('2026-11-01T00:00:00Z');

export function randomRecords(seed: number, calls: number): RecordsData {
  const random = new Random(seed);
  const data: RecordsData = {
    contacts: [],
    decisions: [],
    outcomes: [],
    usages: [],
    exposures: [],
    dispositions: [],
  };
  for (let i = 0; i < calls; i++) addCall(data, random, `call-${i}`);
  return data;
}

interface Call {
  readonly id: string;
  readonly partner: string;
  readonly customer: string | null;
  readonly startedAt: number;
}

const iso = (ms: number): string => new Date(ms).toISOString();

function addCall(data: RecordsData, random: Random, id: string): void {
  const partner = random.maybe(0.03, () => random.of(['acme', 'borealis']));
  const customer = partner === null ? null : random.maybe(0.2, () => `C${random.below(40)}`);
  const startedAt = firstDay + random.below(10 * 86_400_000);
  data.contacts.push({
    contact: id,
    medium: random.isIn(0.9) ? 'call' : 'web',
    partner,
    customer,
    call_id: `${id}@test`,
    caller: '**********01',
    trunk: 'loopback',
    started_at: iso(startedAt),
  });
  if (random.isIn(0.95)) {
    const end = random.of(['answered', 'answered', 'answered', 'cancelled', 'no-destination']);
    data.outcomes.push({
      decision_id: id,
      at: iso(startedAt + 300),
      partner: random.isIn(0.9) ? partner : null,
      trunk: 'loopback',
      result: { answered: 'success', cancelled: 'client-error' }[end] ?? 'upstream-error',
      reason: end,
      destination: end === 'answered' ? random.of(['east/sales', 'west/service', 'north/sales']) : null,
      duration_ms: 300,
    });
  }
  if (partner === null) return;
  const call = { id, partner, customer, startedAt };
  addDecisions(data, random, call);
  addUsages(data, random, call);
  for (const offer of offers) if (random.isIn(0.4)) addOffer(data, random, call, offer);
}

function addDecisions(data: RecordsData, random: Random, { id, partner, customer, startedAt }: Call): void {
  const count = random.of([0, 1, 1, 1, 1, 2]);
  // A second decision comes at any time after the first, and rows are in no order.
  const rows = Array.from({ length: count }, (_, i) => ({
    decision_id: id,
    decided_at: iso(startedAt + 5 + i * (1 + random.below(60_000))),
    partner,
    customer,
    arm: random.of(['offer', 'offer', 'control', 'none'] as const),
    reason: 'offer',
    record: {},
  }));
  data.decisions.push(...rows.reverse());
}

function addUsages(data: RecordsData, random: Random, { id, startedAt }: Call): void {
  const count = random.of([0, 1, 1, 2]);
  for (let i = 0; i < count; i++) {
    const kind = random.of(['agent', 'agent', 'ivr'] as const);
    data.usages.push({
      decision_id: id,
      at: iso(startedAt + 60_000 + i),
      kind,
      destination: random.of(['east/sales', 'east/service', 'west/service']),
      agent: kind === 'ivr' ? null : random.maybe(0.1, () => random.of(['ann', 'bob', "o'neil"])),
      seconds: random.below(4000) / 8,
    });
  }
}

function addOffer(data: RecordsData, random: Random, call: Call, offer: string): void {
  const presentations = random.of([['agents'], ['agents'], ['menu'], ['menu', 'agents'], ['page'], []]);
  for (const presentation of presentations) addExposure(data, random, call, { offer, presentation });
  if (random.isIn(0.7)) addDispositions(data, random, call, offer);
}

function addExposure(
  data: RecordsData,
  random: Random,
  { id, partner, customer, startedAt }: Call,
  { offer, presentation }: { readonly offer: string; readonly presentation: string },
): void {
  const kind = ({ agents: 'agent', menu: 'ivr', page: 'web' } as const)[presentation] ?? 'agent';
  const state = random.of(['reserved', 'confirmed', 'confirmed', 'confirmed', 'concluded', 'released']);
  const isConfirmed = state === 'confirmed' || state === 'concluded';
  const hasAgent = isConfirmed && kind === 'agent';
  const released = random.of(['abandoned', 'abandoned', 'not-presented', 'unknown', null]);
  data.exposures.push({
    decision_id: id,
    offer,
    presentation,
    partner,
    customer,
    kind,
    destination: 'east/sales',
    state,
    result: state === 'released' ? released : null,
    agent: hasAgent ? random.maybe(0.05, () => random.of(['ann', 'bob', "o'neil"])) : null,
    centre: hasAgent ? random.of(['east', 'west']) : null,
    reserved_at: random.maybe(0.1, () => iso(startedAt + 10)),
    confirmed_at: isConfirmed ? iso(startedAt + random.below(50_000)) : null,
    ended_at: state === 'released' || state === 'concluded' ? iso(startedAt + 100_000) : null,
  });
}

function addDispositions(
  data: RecordsData,
  random: Random,
  { id, partner, customer, startedAt }: Call,
  offer: string,
): void {
  const revisions = random.of([1, 1, 1, 2, 3]);
  for (let revision = 1; revision <= revisions; revision++) {
    const source = random.of(['agent', 'agent', 'ivr', 'auto'] as const);
    const at = iso(startedAt + 120_000 + revision);
    data.dispositions.push({
      decision_id: id,
      offer,
      revision,
      is_current: revision === revisions,
      partner,
      customer,
      code: random.of(codeNames),
      note: null,
      source,
      agent: source === 'agent' ? 'ann' : null,
      value: random.maybe(0.2, () => random.below(100_000) / 4),
      at,
      recorded_at: at,
    });
  }
}

const columns = {
  contacts: 'contact, medium, partner, customer, call_id, caller, trunk, started_at',
  decisions: 'decision_id, decided_at, partner, customer, arm, reason, record',
  outcomes: 'decision_id, at, partner, trunk, result, reason, destination, duration_ms',
  usages: 'decision_id, at, kind, destination, agent, seconds',
  exposures:
    'decision_id, offer, presentation, partner, customer, kind, destination, state, result, agent, centre, reserved_at, confirmed_at, ended_at',
  dispositions:
    'decision_id, offer, revision, is_current, partner, customer, code, note, source, agent, value, at, recorded_at',
} as const;

/** Partners, offers and codes that random records name. */
export async function insertCatalogue(database: RecordsDatabase): Promise<void> {
  await database.query(
    `INSERT INTO proffer.partners (partner, name) SELECT one, initcap(one) FROM unnest($1::text[]) AS one`,
    [partners],
  );
  await database.query(
    `INSERT INTO proffer.products (product, name, family) VALUES ('card', 'Card', 'card')`,
  );
  await database.query(
    `INSERT INTO proffer.offers (offer, partner, product, kind, name, value, url)
     SELECT one, 'acme', 'card', 'sales', initcap(one) || ' card', 100, 'https://offers.example/' FROM unnest($1::text[]) AS one`,
    [offers],
  );
  for (const [code, outcome] of Object.entries(codes)) {
    await database.query(
      `INSERT INTO proffer.disposition_codes (partner, code, name, outcome, counts_as_accepted)
       SELECT partner, $1, initcap($1), $2, $3 FROM proffer.partners`,
      [code, outcome, countsAsAccepted(code)],
    );
  }
}

export async function insertRecords(database: RecordsDatabase, data: Partial<RecordsData>): Promise<void> {
  for (const [table, names] of Object.entries(columns)) {
    const rows = data[table as keyof RecordsData] ?? [];
    await database.query(
      `INSERT INTO proffer.${table} (${names}) SELECT ${names} FROM jsonb_populate_recordset(NULL::proffer.${table}, $1::jsonb)`,
      [JSON.stringify(rows)],
    );
  }
}
