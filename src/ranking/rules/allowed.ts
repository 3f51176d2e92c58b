// What rules and formulas may hold. All of it gives the same answer for the same row, whenever and wherever it is asked.

/** Kinds of nodes, as DuckDB's parser names them. No subquery, window, lambda, parameter or star. */
export const allowedClasses: ReadonlySet<string> = new Set([
  'COLUMN_REF',
  'CONSTANT',
  'COMPARISON',
  'CONJUNCTION',
  'OPERATOR',
  'BETWEEN',
  'CASE',
  'CAST',
  'FUNCTION',
]);

export const allowedConstants: ReadonlySet<string> = new Set([
  'BOOLEAN',
  'INTEGER',
  'BIGINT',
  'DOUBLE',
  'DECIMAL',
  'VARCHAR',
  'NULL',
]);

export const allowedCasts: ReadonlySet<string> = new Set([
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
  'VARCHAR',
  'DATE',
  'TIMESTAMP',
  'INTERVAL',
]);

const arithmetic = ['+', '-', '*', '/', '//', '%', '**', '^', 'mod', 'pow', 'power'];
const numbers = [
  'abs',
  'ceil',
  'ceiling',
  'floor',
  'round',
  'trunc',
  'sign',
  'sqrt',
  'exp',
  'ln',
  'log10',
  'log2',
];
const choices = ['greatest', 'least', 'ifnull', 'nullif'];
const texts = [
  ...[
    '||',
    '~~',
    '!~~',
    '~~*',
    '!~~*',
    'like_escape',
    'not_like_escape',
    'concat',
    'contains',
    'starts_with',
  ],
  ...['ends_with', 'prefix', 'suffix', 'lower', 'upper', 'length', 'left', 'right', 'substr', 'substring'],
  ...['trim', 'ltrim', 'rtrim', 'replace', 'regexp_matches', 'regexp_full_match'],
];
const times = [
  ...['year', 'month', 'day', 'quarter', 'dayofweek', 'date_part', 'date_trunc', 'date_diff', 'datediff'],
  ...['to_years', 'to_months', 'to_weeks', 'to_days', 'to_hours'],
];

/** Scalar functions that depend on nothing but their arguments. */
export const allowedFunctions: ReadonlySet<string> = new Set([
  ...arithmetic,
  ...numbers,
  ...choices,
  ...texts,
  ...times,
]);
