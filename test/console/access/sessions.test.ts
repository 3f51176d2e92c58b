import t from 'tap';
import { sourceOf } from '../../../src/console/access/sources.js';
import { only } from '../../../src/console/access/principal.js';
import type { ApiArea } from '../../../src/console/api-area.js';
import { AppError } from '../../../src/kernel/index.js';
import type { RecordsDatabase } from '../../../src/records/database/records-database.js';
import { annasPassword, openAccess } from '../../support/access-stage.js';
import { onEachDatabase, openEmbedded } from '../../support/records-stage.js';

/** Something that is not of the session itself. */
const work: ApiArea = (v1) => {
  v1.get('/work', { config: only('agent') }, ({ principal }) => principal);
  v1.post('/work', { config: only('agent') }, () => ({ done: true }));
};

const auditOf = async (database: RecordsDatabase) =>
  (
    await database.query<{ line: string }>(
      "SELECT concat_ws(' ', actor, action, subject) AS line FROM proffer.audit ORDER BY id",
    )
  ).map(({ line }) => line);

onEachDatabase('a person logs in, works and logs out', async (t, { database }) => {
  const { browser, loggedOut } = await openAccess(t, database, { areas: () => [work] });
  const anna = browser();
  t.match(await anna.ask('GET', '/v1/session'), { status: 401, body: { code: 'unauthorised' } });
  const entered = await anna.logIn('anna', annasPassword);
  t.match(entered, {
    status: 200,
    body: { agent: 'anna', role: 'agent', centreAgents: ['east/1001'], mustChangePassword: false },
  });
  t.match(entered.headers.get('set-cookie'), /; HttpOnly; SameSite=Strict$/);
  t.equal(entered.headers.get('cache-control'), 'no-store');
  t.match((await anna.ask('GET', '/v1/session')).body, entered.body);
  t.match((await anna.ask('GET', '/v1/work')).body, { kind: 'person', agent: 'anna', partners: ['acme'] });
  const stored = await database.query('SELECT encode(token_hash, $1) AS hash FROM proffer.sessions', ['hex']);
  t.notMatch(JSON.stringify(stored), anna.cookie!.split('=')[1]!, 'the token itself is stored nowhere');

  const { cookie } = anna;
  t.equal((await anna.ask('DELETE', '/v1/session')).status, 204);
  t.equal(loggedOut.length, 1, 'live links of the session hear of it');
  t.equal(anna.cookie, undefined, 'the browser forgets the cookie');
  anna.cookie = cookie;
  t.equal((await anna.ask('GET', '/v1/work')).status, 401, 'and it opens nothing any more');
  t.strictSame(await auditOf(database), ['test person-added anna', 'anna log-in anna', 'anna log-out anna']);
});

onEachDatabase('what changes needs the CSRF token and our own pages', async (t, { database }) => {
  const { browser } = await openAccess(t, database, {
    areas: () => [work],
    settings: { publicUrl: 'https://calls.example.com' },
  });
  const anna = browser();
  t.match((await anna.logIn('anna', annasPassword)).headers.get('set-cookie'), /; Secure/);
  const post = (headers: Record<string, string>) => anna.ask('POST', '/v1/work', undefined, headers);
  t.equal((await post({})).status, 200);
  const { host } = new URL(anna.url);
  for (const good of [
    { 'sec-fetch-site': 'same-origin' },
    { origin: `http://${host}` },
    { origin: 'https://calls.example.com' },
  ])
    t.equal((await post(good)).status, 200, JSON.stringify(good));
  for (const bad of [
    { 'x-csrf-token': 'x' },
    { 'x-csrf-token': '' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ])
    t.match(await post(bad), { status: 403, body: { code: 'csrf' } }, JSON.stringify(bad));
  const login = await browser().ask(
    'POST',
    '/v1/session',
    { agent: 'anna', password: annasPassword },
    { origin: 'https://evil.example' },
  );
  t.equal(login.status, 403, 'nobody is logged in as somebody else');
});

onEachDatabase('tries are counted by name and by address', async (t, { database }) => {
  const { browser } = await openAccess(t, database, {
    settings: { login: { accountTries: 3, sourceTries: 8, windowMinutes: 15 } },
  });
  const wrong = await browser().logIn('anna', 'not the password');
  const nobody = await browser().logIn('nobody', 'not the password');
  t.equal(wrong.status, 401);
  t.strictSame(wrong.body, nobody.body, 'nobody learns which names there are');
  await browser().logIn('anna', 'not the password');
  await browser().logIn('anna', 'not the password');
  const blocked = await browser().logIn('anna', annasPassword);
  t.match(blocked, { status: 429, body: { code: 'too-many-tries' } });
  t.ok(Number(blocked.headers.get('retry-after')) > 800);
  // Five tries so far; the address has eight.
  for (const name of ['a', 'b', 'c']) t.equal((await browser().logIn(name, 'x')).status, 401, name);
  t.equal((await browser().logIn('d', 'x')).status, 429, 'the address waits too');
  t.match(await auditOf(database), [
    'test person-added anna',
    'nobody log-in-failed anna',
    'nobody log-in-failed',
    'nobody log-in-failed anna',
    'nobody log-in-failed anna',
    'nobody log-in-blocked anna',
    'nobody log-in-failed',
    'nobody log-in-failed',
    'nobody log-in-failed',
    'nobody log-in-blocked',
  ]);
  await database.query("UPDATE proffer.login_tries SET window_start = now() - interval '16 minutes'");
  t.equal((await browser().logIn('anna', annasPassword)).status, 200, 'the next window is a new one');
});

onEachDatabase('sessions expire, idle ones earlier; ten at most', async (t, { database }) => {
  const { browser, sessions } = await openAccess(t, database, { areas: () => [work] });
  const works = async (one: ReturnType<typeof browser>) => {
    sessions.forgetAll();
    return (await one.ask('GET', '/v1/work')).status === 200;
  };
  const anna = browser();
  await anna.logIn('anna', annasPassword);
  await database.query("UPDATE proffer.sessions SET seen_at = now() - interval '59 minutes'");
  t.ok(await works(anna), 'used within the hour');
  await database.query("UPDATE proffer.sessions SET seen_at = seen_at - interval '30 minutes'");
  t.ok(await works(anna), 'which counted as use');
  await database.query("UPDATE proffer.sessions SET seen_at = now() - interval '61 minutes'");
  t.notOk(await works(anna));
  const again = browser();
  await again.logIn('anna', annasPassword);
  await database.query("UPDATE proffer.sessions SET expires_at = now() - interval '1 second'");
  t.notOk(await works(again));
  const first = browser();
  await first.logIn('anna', annasPassword);
  const token = first.cookie!.split('=')[1];
  await database.query(
    `INSERT INTO proffer.sessions (token_hash, session, agent, opened_by, created_at, expires_at)
     SELECT sha256(n::text::bytea), 's' || n, 'anna', 'oidc', now() + n * interval '1 second', now() + interval '1 hour' FROM generate_series(1, 9) n`,
  );
  t.ok(await works(first), `ten with ${token?.length}`);
  await browser().logIn('anna', annasPassword);
  t.notOk(await works(first), 'the oldest gives way');
  t.match(await database.query('SELECT count(*) AS n FROM proffer.sessions'), [{ n: 10 }]);
});

onEachDatabase('a password that was given out is changed before anything else', async (t, { database }) => {
  const { browser, people } = await openAccess(t, database, { areas: () => [work] });
  await database.query("UPDATE proffer.agents SET must_change_password = true WHERE agent = 'anna'");
  const anna = browser();
  const other = browser();
  await other.logIn('anna', annasPassword);
  t.match((await anna.logIn('anna', annasPassword)).body, { mustChangePassword: true });
  t.match(await anna.ask('GET', '/v1/work'), { status: 403, body: { code: 'password-change-required' } });
  const change = (current: string, next: string) =>
    anna.ask('PUT', '/v1/session/password', { current, next });
  for (const weak of ['short', 'Password123', 'aaaaaaaaaaaa', '1234567890', 'Alvarez-2026', annasPassword])
    t.match(await change(annasPassword, weak), { status: 422, body: { code: 'weak-password' } }, weak);
  t.match(await change('not it', 'a much better one'), { status: 422, body: { code: 'wrong-password' } });
  t.equal((await change(annasPassword, 'a much better one')).status, 204);
  t.equal((await anna.ask('GET', '/v1/work')).status, 200);
  t.equal((await other.ask('GET', '/v1/session')).status, 401, 'the other sessions end');
  t.equal((await browser().logIn('anna', annasPassword)).status, 401);

  await people.change({ agent: 'anna', isActive: false }, 'test');
  t.equal((await browser().logIn('anna', 'a much better one')).status, 401, 'nor may she come in any more');
});

t.test('while the database is down, who was there works on for a while', async (t) => {
  const { database } = await openEmbedded();
  t.teardown(() => database.close());
  let isDown = false;
  let now = 0;
  const clock = {
    now: () => now,
    wallNow: () => Date.now() + now,
    after: (_ms: number, name: string) => ({ name, cancel: () => undefined }),
  };
  const { browser } = await openAccess(t, database, {
    areas: () => [work],
    clock,
    wrap: (records) =>
      new Proxy(records, {
        get: (target, name: keyof typeof records) =>
          isDown
            ? () => Promise.reject(new AppError('RECORDS_UNAVAILABLE', 'down'))
            : target[name].bind(target),
      }),
  });
  const anna = browser();
  await anna.logIn('anna', annasPassword);
  const status = async () => (await anna.ask('GET', '/v1/work')).status;
  t.equal(await status(), 200);
  isDown = true;
  now = 14 * 60_000;
  t.equal(await status(), 200);
  const login = await browser().logIn('anna', annasPassword);
  t.match(login, { status: 503, body: { code: 'records-unavailable' } });
  t.equal(login.headers.get('retry-after'), '5');
  now = 16 * 60_000;
  t.equal(await status(), 503, 'not for ever');
  isDown = false;
  t.equal(await status(), 200);
});

t.test('an address counts as its household does', (t) => {
  for (const [ip, source] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ] as const)
    t.equal(sourceOf({ ip }), source, ip);
  t.end();
});
