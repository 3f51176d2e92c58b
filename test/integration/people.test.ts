// The first start prints an admin, who logs in; proffer people helps who has locked themselves out.
import t from 'tap';
import { Browser } from '../support/access-stage.js';
import { waitUntil } from '../support/child-process.js';
import { PostgresServer } from '../support/postgres-server.js';
import { RouterProcess } from '../support/router-process.js';

t.setTimeout(300_000);

t.test('the first admin, and a password that was lost', async (t) => {
  const postgres = await PostgresServer.start();
  t.teardown(() => postgres.stop());
  const router = await RouterProcess.start({ env: { DATABASE_URL: postgres.url }, customers: 0 });
  t.teardown(() => router.stop());
  const printed = () => /first admin[^]*name +(\S+)\n +password +(\S+)/.exec(router.child.stdout);
  await waitUntil('the first admin is printed', () => printed() !== null);
  const [, agent = '', password = ''] = printed() ?? [];
  t.equal(agent, 'admin');
  t.notMatch(router.child.stderr, password, 'and never logged');

  const admin = new Browser(router.http);
  t.match(await admin.logIn(agent, password), { status: 200, body: { mustChangePassword: true } });
  const next = 'a password of my own';
  t.equal((await admin.ask('PUT', '/v1/session/password', { current: password, next })).status, 204);
  t.equal((await admin.ask('GET', '/v1/calls')).status, 200);
  t.match((await admin.ask('GET', '/v1/people')).body, { people: [{ agent: 'admin', role: 'admin' }] });

  const added = await router.run([
    'people',
    'add',
    'anna',
    '--partner',
    'acme',
    '--centre-agent',
    'east/1001',
  ]);
  t.match(added, { code: 0, stdout: /^anna may log in as agent, .* password [-a-z0-9]{19}\n$/ });
  t.match(await router.run(['people', 'add', 'ben', '--partner', 'acne']), {
    code: 1,
    stderr: /there is no partner acne; did you mean "acme"/,
  });
  t.match(await router.run(['people', 'disable', 'admin']), { code: 1, stderr: /last admin/ });
  const given = await router.run(['people', 'password', 'admin', '--json']);
  const { password: another } = JSON.parse(given.stdout) as { password: string };
  t.equal((await new Browser(router.http).logIn('admin', next)).status, 401);
  t.equal((await new Browser(router.http).logIn('admin', another)).status, 200);
  t.match((await router.run(['people', 'list'])).stdout, /AGENT +NAME[^]*admin +Administrator +admin +all/);
});
