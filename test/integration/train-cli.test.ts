// proffer train as people run it: settings and a CSV in, a model, a report and exit codes out.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readModel } from '../../src/ranking/index.js';
import { seededRandom } from '../callcenter/simulated-queue.js';
import { SettingsFolder } from '../support/router-settings.js';

const directory = mkdtempSync(join(tmpdir(), 'proffer-train-'));
const settings = new SettingsFolder();
t.teardown(() => {
  rmSync(directory, { recursive: true, force: true });
  rmSync(settings.path, { recursive: true, force: true });
});

const dataDir = join(directory, 'data');
const models = join(dataDir, 'models');
const file = join(directory, 'calls.csv');

/** Calls of people of whom the older ones buy more. */
function writeCalls(rows: number): void {
  const random = seededRandom(8);
  const lines = Array.from({ length: rows }, () => {
    const age = 20 + Math.floor(60 * random());
    const sold = random() < age / 160;
    return `${age},${random() < 0.5 ? 'north' : 'south'},${sold ? 300 : 20},${sold ? 'yes' : 'no'}`;
  });
  writeFileSync(file, `age,region,duration,sold\n${lines.join('\n')}\n`);
}

writeCalls(3000);
settings.change(({ ranking }) => {
  const columns = [
    { column: 'age', type: 'integer' as const },
    { column: 'region', type: 'text' as const },
    { column: 'duration', type: 'integer' as const },
    { column: 'sold', type: 'text' as const },
  ];
  const base = { partner: 'acme', data: { file, columns }, label: 'sold', positive: 'yes' };
  ranking.models = [
    { ...base, model: 'calls', leaks: ['duration'] },
    { ...base, model: 'nobody', positive: 'accepted' },
    { model: 'brought', partner: 'acme', kind: 'onnx', onnxFile: 'x.onnx', features: ['age'] },
  ];
  ranking.rankings = [];
});

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

function train(...args: readonly string[]) {
  return spawnSync(process.execPath, [main, 'train', '--config', settings.path, ...args], {
    encoding: 'utf8',
    env: { ...process.env, PROFFER_DATA_DIR: dataDir },
  });
}

t.test('a dry run reports and writes nothing', (t) => {
  const { status, stdout, stderr } = train('calls', '--dry-run');
  t.equal(stderr, '');
  t.equal(status, 0);
  t.match(stdout, /^Model calls of partner acme: it ranks a taker above another in 6\d\.\d % of pairs/);
  t.match(stdout, /age \(per 17\.\d\) +1\.\d+/);
  t.match(stdout, /duration is not used: known only after the call \(leaks\)/);
  t.match(stdout, /dry run: nothing was written/);
  t.same(readdirSync(models), []);
  t.end();
});

t.test('the model is written where rank finds it, with its report; the one before is kept', (t) => {
  t.match(train('calls'), { status: 0, stdout: /model: +\S+calls\.json\nreport: \S+calls\.report\.html\n$/ });
  const first = readFileSync(join(models, 'calls.json'), 'utf8');
  const model = readModel(dataDir, { model: 'calls', partner: 'acme' });
  t.same(
    model.features.map(({ column }) => column),
    ['age', 'region'],
  );
  t.match(readFileSync(join(models, 'calls.report.html'), 'utf8'), /^<!doctype html>/i);
  t.match(JSON.parse(readFileSync(join(models, 'calls.report.json'), 'utf8')), { model: 'calls' });
  t.notOk(existsSync(join(models, 'calls.previous.json')));
  t.equal(train('calls').status, 0);
  t.equal(readFileSync(join(models, 'calls.previous.json'), 'utf8'), first);
  const timeless = (text: string) => text.replace(/"trainedAt": "[^"]+"/, '');
  t.equal(
    timeless(readFileSync(join(models, 'calls.json'), 'utf8')),
    timeless(first),
    'the same but for the time',
  );
  t.same(
    readdirSync(models).filter((one) => !one.startsWith('calls.')),
    [],
  );
  t.end();
});

t.test('one model that fails does not stop the others, and leaves its files alone', (t) => {
  const { status, stdout, stderr } = train();
  t.equal(status, 1);
  t.match(stdout, /^Model calls/);
  t.match(stderr, /^proffer: model nobody: no row has the label sold = accepted; its values are no \(/);
  t.match(stderr, /nobody: was not trained; its file from before is untouched/);
  t.end();
});

t.test('--json prints reports and errors; --walk-forward adds its table', (t) => {
  const { status, stdout } = train(
    'calls',
    'nobody',
    '--json',
    '--dry-run',
    '--walk-forward',
    '--block-rows',
    '200',
  );
  t.equal(status, 1);
  const { models: answers } = JSON.parse(stdout) as { models: unknown[] };
  t.match(answers, [
    { model: 'calls', file: null, report: { walkForward: { blockRows: 200, windowRows: 2400 } } },
    { model: 'nobody', error: /^proffer: model nobody/ },
  ]);
  t.match(
    train('calls', '--walk-forward', '--dry-run').stdout,
    /Within a block the AUC is 0\.\d{4} on average/,
  );
  t.end();
});

t.test('models that are not there or not trained here', (t) => {
  t.match(train('call'), { status: 1, stderr: /no model "call".*calls/ });
  t.match(train('brought'), { status: 1, stderr: /brought is of kind onnx: it is brought as a file/ });
  settings.change(({ ranking }) => {
    ranking.models = [];
  });
  t.match(train(), { status: 1, stderr: /no model of kind logistic/ });
  t.end();
});
