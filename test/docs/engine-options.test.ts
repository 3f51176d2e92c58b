// docs/engine.md names every flag, variable and element that `proffer engine` takes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { engineOptions } from '../../src/config/index.js';
import type { EngineOption } from '../../src/config/index.js';
import { repositoryRoot } from '../support/repository-root.js';

t.test('the tables of docs/engine.md are those of the code', (t) => {
  const rows = readFileSync(join(repositoryRoot, 'docs', 'engine.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.replaceAll(/ +/g, ' ').replaceAll('\\', ''));
  for (const { flag, variable, element, what, inert } of Object.values<EngineOption>(engineOptions)) {
    const cell = (text: string | undefined): string => (text === undefined ? ' ' : ` \`${text}\` `);
    const row = `|${cell(flag)}|${cell(variable)}|${cell(element)}| ${inert ?? what} |`;
    t.ok(rows.includes(row), row);
  }
  t.end();
});
