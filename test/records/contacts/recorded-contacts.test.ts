import { systemClock } from '../../../src/kernel/index.js';
import { RecordedContacts } from '../../../src/records/contacts/recorded-contacts.js';
import { onEachDatabase } from '../../support/records-stage.js';

const at = '2026-11-26T10:00:00.000Z';
const common = { at, decisionId: 'w-1', partner: 'acme', medium: 'web' };
const exposure = {
  ...{ type: 'exposure', ...common, kind: 'web' },
  ...{ offer: 'GOLD', presentation: 'page', destination: 'page:GOLD.page' },
};
const lines = {
  decision: {
    ...{ type: 'decision', ...common, decidedAt: at, customer: 'c-1', arm: 'offer', reason: 'offer' },
    ...{
      offer: { offerCode: 'GOLD', presentation: 'page', kind: 'sales' },
      failOpen: [],
      source: 'api-key:k1',
    },
  },
  outcome: {
    ...{ type: 'outcome', ...common, result: 'success', reason: 'signalled' },
    ...{ destination: 'page:GOLD.page', offer: 'GOLD', durationMs: 2 },
  },
  reserved: { ...exposure, state: 'reserved' },
  declined: { ...exposure, state: 'concluded', result: 'declined', code: 'no-thanks', note: 'later' },
  /** Of the same: what was said first stands. */
  accepted: {
    ...exposure,
    at: '2026-11-26T10:01:00.000Z',
    state: 'concluded',
    result: 'accepted',
    code: 'sold',
  },
};

onEachDatabase('lines of a web contact are its records, whenever they come', async (t, { database }) => {
  const insert = (...some: readonly object[]) =>
    database.query('SELECT proffer.insert_lines($1)', [some.map((one) => JSON.stringify(one))]);
  await database.query(`INSERT INTO proffer.partners (partner, name) VALUES ('acme', 'Acme')`);
  await database.query(`INSERT INTO proffer.disposition_codes (partner, code, name, outcome, cool_off_days, position)
    VALUES ('acme', 'no-thanks', 'No', 'declined', 90, 1), ('acme', 'sold', 'Sold', 'accepted', NULL, 2)`);
  await database.query(
    `INSERT INTO proffer.products (product, name, family) VALUES ('card', 'Card', 'card')`,
  );
  await database.query(`INSERT INTO proffer.offers (offer, partner, product, kind, name, value, url)
    VALUES ('GOLD', 'acme', 'card', 'sales', 'Gold', 100, 'https://x')`);
  const contacts = new RecordedContacts({ database, clock: systemClock, drain: () => Promise.resolve(true) });

  t.equal(await contacts.find('w-1'), undefined);
  await insert(lines.declined);
  await insert(lines.outcome, lines.decision, lines.reserved);
  await insert(lines.declined, lines.accepted);
  t.strictSame(await contacts.find('w-1'), {
    ...{ contactId: 'w-1', partner: 'acme', medium: 'web', customer: 'c-1', createdAt: Date.parse(at) },
    ...{ offer: 'GOLD', presentation: 'page', destination: 'page:GOLD.page', reason: 'offer', failOpen: [] },
    ...{ exposure: 'concluded', result: 'declined', code: 'no-thanks' },
  });
  const said = await database.query(
    'SELECT code, note, source, customer, is_current FROM proffer.dispositions',
  );
  t.strictSame(said, [
    { code: 'no-thanks', note: 'later', source: 'web', customer: 'c-1', is_current: true },
  ]);
  const learned = await database.query<{ state: unknown }>('SELECT state FROM proffer.learned');
  t.match(learned, [{ state: { offers: [{ offerCode: 'GOLD', effect: 'withheld', reason: 'declined' }] } }]);

  // A call with text tells its medium by its decision alone, wherever that comes.
  const call = { at, decisionId: 't-1', partner: 'acme', trunk: 'carrier', callId: 'x' };
  await insert({ ...lines.outcome, ...call, medium: undefined });
  await insert({ ...lines.decision, ...call, medium: 'text' });
  const media = await database.query('SELECT contact, medium FROM proffer.contacts ORDER BY contact');
  t.strictSame(media, [
    { contact: 't-1', medium: 'text' },
    { contact: 'w-1', medium: 'web' },
  ]);
  t.equal(await contacts.find('t-1'), undefined, 'a call takes no events of contacts');
});
