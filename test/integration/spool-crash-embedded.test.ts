import t from 'tap';
import { openEmbedded } from '../support/records-stage.js';
import { proveExactlyOnce } from './spool-support.js';

t.test('the writer killed at random moments, lines going into the embedded database', async (t) => {
  const stage = await openEmbedded();
  t.teardown(() => stage.database.close());
  await proveExactlyOnce(t, stage, () => Promise.resolve());
});
