import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { RankingDatabase } from '../../../src/ranking/database.js';
import type { RankingPlan } from '../../../src/ranking/plan/ranking-plan.js';
import { OnnxScores } from '../../../src/ranking/run/onnx-scores.js';
import { onnxFile } from '../../support/onnx-file.js';

const directory = mkdtempSync(join(tmpdir(), 'proffer-onnx-scores-'));
t.teardown(() => rmSync(directory, { recursive: true, force: true }));
const database = await RankingDatabase.open({ threads: 2, memoryLimitMb: 256, directory });
t.teardown(() => database.close());
const file = join(directory, 'model.onnx');
writeFileSync(file, onnxFile({ weights: [1, 2], bias: -1, missingAs: 0 }));

/** What is read of a plan. */
const plan = {
  offers: [{ index: 3, propensity: { kind: 'onnx', model: 'brought', file, features: ['a', 'b'] } }],
} as unknown as RankingPlan;

t.test('every row of a partition is scored, however large it is', async (t) => {
  const rows = 250_000;
  await database.run(
    'test',
    `CREATE TABLE base AS SELECT range AS _cid, CASE WHEN range % 5 > 0 THEN range % 7 / 7 END AS a, -(range % 3) AS b FROM range(${rows})`,
  );
  const scores = await OnnxScores.open(plan, database);
  await scores?.score();
  await scores?.close();
  const wrong = await database.numbers(
    'test',
    `SELECT count(*), min(_cid), sum((abs(_onnx_3 - 1 / (1 + exp(1 - coalesce(a, 0) - 2 * b))) > 1e-6)::INTEGER)
     FROM onnx_scores JOIN base USING (_cid)`,
  );
  t.strictSame(wrong, [rows, 0, 0]);
});
