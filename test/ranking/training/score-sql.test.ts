// The plain reference against the SQL that ranks: the same propensity for the same row.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { RankingDatabase } from '../../../src/ranking/database.js';
import { featureColumns, featureLayout, logisticSql } from '../../../src/ranking/plan/feature-sql.js';
import type { PlannedOffer } from '../../../src/ranking/plan/ranking-plan.js';
import { scoreRows } from '../../../src/ranking/training/score.js';
import { trainModel } from '../../../src/ranking/training/train-model.js';
import { categorical, numeric, simulated, trainingTable } from './tables.js';

const directory = mkdtempSync(join(tmpdir(), 'proffer-score-'));
t.teardown(() => rmSync(directory, { recursive: true, force: true }));

t.test('SQL and reference agree on numbers, levels, missing values and levels never seen', async (t) => {
  const settings = { model: 'card', partner: 'acme', testPercent: 20, folds: 5, populationRate: 0.05 };
  const { file } = trainModel(simulated(4000, { missingShare: 0.1 }), settings, { trainedAt: 'then' });
  const model = { ...file, calibration: { slope: 0.8, intercept: 0.1 } };
  const rows = [
    { x: 0.5, group: 'a' },
    { x: null, group: 'b' },
    { x: -3, group: null },
    { x: 1e4, group: 'never seen' },
    { x: -1e4, group: 'c' },
    { x: null, group: null },
  ];
  const table = trainingTable(
    [
      numeric(
        'x',
        rows.map(({ x }) => x),
      ),
      categorical(
        'group',
        rows.map(({ group }) => group),
      ),
    ],
    rows.map(() => 0),
  );
  const expected = scoreRows(model, table);

  const database = await RankingDatabase.open({ threads: 1, memoryLimitMb: 128, directory });
  t.teardown(() => database.close());
  const values = rows.map(
    ({ x, group }, i) => `(${i}, ${x ?? 'NULL'}, ${group === null ? 'NULL' : `'${group}'`})`,
  );
  await database.run('rows', `CREATE TABLE base AS FROM (VALUES ${values.join(', ')}) AS v(row, x, "group")`);
  const offer = { propensity: { kind: 'logistic', logistic: model } } as unknown as PlannedOffer;
  const layout = featureLayout([offer], (column) => column);
  const found = await database.rows(
    'score',
    `SELECT ${logisticSql(model, layout, (column) => column)}
     FROM (SELECT *, ${featureColumns(layout).join(', ')} FROM base) ORDER BY row`,
  );
  found.forEach(([propensity], i) => {
    t.ok(Math.abs(Number(propensity) - expected[i]!) < 1e-12, `${String(propensity)} ${expected[i]}`);
  });
  t.equal(found.length, rows.length);
});
