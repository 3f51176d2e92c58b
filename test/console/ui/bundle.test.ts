// What a browser fetches before somebody can log in and work: every script and style of the log-in page and the desk.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { builtPages } from '../../../src/console/pages.js';

interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
}

const limitBytes = 300_000;
const firstLoad = [
  'index.html',
  'src/pages/login/index.tsx',
  'src/pages/desk/index.tsx',
  ...['app', 'login', 'desk'].map((page) => `src/strings/es/${page}.json`),
];

t.test('the first load', async (t) => {
  const read = (file: string) => readFileSync(path.join(builtPages, file));
  const manifest = JSON.parse(read('.vite/manifest.json').toString()) as Record<string, Chunk | undefined>;
  const files = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    const chunk = manifest[name];
    if (chunk === undefined) return void t.fail(`the build has no ${name}`);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  firstLoad.forEach(visit);

  const sizes = [...files].map((file) => ({ file, bytes: gzipSync(read(file), { level: 9 }).length }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, read('index.html').length);
  const largest = sizes.sort((a, b) => b.bytes - a.bytes).slice(0, 5);
  t.ok(
    total < limitBytes,
    `${total} bytes compressed, at most ${limitBytes}: ${largest.map(({ file, bytes }) => `${file} ${bytes}`).join(', ')}`,
  );
  t.notOk(
    [...files].some((file) => /echarts|markdown/i.test(file)),
    'charts and Markdown come later',
  );
  t.comment(`first load: ${total} bytes compressed`);
});
