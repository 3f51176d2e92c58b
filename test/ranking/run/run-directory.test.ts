import { existsSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { RunDirectory } from '../../../src/ranking/index.js';
import { runReport } from '../../support/ranking-reports.js';

const MINUTE = 60_000;
const start = Date.parse('2026-11-26T08:00:00Z');

interface Runs {
  readonly runs: RunDirectory;
  /** A run at a minute; ends well unless `generation` is undefined; null is a dry run. */
  readonly add: (minute: number, generation: number | null | undefined) => string;
  readonly ids: () => readonly string[];
}

function runsOf(t: Test): Runs {
  const dataDir = mkdtempSync(join(tmpdir(), 'proffer-runs-'));
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }));
  const runs = new RunDirectory(dataDir, 'acme');
  return {
    runs,
    add: (minute, generation) => {
      const { runId, directory, tables } = runs.begin(start + minute * MINUTE);
      writeFileSync(join(tables, 'part-00000.parquet'), 'rows');
      if (generation !== undefined) runs.finish(directory, runReport({ runId, generation }), '<html></html>');
      return runId;
    },
    ids: () => runs.list().map((one) => one.runId),
  };
}

t.test('a run has a directory for its owner alone, named by its time', (t) => {
  const { runs } = runsOf(t);
  const { runId, directory, tables } = runs.begin(start);
  t.match(runId, /^20261126T080000Z-[0-9a-f]{4}$/);
  t.equal(statSync(directory).mode & 0o777, 0o700);
  t.ok(existsSync(tables));
  t.end();
});

t.test('the run of a generation is found, or the newest that was published', (t) => {
  const { runs, add } = runsOf(t);
  t.equal(runs.published(), undefined);
  const first = add(0, 7);
  const second = add(1, 8);
  add(2, null);
  add(3, undefined);
  t.equal(runs.published()?.runId, second);
  t.equal(runs.published(7)?.runId, first);
  t.equal(runs.published(9), undefined);
  t.end();
});

t.test('dry runs do not push out published ones, and the other way round', (t) => {
  const { runs, add, ids } = runsOf(t);
  const [old, published, dry, ...dries] = [add(0, 1), add(1, 2), add(2, null), add(3, null), add(4, null)];
  runs.prune(1, dries.at(-1) ?? '');
  t.same(ids(), [published, dries.at(-1)]);
  t.notOk([old, dry].some((one) => ids().includes(one)));
  t.end();
});

t.test('runs that did not end well stay while younger ones are kept, without a table after a day', (t) => {
  const { runs, add, ids } = runsOf(t);
  const failedFirst = add(0, undefined);
  const published = add(1, 1);
  const failed = add(2, undefined);
  const current = add(3, 2);
  const directory = runs.list().find((one) => one.runId === failed)?.directory ?? '';
  const yesterday = new Date(Date.now() - 25 * 60 * MINUTE);
  utimesSync(directory, yesterday, yesterday);
  runs.prune(2, current);
  t.same(ids(), [published, failed, current]);
  t.notOk(ids().includes(failedFirst));
  t.notOk(existsSync(join(directory, 'table')));
  t.end();
});

t.test('a run that failed is abandoned: its table goes, its rejected rows stay', (t) => {
  const { runs } = runsOf(t);
  const { directory, tables } = runs.begin(start);
  writeFileSync(join(directory, 'rejected-phones.csv'), 'rows');
  runs.abandon(directory);
  t.notOk(existsSync(tables));
  t.ok(existsSync(join(directory, 'rejected-phones.csv')));
  t.end();
});
