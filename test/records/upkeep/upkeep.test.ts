import { silentLogger, systemClock } from '../../../src/kernel/index.js';
import { syncCatalogue } from '../../../src/records/catalogue.js';
import type { RecordsDatabase } from '../../../src/records/database/records-database.js';
import { forgetPerson, personRows } from '../../../src/records/upkeep/forget.js';
import { Upkeep } from '../../../src/records/upkeep/upkeep.js';
import { waitUntil } from '../../support/child-process.js';
import { onEachDatabase } from '../../support/records-stage.js';
import { shopSettings } from '../../support/shop-settings.js';

const settings = shopSettings();

function upkeepOf(database: RecordsDatabase): Upkeep {
  return new Upkeep({
    database,
    kind: database.kind,
    onReady: () => () => undefined,
    retention: () => ({
      ...settings.process.records,
      contactDays: 100,
      decisionDetailDays: 10,
      auditDays: 50,
    }),
    clock: systemClock,
    log: silentLogger,
    batchRows: 10,
    pauseMs: 0,
  });
}

const count = async (database: RecordsDatabase, table: string, where = 'true'): Promise<number | undefined> =>
  (await database.query<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE ${where}`))[0]?.n;

onEachDatabase('retention removes what is too old, and nothing else', async (t, { database }) => {
  await syncCatalogue(database, settings);
  // One contact a day, back to 119 days ago; each with a decision.
  await database.query(
    `INSERT INTO proffer.contacts (contact, medium, partner, started_at)
     SELECT 'c' || day, 'call', 'acme', now() - day * interval '1 day' FROM generate_series(0, 119) AS day`,
  );
  await database.query(
    `INSERT INTO proffer.decisions (decision_id, decided_at, partner, arm, reason, record)
     SELECT contact, started_at, 'acme', 'offer', 'best', '{"arm": "offer"}' FROM proffer.contacts`,
  );
  await database.query(
    "INSERT INTO proffer.audit (at, actor, action) SELECT now() - day * interval '1 day', 'x', 'y' FROM generate_series(0, 99) AS day",
  );
  await database.query(
    `INSERT INTO proffer.learned (partner, customer, revision, state, expires_at)
     SELECT 'acme', 'C' || n, n, '{}', now() + (n - 5) * interval '1 hour' FROM generate_series(1, 9) AS n`,
  );
  await database.query(
    `INSERT INTO proffer.identification_tries (kind, partner, key, window_start, tries)
     SELECT 'caller', 'acme', 'k' || n, now() - n * interval '20 hours', 1 FROM generate_series(0, 3) AS n`,
  );
  await database.query(
    `INSERT INTO proffer.refused_lines (spool, file, byte_offset, reason, line, refused_at)
     SELECT 's', 1, n, 'bad', '{}', now() - n * interval '1 day' FROM generate_series(0, 19) AS n`,
  );
  await database.query(
    `INSERT INTO proffer.erased (person, erased_at)
     SELECT sha256(n::text::bytea), now() - n * interval '31 days' FROM generate_series(1, 5) AS n`,
  );
  const upkeep = upkeepOf(database);
  await upkeep.run();
  t.same(upkeep.removed, {
    contacts: 20,
    'decision-details': 90,
    audit: 50,
    learned: 5,
    'identification-tries': 2,
    'refused-lines': 10,
    erased: 3,
  });
  t.equal(await count(database, 'proffer.contacts'), 100);
  t.equal(await count(database, 'proffer.decisions'), 100, 'decisions go with their contacts');
  t.equal(await count(database, 'proffer.decisions', "record = '{}'"), 90);
  await upkeep.run();
  t.equal(upkeep.removed.contacts, 20, 'nothing is left to do');
  await upkeep.stop();
});

onEachDatabase('a person is erased, and the reports stay right', async (t, { database }) => {
  await syncCatalogue(database, settings);
  const statements = [
    `INSERT INTO proffer.customers (partner, customer, name) VALUES ('acme', 'C-1', 'Ann Secret'), ('acme', 'C-2', 'Bob'),
       ('borealis', 'C-1', 'Other partner')`,
    "INSERT INTO proffer.accounts (partner, account, customer) VALUES ('acme', '111111', 'C-1'), ('acme', '222222', 'C-2')",
    "INSERT INTO proffer.phones (partner, phone, customer) VALUES ('acme', '+15550100001', 'C-1'), ('acme', '+15550100002', 'C-2')",
    "INSERT INTO proffer.service_alerts (partner, alert, account, opened_at) VALUES ('acme', 'A1', '111111', now())",
    "INSERT INTO proffer.offers_history (partner, customer, offer, at) VALUES ('acme', 'C-1', 'OLD', now())",
    "INSERT INTO proffer.learned (partner, customer, revision, state, expires_at) VALUES ('acme', 'C-1', 1, '{}', now())",
    `INSERT INTO proffer.contacts (contact, medium, partner, customer, caller, started_at) VALUES
       ('k1', 'call', 'acme', 'C-1', '+15550100001', now()), ('k2', 'call', 'acme', 'C-2', '+15550100002', now()),
       ('k3', 'call', 'acme', NULL, '+15550100001', now())`,
    `INSERT INTO proffer.decisions (decision_id, decided_at, partner, customer, arm, reason, record) VALUES
       ('k1', now(), 'acme', 'C-1', 'offer', 'best', '{"customer": "C-1", "caller": "+15550100001", "arm": "offer",
         "lookup": {"kind": "hit", "strategy": {"customer": "C-1", "offers": [{"offer": "ACME-SAVER"}, 1, null]}}}'),
       ('k2', now(), 'acme', 'C-2', 'offer', 'best', '{"customer": "C-2"}')`,
    `INSERT INTO proffer.exposures (decision_id, offer, presentation, partner, customer, kind, destination, state, confirmed_at)
       VALUES ('k1', 'ACME-SAVER', 'agent', 'acme', 'C-1', 'agent', 'east/acme-sales', 'confirmed', now())`,
    `INSERT INTO proffer.dispositions (decision_id, offer, revision, is_current, partner, customer, code, note, source, agent, at)
       VALUES ('k1', 'ACME-SAVER', 1, true, 'acme', 'C-1', 'accepted', 'Ann Secret says yes', 'agent', 'a', now())`,
    `INSERT INTO proffer.refused_lines (spool, file, byte_offset, reason, line)
       VALUES ('s', 1, 0, 'bad', '{"customer":"C-1"}'), ('s', 1, 9, 'bad', '{"customer":"C-12"}')`,
  ];
  for (const statement of statements) await database.query(statement);
  const there = {
    customers: 1,
    accounts: 1,
    phones: 1,
    serviceAlerts: 1,
    contacts: 2,
    decisions: 1,
    exposures: 1,
    dispositions: 1,
    offersHistory: 1,
    learned: 1,
    refusedLines: 1,
  };
  t.same(await personRows(database, 'acme', 'C-1'), there);
  const who = { partner: 'acme', customer: 'C-1' };
  t.same(await forgetPerson(database, who, { actor: 'test', identityKey: 'k'.repeat(16) }), there);
  t.ok(Object.values(await personRows(database, 'acme', 'C-1')).every((rows) => rows === 0));
  const tables = await database.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'proffer'::regnamespace AND relkind = 'r'",
  );
  for (const { name } of tables) {
    const traces = `row_to_json(one)::text ~ 'C-1\\M|Ann Secret|15550100001|111111' AND row_to_json(one)::text !~ 'borealis'`;
    // For the strategy stores, which are to forget it too.
    const ofStores = name === 'learned' ? ` AND state <> '{"offers": []}'` : '';
    t.equal(await count(database, `proffer.${name} AS one`, traces + ofStores), 0, `no trace in ${name}`);
  }
  t.same(await database.query("SELECT record FROM proffer.decisions WHERE decision_id = 'k1'"), [
    {
      record: {
        arm: 'offer',
        lookup: { kind: 'hit', strategy: { offers: [{ offer: 'ACME-SAVER' }, 1, null] } },
      },
    },
  ]);
  t.equal(await count(database, 'proffer.dispositions', "code = 'accepted'"), 1, 'the sale still counts');
  t.equal(await count(database, 'proffer.contacts'), 3);
  t.equal(await count(database, 'proffer.customers'), 2, 'the others are there');
  t.same(await database.query('SELECT actor, action, length(subject) AS hash, detail FROM proffer.audit'), [
    { actor: 'test', action: 'forget', hash: 64, detail: { partner: 'acme', rows: there } },
  ]);
  await forgetPerson(database, who, { actor: 'test', identityKey: undefined });
  t.equal(await count(database, 'proffer.audit'), 1, 'nobody there: nothing done');
});

onEachDatabase('calls of others from the same number stay theirs', async (t, { database }) => {
  await syncCatalogue(database, settings);
  await database.query(
    "INSERT INTO proffer.customers (partner, customer) VALUES ('acme', 'C-1'), ('acme', 'C-2')",
  );
  await database.query(
    "INSERT INTO proffer.phones (partner, phone, customer) VALUES ('acme', '+15550100001', 'C-1'), ('acme', '+15550100001', 'C-2')",
  );
  await database.query(
    `INSERT INTO proffer.contacts (contact, medium, partner, customer, caller, started_at) VALUES
       ('k1', 'call', 'acme', 'C-1', '+15550100001', now()), ('k2', 'call', 'acme', 'C-2', '+15550100001', now()),
       ('k3', 'call', 'acme', NULL, '+15550100001', now())`,
  );
  await forgetPerson(
    database,
    { partner: 'acme', customer: 'C-1' },
    { actor: 'test', identityKey: undefined },
  );
  t.same(await database.query('SELECT contact, customer, caller FROM proffer.contacts ORDER BY 1'), [
    { contact: 'k1', customer: null, caller: null },
    { contact: 'k2', customer: 'C-2', caller: '+15550100001' },
    { contact: 'k3', customer: null, caller: null },
  ]);
});

onEachDatabase(
  'an erasure and those who learn do not wait for each other in a circle',
  async (t, { database }) => {
    if (database.kind === 'embedded') return;
    await syncCatalogue(database, settings);
    await database.query("INSERT INTO proffer.customers (partner, customer) VALUES ('acme', 'C-1')");
    await database.query(
      "INSERT INTO proffer.accounts (partner, account, customer) VALUES ('acme', '111111', 'C-1')",
    );
    await database.query(
      `INSERT INTO proffer.contacts (contact, medium, partner, customer, started_at) VALUES ('k1', 'call', 'acme', 'C-1', now())`,
    );
    const theirs = {
      'a spool': "UPDATE proffer.contacts SET trunk = 'carrier'",
      'an import': "UPDATE proffer.accounts SET opened_on = '2020-01-01'",
      'an identification': "UPDATE proffer.customers SET name = 'Ann'",
    };
    for (const [who, statement] of Object.entries(theirs)) {
      let erasure: Promise<unknown> = Promise.resolve();
      await database.transaction(async (session) => {
        await session.query(statement);
        erasure = database
          .transaction(async (other) => {
            await other.query("SELECT proffer.forget('acme', 'C-1', 'test', NULL)");
            // Rolled back: the next of them finds the same.
            throw new Error('done');
          })
          .catch((error: unknown) => error);
        await waitUntil('the erasure waits', async () => {
          const waiting =
            "wait_event_type = 'Lock' AND query LIKE '%forget%' AND datname = current_database()";
          return (await count(database, 'pg_stat_activity', waiting)) === 1;
        });
        await session.query('SELECT proffer.learned_lock()');
      });
      t.match(
        await erasure,
        { message: 'the database at the database of the test does not serve: done' },
        who,
      );
    }
  },
);
