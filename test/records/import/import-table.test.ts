import { IdentityKeys } from '../../../src/records/secrets.js';
import t from 'tap';
import { PostgresServer } from '../../support/postgres-server.js';
import { databaseAt, onEachDatabase } from '../../support/records-stage.js';
import { migrate } from '../../../src/records/database/migrations.js';
import { fillCatalogue, keys, tableOf, take } from './import-stage.js';

const customers = [
  'customer,name,language,ssn,optOut,salesOffer,age,region',
  'C1,Ann,en,123-45-6789,yes,CARD,44,west',
  'C2,Bo,pt-BR,,0,,,east',
  'C3,,,,,,17,',
];

onEachDatabase('customers: new, then the same, then changed', async (t, stage) => {
  await fillCatalogue(stage);
  const { database } = stage;
  const counts = { read: 3, added: 0, changed: 0, same: 0, repeated: 0, rejected: 0 };
  t.strictSame((await take(stage, 'customers', customers)).counts, { ...counts, added: 3 });
  t.strictSame(
    await database.query(
      `SELECT customer, name, language, encode(ssn_hash, 'hex') AS ssn, ssn_key, is_opted_out AS out, is_fraud AS fraud, sales_offer AS offer,
         attributes FROM proffer.customers WHERE partner = 'acme' ORDER BY customer`,
    ),
    [
      {
        customer: 'C1',
        name: 'Ann',
        language: 'en',
        ssn: keys.hash('ssn', ['acme', '123456789'])?.hash.toString('hex'),
        ssn_key: keys.currentId,
        out: true,
        fraud: false,
        offer: 'CARD',
        attributes: { age: '44', region: 'west' },
      },
      {
        ...{
          customer: 'C2',
          name: 'Bo',
          language: 'pt-BR',
          ssn: null,
          ssn_key: null,
          out: false,
          fraud: false,
        },
        ...{ offer: null, attributes: { region: 'east' } },
      },
      {
        ...{ customer: 'C3', name: null, language: null, ssn: null, ssn_key: null, out: false, fraud: false },
        ...{ offer: null, attributes: { age: '17' } },
      },
    ],
  );
  t.strictSame((await take(stage, 'customers', customers)).counts, { ...counts, same: 3 }, 'again');
  const changed = ['customer,region,fraud', 'C1,,', 'C2,east,no', 'C3,north,'];
  t.strictSame((await take(stage, 'customers', changed)).counts, { ...counts, changed: 2, same: 1 });
  t.strictSame(
    await database.query(
      `SELECT customer, name, is_opted_out AS out, attributes FROM proffer.customers WHERE partner = 'acme' ORDER BY customer`,
    ),
    [
      { customer: 'C1', name: 'Ann', out: true, attributes: { age: '44' } },
      { customer: 'C2', name: 'Bo', out: false, attributes: { region: 'east' } },
      { customer: 'C3', name: null, out: false, attributes: { age: '17', region: 'north' } },
    ],
    'columns that the file lacks stay as they are, an empty value removes one',
  );
  const others = new IdentityKeys('another key of the tests', ['a key of the tests alone']);
  t.strictSame(
    (await take(stage, 'customers', customers.slice(0, 2), { keys: others })).counts,
    { ...counts, read: 1, changed: 1 },
    'hashed anew under another key',
  );
  t.strictSame(await database.query('SELECT action, subject, actor FROM proffer.audit LIMIT 1'), [
    { action: 'import', subject: 'acme/customers', actor: 'test' },
  ]);
});

onEachDatabase('rows that are wrong are told, the others taken', async (t, stage) => {
  await fillCatalogue(stage);
  const rejected = await take(stage, 'customers', [
    'customer,language,ssn,optOut,salesOffer,age',
    'C1,en,,,,',
    ',en,,,,',
    `${'x'.repeat(65)},,,,,`,
    'C2,english!,,,,',
    'C3,,12,,,',
    'C4,,,maybe,,',
    'C5,,,,NONE,',
    'C6,,,,HELP,',
    `C7,,,,,${'x'.repeat(8001)}`,
    'C8,,,,,nul\u0000',
    'C9,,,,,\ufffd',
    'C\t10,,,,,',
    'C11,,,,,1',
    'C11,,,,,2',
    'C12,,,,,3',
    'C12,,,,,3',
  ]);
  t.strictSame(rejected.rejects, [
    '3: customer is missing',
    '4: customer is no reference: at most 64 bytes without control characters',
    '5: language is no language such as en or pt-BR',
    '6: ssn is no social security number: 4 to 20 digits',
    '7: optOut is neither true nor false',
    '8: salesOffer is no offer of the settings',
    '9: salesOffer is a service offer',
    '10: age is no text in UTF-8 of at most 8000 characters without zero bytes',
    '11: age is no text in UTF-8 of at most 8000 characters without zero bytes',
    '12: age is no text in UTF-8 of at most 8000 characters without zero bytes',
    '13: customer is no reference: at most 64 bytes without control characters',
    '14:  is there more than once, with different values',
    '15:  is there more than once, with different values',
  ]);
  t.strictSame(rejected.counts, { read: 16, added: 2, changed: 0, same: 0, repeated: 1, rejected: 13 });
  const accounts = await take(stage, 'accounts', [
    'account,customer,product,secret,openedOn',
    '1001,C1,card,4711,2026-02-28',
    '1002,C99,,,',
    '1003,C1,yacht,,',
    'A-4,C1,,,',
    '1005,C1,,geheim,',
    '1006,C1,,,2026-02-30',
  ]);
  t.strictSame(accounts.rejects, [
    '3: customer is not among the customers of the partner',
    '4: product is no product of the settings',
    '5: account is no number of 1 to 32 digits',
    '6: secret is no number of 1 to 32 digits',
    '7: openedOn is no date such as 2026-12-31',
  ]);
  const phones = await take(stage, 'phones', [
    'customer,phone',
    'C1,(555) 010-0001',
    'C1,+15550100001',
    'C99,+15550100001',
    'C12,12',
  ]);
  t.strictSame(phones.rejects, [
    '4: customer is not among the customers of the partner',
    '5: phone is no phone number (country US)',
  ]);
  t.match(phones.counts, { added: 1, repeated: 1 });
  const alerts = await take(stage, 'alerts', [
    'alert,account,offer,severity,openedAt,closedAt',
    'A1,1001,HELP,major,2026-11-01,',
    'A2,1001,,,2026-11-01 10:00,2026-11-01T11:00:00+02:00',
    'A3,9999,,,2026-11-01,',
    'A4,1001,CARD,,2026-11-01,',
    'A5,1001,BOR-HELP,,2026-11-01,',
    'A6,1001,,fatal,2026-11-01,',
    'A7,1001,,,yesterday,',
    'A8,1001,,,,',
    'A9,1001,NONE,,2026-11-01,',
  ]);
  t.strictSame(alerts.rejects, [
    '3: closedAt is before openedAt',
    '4: account is not among the accounts of the partner',
    '5: offer is no service offer',
    '6: offer is a service offer of another partner',
    '7: severity is none of critical, major, minor',
    '8: openedAt is no time such as 2026-12-31T23:59:59Z',
    '9: openedAt is missing',
    '10: offer is no offer of the settings',
  ]);
  const history = [
    'customer,offer,at,disposition',
    'C1,OLD,2020-01-01T00:00:00Z,accepted',
    'C1,OLD,2020-01-01,accepted',
  ];
  t.match((await take(stage, 'offers-history', history)).counts, { added: 1, repeated: 1 });
  t.match((await take(stage, 'offers-history', history)).counts, { same: 1 });
});

onEachDatabase('SQL in every field stays text', async (t, stage) => {
  await fillCatalogue(stage);
  const nasty = `'); DROP TABLE proffer.customers; -- $1 \\N "x" {} \\.`;
  const head = `customer,name,${nasty.replaceAll(',', '')}`;
  await take(stage, 'customers', [head, `${nasty},${nasty},${nasty}`]);
  const [row] = await stage.database.query<{ customer: string; name: string; attributes: object }>(
    'SELECT customer, name, attributes FROM proffer.customers',
  );
  t.strictSame(row, { customer: nasty, name: nasty, attributes: { [nasty]: nasty } });
});

onEachDatabase('nothing is written in a dry run', async (t, stage) => {
  await fillCatalogue(stage);
  const { counts } = await take(stage, 'customers', customers, { isDryRun: true, chunkRows: 1 });
  t.match(counts, { added: 3 });
  t.strictSame(
    await stage.database.query(
      'SELECT customer AS one FROM proffer.customers UNION ALL SELECT action FROM proffer.audit',
    ),
    [],
  );
});

onEachDatabase('what refuses a whole file', async (t, stage) => {
  await fillCatalogue(stage);
  await t.rejects(take(stage, 'customers', customers, { keys: new IdentityKeys(undefined, []) }), {
    code: 'IMPORT_KEY',
    message: /^the column ssn holds secrets.*PROFFER_IDENTITY_KEY/,
  });
  await t.rejects(take(stage, 'accounts', ['account,client', '1,C1']), {
    message:
      'the file has no column customer; its columns are account, client; --map customer=COLUMN names another one for customer',
  });
  await t.rejects(take(stage, 'phones', ['customer,phone'], { renamed: new Map([['phon', 'phone']]) }), {
    message: '--map phon=phone: phones have no phon; did you mean "phone"?',
  });
  await t.rejects(take(stage, 'phones', ['customer,phone'], { renamed: new Map([['phone', 'tel']]) }), {
    message: '--map phone=tel: the file has no column tel; its columns are customer, phone',
  });
  for (const column of ['secret', 'SSN', 'Pin_Code']) {
    await t.rejects(take(stage, 'customers', [`customer,${column}`, 'C1,1234']), {
      message: new RegExp(
        `^the column ${column} of customers would be stored as it is, readable; --map ssn=${column} `,
      ),
    });
  }
  await t.rejects(take(stage, 'customers', customers, { partner: 'nobody' }), { code: 'IMPORT_PARTNER' });
  t.strictSame(await stage.database.query('SELECT customer FROM proffer.customers'), []);
  const renamed = new Map([
    ['customer', 'id'],
    ['age', 'AGE'],
  ]);
  await take(stage, 'customers', ['id,AGE', 'C1,44'], { renamed });
  t.strictSame(await stage.database.query('SELECT customer, attributes FROM proffer.customers'), [
    { customer: 'C1', attributes: { age: '44' } },
  ]);
  await take(stage, 'customers', ['#line,#reason,customer,age', '7,is wrong,C1,45']);
  t.match(
    await stage.database.query("SELECT attributes FROM proffer.customers WHERE customer = 'C1'"),
    [{ attributes: { age: '45', '#line': undefined } }],
    'a file of rejected rows, corrected',
  );
  await take(stage, 'customers', ['customer,pin', 'C2,postal index'], { renamed: new Map([['pin', 'pin']]) });
  t.match(
    await stage.database.query("SELECT attributes FROM proffer.customers WHERE customer = 'C2'"),
    [{ attributes: { pin: 'postal index' } }],
    'who names it on purpose keeps it',
  );
});

onEachDatabase('too many rejects: the chunk that has them is not written', async (t, stage) => {
  await fillCatalogue(stage);
  const lines = ['customer,optOut', ...Array.from({ length: 9 }, (_, n) => `C${n},${n < 5 ? '' : 'x'}`)];
  await t.rejects(take(stage, 'customers', lines, { maxRejects: 2, chunkRows: 2 }), {
    code: 'IMPORT_BROKEN',
    message:
      '4 rows were rejected, --max-rejects is 2; of the first 7 rows 5 are in (5 new, 0 changed); the same import can be run again and goes on from there',
  });
  t.strictSame(await stage.database.query('SELECT count(*) AS rows FROM proffer.customers'), [{ rows: 5 }]);
  t.match(await stage.database.query('SELECT detail FROM proffer.audit'), [
    { detail: { isComplete: false, added: 5, file: 'test.csv' } },
  ]);
});

onEachDatabase('an import is stopped between chunks, and goes on when run again', async (t, stage) => {
  await fillCatalogue(stage);
  const lines = ['customer', ...Array.from({ length: 50 }, (_, n) => `C${n}`)];
  const controller = new AbortController();
  const stop = { signal: controller.signal, chunkRows: 10, onProgress: () => controller.abort() };
  await t.rejects(take(stage, 'customers', lines, stop), { message: /^interrupted; .* can be run again/ });
  const { counts } = await take(stage, 'customers', lines);
  t.equal(counts.added + counts.same, 50);
  t.ok(counts.same >= 10);
});

onEachDatabase('an account and an alert that change are learned of', async (t, stage) => {
  await fillCatalogue(stage);
  const { database } = stage;
  await database.transaction((session) =>
    session.script(`
      DROP FUNCTION IF EXISTS proffer.learn_many(text, text[]) CASCADE;
      CREATE TABLE proffer.test_learned (customers text[]);
      CREATE FUNCTION proffer.learn_many(p_partner text, p_customers text[]) RETURNS integer LANGUAGE sql AS
        $$ INSERT INTO proffer.test_learned VALUES (p_customers) RETURNING 1 $$;`),
  );
  const learned = async (): Promise<readonly unknown[]> => {
    const rows = await database.query<{ customers: readonly string[] }>(
      'DELETE FROM proffer.test_learned RETURNING customers',
    );
    return rows.flatMap(({ customers }) => customers);
  };
  await take(stage, 'customers', ['customer', 'C1', 'C2', 'C3']);
  const today = new Date().toISOString().slice(0, 10);
  const head = 'account,customer,product,openedOn';
  await take(stage, 'accounts', [head, '1,C1,card,2019-01-01', `2,C2,card,${today}`, '3,C3,,']);
  t.strictSame(await learned(), ['C2'], 'what a ranking knows already is not learned');
  await take(stage, 'accounts', [head, '1,C3,card,2019-01-01', `2,C2,card,${today}`, '3,C3,card,']);
  t.strictSame(await learned(), ['C1', 'C3'], 'who had it and who has it');
  await take(stage, 'accounts', ['account,customer,colour', '1,C3,red']);
  t.strictSame(await learned(), []);
  const alerts = ['alert,account,openedAt,closedAt', 'A1,1,2026-11-01,', 'A2,2,2026-11-01,2026-11-02'];
  await take(stage, 'alerts', alerts);
  t.strictSame(await learned(), ['C3']);
  await take(stage, 'alerts', alerts);
  t.strictSame(await learned(), []);
  await take(stage, 'alerts', ['alert,account,openedAt,closedAt', 'A1,1,2026-11-01,2026-11-03']);
  t.strictSame(await learned(), ['C3']);
});

t.test('a database that goes half way: how far it came, and the next run completes it', async (t) => {
  const server = await PostgresServer.start({ settings: { synchronous_commit: 'on' } });
  t.teardown(() => server.stop());
  const { url } = server;
  const stage = { url, database: databaseAt(url, 'postgresql') };
  t.teardown(() => stage.database.close());
  await migrate(stage.database);
  await fillCatalogue(stage);
  const lines = ['customer', ...Array.from({ length: 100 }, (_, n) => `C${n}`)];
  const source = tableOf(lines);
  const cut = {
    ...source,
    batches: async function* () {
      for await (const { rows, numbers, repeats, broken } of source.batches()) {
        yield { rows: rows.slice(0, 20), numbers: numbers.slice(0, 20), repeats, broken };
        await server.kill();
        yield { rows: rows.slice(20), numbers: numbers.slice(20), repeats, broken };
      }
    },
  };
  await t.rejects(take(stage, 'customers', cut, { chunkRows: 10 }), {
    code: 'IMPORT_BROKEN',
    message:
      /^the database at .*; of the first [12]0 rows [12]0 are in \([12]0 new, 0 changed\); the same import can be run again/,
  });
  await server.restart();
  const { counts } = await take(stage, 'customers', lines);
  t.equal(counts.added + counts.same, 100);
  t.ok(counts.same >= 10);
});

onEachDatabase(
  'alerts of two thousand customers are learned within the time of a statement',
  async (t, stage) => {
    await fillCatalogue(stage);
    const numbers = Array.from({ length: 2000 }, (_, index) => index);
    await take(stage, 'customers', ['customer', ...numbers.map((one) => `C${one}`)]);
    await take(stage, 'accounts', ['account,customer', ...numbers.map((one) => `${one},C${one}`)]);
    const alerts = numbers.map((one) => `A${one},${one},2026-11-26T08:00:00Z`);
    const { counts } = await take(stage, 'alerts', ['alert,account,openedAt', ...alerts]);
    t.match(counts, { added: 2000, rejected: 0 });
    t.strictSame(await stage.database.query('SELECT count(*)::integer AS learned FROM proffer.learned'), [
      { learned: 2000 },
    ]);
  },
);
