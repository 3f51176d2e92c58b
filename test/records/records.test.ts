import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { embeddedProcessId } from '../../src/records/embedded/embedded-server.js';
import { openRecords, Records } from '../../src/records/records.js';
import type { RecordsOptions } from '../../src/records/records.js';
import { waitUntil } from '../support/child-process.js';
import { putEmbeddedCluster } from '../support/embedded-cluster.js';
import { freePort } from '../support/free-port.js';
import { PostgresServer } from '../support/postgres-server.js';
import { onEachDatabase } from '../support/records-stage.js';
import { shopSettings } from '../support/shop-settings.js';

const settings = shopSettings();
const deps = { clock: systemClock, log: silentLogger };
const fast = { retryMs: 20, checkIntervalMs: 50, startWithinMs: 60_000 };

function recordsAt(
  t: Test,
  environment: RecordsOptions['environment'],
  more: Partial<RecordsOptions> = {},
): Records {
  const records = new Records({ settings, environment, ...deps, ...fast, ...more });
  t.teardown(() => records.stop());
  return records;
}

const isReady = (records: Records) => (): boolean => records.state.kind === 'ready';
const isDown = (records: Records) => (): boolean => records.state.kind === 'down';
const partners = 'SELECT partner FROM proffer.partners ORDER BY 1';

onEachDatabase(
  'ready: migrated and with the catalogue; new settings follow',
  async (t, { database, url }) => {
    await database.query('DROP SCHEMA proffer CASCADE');
    const records = recordsAt(t, { databaseUrl: url, dataDir: '' });
    t.equal(records.state.kind, 'starting');
    await t.rejects(records.database.query('SELECT 1'), {
      code: 'RECORDS_UNAVAILABLE',
      message: /not ready yet/,
    });
    await records.start();
    let times = 0;
    records.onReady(() => times++);
    t.equal(times, 1, 'told at once');
    t.same(await records.database.query(partners), [{ partner: 'acme' }, { partner: 'borealis' }]);
    records.applySettings(
      shopSettings((draft) => {
        const [acme] = draft.partners.partners ?? [];
        if (acme !== undefined) acme.name = 'Acme of new';
      }),
    );
    await waitUntil('the catalogue follows', async () => {
      const rows = await records.database.query<{ name: string }>(
        'SELECT name FROM proffer.partners ORDER BY partner',
      );
      return rows[0]?.name === 'Acme of new';
    });
    await records.stop();
    await t.rejects(records.database.query('SELECT 1'), { code: 'RECORDS_UNAVAILABLE' });
  },
);

t.test('the embedded database is started, and started anew when its process is killed', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'proffer-records-'));
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }));
  await putEmbeddedCluster(dataDir);
  const records = recordsAt(t, { databaseUrl: undefined, dataDir });
  await records.start();
  t.equal(records.kind, 'embedded');
  const heard: string[] = [];
  records.events.on('down', (reason) => heard.push(reason));
  records.events.on('ready', () => heard.push('ready'));
  process.kill(embeddedProcessId(dataDir) ?? 0, 'SIGKILL');
  await waitUntil('it is ready again', () => heard.includes('ready'), 60_000);
  t.match(heard, [/records \(embedded\)/, 'ready']);
  const command = await openRecords({ databaseUrl: undefined, dataDir }, settings, {
    ...deps,
    withinMs: 60_000,
  });
  t.same(await command.database.query(partners), [{ partner: 'acme' }, { partner: 'borealis' }]);
  await records.stop();
  t.type(embeddedProcessId(dataDir), 'number', 'the command still has it');
  await command.close();
  t.equal(embeddedProcessId(dataDir), undefined);
});

t.test('PostgreSQL that is down, comes, goes and comes', async (t) => {
  const server = await PostgresServer.start();
  t.teardown(() => server.stop());
  await server.kill();
  const records = recordsAt(t, { databaseUrl: server.url, dataDir: '' });
  await records.start();
  t.match(records.state, {
    kind: 'down',
    reason: /127\.0\.0\.1:\d+\/postgres cannot be used: nobody listens there/,
  });
  await t.rejects(records.database.query('SELECT 1'), {
    code: 'RECORDS_UNAVAILABLE',
    message: /nobody listens/,
  });
  await server.restart();
  await waitUntil('ready', isReady(records));
  t.same(await records.database.query(partners), [{ partner: 'acme' }, { partner: 'borealis' }]);
  await server.kill();
  await waitUntil('down', isDown(records));
  await server.restart();
  await waitUntil('ready again', isReady(records));
});

t.test('what cannot be used, in words that name the fix', async (t) => {
  const server = await PostgresServer.start({
    settings: { max_connections: '5', superuser_reserved_connections: '1' },
  });
  t.teardown(() => server.stop());
  const reasonOf = async (databaseUrl: string): Promise<string> => {
    const records = recordsAt(t, { databaseUrl, dataDir: '' });
    await records.start();
    const { state } = records;
    await records.stop();
    return state.kind === 'down' ? state.reason : state.kind;
  };
  const { url } = server;
  t.match(
    await reasonOf(url.replace(/:[^:@]+@/, ':wrong@')),
    /wrong user or password: correct them in DATABASE_URL/,
  );
  t.match(await reasonOf(url.replace(/postgres$/, 'nothing')), /there is no such database: create it/);
  t.match(
    await reasonOf(url.replace(/:\d+\//, `:${await freePort()}/`)),
    /nobody listens there: start PostgreSQL/,
  );
  await server.sql('CREATE DATABASE standby');
  await server.sql('ALTER DATABASE standby SET default_transaction_read_only = on');
  t.match(
    await reasonOf(url.replace(/postgres$/, 'standby')),
    /read-only: DATABASE_URL must name the primary/,
  );
  await server.sql("CREATE ROLE guest LOGIN PASSWORD 'guest'");
  await server.sql('CREATE DATABASE foreign_one');
  t.match(
    await reasonOf(url.replace(/\/\/.*@/, '//guest:guest@').replace(/postgres$/, 'foreign_one')),
    /this user may not do that: make the user the owner/,
  );
  await server.sql('CREATE DATABASE full_one OWNER guest CONNECTION LIMIT 0');
  t.match(
    await reasonOf(url.replace(/\/\/.*@/, '//guest:guest@').replace(/postgres$/, 'full_one')),
    /too many connections: raise max_connections/,
  );
  t.notMatch(await reasonOf(url.replace(/:[^:@]+@/, ':wrong@')), 'wrong@', 'no password');
});

onEachDatabase('a database of a newer Proffer is refused in one line', async (t, { database, url }) => {
  await database.query(
    "INSERT INTO proffer.migrations (number, file, hash) VALUES (9999, '9999-later.sql', 'x')",
  );
  await t.rejects(openRecords({ databaseUrl: url, dataDir: '' }, settings, deps), {
    code: 'RECORDS_UNAVAILABLE',
    message: /has 9999-later\.sql, which this Proffer does not know; run a newer one/,
  });
});

t.test('a command does not wait longer than it may', async (t) => {
  const databaseUrl = `postgres://nobody@127.0.0.1:${await freePort()}/none`;
  await t.rejects(openRecords({ databaseUrl, dataDir: '' }, settings, deps), /nobody listens there/);
});
