// The table of metrics in docs/operations.md names what the code registers, and nothing else.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { repositoryRoot } from '../support/repository-root.js';

/** `proffer_nodejs_*` and `proffer_process_*` are made by prom-client; `proffer_session` and `proffer_oidc` are cookies. */
const byLibrary = /^proffer_(?:(?:nodejs|process)(?:_|$)|(?:session|oidc)$)/;

function* sources(folder: string): Generator<string> {
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, item.name);
    if (item.isDirectory()) yield* sources(path);
    else if (item.name.endsWith('.ts')) yield readFileSync(path, 'utf8');
  }
}

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name]) => name ?? '').filter((name) => !byLibrary.test(name));
}

t.test('docs/operations.md has every metric', (t) => {
  const registered = new Set(
    [...sources(join(repositoryRoot, 'src'))].flatMap((text) => namesIn(text, /'(proffer_[a-z_]*[a-z])'/g)),
  );
  const guide = readFileSync(join(repositoryRoot, 'docs', 'operations.md'), 'utf8');
  const documented = new Set(
    namesIn(guide, /\b(proffer_[a-z_]*[a-z])/g).map((name) => name.replace(/_bucket$/, '')),
  );
  t.ok(registered.size > 20, `${registered.size} metrics`);
  t.strictSame([...documented].sort(), [...registered].sort());
  t.end();
});
