// Links and anchors of the documents: what a file links to is there.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import t from 'tap';
import { repositoryRoot } from '../support/repository-root.js';

const outside = new Set(['node_modules', 'dist', 'data', '.git', '.tap']);

function* documents(folder: string): Generator<string> {
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    if (outside.has(item.name)) continue;
    const path = join(folder, item.name);
    if (item.isDirectory()) yield* documents(path);
    else if (item.name.endsWith('.md')) yield path;
  }
}

/** Text without what only looks like a link: code blocks and code spans. */
function prose(text: string): string {
  return text
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/^ {4}.*$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => ' '.repeat(code.length));
}

function linksOf(text: string): readonly string[] {
  const inline = [...prose(text).matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, target]) => target ?? '');
  const sources = [...prose(text).matchAll(/\bsrc="([^"]+)"/g)].map(([, target]) => target ?? '');
  return [...inline, ...sources];
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} +(.+)$/gm)];
  const slug = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
  return new Set(headings.map(([, heading]) => slug(heading ?? '')));
}

t.test('every link of every document leads somewhere', (t) => {
  const files = [...documents(repositoryRoot)];
  t.ok(files.length > 5, `${files.length} documents`);
  for (const file of files) {
    for (const link of linksOf(readFileSync(file, 'utf8'))) {
      if (/^[a-z][a-z0-9+.-]*:/i.test(link)) continue;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : resolve(dirname(file), decodeURIComponent(path));
      const name = `${relative(repositoryRoot, file)}: ${link}`;
      t.ok(existsSync(target), `${name}: the file is there`);
      if (anchor === undefined || !existsSync(target) || statSync(target).isDirectory()) continue;
      t.ok(anchorsOf(readFileSync(target, 'utf8')).has(anchor), `${name}: the heading is there`);
    }
  }
  t.end();
});

t.test('every picture is shown by a document', (t) => {
  const pictures = join(repositoryRoot, 'docs', 'pictures');
  const shown = new Set(
    [...documents(repositoryRoot)].flatMap((file) =>
      linksOf(readFileSync(file, 'utf8')).map((link) => resolve(dirname(file), link)),
    ),
  );
  for (const name of readdirSync(pictures)) t.ok(shown.has(join(pictures, name)), name);
  t.end();
});

t.test('every document in docs is in its index', (t) => {
  const folder = join(repositoryRoot, 'docs');
  const index = linksOf(readFileSync(join(folder, 'README.md'), 'utf8'));
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.md') && name !== 'README.md') t.ok(index.includes(name), name);
  }
  t.end();
});
