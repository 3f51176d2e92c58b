import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { ModelSettings, RankingSettings } from '../../../src/config/index.js';
import { readModel } from '../../../src/ranking/index.js';
import { runTraining } from '../../../src/ranking/training/run-training.js';
import { trainModel } from '../../../src/ranking/training/train-model.js';
import { writeModel } from '../../../src/ranking/training/write-model.js';
import { simulated } from './tables.js';

const directory = mkdtempSync(join(tmpdir(), 'proffer-models-'));
t.teardown(() => rmSync(directory, { recursive: true, force: true }));

const settings = { model: 'card', partner: 'acme', testPercent: 20, folds: 5 };
const trained = (seed: number) => trainModel(simulated(500, { seed }), settings, { trainedAt: String(seed) });

t.test('the model and the one before it, whole, and nothing else left behind', async (t) => {
  const dataDir = join(directory, 'whole');
  const [first, second] = [trained(1), trained(2)];
  await writeModel(dataDir, first);
  const paths = await writeModel(dataDir, second);
  t.same(readModel(dataDir, settings), second.file);
  t.same(JSON.parse(readFileSync(paths.previous, 'utf8')), first.file);
  t.same(readdirSync(join(dataDir, 'models')).sort(), [
    'card.json',
    'card.previous.json',
    'card.report.html',
    'card.report.json',
  ]);
});

t.test('where nothing can be written it says which file', async (t) => {
  const dataDir = join(directory, 'file');
  writeFileSync(dataDir, '');
  await t.rejects(writeModel(dataDir, trained(1)), {
    code: 'TRAINING_WRITE',
    message: /models\/card\.json: /,
  });
});

t.test('an id that would overwrite the files of another model is refused', async (t) => {
  const model = { ...settings, model: 'card.report' } as ModelSettings;
  const options = {
    ranking: { run: { threads: 1, memoryLimitMb: 128 } } as RankingSettings,
    dataDir: directory,
    queries: undefined,
    records: undefined,
    signal: undefined,
    trainedAt: 'now',
    onProgress: () => undefined,
  };
  await t.rejects(runTraining(model, options), { code: 'TRAINING_DATA', message: /ends in \.report/ });
});
