import t from 'tap';
import { migrate } from '../../src/records/database/migrations.js';
import { PostgresServer } from '../support/postgres-server.js';
import { databaseAt } from '../support/records-stage.js';
import { proveExactlyOnce } from './spool-support.js';

t.test('the writer killed at random moments while PostgreSQL is killed and comes back', async (t) => {
  const server = await PostgresServer.start();
  t.teardown(() => server.stop());
  const database = databaseAt(server.url, 'postgresql');
  t.teardown(() => database.close());
  await migrate(database);
  let lives = 0;
  await proveExactlyOnce(t, { database, url: server.url }, async (run) => {
    if (run % 3 !== 1) return;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    await server.kill();
    lives += 1;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    await server.restart();
  });
  t.ok(lives > 3, `${lives} deaths of the database`);
});
