// The Bank Marketing data (Moro, Cortez and Rita 2014): 41,188 calls in order of time. Its rate of takers goes from 6 % in the
// first 80 % to 31 % in the last 20 %. Shared test data beside the repository.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import type { Column, ModelSettings } from '../../../src/config/index.js';
import { RankingDatabase } from '../../../src/ranking/database.js';
import { trainModel } from '../../../src/ranking/training/train-model.js';
import type { TrainedModel } from '../../../src/ranking/training/train-model.js';
import { loadTrainingData } from '../../../src/ranking/training/training-data.js';
import { repositoryRoot } from '../../support/repository-root.js';

const file = resolve(repositoryRoot, '../shared/data/bank-additional-full.csv.gz');
const skip = existsSync(file) ? false : `there is no ${file}`;

const column = (from: string, type: Column['type']): Column => ({
  column: from.replaceAll('.', '_'),
  from,
  type,
  required: false,
});
const texts = 'job marital education default housing loan contact month day_of_week poutcome y'.split(' ');
const integers = 'age duration campaign pdays previous'.split(' ');
const decimals = 'emp.var.rate cons.price.idx cons.conf.idx euribor3m nr.employed'.split(' ');

const settings: ModelSettings = {
  model: 'bank-deposit',
  partner: 'bank',
  kind: 'logistic',
  data: {
    file,
    format: 'auto',
    delimiter: ';',
    nullText: '',
    maxRejected: 0,
    columns: [
      ...texts.map((name) => column(name, 'text')),
      ...integers.map((name) => column(name, 'integer')),
      ...decimals.map((name) => column(name, 'decimal')),
    ],
  },
  label: 'y',
  positive: 'yes',
  leaks: ['duration'],
  features: [],
  testPercent: 20,
  folds: 5,
};

async function trained(more: Partial<ModelSettings>, isWalkForward: boolean): Promise<TrainedModel> {
  const directory = mkdtempSync(join(tmpdir(), 'proffer-bank-'));
  try {
    const database = await RankingDatabase.open({ threads: 2, memoryLimitMb: 512, directory });
    const { table, dropped, notes } = await loadTrainingData(settings, {
      database,
      queries: undefined,
      records: undefined,
      directory,
      workDirectory: directory,
      signal: undefined,
      rankings: [],
    }).finally(() => database.close());
    return trainModel(table, { ...settings, ...more }, { trainedAt: 'now', dropped, notes, isWalkForward });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

t.test('the first 80 % without duration, tested on the last 20 %', { skip }, async (t) => {
  const { report, file: model } = await trained({}, false);
  const { testMetrics: test, training } = report;
  t.match(training, { rows: 32_950, positives: 2100, droppedColumns: ['duration'] });
  t.match(test, { rows: 8238, positives: 2540 });
  t.notOk(model.features.some((feature) => feature.column === 'duration'));
  t.ok(Math.abs(test.auc! - 0.745) <= 0.005, `AUC ${test.auc}`);
  t.ok(Math.abs(test.logLoss - 0.579) <= 0.01, `log loss ${test.logLoss}`);
  t.match(
    report.calibrationVerdict,
    /^Propensities are too low by 7\.\d points: predicted 23\.\d %, observed 30\.8 % of 8238 test rows/,
  );
  t.match(report.calibrationVerdict, /the rate of takers went from 6\.4 % in training to 30\.8 %/);
  t.ok(report.drift.slice(0, 5).every(({ psi }) => psi > 5));
});

t.test('trained anew on a sliding window of the latest 5,000', { skip }, async (t) => {
  const { report } = await trained({ windowRows: 5000 }, true);
  const walk = report.walkForward!;
  t.equal(walk.metrics.rows, 8238);
  t.equal(walk.blockRows, 250);
  t.ok(walk.metrics.auc! >= 0.75, `AUC ${walk.metrics.auc}`);
  t.ok(walk.metrics.logLoss < report.testMetrics.logLoss);
});
