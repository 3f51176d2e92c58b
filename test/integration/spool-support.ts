// Exactly once: a process that writes decision lines and takes them over is killed at random moments.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { feedOf } from '../records/spool/spool-support.js';
import { TestChild, waitUntil } from '../support/child-process.js';
import type { RecordsStage } from '../support/records-stage.js';

const kills = 15;
const writer = new URL('../support/spool-writer.js', import.meta.url).pathname;

/** Runs the writer until it has said so much, and a random while longer; gives the last number that it said was on the disk. */
async function runAndKill(stage: RecordsStage, directory: string, first: number): Promise<number> {
  const child = new TestChild({
    command: process.execPath,
    args: [writer, directory, String(first), '30000', stage.url, stage.database.kind],
  });
  await waitUntil('the writer writes', () => child.stdout.includes('\n') || child.hasExited, 30_000, 2);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
  await child.stop('SIGKILL');
  if (!child.stdout.includes('\n')) throw new Error(`the writer did not run: ${child.stderr}`);
  return Number(child.stdout.trimEnd().split('\n').at(-1));
}

function linesIn(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1));
}

/** @param meanwhile what else happens during each run of the writer */
export async function proveExactlyOnce(
  t: Test,
  stage: RecordsStage,
  meanwhile: (run: number) => Promise<void>,
): Promise<void> {
  const { database } = stage;
  const directory = join(t.testdir({}), 'decisions');
  const ranges: (readonly [number, number])[] = [];
  for (let run = 0; run < kills; run++) {
    const first = run * 1_000_000;
    const [last] = await Promise.all([runAndKill(stage, directory, first), meanwhile(run)]);
    ranges.push([first, last]);
  }
  const feed = feedOf(directory, () => database);
  await feed.start();
  t.ok(await feed.drain(60_000), 'what is left is taken over');
  await feed.stop();

  const rows = await database.query<{ attempt: number }>('SELECT attempt FROM proffer.attempts');
  const taken = new Set(rows.map((row) => row.attempt));
  t.equal(taken.size, rows.length);
  const lost = ranges.flatMap(([first, last]) => {
    return Array.from({ length: last - first + 1 }, (_, i) => first + i).filter(
      (number) => !taken.has(number),
    );
  });
  t.same(lost, [], 'each line that was on the disk is there');
  const files = linesIn(directory);
  const numbers = files.map((line) => (JSON.parse(line) as { attempt: number }).attempt);
  t.same(taken, new Set(numbers), 'and nothing else');
  const [spool] = await database.query<{ lines: number }>('SELECT lines FROM proffer.spools');
  t.equal(spool?.lines, files.length, 'each was taken once');
  t.same(await database.query('SELECT * FROM proffer.refused_lines'), []);
  t.comment(`${kills} kills, ${files.length} lines`);
}
