// The records database of a real router, and the commands beside it.
import { Client } from 'pg';
import t from 'tap';
import { waitUntil } from '../support/child-process.js';
import { embeddedProcessId, embeddedUrl } from '../support/embedded-cluster.js';
import { RouterProcess } from '../support/router-process.js';

interface Readiness {
  readonly status: string;
  readonly parts: readonly { readonly part: string; readonly state: string; readonly detail?: string }[];
}

async function recordsState(router: RouterProcess): Promise<string | undefined> {
  const answer = (await (await fetch(`${router.http}/readyz`)).json()) as Readiness;
  return answer.parts.find(({ part }) => part === 'records')?.state;
}

t.test('a router and commands share the embedded database, which comes back when it is killed', async (t) => {
  const router = await RouterProcess.start({ records: true });
  t.teardown(() => router.stop());
  const isReady = async (): Promise<boolean> => (await recordsState(router)) === 'ready';
  await waitUntil('the records are ready', isReady, 60_000);
  const status = await router.run(['records', 'status', '--json']);
  t.equal(status.code, 0, status.stderr);
  t.match(JSON.parse(status.stdout), { kind: 'embedded', migrations: [{ file: '0001-tables.sql' }] });

  const unknown = await router.run(['forget', '--partner', 'acme', '--customer', 'C-1', '--yes']);
  t.equal(unknown.code, 1);
  t.match(unknown.stderr, /the records know nothing of customer C-1 of partner acme/);
  const mistyped = await router.run(['forget', '--partner', 'acmee', '--customer', 'C-1', '--yes']);
  t.match([mistyped.code, mistyped.stderr], [1, /--partner: there is no "acmee"; did you mean "acme"\?/]);
  const client = new Client({ connectionString: embeddedUrl(router.dataDir) });
  await client.connect();
  await client.query("INSERT INTO proffer.customers (partner, customer) VALUES ('acme', 'C-1')");
  await client.end();
  const unasked = await router.run(['forget', '--partner', 'acme', '--customer', 'C-1']);
  t.match([unasked.code, unasked.stderr], [1, /nobody to ask; use --yes/]);
  const erased = await router.run(['forget', '--partner', 'acme', '--customer', 'C-1', '--yes']);
  t.equal(erased.code, 0, erased.stderr);
  t.match(
    erased.stdout,
    /customer\s+1\s+erased[^]*erased from the records[^]*Not covered:[^]*rankings, remove/,
  );

  const killed = embeddedProcessId(router.dataDir) ?? 0;
  process.kill(killed, 'SIGKILL');
  await waitUntil('another serves', () => (embeddedProcessId(router.dataDir) ?? killed) !== killed, 60_000);
  await waitUntil('the records are ready again', isReady, 60_000);
  t.ok((await router.metrics()).some(({ name, value }) => name === 'proffer_records_up' && value === 1));
  await router.stop(true);
  await waitUntil('its process has ended', () => embeddedProcessId(router.dataDir) === undefined);
});

t.test('a database that is not there: the router is ready, its records degraded', async (t) => {
  const router = await RouterProcess.start({
    env: { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:9/none' },
  });
  t.teardown(() => router.stop());
  t.equal(await router.httpStatus('/readyz'), 200);
  t.equal(await recordsState(router), 'degraded');
  t.match(router.output, /records unavailable/);
  t.notMatch(router.output, /hunter2/);
});
