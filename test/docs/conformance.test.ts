// src/sip/README.md: every test file and title that its tables name is there, and every row of conformance names one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { repositoryRoot } from '../support/repository-root.js';

const guide = readFileSync(join(repositoryRoot, 'src', 'sip', 'README.md'), 'utf8');

/** The rows of the tables of a chapter, without their heads. */
function rowsOf(chapter: string): readonly string[] {
  const text = guide.split(/^## /m).find((part) => part.startsWith(`${chapter}\n`)) ?? '';
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  return lines.filter((line, at) => !line.startsWith('| --') && lines[at + 1]?.startsWith('| --') !== true);
}

/** `file` "title", "title"; `file` "title" ... */
function testsIn(row: string): readonly { readonly file: string; readonly titles: readonly string[] }[] {
  return row
    .split(/(?=`test\/)/)
    .slice(1)
    .map((part) => ({
      file: /^`([^`]+)`/.exec(part)?.[1] ?? '',
      titles: [...part.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, title]) =>
        (title ?? '').replaceAll('\\"', '"'),
      ),
    }));
}

const isQuoted = (code: string, text: string): boolean =>
  [`'${text.replaceAll("'", "\\'")}'`, `"${text}"`, `\`${text}\``].some((literal) => code.includes(literal));

const asPattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A title stands there as it is, or is made by a template from texts that stand there. */
function hasTitle(code: string, title: string): boolean {
  if (isQuoted(code, title)) return true;
  return [...code.matchAll(/`([^`\n]*\$\{[^`\n]*)`/g)].some(([, template = '']) => {
    const pattern = template.split(/\$\{[^}]*\}/).map(asPattern);
    const parts = new RegExp(`^${pattern.join('(.+)')}$`).exec(title);
    return parts?.slice(1).every((part) => isQuoted(code, part)) === true;
  });
}

t.test('every row of conformance names a test that is there', (t) => {
  const rows = rowsOf('Conformance');
  t.ok(rows.length > 80, `${rows.length} rows`);
  for (const row of rows) {
    const tests = testsIn(row);
    t.ok(tests.length > 0, `a test for ${row.slice(0, 80)}`);
    for (const { file, titles } of tests) {
      const path = join(repositoryRoot, file);
      t.ok(file.endsWith('.test.ts') && existsSync(path), `${file} is there`);
      if (!existsSync(path)) continue;
      const code = readFileSync(path, 'utf8');
      for (const title of titles) t.ok(hasTitle(code, title), `${file} has "${title}"`);
    }
  }
  t.end();
});

t.test('every title is of a file, and quotes are in pairs', (t) => {
  for (const row of rowsOf('Conformance')) {
    const cells = row.split(/(?<!\\)\|/);
    t.equal(cells.length, 5, row.slice(0, 80));
    const test = cells[3] ?? '';
    const quotes = test.replaceAll('\\"', '').match(/"/g)?.length ?? 0;
    t.equal(quotes % 2, 0, test);
  }
  t.end();
});
