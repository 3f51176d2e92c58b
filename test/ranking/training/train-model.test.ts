import t from 'tap';
import { trainModel } from '../../../src/ranking/training/train-model.js';
import type { TrainingSettings } from '../../../src/ranking/training/train-model.js';
import { scoreRows } from '../../../src/ranking/training/score.js';
import { parseModelFile } from '../../../src/ranking/model/model-file.js';
import type { TrainingTable } from '../../../src/ranking/training/training-table.js';
import { categorical, logistic, numeric, simulated, trainingTable } from './tables.js';

const settings: TrainingSettings = {
  model: 'card',
  partner: 'acme',
  testPercent: 20,
  folds: 5,
};
const options = { trainedAt: '2026-11-26T05:00:00.000Z' };

/** The table with other values in the rows from `row` on. */
function spoilt(table: TrainingTable, row: number): TrainingTable {
  return {
    ...table,
    labels: table.labels.map((label, i) => (i < row ? label : 1 - label)),
    columns: table.columns.map((column) =>
      column.kind === 'numeric'
        ? { ...column, values: column.values.map((value, i) => (i < row ? value : -7 * value)) }
        : { ...column, codes: column.codes.map((code, i) => (i < row ? code : -1)) },
    ),
  };
}

t.test('nothing of the test rows reaches the model', (t) => {
  const table = simulated(2000, { missingShare: 0.1 });
  const [plain, other] = [table, spoilt(table, 1600)].map((one) => trainModel(one, settings, options));
  const { training, ...rest } = plain!.file;
  const { training: otherTraining, ...otherRest } = other!.file;
  t.same(rest, otherRest);
  t.not(training.dataHash, otherTraining.dataHash);
  t.same({ ...training, dataHash: '' }, { ...otherTraining, dataHash: '' });
  t.not(plain!.report.testMetrics.logLoss, other!.report.testMetrics.logLoss);
  t.match(training, { rows: 1600, from: '1', until: '1600' });
  t.match(plain!.report, { testFrom: '1601', testUntil: '2000', testMetrics: { rows: 400 } });
  t.end();
});

t.test('the same data gives the same bytes', (t) => {
  const [a, b] = [1, 2].map(() =>
    JSON.stringify(trainModel(simulated(1000), settings, { ...options, isWalkForward: true })),
  );
  t.equal(a, b);
  t.end();
});

t.test('it finds the model that the labels were drawn with, and its file is one', (t) => {
  const { file, report } = trainModel(simulated(20_000), settings, options);
  t.same(parseModelFile(JSON.stringify(file), { file: 'x', model: 'card', partner: 'acme' }), file);
  const [x, group] = file.features;
  t.ok(x?.kind === 'numeric' && Math.abs(x.coefficient / x.standardDeviation - 1) < 0.07);
  const levels = group?.kind === 'categorical' ? group.levels : [];
  t.ok(Math.abs(levels[2]!.coefficient - levels[0]!.coefficient - 1) < 0.15, 'c against a');
  t.ok(report.testMetrics.auc! > 0.7);
  t.match(report.calibrationVerdict, /^Well calibrated/);
  t.ok(Math.abs(report.trainMetrics.meanPropensity - report.trainMetrics.observedRate) < 0.01);
  t.match(report.coefficients[0]!.name, /^x \(per (1|1\.0\d|0\.99\d)\)$/);
  t.end();
});

t.test('scores by hand: numbers, levels, missing, never seen, calibration', (t) => {
  const table = trainingTable(
    [numeric('age', [50, null, 30]), categorical('job', ['clerk', null, 'pilot'])],
    [0, 0, 0],
  );
  const model = {
    intercept: -1,
    features: [
      {
        kind: 'numeric',
        column: 'age',
        mean: 40,
        standardDeviation: 10,
        coefficient: 0.5,
        missingCoefficient: 0.25,
      },
      {
        kind: 'categorical',
        column: 'job',
        levels: [{ level: 'clerk', coefficient: 2, rows: 10 }],
        missingCoefficient: -3,
      },
    ],
    calibration: { slope: 0.5, intercept: 0.1 },
  } as const;
  const expected = [-1 + 0.5 + 2, -1 + 0.25 - 3, -1 - 0.5].map((logit) => logistic(0.5 * logit + 0.1));
  scoreRows(model, table).forEach((score, i) => t.ok(Math.abs(score - expected[i]!) < 1e-12));
  t.throws(() => scoreRows(model, trainingTable([numeric('age', [1])], [0])), { code: 'TRAINING_FEATURE' });
  t.end();
});

t.test('a prior correction moves the propensities in use and leaves the figures', (t) => {
  const table = simulated(4000, { intercept: 0 });
  const plain = trainModel(table, settings, options);
  const corrected = trainModel(table, { ...settings, populationRate: 0.02 }, options);
  const mean = (one: typeof plain) =>
    scoreRows(one.file, table).reduce((sum, score) => sum + score, 0) / 4000;
  t.ok(mean(plain) > 0.4 && mean(corrected) < 0.04, `${mean(plain)} ${mean(corrected)}`);
  t.same(corrected.report.testMetrics, plain.report.testMetrics);
  t.equal(corrected.file.training.populationRate, 0.02);
  t.match(corrected.report.notes.at(-1), /corrected to a rate of takers of 2\.00 %/);
  t.end();
});

t.test('windowRows: the latest rows before the test', (t) => {
  const { file } = trainModel(simulated(3000), { ...settings, windowRows: 1000 }, options);
  t.match(file.training, { rows: 1000, from: '1401', until: '2400' });
  t.end();
});

t.test('walking forward follows a change that a model of the past misses', (t) => {
  const before = simulated(2400, { slope: 1.5 });
  const after = simulated(1600, { slope: -1.5, seed: 2 });
  const table: TrainingTable = {
    ...before,
    rowCount: 4000,
    labels: Uint8Array.from([...before.labels, ...after.labels]),
    columns: before.columns.map((column, i) => {
      const other = after.columns[i]!;
      return column.kind === 'numeric' && other.kind === 'numeric'
        ? { ...column, values: Float64Array.from([...column.values, ...other.values]) }
        : column.kind === 'categorical' && other.kind === 'categorical'
          ? { ...column, codes: Int32Array.from([...column.codes, ...other.codes]) }
          : column;
    }),
  };
  const wanted = { ...options, isWalkForward: true, blockRows: 200 };
  const { report } = trainModel(table, { ...settings, testPercent: 40, windowRows: 400 }, wanted);
  const walkForward = report.walkForward!;
  t.ok(report.testMetrics.auc! < 0.4);
  t.equal(walkForward.blocks.length, 8);
  t.ok(walkForward.blocks[0]!.auc! < 0.4 && walkForward.blocks[7]!.auc! > 0.7);
  t.equal(walkForward.metrics.rows, 1600);
  t.match(walkForward.blocks[1], { from: '2601', until: '2800', rows: 200 });
  t.end();
});

const yes = (rows: number, every: number) =>
  Array.from({ length: rows }, (_, i) => (i % every === 0 ? 1 : 0));
const counting = (rows: number) =>
  numeric(
    'x',
    Array.from({ length: rows }, (_, i) => i % 17),
  );

const refused: readonly (readonly [string, TrainingTable, RegExp])[] = [
  ['too few rows', trainingTable([counting(150)], yes(150, 2)), /^model card: 150 rows with a label; .* 200/],
  ['too few takers', trainingTable([counting(400)], yes(400, 50)), /7 of 320 training rows took the offer/],
  ['takers only', trainingTable([counting(400)], yes(400, 1)), /320 of 320 training rows/],
  [
    'one time',
    trainingTable([counting(400)], yes(400, 2), { times: yes(400, 1) }),
    /all rows have the same time/,
  ],
  [
    'the same customers before and after',
    trainingTable([counting(400)], yes(400, 2), { customers: yes(400, 1) }),
    /320 rows were left out because their customer is in the test rows as well/,
  ],
  [
    'nothing to learn from',
    trainingTable([numeric('x', yes(400, 1))], yes(400, 2)),
    /no feature is left: x has the same value/,
  ],
];

for (const [name, table, message] of refused) {
  t.test(`refused: ${name}`, (t) => {
    t.throws(() => trainModel(table, settings, options), { code: 'TRAINING_DATA', message });
    t.end();
  });
}
