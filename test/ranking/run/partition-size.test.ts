import t from 'tap';
import type { RankingPlan } from '../../../src/ranking/index.js';
import { RankingEngineError } from '../../../src/ranking/index.js';
import { partitionRows, smallerPartition } from '../../../src/ranking/run/partition-size.js';

const planOf = (offers: number): RankingPlan =>
  ({ topK: 5, offers: Array.from({ length: offers }) }) as unknown as RankingPlan;
const run = { threads: 2, memoryLimitMb: 512, partitionRows: 245_760, keepRuns: 10 };

t.test('whole row groups, as many as are wanted and fit a third of the memory', (t) => {
  const table: readonly (readonly [offers: number, change: Partial<typeof run>, rows: number])[] = [
    [50, {}, 245_760],
    [50, { partitionRows: 300_000 }, 245_760],
    [50, { partitionRows: 130_000 }, 122_880],
    [50, { partitionRows: 500 }, 500],
    [50, { partitionRows: 1_000_000, memoryLimitMb: 4096 }, 983_040],
    [200, {}, 122_880],
    // 512 MB / 3 / (60 + 5 x 300 + 18 x 5) bytes
    [300, {}, 108_458],
    [300, { memoryLimitMb: 2048 }, 245_760],
    [512, { memoryLimitMb: 128 }, 16_508],
  ];
  for (const [offers, change, rows] of table) {
    t.equal(
      partitionRows(planOf(offers), { ...run, ...change }),
      rows,
      `${offers} ${JSON.stringify(change)}`,
    );
  }
  t.end();
});

t.test('half of it when DuckDB had no memory, down to a thousand', (t) => {
  const memory = new RankingEngineError(
    'score',
    'x',
    new Error('Out of Memory Error: could not allocate block'),
  );
  t.equal(smallerPartition(245_760, memory), 122_880);
  t.equal(smallerPartition(1500, memory), 1000);
  t.equal(smallerPartition(1000, memory), undefined, 'there is nothing left to give');
  t.equal(smallerPartition(245_760, new RankingEngineError('score', 'x', new Error('IO Error'))), undefined);
  t.equal(smallerPartition(245_760, new Error('Out of Memory')), undefined);
  t.end();
});
