import type { Test } from 'tap';
import { ApiKeys } from '../../../src/console/access/api-keys.js';
import type { Role } from '../../../src/console/access/principal.js';
import { apiKeysApi } from '../../../src/console/people/api-keys-api.js';
import { auditApi } from '../../../src/console/people/audit-api.js';
import { FirstPeople } from '../../../src/console/people/first-people.js';
import type { FirstAdmin } from '../../../src/console/people/first-people.js';
import { peopleApi } from '../../../src/console/people/people-api.js';
import { silentLogger, systemClock } from '../../../src/kernel/index.js';
import type { RecordsDatabase } from '../../../src/records/database/records-database.js';
import { AccessRecords } from '../../../src/records/people/access-records.js';
import { AuditTable } from '../../../src/records/people/audit-table.js';
import { People } from '../../../src/records/people/people.js';
import { consoleSettings, openAccess, passwords } from '../../support/access-stage.js';
import type { Browser } from '../../support/access-stage.js';
import { fillCatalogue } from '../../support/records-people.js';
import { onEachDatabase } from '../../support/records-stage.js';

const password = 'a good long password';
const hash = passwords.hash(password);

async function open(t: Test, database: RecordsDatabase) {
  await fillCatalogue(database);
  const keys = new ApiKeys({
    records: new AccessRecords({ database, clock: systemClock }),
    settings: () => consoleSettings,
    clock: systemClock,
  });
  const stage = await openAccess(t, database, {
    authenticators: [keys],
    areas: ({ sessions, people }) => [
      peopleApi({
        people,
        passwords,
        known: () => ({ partners: ['acme', 'borealis'], centres: ['east'] }),
        onChanged: () => sessions.forgetAll(),
      }),
      apiKeysApi({ keys: people, onEnded: () => keys.forgetAll() }),
      auditApi(new AuditTable(database)),
      (v1) =>
        void v1.get(
          '/who',
          { config: { access: { roles: ['admin'], apiKeys: true } } },
          ({ principal }) => principal,
        ),
    ],
  });
  const enter = async (agent: string, role: Role, partners: readonly string[] = []): Promise<Browser> => {
    await stage.people.add(
      { agent, name: agent, role, partners, centreAgents: [], passwordHash: await hash },
      'test',
    );
    await database.query('UPDATE proffer.agents SET must_change_password = false');
    const browser = stage.browser();
    await browser.logIn(agent, password);
    return browser;
  };
  return { ...stage, enter };
}

onEachDatabase('an admin adds people, changes them and gives passwords', async (t, { database }) => {
  const { enter, browser } = await open(t, database);
  const root = await enter('root', 'admin');
  const ben = { name: 'Ben', role: 'agent', partners: ['acme'], centreAgents: ['east/1002'] };
  const added = await root.ask('POST', '/v1/people', { agent: 'ben@acme.example', ...ben });
  t.match(added, { status: 201, body: { person: { ...ben, isActive: true, lastLoginAt: null } } });
  t.notMatch(JSON.stringify(added.body), /hash/i);
  const bens = browser();
  const first = await bens.logIn('ben@acme.example', String(added.body['password']));
  t.match(first, { status: 200, body: { mustChangePassword: true } });
  t.match(await root.ask('POST', '/v1/people', { agent: 'ben@acme.example', ...ben }), { status: 409 });
  for (const [change, status, code] of [
    [{ partners: ['nobody'] }, 422, 'unknown-partner'],
    [{ centreAgents: ['moon/1'] }, 422, 'unknown-centre'],
    [{ role: 'king' }, 400, 'bad-request'],
    [{ name: 'half \ud800' }, 400, 'bad-request'],
  ] as const)
    t.match(await root.ask('POST', '/v1/people', { agent: 'x', ...ben, ...change }), {
      status,
      body: { code },
    });

  const given = await root.ask('POST', '/v1/people/ben@acme.example/password');
  t.equal((await bens.ask('GET', '/v1/session')).status, 401, 'whoever was logged in is out');
  t.equal((await bens.logIn('ben@acme.example', String(given.body['password']))).status, 200);
  const off = await root.ask('PUT', '/v1/people/ben@acme.example', { ...ben, isActive: false });
  t.match(off, { status: 200, body: { isActive: false } });
  t.equal((await bens.ask('GET', '/v1/session')).status, 401);
  const { people } = (await root.ask('GET', '/v1/people')).body as { people: { agent: string }[] };
  t.strictSame(
    people.map(({ agent }) => agent),
    ['anna', 'ben@acme.example', 'root'],
  );

  const asRoot = { name: 'Root', partners: [], centreAgents: [], isActive: true };
  for (const change of [
    { role: 'supervisor' },
    { role: 'admin', isActive: false },
    { role: 'admin', partners: ['acme'] },
  ])
    t.match(await root.ask('PUT', '/v1/people/root', { ...asRoot, ...change }), {
      status: 409,
      body: { code: 'last-admin' },
    });
  await enter('second', 'admin');
  t.equal((await root.ask('PUT', '/v1/people/root', { ...asRoot, role: 'agent' })).status, 200);
  t.equal((await root.ask('GET', '/v1/people')).status, 403, 'at once');
});

onEachDatabase('an admin of some partners makes nobody greater', async (t, { database }) => {
  const { enter } = await open(t, database);
  await enter('root', 'admin');
  const local = await enter('local', 'admin', ['acme']);
  const person = { name: 'X', role: 'admin', centreAgents: [] };
  for (const partners of [[], ['borealis'], ['acme', 'borealis']])
    t.match(await local.ask('POST', '/v1/people', { agent: 'x', ...person, partners }), {
      status: 403,
      body: { code: 'not-yours' },
    });
  t.equal((await local.ask('POST', '/v1/people/root/password')).status, 404);
  t.equal(
    (await local.ask('PUT', '/v1/people/root', { ...person, partners: ['acme'], isActive: false })).status,
    404,
  );
  t.equal(
    (await local.ask('PUT', '/v1/people/local', { ...person, partners: [], isActive: true })).status,
    403,
  );
  const { people } = (await local.ask('GET', '/v1/people')).body as { people: { agent: string }[] };
  t.strictSame(
    people.map(({ agent }) => agent),
    ['anna', 'local'],
  );
  t.equal((await local.ask('GET', '/v1/audit')).status, 403);
  t.equal((await local.ask('POST', '/v1/api-keys', { partner: 'borealis', name: 'x' })).status, 422);
});

onEachDatabase('a key of a partner opens what takes keys, until it ends', async (t, { database }) => {
  const { enter, browser } = await open(t, database);
  const root = await enter('root', 'admin');
  const made = await root.ask('POST', '/v1/api-keys', { partner: 'acme', name: 'web shop' });
  t.match(made, { status: 201, body: { partner: 'acme', createdBy: 'root', isActive: true } });
  const { key, secret } = made.body as { key: string; secret: string };
  const shop = browser();
  const who = (bearer: string) =>
    shop.ask('GET', '/v1/who', undefined, { authorization: `Bearer ${bearer}` });
  t.strictSame((await who(secret)).body, { kind: 'api-key', key, partner: 'acme' });
  t.equal((await who(`${secret.slice(0, -2)}xx`)).status, 401);
  t.equal((await who(secret.replace(key, '000000000000'))).status, 401);
  t.equal(
    (await shop.ask('GET', '/v1/people', undefined, { authorization: `Bearer ${secret}` })).status,
    403,
    'and nothing else',
  );
  const { keys } = (await root.ask('GET', '/v1/api-keys')).body as { keys: { lastUsedAt: number }[] };
  t.ok((keys[0]?.lastUsedAt ?? 0) > 0);
  t.notMatch(JSON.stringify(keys), secret.split('_')[2]!);
  t.equal((await root.ask('DELETE', `/v1/api-keys/${key}`)).status, 204);
  t.equal((await who(secret)).status, 401);
  t.equal((await root.ask('DELETE', '/v1/api-keys/nothing')).status, 404);
  t.equal((await root.ask('POST', '/v1/api-keys', { partner: 'nobody', name: 'x' })).status, 422);

  const newest = (await root.ask('GET', '/v1/audit?limit=2')).body as { entries: { id: number }[] };
  t.match(newest.entries, [
    { actor: 'root', action: 'api-key-ended', subject: key },
    { actor: 'root', action: 'api-key-added', subject: key, detail: { partner: 'acme' } },
  ]);
  const older = await root.ask('GET', `/v1/audit?before=${newest.entries[1]!.id}`);
  t.match(older.body, { entries: [{ actor: 'root', action: 'log-in' }] });
  t.equal((await root.ask('GET', '/v1/audit?limit=x')).status, 400);
});

onEachDatabase('of routers that start at the same time one adds the first admin', async (t, { database }) => {
  const people = new People(database);
  const admins: FirstAdmin[] = [];
  const told: string[] = [];
  const start = (demonstration: boolean) =>
    new FirstPeople({
      records: people,
      passwords,
      onReady: () => () => undefined,
      demonstration: demonstration
        ? [{ agent: 'anna', name: 'Anna', role: 'agent', partners: [], centreAgents: [], password }]
        : undefined,
      onAdmin: (admin) => void admins.push(admin),
      onDemonstration: (agents) => void told.push(...agents),
      log: silentLogger,
    }).run();
  await Promise.all([start(true), start(true)]);
  t.match(admins, [{ agent: 'admin', password: /^[a-z0-9]{4}(-[a-z0-9]{4}){3}$/ }]);
  t.match(await people.list(), [
    { agent: 'admin', role: 'admin', mustChangePassword: true },
    { agent: 'anna', mustChangePassword: false },
  ]);
  await start(true);
  t.same(told, ['anna', 'anna', 'anna'], 'told each time, since the password is public');
  told.length = 0;
  await start(false);
  t.match(await people.list(), [{ agent: 'admin' }], 'demonstration people go with the data');
  t.equal((await people.list()).length, 1);
  await start(true);
  t.equal((await people.list()).length, 1, 'and do not come back beside others');
  t.same(told, [], 'nobody is told who is not there');
  t.equal(admins.length, 1);
  await database.query("UPDATE proffer.agents SET role = 'agent'");
  await start(false);
  t.match(admins[1], { agent: 'admin2' }, 'nobody is an admin any more');
});
