import t from 'tap';
import { parseModelFile } from '../../../src/ranking/model/model-file.js';
import type { ModelFile } from '../../../src/ranking/index.js';

const model: ModelFile = {
  format: 'proffer-model',
  version: 1,
  kind: 'logistic',
  model: 'card',
  partner: 'acme',
  training: {
    trainedAt: '2026-11-26T05:00:00.000Z',
    rows: 1000,
    positives: 80,
    from: '1',
    until: '1000',
    dataHash: 'ab'.repeat(32),
    penalty: 1,
    droppedColumns: ['duration'],
  },
  intercept: -2.5,
  features: [
    {
      kind: 'numeric',
      column: 'age',
      mean: 40,
      standardDeviation: 10,
      coefficient: 0.3,
      missingCoefficient: 0,
    },
    {
      kind: 'categorical',
      column: 'job',
      levels: [{ level: 'clerk', coefficient: 0.1, rows: 500 }],
      missingCoefficient: -0.2,
    },
  ],
  calibration: { slope: 1, intercept: 0 },
};

const expected = { file: 'data/models/card.json', model: 'card', partner: 'acme' };
const parse = (content: unknown) => parseModelFile(JSON.stringify(content), expected);
const [age, job] = model.features;

t.test('a model file comes back as it was written', (t) => {
  t.same(parse(model), model);
  t.end();
});

const refused: readonly (readonly [string, unknown, RegExp])[] = [
  ['another file', { hello: 1 }, /^model card: data\/models\/card.json: format is not proffer-model/],
  ['a list', [], /format is not proffer-model/],
  ['another version', { ...model, version: 2 }, /version is not 1/],
  ['another partner', { ...model, partner: 'borealis' }, /partner is borealis, not acme/],
  ['another model', { ...model, model: 'loan' }, /model is loan, not card/],
  ['no intercept', { ...model, intercept: undefined }, /lacks intercept/],
  ['text for a number', { ...model, intercept: '1' }, /: intercept must be number/],
  ['a field too many', { ...model, secret: 1 }, /: secret is unknown/],
  ['no features', { ...model, features: [] }, /: features must not have fewer than 1/],
  ['a feature of no kind', { ...model, features: [age, {}] }, /features\[1\]\.kind is neither/],
  ['null for a feature', { ...model, features: [null] }, /features\[0\]\.kind is neither/],
  [
    'no spread',
    { ...model, features: [{ ...age, standardDeviation: 0 }] },
    /features\[0\]\.standardDeviation must be > 0/,
  ],
  ['a column twice', { ...model, features: [age, age] }, /features\[1\]\.column age is there twice/],
  [
    'a level twice',
    { ...model, features: [{ ...job, levels: [1, 2].map(() => ({ level: 'x', coefficient: 1, rows: 1 })) }] },
    /features\[0\]\.levels\[1\]\.level x is there twice/,
  ],
  [
    'a slope that turns the ranking round',
    { ...model, calibration: { slope: -1, intercept: 0 } },
    /calibration\.slope must be > 0/,
  ],
];

for (const [name, content, message] of refused) {
  t.test(`refused: ${name}`, (t) => {
    t.throws(() => parse(content), { code: 'RANKING_MODEL', message });
    t.end();
  });
}

t.test('numbers that overflow, and text that is no JSON, are refused', (t) => {
  const text = JSON.stringify(model).replace('-2.5', '1e999');
  t.throws(() => parseModelFile(text, expected), { message: /: intercept must be number/ });
  t.throws(() => parseModelFile('{"format":', expected), { message: /is no JSON/ });
  t.end();
});
