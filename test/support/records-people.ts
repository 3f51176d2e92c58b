// People of a records database for tests: partners acme and borealis, their offers, and customers with accounts as a test wants them.
import type { Sql } from '../../src/records/database/sql.js';
import { IdentityKeys } from '../../src/records/secrets.js';

export const identityKey = 'the identity key of the tests';
export const identityKeys = new IdentityKeys(identityKey, []);

export interface PersonOfTest {
  readonly partner?: string;
  readonly customer: string;
  readonly phones?: readonly string[];
  readonly accounts?: readonly AccountOfTest[];
  readonly ssn?: string;
  readonly salesOffer?: string | null;
  /** Columns of proffer.customers that are true, such as `is_fraud`. */
  readonly flags?: readonly string[];
}

export interface AccountOfTest {
  readonly account: string;
  readonly secret?: string;
  readonly closedOn?: string;
  /** Offer of an open critical alert; null: an alert without an offer. */
  readonly alert?: string | null;
}

/** Partners, products and offers as the catalogue of the shipped settings would have them, as far as tests need them. */
export async function fillCatalogue(sql: Sql): Promise<void> {
  await sql.query(
    `INSERT INTO proffer.partners (partner, name) VALUES ('acme', 'Acme'), ('borealis', 'Borealis') ON CONFLICT DO NOTHING`,
  );
  await sql.query(
    `INSERT INTO proffer.products (product, name, family) VALUES ('card', 'Card', 'card'), ('help', 'Help', 'help')
     ON CONFLICT DO NOTHING`,
  );
  await sql.query(
    `INSERT INTO proffer.offers (offer, partner, product, kind, name, value, url, is_current) VALUES
      ('ACME-PLATINUM', 'acme', 'card', 'sales', 'Platinum', 180, 'https://scripts.example/platinum', true),
      ('ACME-OLD', 'acme', 'card', 'sales', 'Old', 10, 'https://scripts.example/old', false),
      ('ACME-OUTAGE', 'acme', 'help', 'service', 'Outage', 5, 'https://scripts.example/outage', true),
      ('ACME-WATER', 'acme', 'help', 'service', 'Water', 6, 'https://scripts.example/water', true),
      ('BOREALIS-SOLAR', 'borealis', 'card', 'sales', 'Solar', 90, 'https://scripts.example/solar', true)
     ON CONFLICT (offer) DO NOTHING`,
  );
}

export async function addPerson(sql: Sql, person: PersonOfTest, keys = identityKeys): Promise<void> {
  const {
    partner = 'acme',
    customer,
    phones = [],
    accounts = [],
    ssn,
    salesOffer = null,
    flags = [],
  } = person;
  const ssnHash = ssn === undefined ? undefined : keys.hash('ssn', [partner, ssn]);
  await sql.query(
    `INSERT INTO proffer.customers (partner, customer, sales_offer, ssn_hash, ssn_key, is_opted_out, is_affiliate_opted_out,
       is_hardship, is_fraud, is_complaint) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[partner, customer, salesOffer, ssnHash?.hash ?? null, ssnHash?.key ?? null],
      ...['is_opted_out', 'is_affiliate_opted_out', 'is_hardship', 'is_fraud', 'is_complaint'].map((one) =>
        flags.includes(one),
      ),
    ],
  );
  for (const phone of phones) {
    await sql.query('INSERT INTO proffer.phones (partner, phone, customer) VALUES ($1, $2, $3)', [
      partner,
      phone,
      customer,
    ]);
  }
  for (const { account, secret, closedOn = null, alert } of accounts) {
    const hash = secret === undefined ? undefined : keys.hash('secret', [partner, account, secret]);
    await sql.query(
      `INSERT INTO proffer.accounts (partner, account, customer, secret_hash, secret_key, closed_on) VALUES ($1, $2, $3, $4, $5, $6)`,
      [partner, account, customer, hash?.hash ?? null, hash?.key ?? null, closedOn],
    );
    if (alert === undefined) continue;
    await sql.query(
      `INSERT INTO proffer.service_alerts (partner, alert, account, offer, opened_at) VALUES ($1, $2, $3, $4, now())`,
      [partner, `alert-${account}`, account, alert],
    );
  }
}
