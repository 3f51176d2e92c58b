// The erasure of one person.
import { createHmac } from 'node:crypto';
import type { Sql } from '../database/sql.js';

/** Rows by what they are: customers, accounts, phones, serviceAlerts, contacts, decisions, exposures, ... */
export type PersonRows = Readonly<Record<string, number>>;

/** What there is of a customer. @throws RecordsUnavailableError */
export async function personRows(database: Sql, partner: string, customer: string): Promise<PersonRows> {
  const [row] = await database.query<{ rows: PersonRows }>('SELECT proffer.person_rows($1, $2) AS rows', [
    partner,
    customer,
  ]);
  return row?.rows ?? {};
}

/**
 * Erases a customer and gives what there was. Contacts, decisions, exposures and dispositions stay without the person.
 * @param identityKey the audit gets a hash of the reference under it, and nothing that leads to the person without one
 * @throws RecordsUnavailableError
 */
export async function forgetPerson(
  database: Sql,
  person: { readonly partner: string; readonly customer: string },
  by: { readonly actor: string; readonly identityKey: string | undefined },
): Promise<PersonRows> {
  const { partner, customer } = person;
  const reference =
    by.identityKey === undefined
      ? null
      : createHmac('sha256', by.identityKey).update(`customer\0${partner}\0${customer}`).digest('hex');
  const [row] = await database.query<{ rows: PersonRows }>('SELECT proffer.forget($1, $2, $3, $4) AS rows', [
    partner,
    customer,
    by.actor,
    reference,
  ]);
  return row?.rows ?? {};
}
