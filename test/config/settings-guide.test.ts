import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { settingsTables, withSettingsTables } from '../../src/config/settings-guide.js';
import { repositoryRoot } from '../support/repository-root.js';

const guide = join(repositoryRoot, 'docs', 'settings.md');

t.test('docs/settings.md says what the schemas say', (t) => {
  const text = readFileSync(guide, 'utf8');
  t.ok(withSettingsTables(text) === text, 'write it anew with: node dist/src/config/write-settings-guide.js');
  t.end();
});

t.test('every key has a meaning, values and a default', (t) => {
  const rows = settingsTables()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  t.ok(rows.length > 80, `${rows.length} keys`);
  for (const row of rows) {
    const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
    t.notOk(cells.slice(1, -1).includes(''), row);
  }
  t.end();
});

t.test('it says which changes wait for the next start', (t) => {
  const tables = settingsTables();
  t.match(tables, /\| `listen` .*\| at the next start +\|/);
  t.match(tables, /\| `drachtio\.port` .*\| at the next start +\|/);
  t.match(tables, /\| `decisionDeadlineMs` .*\| at once +\|/);
  t.end();
});

t.test('a guide without the marks is left alone', (t) => {
  t.equal(withSettingsTables('# Settings\n'), undefined);
  t.end();
});
