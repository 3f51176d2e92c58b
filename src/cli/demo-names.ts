// Names and languages of the demonstration customers that the documents call by number, so that scripts of offers greet somebody.
import type { Sql } from '../records/index.js';
import { demoCustomers } from '../strategy-store/index.js';
import type { DemoCaller } from '../strategy-store/index.js';

/** More than one where a number is a household's. */
const people: Readonly<Record<DemoCaller, readonly (readonly [name: string, language: 'en' | 'es'])[]>> = {
  agentOffer: [['Maria Santos', 'en']],
  ivrOffer: [['James Okafor', 'en']],
  serviceAlert: [['Lucía Fernández', 'es']],
  household: [
    ['Peter Novak', 'en'],
    ['Eva Novak', 'en'],
  ],
  optedOut: [['Grace Kim', 'en']],
  noOffer: [['Tom Becker', 'en']],
  controlArm: [['Aisha Rahman', 'en']],
  borealis: [['Carlos Medina', 'es']],
};

/**
 * Adds those that are not there yet; whatever an import has said of a customer stays.
 * @returns how many were added
 * @throws RecordsUnavailableError
 */
export async function nameDemoCustomers(database: Sql): Promise<number> {
  const taken = new Map<DemoCaller, number>();
  const rows = demoCustomers().flatMap(({ partner, caller, customer }) => {
    const at = taken.get(caller) ?? 0;
    taken.set(caller, at + 1);
    const [name, language] = people[caller][at] ?? [];
    return name === undefined ? [] : [{ partner, customer, name, language }];
  });
  const added = await database.query(
    `INSERT INTO proffer.customers (partner, customer, name, language)
     SELECT one ->> 'partner', one ->> 'customer', one ->> 'name', one ->> 'language'
     FROM jsonb_array_elements($1::jsonb) AS x (one)
     ON CONFLICT (partner, customer) DO NOTHING RETURNING customer`,
    [JSON.stringify(rows)],
  );
  return added.length;
}
