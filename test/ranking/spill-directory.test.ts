import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import t from 'tap';
import { makeSpillDirectory } from '../../src/ranking/spill-directory.js';

const parent = join(mkdtempSync(join(tmpdir(), 'proffer-spill-')), 'work');
t.teardown(() => rmSync(parent, { recursive: true, force: true }));

const own = basename(makeSpillDirectory(parent));
const [, place = ''] = own.split('-');
/** Of a process that has ended. */
const gone = spawnSync(process.execPath, ['-e', '']).pid;

function leave(name: string, ageDays = 0): string {
  mkdirSync(join(parent, name));
  writeFileSync(join(parent, name, 'spilled'), 'x');
  const at = Date.now() / 1000 - ageDays * 86_400;
  utimesSync(join(parent, name), at, at);
  return name;
}

t.test('directories of processes that are gone are removed, and nobody else’s', (t) => {
  leave(`spill-${place}-${gone}-aaaaaa`);
  leave(`spill-0badbeef-${gone}-eeeeee`, 8);
  const kept = [
    leave(`spill-${place}-${process.pid}-bbbbbb`),
    leave(`spill-${place}-${process.ppid}-cccccc`),
    leave(`spill-${place}-1-dddddd`),
    // Of another machine or container, where the process may run.
    leave(`spill-0badbeef-${gone}-ffffff`, 6),
    leave('models', 100),
  ];
  const next = basename(makeSpillDirectory(parent));
  t.strictSame(new Set(readdirSync(parent)), new Set([own, next, ...kept]));
  t.not(next, own);
  t.end();
});
