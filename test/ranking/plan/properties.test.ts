// Laws of a run: nobody is made an offer that a gate stops, worth more never ranks lower, and the same input gives the same bytes.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { RankingDatabase } from '../../../src/ranking/index.js';
import type { RunReport } from '../../../src/ranking/report/run-report.js';
import type { RunPublisher } from '../../../src/ranking/run/publisher.js';
import type { StrategyStore } from '../../../src/strategy-store/index.js';
import { offers as marketOffers } from '../../support/market-offers.js';
import { marketBench, randomMarket } from '../../support/random-market.js';
import { RankingBench } from '../../support/ranking-bench.js';
import type { BenchRun } from '../../support/ranking-bench.js';
import { referenceRanking } from '../../support/reference-ranking.js';
import { openUncached } from '../../support/strategies.js';
import { StrategyRecorder } from '../../support/strategy-recorder.js';

t.setTimeout(300_000);

const seed = fc.integer({ min: 1, max: 2 ** 31 });
const limits = fc.record({
  topK: fc.integer({ min: 1, max: 14 }),
  minExpectedValue: fc.constantFrom(0, 0.5, 2, 50),
  contactPolicy: fc.record({
    maxExposures: fc.integer({ min: 0, max: 3 }),
    withinDays: fc.integer({ min: 1, max: 400 }),
  }),
});
const familyCap = fc.constantFrom(1, 2, 20);

t.test('no ineligible offer ever appears, and no cap is ever exceeded', async (t) => {
  const law = fc.asyncProperty(seed, limits, familyCap, async (from, ranking, maxPerFamily) => {
    const { options, reference } = randomMarket(150, from);
    const bench = new RankingBench({ ...options, ranking: { ...ranking, maxPerFamily } });
    try {
      const { strategies } = await bench.rank();
      const settings = bench.settings();
      // With room for all of them only gates of eligibility are left.
      const [unbounded] = settings.ranking.rankings;
      if (unbounded === undefined) return false;
      const open = { ...unbounded, topK: 20, maxPerFamily: 20, minExpectedValue: 0 };
      const expected = referenceRanking({
        ...reference,
        settings: { ...settings, ranking: { ...settings.ranking, rankings: [open] } },
      });
      return [...strategies.values()].every(({ customer, offers }) => {
        const row = expected.get(customer);
        const codes = offers.map((one) => one.offer);
        const sales = codes.slice(row?.serviceOffers.length ?? 0);
        const families = new Map<string, number>();
        for (const code of sales) {
          const family = options.products?.[code]?.family ?? code;
          families.set(family, (families.get(family) ?? 0) + 1);
        }
        return (
          sales.every((code) => row?.gates[code] === null) &&
          new Set(codes).size === codes.length &&
          sales.length <= ranking.topK &&
          [...families.values()].every((count) => count <= maxPerFamily)
        );
      });
    } finally {
      bench.remove();
    }
  });
  await t.resolves(fc.assert(law, { numRuns: 4 }));
});

/** Rank by customer of one offer, without the service offers; Infinity where it is not ranked. */
function ranksOf({ kept }: BenchRun, offer: string): ReadonlyMap<string, number> {
  return new Map(
    [...kept].map(([customer, { ranked }]) => {
      const at = ranked.findIndex((one) => one.offer === offer);
      return [customer, at < 0 ? Infinity : at + 1] as const;
    }),
  );
}

t.test('raising the value of an offer never lowers its rank', async (t) => {
  const raisable = Object.entries(marketOffers).flatMap(([offer, { configured }]) =>
    typeof configured?.value === 'number' && offer !== 'CLOSED' ? [[offer, configured.value] as const] : [],
  );
  const more = fc.oneof(fc.constantFrom(0.000_01, 1), fc.double({ min: 0, max: 300, noNaN: true }));
  const law = fc.asyncProperty(
    seed,
    fc.constantFrom(...raisable),
    more,
    async (from, [offer, value], raise) => {
      const { options } = randomMarket(200, from);
      const of = async (worth: number): Promise<ReadonlyMap<string, number>> => {
        const raised = {
          ...options.offers[offer],
          configured: { ...options.offers[offer]?.configured, value: worth },
        };
        const bench = new RankingBench({ ...options, offers: { ...options.offers, [offer]: raised } });
        try {
          return ranksOf(await bench.rank(), offer);
        } finally {
          bench.remove();
        }
      };
      const [before, after] = [await of(value), await of(value + raise)];
      return [...before].every(([customer, rank]) => (after.get(customer) ?? Infinity) <= rank);
    },
  );
  await t.resolves(fc.assert(law, { numRuns: 4 }));
});

/** Publishes into the store and tells the recorder of it. */
function publisherOf(store: StrategyStore, recorder: StrategyRecorder): RunPublisher {
  return {
    describe: () => store.describe(),
    begin: async (partner, options) => {
      const [seen, stored] = [
        await recorder.begin(partner, options),
        await store.writer.begin(partner, options),
      ];
      return {
        addBatch: (batch) => [...seen.addBatch(batch), ...stored.addBatch(batch)],
        commit: async (onProgress) => {
          await seen.commit();
          return stored.commit(onProgress);
        },
        abort: () => stored.abort(),
      };
    },
  };
}

/** The report without what may differ: times, memory, names of runs and generations, and what it is compared with. */
function lasting(report: RunReport): unknown {
  const {
    runId,
    generation,
    stages,
    peakMemoryMb: _memory,
    tableFiles,
    comparison: _comparison,
    ...rest
  } = report;
  t.ok(generation !== null && tableFiles.every((file) => file.includes(runId)));
  const done = stages.filter(({ stage }) => stage !== 'compare').map(({ stage, rows }) => ({ stage, rows }));
  return { ...rest, stages: done };
}

t.test('the same input gives the same bytes, whatever the threads and partitions', async (t) => {
  const customers = 8000;
  const { bench } = marketBench(customers, 7);
  const dataDir = mkdtempSync(join(tmpdir(), 'proffer-same-'));
  const store = await openUncached({ dataDir, redisUrl: undefined });
  t.teardown(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
    bench.remove();
  });
  const runs: string[] = [];
  for (const [threads, partitionRows] of [
    [1, 125_000],
    [2, 2999],
    [4, 1000],
    [4, 125_000],
  ] as const) {
    const recorder = new StrategyRecorder();
    const { report, kept } = await bench.rank({
      threads,
      partitionRows,
      publisher: publisherOf(store, recorder),
    });
    t.equal(recorder.strategies.size, customers);
    const rows = createHash('sha256')
      // The rows of a kept table stand in the order that threads come to them.
      .update(JSON.stringify([...kept].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)))
      .digest('hex');
    runs.push(JSON.stringify({ report: lasting(report), rows, batches: recorder.contentHash }, null, 1));
    if (runs.length > 1) {
      t.equal(runs.at(-1), runs[0], `${threads} threads, ${partitionRows} customers at a time`);
      t.match(report.comparison, {
        customersNew: 0,
        customersGone: 0,
        firstSame: customers,
        firstChanged: 0,
        moves: [],
      });
    }
  }
});

t.test(
  'rows of Parquet files, which all threads read, give the same strategies as those of CSV',
  async (t) => {
    const { options } = randomMarket(9000, 11);
    const files = mkdtempSync(join(tmpdir(), 'proffer-parquet-'));
    const csv = new RankingBench(options);
    t.teardown(() => {
      rmSync(files, { recursive: true, force: true });
      csv.remove();
    });
    const database = await RankingDatabase.open({ threads: 1, memoryLimitMb: 256, directory: files });
    const fileOf = (source: string): string => join(files, `${source}.parquet`);
    const names = ['customers', 'phones', 'accounts', 'exposures', 'purchases', 'serviceAlerts'] as const;
    for (const source of names) {
      // Small groups of rows, so that threads share them.
      await database.run(
        'test',
        `COPY (FROM read_csv('${csv.fileOf(source)}', all_varchar = true, allow_quoted_nulls = false))
       TO '${fileOf(source)}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
      );
    }
    database.close();
    const sources = Object.fromEntries(names.map((source) => [source, { file: fileOf(source) }]));
    const parquet = new RankingBench({ ...options, sources });
    t.teardown(() => parquet.remove());
    const [one, other] = [new StrategyRecorder(), new StrategyRecorder()];
    await csv.rank({ threads: 1, publisher: one });
    await parquet.rank({ threads: 4, partitionRows: 3000, publisher: other });
    t.equal(other.strategies.size, 9000);
    t.equal(other.contentHash, one.contentHash);
  },
);
