import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { errorCode, errorMessage } from '../../../src/kernel/index.js';
import { OnnxModel } from '../../../src/ranking/propensity/onnx-model.js';
import type { OnnxRuntime } from '../../../src/ranking/propensity/onnx-runtime.js';
import { onnxFile } from '../../support/onnx-file.js';
import type { OnnxOptions } from '../../support/onnx-file.js';

const directory = mkdtempSync(join(tmpdir(), 'proffer-onnx-'));
t.teardown(() => rmSync(directory, { recursive: true, force: true }));
const file = join(directory, 'model.onnx');

const weights = [0.5, -1.25, 2];
const bias = -0.75;

async function opened(
  options: Partial<OnnxOptions>,
  more: { readonly threads?: number; readonly features?: number } = {},
): Promise<OnnxModel> {
  writeFileSync(file, onnxFile({ weights, bias, ...options }));
  return OnnxModel.open({ model: 'brought', file, features: weights.length, ...more });
}

/** Code and message of what goes wrong. */
async function failureOf(attempt: Promise<unknown>): Promise<readonly [string | undefined, string]> {
  try {
    await attempt;
    return [undefined, 'nothing'];
  } catch (error) {
    return [errorCode(error), errorMessage(error)];
  }
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

function expected(columns: readonly Float32Array[], row: number, missingAs = NaN): number {
  const value = (one: Float32Array): number => {
    const there = one[row] ?? NaN;
    return Number.isNaN(there) ? missingAs : there;
  };
  return sigmoid(columns.reduce((sum, one, index) => sum + value(one) * (weights[index] ?? 0), bias));
}

function isClose(a: number | undefined, b: number): boolean {
  return a !== undefined && Math.abs(a - b) < 1e-6;
}

t.test('a row scores what the formula of the model gives, in each shape of output', async (t) => {
  for (const output of ['column', 'vector', 'classes'] as const) {
    const model = await opened({ output });
    const columns = [Float32Array.of(1, 0, -3), Float32Array.of(0, 2, 1), Float32Array.of(0.5, 0, 0)];
    const scores = await model.score(columns, 3);
    t.equal(scores.length, 3);
    for (const [row, score] of scores.entries()) t.ok(isClose(score, expected(columns, row)), output);
    t.strictSame(await model.score(columns, 0), new Float64Array(0), 'no rows, no scores');
    await model.close();
  }
});

t.test('batches score what single rows score, and no row goes to another', async (t) => {
  const model = await opened({});
  const rows = 40_000;
  const columns = weights.map((_, index) =>
    Float32Array.from({ length: rows }, (__, row) => Math.sin(row * (index + 1))),
  );
  const scores = await model.score(columns, rows);
  t.ok(scores.every((score, row) => isClose(score, expected(columns, row))));
  t.strictSame(await model.score(columns, rows), scores, 'and the same bits again');
  const few = await model.score(columns, 3);
  t.strictSame([...few], [...scores.subarray(0, 3)], 'of longer columns the first rows');
  await model.close();
});

t.test('more threads score the same', async (t) => {
  const model = await opened({}, { threads: 2 });
  const columns = weights.map(() => Float32Array.of(0.25, -4));
  const scores = await model.score(columns, 2);
  t.ok(scores.every((score, row) => isClose(score, expected(columns, row))));
  await model.close();
});

t.test('a missing value reaches the model as NaN', async (t) => {
  const model = await opened({ missingAs: 1.5 });
  const value = fc.oneof(fc.constant(NaN), fc.float({ min: -4, max: 4, noNaN: true }));
  const tables = fc.array(fc.tuple(value, value, value), { maxLength: 8 });
  const law = fc.asyncProperty(tables, async (table) => {
    const columns = weights.map((_, index) => Float32Array.from(table, (row) => row[index] ?? NaN));
    const scores = await model.score(columns, table.length);
    return scores.every((score, row) => isClose(score, expected(columns, row, 1.5)));
  });
  await t.resolves(fc.assert(law, { numRuns: 50 }));
  await model.close();
});

t.test('models of another shape are refused with what is wanted', async (t) => {
  const input = 'one float tensor [rows, 3] is wanted, a column for each feature of the model';
  const output =
    'one float tensor [rows], [rows, 1] or [rows, 2] (the classes no and yes) of probabilities is wanted';
  const cases: readonly (readonly [what: string, options: Partial<OnnxOptions>, message: string])[] = [
    ['too few columns', { weights: [1, 2] }, `takes 2 columns, but has 3 features in ranking.yaml; ${input}`],
    ['another type', { inputType: 'double' }, `takes x, a float64 tensor [rows, 3]; ${input}`],
    ['an input too many', { hasSecondInput: true }, `has 2 inputs (x, y); ${input}`],
    ['one row at a time', { rows: 1 }, 'takes exactly 1 rows at a time; export it with any number of rows'],
    [
      'maps',
      { output: 'zipmap' },
      `gives a list of maps (ZipMap); export it without (with skl2onnx: options={"zipmap": False}, with onnxmltools: zipmap=False); ${output}`,
    ],
    ['three classes', { output: 'classes3' }, `gives probabilities, a float32 tensor [rows, 3]; ${output}`],
  ];
  for (const [what, options, message] of cases) {
    t.strictSame(
      await failureOf(opened(options)),
      ['RANKING_MODEL', `model brought: ${file} ${message}`],
      what,
    );
  }
});

t.test('a model that declares no width fails when it is run', async (t) => {
  const model = await opened({ weights: [1, 2], isOpenWidth: true });
  const columns = weights.map(() => new Float32Array(5));
  const [code, message] = await failureOf(model.score(columns, 5));
  t.equal(code, 'RANKING_MODEL');
  t.match(message, /^model brought: failed on 5 rows: /);
  await model.close();
});

t.test('results that are no probabilities', async (t) => {
  const linear = await opened({ output: 'linear' });
  const columns = [Float32Array.of(0, 4, 2), Float32Array.of(0, 0, 0), Float32Array.of(0.5, 0, 0)];
  t.strictSame(await failureOf(linear.score(columns, 3)), [
    'RANKING_MODEL',
    'model brought: gave no probability for 1 of 3 rows: the results are from 0.25 to 1.25, not from 0 to 1; does the model end before its sigmoid?',
  ]);
  await linear.close();
  const noMissing = await opened({});
  const missing = [Float32Array.of(0, NaN), Float32Array.of(0, 0), Float32Array.of(0, 0)];
  t.strictSame(await failureOf(noMissing.score(missing, 2)), [
    'RANKING_MODEL',
    'model brought: gave no number (NaN) for 1 of 2 rows; it must take NaN, which stands for no value, or its features must always have one',
  ]);
  await noMissing.close();
});

t.test('columns that do not fit', async (t) => {
  const model = await opened({});
  t.strictSame(await failureOf(model.score([new Float32Array(2)], 2)), [
    'RANKING_MODEL',
    'model brought: takes 3 columns of 2 rows; 1 were given',
  ]);
  t.equal(
    (
      await failureOf(
        model.score(
          weights.map(() => new Float32Array(1)),
          2,
        ),
      )
    )[0],
    'RANKING_MODEL',
  );
  await model.close();
});

t.test('files that are damaged, empty or missing', async (t) => {
  const whole = onnxFile({ weights, bias });
  for (const content of [whole.subarray(0, 60), new Uint8Array(0), Buffer.from('no model')]) {
    writeFileSync(file, content);
    const [code, message] = await failureOf(OnnxModel.open({ model: 'brought', file, features: 3 }));
    t.equal(code, 'RANKING_MODEL');
    t.ok(message.startsWith(`model brought: ${file} is no ONNX model that can be run: `), message);
  }
  const nowhere = join(directory, 'nowhere.onnx');
  const [code, message] = await failureOf(OnnxModel.open({ model: 'brought', file: nowhere, features: 3 }));
  t.equal(code, 'RANKING_MODEL');
  t.match(message, `model brought: ${nowhere} cannot be read: ENOENT`);
});

t.test('without the optional package the message says how to get it', async (t) => {
  const without = (code: string, reason: string): Promise<readonly [string | undefined, string]> => {
    const load = (): Promise<OnnxRuntime> => Promise.reject(Object.assign(new Error(reason), { code }));
    return failureOf(OnnxModel.open({ model: 'brought', file, features: 3, load }));
  };
  const remedy =
    '; run "npm install --ignore-scripts onnxruntime-node", and npm without --omit=optional from then on. Only models of kind onnx need it';
  t.strictSame(await without('ERR_MODULE_NOT_FOUND', "Cannot find package 'onnxruntime-node'"), [
    'RANKING_ONNX_ABSENT',
    `model brought: onnxruntime-node is not installed${remedy}`,
  ]);
  const binary =
    "Cannot find module '../bin/napi-v6/sunos/x64/onnxruntime_binding.node'\nRequire stack:\n- a.js";
  t.strictSame(await without('MODULE_NOT_FOUND', binary), [
    'RANKING_ONNX_ABSENT',
    `model brought: onnxruntime-node cannot be loaded on ${process.platform}-${process.arch} (Cannot find module '../bin/napi-v6/sunos/x64/onnxruntime_binding.node')${remedy}`,
  ]);
});
