// What is wrong with the input of a run: told with counts and samples, set apart, and past a limit nothing is published.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import type { SourceName } from '../../../src/config/index.js';
import { makeDirectory } from '../../../src/kernel/index.js';
import { modelPath, readModel } from '../../../src/ranking/index.js';
import type { RunPublisher } from '../../../src/ranking/run/publisher.js';
import { PARTNER, RankingBench } from '../../support/ranking-bench.js';
import type { BenchOptions, RunChange } from '../../support/ranking-bench.js';
import { openUncached } from '../../support/strategies.js';
import { StrategyRecorder } from '../../support/strategy-recorder.js';

const sources = ['customers', 'phones', 'accounts', 'exposures', 'purchases', 'serviceAlerts'] as const;

function partner(maxRejected: number, change: Partial<BenchOptions> = {}): RankingBench {
  const rows = ['A1', 'A2', 'A3'].map((customer) => ({ customer, age: 40, region: 'north' }));
  return new RankingBench({
    offers: { OFFER: {}, MORE: {} },
    unranked: { REPAIR: { kind: 'service' } },
    tables: {
      customers: {
        columns: {
          age: { type: 'integer', minimum: 16, maximum: 120 },
          region: { type: 'text', values: ['north', 'south'] },
          income: 'decimal',
          isDigital: 'boolean',
          joined: 'date',
        },
        rows,
      },
      accounts: {
        columns: { balance: { type: 'decimal', aggregate: 'sum' } },
        rows: rows.map(({ customer }) => ({ account: `account ${customer}`, customer, balance: 1 })),
      },
      exposures: { columns: { disposition: 'text' }, rows: [] },
      purchases: { columns: { at: 'timestamp' }, rows: [] },
      serviceAlerts: { columns: { offer: 'text' }, rows: [] },
    },
    sources: Object.fromEntries(sources.map((source) => [source, { maxRejected }])),
    ...change,
  });
}

interface BadInput {
  readonly what: string;
  readonly source: SourceName;
  /** Lines after the head and the good rows. */
  readonly lines: readonly string[];
  readonly problem: string;
  readonly rows: number;
  /** The first sample. */
  readonly sample: string;
}

const long = 'x'.repeat(65);

const badRows: readonly BadInput[] = [
  {
    what: 'a customer twice',
    source: 'customers',
    lines: ['A1,50,south,,,'],
    problem: 'customer is there twice',
    rows: 1,
    sample: 'A1, 50, south, , , ',
  },
  {
    what: 'a customer without a reference',
    source: 'customers',
    lines: [',50,south,,,', '"",50,south,,,'],
    problem: 'customer is missing',
    rows: 2,
    sample: ', 50, south, , , ',
  },
  {
    what: 'a reference that is too long',
    source: 'customers',
    lines: [`${long},50,south,,,`],
    problem: 'customer is longer than 64 bytes',
    rows: 1,
    sample: `${'x'.repeat(40)}, 50, south, , , `,
  },
  {
    what: 'a control character',
    source: 'customers',
    lines: ['A\u0085B,50,south,,,'],
    problem: 'customer holds a control character',
    rows: 1,
    sample: 'A\u0085B, 50, south, , , ',
  },
  {
    what: 'out of range',
    source: 'customers',
    lines: ['B1,15,south,,,', 'B2,-1,south,,,'],
    problem: 'age is below 16',
    rows: 2,
    sample: 'B1, 15, south, , , ',
  },
  {
    what: 'above the range',
    source: 'customers',
    lines: ['B1,121,south,,,'],
    problem: 'age is above 120',
    rows: 1,
    sample: 'B1, 121, south, , , ',
  },
  {
    what: 'no whole number',
    source: 'customers',
    lines: ['B1,forty,south,,,'],
    problem: 'age is no whole number',
    rows: 1,
    sample: 'B1, , south, , , ',
  },
  {
    what: 'a fraction',
    source: 'customers',
    lines: ['B1,40.5,south,,,'],
    problem: 'age is no whole number',
    rows: 1,
    sample: 'B1, 41, south, , , ',
  },
  {
    what: 'no number',
    source: 'customers',
    lines: ['B1,40,south,much,,'],
    problem: 'income is no number',
    rows: 1,
    sample: 'B1, 40, south, , , ',
  },
  {
    what: 'not finite',
    source: 'customers',
    lines: ['B1,40,south,inf,,', 'B2,40,south,nan,,'],
    problem: 'income is no finite number',
    rows: 2,
    sample: 'B1, 40, south, inf, , ',
  },
  {
    what: 'no truth',
    source: 'customers',
    lines: ['B1,40,south,,perhaps,'],
    problem: 'isDigital is no true or false',
    rows: 1,
    sample: 'B1, 40, south, , , ',
  },
  {
    what: 'no date',
    source: 'customers',
    lines: ['B1,40,south,,,2026-02-30'],
    problem: 'joined is no date such as 2026-12-31',
    rows: 1,
    sample: 'B1, 40, south, , , ',
  },
  {
    what: 'another text',
    source: 'customers',
    lines: ['B1,40,moon,,,'],
    problem: 'region is none of north, south',
    rows: 1,
    sample: 'B1, 40, moon, , , ',
  },
  {
    what: 'too many values',
    source: 'customers',
    lines: ['B1,40,south,,,,x'],
    problem: 'line is no row: too many columns',
    rows: 1,
    sample: 'B1,40,south,,,,x',
  },
  {
    what: 'too few values',
    source: 'customers',
    lines: ['B1,40'],
    problem: 'line is no row: missing columns',
    rows: 1,
    sample: 'B1,40',
  },
  {
    what: 'an account twice',
    source: 'accounts',
    lines: ['account A1,A2,5'],
    problem: 'account is there twice',
    rows: 1,
    sample: '********A1, A2, 5.0',
  },
  {
    what: 'numbers that are none',
    source: 'phones',
    lines: ['A1,12', 'A1,nobody', 'A2,+1555'],
    problem: 'phone is no phone number (country US)',
    rows: 3,
    sample: '12',
  },
  {
    what: 'no number at all',
    source: 'phones',
    lines: ['A1,'],
    problem: 'phone is missing',
    rows: 1,
    sample: 'A1, ',
  },
  {
    what: 'no time',
    source: 'exposures',
    lines: ['A1,OFFER,yesterday,declined'],
    problem: 'at is no time such as 2026-12-31 23:59:59',
    rows: 1,
    sample: 'A1, OFFER, , declined',
  },
  {
    what: 'no product',
    source: 'purchases',
    lines: ['A1,,2026-01-01 00:00:00'],
    problem: 'product is missing',
    rows: 1,
    sample: 'A1, , 2026-01-01 00:00:00',
  },
  {
    what: 'no account',
    source: 'serviceAlerts',
    lines: [',REPAIR'],
    problem: 'account is missing',
    rows: 1,
    sample: ', REPAIR',
  },
];

function spoil(bench: RankingBench, { source, lines }: BadInput): void {
  bench.write(source, `${readFileSync(bench.fileOf(source), 'utf8')}${lines.join('\n')}\n`);
}

t.test('bad rows under the limit are set apart and told, and the others are published', async (t) => {
  const bench = partner(100);
  t.teardown(() => bench.remove());
  for (const bad of badRows) spoil(bench, bad);
  const { report, strategies } = await bench.rank();
  t.strictSame([...strategies.keys()], ['A1', 'A2', 'A3']);
  for (const { what, source, problem, rows, sample } of badRows) {
    const told = report.sources.find((one) => one.source === `${source} of ${PARTNER}`);
    const same = told?.problems.filter((one) => one.problem === problem) ?? [];
    t.ok(
      same.some((one) => one.rows === rows && one.samples[0]?.text === sample),
      what,
      { found: told?.problems },
    );
  }
  for (const source of sources) {
    const told = report.sources.find((one) => one.source === `${source} of ${PARTNER}`);
    const bad = badRows.filter((one) => one.source === source);
    t.equal(
      told?.rejected,
      bad.reduce((sum, one) => sum + one.rows, 0),
      source,
    );
    const files = [
      told?.rejectedFile ?? '',
      join(dirname(told?.rejectedFile ?? ''), 'rejected-phone-numbers.csv'),
    ];
    const written = files.filter(
      (file, at) => existsSync(file) && files.indexOf(file) === at && (at === 0 || source === 'phones'),
    );
    const lines = written.flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').slice(1));
    t.equal(lines.length, told?.rejected, `${source}: each rejected row is in the file`);
    for (const { problem } of bad)
      t.ok(
        lines.some((line) => line.includes(problem)),
        problem,
      );
  }
});

t.test('one bad row more than the limit, of whatever kind, and nothing is begun', async (t) => {
  for (const bad of badRows) {
    const { what, source, rows } = bad;
    const bench = partner(rows - 1);
    spoil(bench, bad);
    const recorder = new StrategyRecorder();
    const message = `^source ${source} of acme: ${rows} rows were rejected, maxRejected is ${rows - 1}; they are in `;
    await t.rejects(
      bench.rank({ publisher: recorder }),
      {
        code: 'RANKING_TOO_MANY_REJECTED',
        message: new RegExp(message),
        fields: { rejected: rows, maxRejected: rows - 1 },
      },
      what,
    );
    t.equal(recorder.outcome, 'none', what);
    bench.remove();
  }
});

t.test('of a customer with too many numbers the first fifty count', async (t) => {
  const bench = partner(5);
  t.teardown(() => bench.remove());
  const numbers = Array.from({ length: 52 }, (_, index) => `A1,+1555020${String(1999 - index)}`);
  bench.write('phones', ['customer,phone', ...numbers, 'A1,+15550201999', 'A2,+15550209999', ''].join('\n'));
  const { report, strategies } = await bench.rank();
  t.match(report.sources[1], {
    rows: 54,
    accepted: 52,
    rejected: 2,
    problems: [
      { problem: 'customer has more than 50 numbers', rows: 2, samples: [{ row: 51 }, { row: 52 }] },
    ],
  });
  t.equal(strategies.get('A1')?.phones.length, 50);
  t.notOk(strategies.get('A1')?.phones.includes('+15550201948'));
  t.strictSame(strategies.get('A2')?.phones, ['+15550209999']);
});

t.test('rejected rows of all kinds together are counted against the limit', async (t) => {
  for (const [limit, isOver] of [
    [5, false],
    [4, true],
  ] as const) {
    const bench = partner(limit);
    t.teardown(() => bench.remove());
    bench.write('phones', 'customer,phone\nA1,+15550100001\nA1,12\nA2,\nA2,none\nA3\nA3,1,2\n');
    if (isOver) await t.rejects(bench.rank(), { code: 'RANKING_TOO_MANY_REJECTED', fields: { rejected: 5 } });
    else
      t.match((await bench.rank()).report, {
        unreachable: 2,
        sources: [{}, { rows: 6, accepted: 1, rejected: 5 }],
      });
  }
});

t.test('sources that cannot be read at all: nothing is begun', async (t) => {
  const cases: readonly (readonly [what: string, spoil: (bench: RankingBench) => void, message: RegExp])[] = [
    [
      'missing',
      (bench) => rmSync(bench.fileOf('customers')),
      /^source customers of acme: there is no file .*customers\.csv$/,
    ],
    [
      'empty',
      (bench) => bench.write('phones', ''),
      /^source phones of acme: .*phones\.csv is empty; its first line names the columns$/,
    ],
    [
      'another head',
      (bench) => bench.write('exposures', 'who,what\n'),
      /^source exposures of acme: .* has no column customer; its columns are who, what$/,
    ],
    [
      'a directory',
      (bench) => {
        rmSync(bench.fileOf('accounts'));
        mkdirSync(bench.fileOf('accounts'));
      },
      /^source accounts of acme: .*accounts\.csv cannot be read as CSV/,
    ],
    [
      'binary',
      (bench) => bench.write('purchases', Buffer.from([0, 255, 254, 0, 1, 2, 3])),
      /^source purchases of acme: /,
    ],
  ];
  for (const [what, spoil, message] of cases) {
    const bench = partner(100);
    const recorder = new StrategyRecorder();
    spoil(bench);
    await t.rejects(bench.rank({ publisher: recorder }), { code: 'RANKING_SOURCE', message }, what);
    t.equal(recorder.outcome, 'none', what);
    bench.remove();
  }
  const parquet = partner(100, { sources: { customers: { format: 'parquet' } } });
  t.teardown(() => parquet.remove());
  await t.rejects(parquet.rank(), {
    code: 'RANKING_SOURCE',
    message: /customers\.csv cannot be read as Parquet/,
  });
});

t.test('rows of customers whom nobody knows are ignored and counted', async (t) => {
  const bench = partner(0);
  t.teardown(() => bench.remove());
  bench.write('phones', 'customer,phone\nA1,+15550100001\nNOBODY,+15550100002\nX,+15550100003\n');
  bench.write('accounts', 'account,customer,balance\n1,A1,5\n2,NOBODY,6\n');
  bench.write(
    'exposures',
    'customer,offer,at,disposition\nX,OFFER,2026-01-01 00:00:00,\nA1,OFFER,2026-01-01 00:00:00,\n',
  );
  bench.write('serviceAlerts', 'account,offer\n2,REPAIR\n3,REPAIR\n');
  const { report, strategies } = await bench.rank();
  t.strictSame(
    report.sources.map(({ ignored, rejected }) => [ignored, rejected]),
    [
      [0, 0],
      [2, 0],
      [1, 0],
      [1, 0],
      [0, 0],
      [2, 0],
    ],
  );
  t.strictSame([...strategies.keys()], ['A1']);
  t.match(report, { customers: 3, unreachable: 2, withServiceAlert: 0 });
});

t.test('rules and formulas that cannot be used name their place in ranking.yaml', async (t) => {
  const cases: readonly (readonly [offer: object, message: RegExp])[] = [
    [
      { eligibility: { rule: 'agee > 3' } },
      /^ranking\.yaml: rankings\[0\]\.offers\[1\]\.eligibility\.rule: there is no column agee.*did you mean "age"/,
    ],
    [{ eligibility: { rule: 'age >' } }, /^ranking\.yaml: rankings\[0\]\.offers\[1\]\.eligibility\.rule: /],
    [{ eligibility: { rule: 'age + 1' } }, /eligibility\.rule: is a value of type .*, not a condition$/],
    [{ eligibility: { rule: "region > 5 and joined = 'x' || age" } }, /eligibility\.rule: /],
    [
      { value: { kind: 'formula', formula: "region || 'x'" } },
      /offers\[1\]\.value\.formula: is a value of type VARCHAR, not a number$/,
    ],
    [
      { value: { kind: 'column', column: 'region' } },
      /offers\[1\]\.value\.column: region is no column of numbers$/,
    ],
    [
      { eligibility: { rule: "age > (SELECT count(*) FROM read_csv('/etc/passwd'))" } },
      /eligibility\.rule: subquery is not allowed here/,
    ],
  ];
  for (const [offer, message] of cases) {
    const bench = partner(0, { offers: { FIRST: {}, SECOND: offer } });
    const recorder = new StrategyRecorder();
    await t.rejects(bench.rank({ publisher: recorder }), { code: 'RANKING_RULE', message });
    t.equal(recorder.outcome, 'none');
    bench.remove();
  }
});

t.test('models that are missing, damaged or of other columns', async (t) => {
  const model = {
    intercept: 0,
    features: [
      {
        kind: 'numeric',
        column: 'height',
        mean: 0,
        standardDeviation: 1,
        coefficient: 1,
        missingCoefficient: 0,
      },
    ],
    calibration: { slope: 1, intercept: 0 },
  } as const;
  const bench = partner(0, {
    offers: { OFFER: { propensity: { kind: 'logistic', model: 'brought' } } },
    models: { brought: model },
  });
  t.teardown(() => bench.remove());
  await t.rejects(bench.rank(), {
    code: 'RANKING_MODEL',
    message: /^model brought: its feature height is no column of the sources of acme$/,
  });
  const models: RunChange['models'] = (id) => readModel(bench.dataDir, { model: id, partner: PARTNER });
  await t.rejects(bench.rank({ models }), {
    code: 'RANKING_MODEL',
    message: /^model brought: there is no .*brought\.json; train it first: proffer train brought$/,
  });
  makeDirectory(join(bench.dataDir, 'models'));
  writeFileSync(modelPath(bench.dataDir, 'brought'), '{"format":"proffer-model","version":1,');
  await t.rejects(bench.rank({ models }), {
    code: 'RANKING_MODEL',
    message: /is no JSON; proffer train writes it anew/,
  });
  writeFileSync(modelPath(bench.dataDir, 'brought'), '{"format":"proffer-model","version":2}');
  await t.rejects(bench.rank({ models }), { code: 'RANKING_MODEL', message: /version is not 1/ });
  const onnx = partner(0, {
    offers: { OFFER: { propensity: { kind: 'onnx', model: 'brought' } } },
    onnxModels: { brought: { onnxFile: join(bench.directory, 'none.onnx'), features: ['age'] } },
  });
  t.teardown(() => onnx.remove());
  const recorder = new StrategyRecorder();
  await t.rejects(onnx.rank({ publisher: recorder }), {
    code: 'RANKING_MODEL',
    message: /none\.onnx cannot be read/,
  });
  t.not(recorder.outcome, 'committed');
  writeFileSync(join(bench.directory, 'none.onnx'), 'nonsense');
  await t.rejects(onnx.rank(), { code: 'RANKING_MODEL', message: /is no ONNX model that can be run/ });
});

t.test('a run that is interrupted publishes nothing, until its generation is being written', async (t) => {
  const bench = partner(0);
  t.teardown(() => bench.remove());
  await bench.rank();
  const seen: string[] = [];
  await bench.rank({ onProgress: ({ stage }) => seen.push(stage) });
  const stages = [...new Set(seen)];
  t.ok(
    ['load customers', 'prepare', 'score', 'compare', 'publish'].every((one) => stages.includes(one)),
    stages.join(),
  );
  for (const at of stages) {
    const controller = new AbortController();
    const recorder = new StrategyRecorder();
    const running = bench.rank({
      publisher: recorder,
      signal: controller.signal,
      onProgress: ({ stage }) => {
        if (stage === at) controller.abort();
      },
    });
    if (at === 'publish') {
      t.equal((await running).report.generation, 1, 'what is being swapped in is swapped in whole');
      t.equal(recorder.outcome, 'committed');
      continue;
    }
    await t.rejects(running, { code: 'RANKING_INTERRUPTED' }, at);
    t.not(recorder.outcome, 'committed', at);
  }
});

/** A recorder whose commit, batches or report go wrong. */
function failing(
  change: { commit?: () => void; refuse?: boolean },
  recorder: StrategyRecorder,
  onBegin: (runId: string) => void = () => undefined,
): RunPublisher {
  return {
    describe: () => recorder.describe(),
    begin: async (partner, options) => {
      onBegin(options.runId);
      const publication = await recorder.begin(partner, options);
      return {
        ...publication,
        addBatch: (batch) =>
          change.refuse === true
            ? [{ row: 0, field: 'customer', reason: 'is not liked' }]
            : publication.addBatch(batch),
        commit: (onProgress) => {
          change.commit?.();
          return publication.commit(onProgress);
        },
      };
    },
  };
}

t.test('a store that fails or refuses ends the run, and the load is given up', async (t) => {
  const bench = partner(0);
  t.teardown(() => bench.remove());
  const down = new StrategyRecorder();
  const commit = (): never => {
    throw new Error('the store is down');
  };
  await t.rejects(bench.rank({ publisher: failing({ commit }, down) }), { message: 'the store is down' });
  t.equal(down.outcome, 'aborted');
  const strict = new StrategyRecorder();
  await t.rejects(bench.rank({ publisher: failing({ refuse: true }, strict) }), {
    code: 'RANKING_ENGINE',
    message: 'publish: customer is not liked',
  });
  t.equal(strict.outcome, 'aborted');
});

t.test('a report that cannot be written does not make a published run an unpublished one', async (t) => {
  const bench = partner(0);
  t.teardown(() => bench.remove());
  const recorder = new StrategyRecorder();
  let directory = '';
  const publisher = failing(
    { commit: () => mkdirSync(join(directory, 'report.html')) },
    recorder,
    (runId) => {
      directory = join(bench.dataDir, 'rankings', PARTNER, runId);
    },
  );
  await t.rejects(bench.rank({ publisher }), {
    code: 'RANKING_REPORT_NOT_KEPT',
    message: /^published as generation 1, but the run cannot be kept in .*: EISDIR/,
  });
  t.equal(recorder.outcome, 'committed');
  t.notOk(existsSync(join(directory, 'report.json')));
});

t.test('the store takes whatever passes the checks, at its very limits', async (t) => {
  const services = Object.fromEntries(
    Array.from({ length: 15 }, (_, index) => [`REPAIR-${index}`, { kind: 'service' as const }]),
  );
  const offers = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`OFFER-${index}`, {}]));
  const longest = 'é'.repeat(32);
  const bench = new RankingBench({
    offers,
    unranked: services,
    ranking: { topK: 20 },
    tables: {
      customers: { rows: [{ customer: longest }, { customer: 'a b\u00a0c' }, { customer: '😀"\'\\' }] },
      phones: {
        rows: Array.from({ length: 50 }, (_, index) => ({
          customer: longest,
          phone: `+99999999999${String(index).padStart(4, '0')}`.slice(0, 16),
        })).concat([
          { customer: '😀"\'\\', phone: '+1234567' },
          { customer: 'a b\u00a0c', phone: '+999999999999999' },
        ]),
      },
      accounts: { rows: [{ account: '1', customer: longest }] },
      serviceAlerts: {
        columns: { offer: 'text' },
        rows: Object.keys(services).map((offer) => ({ account: '1', offer })),
      },
    },
  });
  const store = await openUncached({ dataDir: bench.dataDir, redisUrl: undefined });
  t.teardown(async () => {
    await store.close();
    bench.remove();
  });
  const { report } = await bench.rank({
    publisher: {
      describe: () => store.describe(),
      begin: (partner, options) => store.writer.begin(partner, options),
    },
  });
  t.match(report, { customers: 3, unreachable: 0, withOffers: 3 });
  const found = await store.reader.lookup(PARTNER, '+999999999990001');
  t.match(found, { kind: 'hit', strategy: { customer: longest } });
  const codes = found.kind === 'hit' ? found.strategy.offers.map((one) => one.offerCode) : [];
  t.equal(codes.length, 31, 'the most that a strategy holds: service offers, then the best');
  t.strictSame([codes[0], codes[14], codes[15], codes[30]], ['REPAIR-0', 'REPAIR-14', 'OFFER-0', 'OFFER-15']);
});
