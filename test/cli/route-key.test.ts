// The key of the mark in our Record-Route.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { routeKey } from '../../src/cli/route-key.js';

t.test('it is made once, for its own user alone, and is there after a restart', async (t) => {
  const folder = t.testdir();
  const key = routeKey(folder);
  t.match(key, /^[0-9a-f]{64}$/);
  t.equal(routeKey(folder), key);
  t.equal(statSync(join(folder, 'route-key')).mode & 0o777, 0o600);
  t.equal(readFileSync(join(folder, 'route-key'), 'utf8'), `${key}\n`);
});

t.test(
  'without a file that can be used there is one all the same, and the file stays as it is',
  async (t) => {
    const folder = t.testdir();
    writeFileSync(join(folder, 'route-key'), '');
    t.match(routeKey(folder), /^[0-9a-f]{64}$/);
    t.equal(readFileSync(join(folder, 'route-key'), 'utf8'), '');
    t.match(routeKey(join(folder, 'missing')), /^[0-9a-f]{64}$/);
  },
);
