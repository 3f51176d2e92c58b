// Models of ranking.yaml: what a propensity model is trained on and how.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed, Id, OneOf } from './primitives.js';
import { ColumnName, ColumnSchema, tableKeys } from './ranking-sources.js';

/** A column of customers, or of accounts as one value a customer. */
const FeatureName = (description: string) =>
  Type.String({
    pattern: '^[a-z][A-Za-z0-9_]{0,62}([.][a-z][A-Za-z0-9_]{0,62})?$',
    description,
    expects: 'a column name, such as age or accounts.balance',
  });

export const ModelSchema = Type.Object(
  {
    model: Id('the id of the model; proffer train writes DATA/models/ID.json'),
    partner: Id('the partner whose data it is'),
    kind: OneOf(['logistic', 'onnx'], {
      default: 'logistic',
      description: 'logistic: trained by proffer train; onnx: a file that is brought',
    }),
    onnxFile: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1000,
        description: 'onnx: the model, relative to the working directory',
      }),
    ),
    data: Type.Object(
      {
        offer: Type.Optional(
          Id('train on the past exposures of this offer, joined with the customers, in place of a file'),
        ),
        ...tableKeys,
        maxRejected: Type.Integer({
          minimum: 0,
          maximum: 1_000_000_000,
          default: 0,
          description: 'rejected rows past which training stops',
        }),
        columns: Type.Array(ColumnSchema, {
          default: [],
          description: 'the columns of the file or query',
        }),
      },
      { ...closed, default: {}, description: 'logistic: what it is trained on' },
    ),
    label: Type.Optional(ColumnName('logistic: the column that says whether the customer took the offer')),
    positive: Type.String({
      minLength: 1,
      maxLength: 100,
      default: 'accepted',
      description: 'logistic: the label of those who did',
    }),
    timeColumn: Type.Optional(
      ColumnName('when the row happened; without it the order of the file is the order of time'),
    ),
    customerColumn: Type.Optional(ColumnName('who it was: no customer is in both training and test')),
    leaks: Type.Array(FeatureName('a column'), {
      default: [],
      description: 'columns known only after the call; never used',
    }),
    features: Type.Array(FeatureName('a column'), {
      default: [],
      description:
        'columns the model looks at, in the order of an onnx model’s input; empty: all that are left',
    }),
    testPercent: Type.Number({
      minimum: 1,
      maximum: 50,
      default: 20,
      description: 'the latest share of the rows that the model is tested on, in percent',
    }),
    windowRows: Type.Optional(
      Type.Integer({
        minimum: 100,
        maximum: 1_000_000_000,
        description: 'train on the latest so many rows only',
      }),
    ),
    folds: Type.Integer({
      minimum: 2,
      maximum: 20,
      default: 5,
      description: 'periods of the time-ordered cross-validation that chooses the regularisation',
    }),
    populationRate: Type.Optional(
      Type.Number({
        minimum: 0.000_001,
        maximum: 0.999_999,
        description: 'true share of takers, when the training data was sampled to another one',
      }),
    ),
  },
  closed,
);

export type ModelSettings = Static<typeof ModelSchema>;
