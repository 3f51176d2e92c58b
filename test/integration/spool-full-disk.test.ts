// A disk that is full: lines that are on it stay whole and in order, the writer lives, and goes on by itself when there is room.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { TestChild, waitUntil } from '../support/child-process.js';

const writer = new URL('../support/spool-writer.js', import.meta.url).pathname;

/** Of whole lines: the writer may be about to take back the begin of one for which there was no room. */
function numbersIn(directory: string): readonly number[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1))
    .map((line) => (JSON.parse(line) as { attempt: number }).attempt);
}

const isRising = (numbers: readonly number[]): boolean =>
  numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? -1));

/** Fills up, says so, drops; then there is room, and lines go on. */
async function prove(t: Test, child: TestChild, directory: string, makeRoom: () => void): Promise<void> {
  const says = (word: string) => () => {
    if (child.hasExited) throw new Error(`the writer died: ${child.stderr}`);
    return child.stdout.includes(word);
  };
  await waitUntil('it is full', says('full'), 30_000);
  await waitUntil('lines are dropped', says('dropped'), 30_000);
  const before = numbersIn(directory);
  t.same(
    before,
    Array.from({ length: before.length }, (_, i) => i),
    'the oldest are kept whole and in order',
  );
  makeRoom();
  const written = (): number =>
    Number(/^\d+$/.exec(child.stdout.trimEnd().split('\n').at(-1) ?? '')?.[0] ?? 0);
  await waitUntil('lines are written again', () => written() > before.length, 30_000);
  await child.stop('SIGKILL');
  const after = numbersIn(directory).filter((number) => number <= written());
  t.ok(isRising(after));
  t.same(after.slice(0, before.length), before);
  const waited = after.slice(before.length, before.length + 400);
  t.equal((waited.at(-1) ?? 0) - (waited[0] ?? 0), 399, 'what waited in memory follows without a gap');
  t.equal(waited[0], before.length);
}

t.test('a limit on the size of files', async (t) => {
  const directory = join(t.testdir({}), 'decisions');
  // Without what tap loads into its children: that ends a process which meets the limit, where Node ignores the signal.
  const child = new TestChild({
    command: 'env',
    args: ['-u', 'NODE_OPTIONS', process.execPath, writer, directory, '0', '100000000'],
  });
  t.teardown(() => child.stop('SIGKILL'));
  const limit = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:unlimited`]);
  await waitUntil('it writes', () => child.stdout.includes('\n') || child.hasExited, 30_000);
  limit('500000');
  await prove(t, child, directory, () => limit('unlimited'));
});

t.test('a file system of one megabyte', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'proffer-full-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place]);
  if (mounted.status !== 0) {
    rmSync(place, { recursive: true });
    t.pass('full', { skip: 'mounting a file system is not permitted here' });
    return;
  }
  const directory = join(place, 'decisions');
  const filler = join(place, 'filler');
  try {
    mkdirSync(directory);
    writeFileSync(filler, Buffer.alloc(800_000));
    const child = new TestChild({ command: process.execPath, args: [writer, directory, '0', '100000000'] });
    try {
      await prove(t, child, directory, () => rmSync(filler));
    } finally {
      await child.stop('SIGKILL');
    }
  } finally {
    spawnSync('umount', ['-l', place]);
    rmSync(place, { recursive: true });
  }
});
