// Sources of ranking.yaml: where rows come from, and the columns that are taken from them.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed, OneOf } from './primitives.js';

/** The name of a column in rules, formulas and models. */
export const ColumnName = (description: string) =>
  Type.String({
    pattern: '^[a-z][A-Za-z0-9_]{0,62}$',
    description,
    expects: 'a column name: a small letter, then letters, digits and "_"',
  });

export const ColumnSchema = Type.Object(
  {
    column: ColumnName('the name here'),
    from: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'the name in the source; default the same' }),
    ),
    type: OneOf(['text', 'integer', 'decimal', 'boolean', 'date', 'timestamp'], {
      description: 'what its values are; a row with a value that is none is rejected',
    }),
    required: Type.Boolean({ default: false, description: 'true: a row without a value is rejected' }),
    minimum: Type.Optional(
      Type.Number({ minimum: -1e15, maximum: 1e15, description: 'rows with a lower value are rejected' }),
    ),
    maximum: Type.Optional(
      Type.Number({ minimum: -1e15, maximum: 1e15, description: 'rows with a higher value are rejected' }),
    ),
    values: Type.Optional(
      Type.Array(Type.String({ description: 'a text' }), {
        minItems: 1,
        uniqueItems: true,
        description: 'the only texts there may be; rows with others are rejected',
      }),
    ),
    aggregate: Type.Optional(
      OneOf(['sum', 'mean', 'minimum', 'maximum', 'any', 'all'], {
        description: 'accounts: how the accounts of one customer become one value',
      }),
    ),
  },
  closed,
);

/** Keys that say where the rows of a table are. */
export const tableKeys = {
  file: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1000,
      description:
        'Parquet or CSV (.gz and .zst are unpacked), relative to the working directory; a star stands for any name',
    }),
  ),
  query: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 20_000,
      description: 'SELECT on the PostgreSQL database at DATABASE_URL, in place of a file',
    }),
  ),
  format: OneOf(['auto', 'parquet', 'csv'], {
    default: 'auto',
    description: 'auto: by the name of the file',
  }),
  delimiter: Type.String({ minLength: 1, maxLength: 1, default: ',', description: 'CSV: between values' }),
  nullText: Type.String({
    maxLength: 20,
    default: '',
    description: 'CSV: the text that stands for no value',
  }),
} as const;

export const SourceSchema = Type.Object(
  {
    source: OneOf(['customers', 'phones', 'accounts', 'exposures', 'purchases', 'serviceAlerts'], {
      description: 'what the rows are',
    }),
    ...tableKeys,
    maxRejected: Type.Integer({
      minimum: 0,
      maximum: 1_000_000_000,
      default: 0,
      description: 'rejected rows past which the run stops and nothing is published',
    }),
    columns: Type.Array(ColumnSchema, { minItems: 1, description: 'the columns that are taken' }),
  },
  closed,
);

export type Column = Static<typeof ColumnSchema>;
export type Source = Static<typeof SourceSchema>;
export type SourceName = Source['source'];
