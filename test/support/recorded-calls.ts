// A records database as calls, imports and agents leave it: rows as the tables have them, written by hand.
import type { Sql } from '../../src/records/database/sql.js';

export interface RecordedExposure {
  readonly customer: string | null;
  readonly offer: string;
  readonly at: string;
  readonly decision?: string;
  readonly presentation?: string;
  /** Default `concluded`. */
  readonly state?: 'reserved' | 'confirmed' | 'concluded' | 'released';
  /** Codes in the order they were recorded, each with when if it was not at once; the last one counts. */
  readonly said?: readonly (string | { readonly code: string; readonly at: string })[];
}

export class RecordedCalls {
  readonly #sql: Sql;
  readonly #partner: string;
  #calls = 0;

  constructor(sql: Sql, partner = 'acme') {
    this.#sql = sql;
    this.#partner = partner;
  }

  /** Products are named like the offers. Codes as shipped, and `bought`, which counts as a sale though its outcome is another. */
  async catalogue(offers: Readonly<Record<string, 'sales' | 'service'>>): Promise<void> {
    const partner = this.#partner;
    await this.#sql.query(`INSERT INTO proffer.partners (partner, name) VALUES ($1, $1)`, [partner]);
    for (const [offer, kind] of Object.entries(offers)) {
      await this.#sql.query(
        `INSERT INTO proffer.products (product, name, family) VALUES ($1, $1, $1) ON CONFLICT DO NOTHING`,
        [offer],
      );
      await this.#sql.query(
        `INSERT INTO proffer.offers (offer, partner, product, kind, name, value, url)
         VALUES ($1, $2, $1, $3, $1, 10, 'https://scripts.example.com')`,
        [offer, partner, kind],
      );
    }
    await this.#sql.query(
      `INSERT INTO proffer.disposition_codes (partner, code, name, outcome, cool_off_days, counts_as_accepted) VALUES
         ($1, 'accepted', 'Accepted', 'accepted', NULL, true), ($1, 'declined', 'Declined', 'declined', 90, false),
         ($1, 'callback', 'Call back', 'callback', NULL, false), ($1, 'presented', 'Presented', 'presented', 14, false),
         ($1, 'not-presented', 'Not presented', 'not-presented', NULL, false),
         ($1, 'bought', 'Bought before', 'presented', NULL, true), ($1, 'unsure', 'Unsure', 'accepted', NULL, false)`,
      [partner],
    );
  }

  async customer(
    customer: string,
    account?: { account: string; product?: string; opened?: string; closed?: string },
  ) {
    await this.#sql.query(
      `INSERT INTO proffer.customers (partner, customer) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [this.#partner, customer],
    );
    if (account === undefined) return;
    const { account: number, product = null, opened = null, closed = null } = account;
    await this.#sql.query(
      `INSERT INTO proffer.accounts (partner, account, customer, product, opened_on, closed_on) VALUES ($1, $2, $3, $4, $5, $6)`,
      [this.#partner, number, customer, product, opened, closed],
    );
  }

  async alert(
    alert: string,
    account: string,
    options: { offer?: string | null; opened: string; closed?: string },
  ) {
    const { offer = null, opened, closed = null } = options;
    await this.#sql.query(
      `INSERT INTO proffer.service_alerts (partner, alert, account, offer, opened_at, closed_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [this.#partner, alert, account, offer, opened, closed],
    );
  }

  async past(
    rows: readonly (readonly [customer: string, offer: string, at: string, disposition?: string])[],
  ) {
    await this.#sql.query(
      `INSERT INTO proffer.offers_history (partner, customer, offer, at, disposition)
       SELECT $1, row->>0, row->>1, (row->>2)::timestamptz, row->>3 FROM jsonb_array_elements($2::jsonb) AS row`,
      [this.#partner, JSON.stringify(rows)],
    );
  }

  /** A call on which the offer was shown, and what was said of it. Gives its decision. */
  async exposure(exposure: RecordedExposure): Promise<string> {
    const { customer, offer, at, state = 'concluded', said = [] } = exposure;
    const decision = exposure.decision ?? `call-${String(++this.#calls).padStart(4, '0')}`;
    await this.#contact(decision, at);
    const isShown = state === 'confirmed' || state === 'concluded';
    await this.#sql.query(
      `INSERT INTO proffer.exposures
         (decision_id, offer, presentation, partner, customer, kind, destination, state, reserved_at, confirmed_at, ended_at)
       VALUES ($1, $2, $3, $4, $5, 'agent', 'east/sales', $6, $7, $8, $9)`,
      [
        decision,
        offer,
        exposure.presentation ?? 'agent',
        this.#partner,
        customer,
        state,
        at,
        isShown ? at : null,
        state === 'concluded' || state === 'released' ? at : null,
      ],
    );
    await this.dispositions(decision, exposure, said);
    return decision;
  }

  async dispositions(
    decision: string,
    { customer, offer, at }: Pick<RecordedExposure, 'customer' | 'offer' | 'at'>,
    said: NonNullable<RecordedExposure['said']>,
  ): Promise<void> {
    await this.#contact(decision, at);
    for (const [index, one] of said.entries()) {
      const { code, at: when } = typeof one === 'string' ? { code: one, at } : one;
      await this.#sql.query(
        `INSERT INTO proffer.dispositions (decision_id, offer, revision, is_current, partner, customer, code, source, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'auto', $8)`,
        [decision, offer, index + 1, index === said.length - 1, this.#partner, customer, code, when],
      );
    }
  }

  async #contact(decision: string, at: string): Promise<void> {
    await this.#sql.query(
      `INSERT INTO proffer.contacts (contact, medium, partner, started_at) VALUES ($1, 'call', $2, $3) ON CONFLICT DO NOTHING`,
      [decision, this.#partner, at],
    );
  }
}
