// A small shop in a records database, and calls in it, for tests of what is recorded afterwards.
import type { RecordsDatabase } from '../../src/records/database/records-database.js';

export const hour = 3_600_000;
export const day = 24 * hour;

/** Partner acme: two cards of one family, insurance, a service offer; and borealis with one offer. */
export async function openShop(database: RecordsDatabase): Promise<void> {
  await database.transaction((session) =>
    session.script(`
      INSERT INTO proffer.partners (partner, name, auto_wrap_seconds, auto_wrap_code, is_disposition_required, ivr_codes) VALUES
        ('acme', 'Acme Bank', 300, 'presented', true, '{"no-answer": "silent"}'), ('borealis', 'Borealis', NULL, NULL, false, '{}');
      INSERT INTO proffer.products (product, name, family) VALUES ('platinum', 'Platinum', 'cards'), ('gold', 'Gold', 'cards'),
        ('travel', 'Travel', 'travel'), ('care', 'Care', 'care'), ('fibre', 'Fibre', 'fibre');
      INSERT INTO proffer.offers (offer, partner, product, kind, name, value, url) VALUES
        ('PLATINUM', 'acme', 'platinum', 'sales', 'Platinum', 180, 'https://x/1'),
        ('GOLD', 'acme', 'gold', 'sales', 'Gold', 90, 'https://x/2'),
        ('TRAVEL', 'acme', 'travel', 'sales', 'Travel', 45, 'https://x/3'),
        ('SERVICE', 'acme', 'care', 'service', 'Service', 25, 'https://x/4'),
        ('REPAIR', 'acme', 'care', 'service', 'Repair', 30.5, 'https://x/5'),
        ('FIBRE', 'borealis', 'fibre', 'sales', 'Fibre', 300, 'https://x/6');
      INSERT INTO proffer.disposition_codes
        (partner, code, name, outcome, requires_note, cool_off_days, counts_as_accepted, is_current, position) VALUES
        ('acme', 'accepted', 'Accepted', 'accepted', false, NULL, true, true, 1),
        ('acme', 'declined', 'Declined', 'declined', false, 90, false, true, 2),
        ('acme', 'complained', 'Complained', 'declined', true, 365, false, true, 3),
        ('acme', 'callback', 'Call back', 'callback', false, NULL, false, true, 4),
        ('acme', 'silent', 'No answer', 'no-answer', false, 7, false, true, 5),
        ('acme', 'presented', 'Presented', 'presented', false, 14, false, true, 6),
        ('acme', 'shown', 'Shown', 'presented', false, NULL, false, true, 7),
        ('acme', 'not-presented', 'Not presented', 'not-presented', false, NULL, false, true, 8),
        ('acme', 'old', 'Old', 'declined', false, 1, false, false, 9),
        ('borealis', 'accepted', 'Accepted', 'accepted', false, NULL, true, true, 1);
      INSERT INTO proffer.customers (partner, customer) VALUES ('acme', 'c1'), ('acme', 'c2');
      INSERT INTO proffer.accounts (partner, account, customer) VALUES ('acme', '1001', 'c1'), ('acme', '1002', 'c1'),
        ('acme', '2001', 'c2');`),
  );
}

export interface ShopCall {
  readonly decisionId: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly customer?: string;
  readonly offer?: string;
  readonly kind?: 'agent' | 'ivr';
  readonly agent?: string | undefined;
  readonly state?: 'reserved' | 'confirmed';
  /** The talk ended. */
  readonly endedAt?: number;
  /** What the decision reckoned the offer to be worth. */
  readonly offerValue?: number;
}

/** A call that presented one offer to a customer of acme. */
export async function placeCall(database: RecordsDatabase, call: ShopCall): Promise<void> {
  const { decisionId, at, customer = 'c1', offer = 'PLATINUM', kind = 'agent', state = 'confirmed' } = call;
  const agent = 'agent' in call ? call.agent : '1001';
  const time = new Date(at).toISOString();
  const ended = call.endedAt === undefined ? null : new Date(call.endedAt).toISOString();
  const confirmed = state === 'confirmed' ? time : null;
  await database.query(
    `INSERT INTO proffer.contacts (contact, medium, partner, customer, started_at) VALUES ($1, 'call', 'acme', $2, $3)
     ON CONFLICT DO NOTHING`,
    [decisionId, customer, time],
  );
  await database.query(
    `INSERT INTO proffer.exposures
       (decision_id, offer, presentation, partner, customer, kind, destination, state, agent, centre, queue, reserved_at, confirmed_at)
     VALUES ($1, $2, $3, 'acme', $4, $3, 'east/sales', $5, $6, 'east', 'sales', $7, $8)`,
    [decisionId, offer, kind, customer, state, kind === 'agent' ? agent : null, time, confirmed],
  );
  if (ended !== null) {
    await database.query(
      `INSERT INTO proffer.usages (decision_id, at, kind, destination, agent, seconds) VALUES ($1, $2, 'agent', 'east/sales', $3, 60)`,
      [decisionId, ended, agent],
    );
  }
  if (call.offerValue !== undefined) {
    const record = JSON.stringify({ candidates: [{ offerCode: offer, offerValue: call.offerValue }] });
    await database.query(
      `INSERT INTO proffer.decisions (decision_id, decided_at, partner, arm, reason, record) VALUES ($1, $2, 'acme', 'offer', 'best', $3)`,
      [decisionId, time, record],
    );
  }
}

/** The state that is learned of a customer, as a router reads it; undefined where there is none. */
export async function learnedOf(
  database: RecordsDatabase,
  customer = 'c1',
): Promise<
  | {
      readonly revision: number;
      readonly expiresAt: number;
      readonly offers: readonly Record<string, unknown>[];
      readonly alerts?: readonly unknown[];
    }
  | undefined
> {
  const [row] = await database.query<{
    revision: number;
    expires_at: Date;
    state: { offers: readonly Record<string, unknown>[]; alerts?: readonly unknown[] };
  }>("SELECT revision, expires_at, state FROM proffer.learned WHERE partner = 'acme' AND customer = $1", [
    customer,
  ]);
  return row && { revision: row.revision, expiresAt: row.expires_at.getTime(), ...row.state };
}
