// The words of the pages: each in every language, with the same places for values, and none that a page asks for in vain.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { repositoryRoot } from '../../support/repository-root.js';

const source = path.join(repositoryRoot, 'src/console/ui/src');
const plural = /_(?:zero|one|two|few|many|other)$/;

type Words = Readonly<Record<string, string>>;

function flat(value: unknown, prefix = ''): Words {
  if (typeof value === 'string') return { [prefix]: value };
  return Object.assign(
    {},
    ...Object.entries(value as object).map(([key, inner]) =>
      flat(inner, prefix === '' ? key : `${prefix}.${key}`),
    ),
  ) as Words;
}

function wordsOf(language: string): ReadonlyMap<string, Words> {
  const folder = path.join(source, 'strings', language);
  return new Map(
    readdirSync(folder).map((file) => [
      path.basename(file, '.json'),
      flat(JSON.parse(readFileSync(path.join(folder, file), 'utf8'))),
    ]),
  );
}

const places = (text: string) => [...new Set(text.match(/\{\{[^}]+\}\}/g))].sort();
const english = wordsOf('en');
const spanish = wordsOf('es');

t.test('every string is there in both languages', async (t) => {
  t.strictSame([...spanish.keys()].sort(), [...english.keys()].sort());
  for (const [page, words] of english) {
    const others = spanish.get(page) ?? {};
    const keys = (of: Words) => [...new Set(Object.keys(of).map((key) => key.replace(plural, '')))].sort();
    t.strictSame(keys(others), keys(words), page);
    for (const [key, text] of Object.entries(words)) {
      const other = others[key];
      if (other !== undefined) t.strictSame(places(other), places(text), `${page}: values in ${key}`);
    }
    const long = Object.entries(words).filter(([, text]) => text.length > 12);
    const same = long.filter(([key, text]) => others[key] === text);
    if (long.length >= 5)
      t.ok(same.length < long.length / 4, `${page}: ${same.length} strings are not translated`);
  }
});

t.test('no page asks for a string that is not there', async (t) => {
  const all = Object.assign({}, ...english.values()) as Words;
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  for (const file of files) {
    const text = readFileSync(path.join(source, file), 'utf8');
    const pages = [...text.matchAll(/\buseT\('([^']+)'\)/g)].map(([, page = '']) => page);
    for (const page of pages) t.ok(english.has(page), `${file}: strings of ${page}`);
    // A component that is given `t` may be shown on any page.
    const known =
      pages.length === 0
        ? all
        : (Object.assign({}, ...[...pages, 'app'].map((page) => english.get(page))) as Words);
    const bare = new Set(Object.keys(known).flatMap((key) => [key, key.replace(plural, '')]));
    const exact = [
      ...[...text.matchAll(/\bt\(\s*'([^']+)'/g)].map(([, key = '']) => key),
      ...[...text.matchAll(/\bt\(\s*[^'"`()]+\?\s*'([^']+)'\s*:\s*'([^']+)'/g)].flatMap(
        ([, a = '', b = '']) => [a, b],
      ),
    ];
    for (const key of exact) if (!bare.has(key)) t.fail(`${file}: there is no string ${key}`);
    for (const [, prefix = ''] of text.matchAll(/\bt\(\s*`([^`$]+)\$\{/g)) {
      if (![...bare].some((key) => key.startsWith(prefix)))
        t.fail(`${file}: there is no string that starts with ${prefix}`);
    }
  }
});
