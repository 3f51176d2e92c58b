// What makes a value of a configured column one: its type and range, as SQL over the column as it is in the source.
import type { Column } from '../../config/index.js';
import { list, name, text } from '../sql.js';

const sqlTypes: Readonly<Record<Column['type'], string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  decimal: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
};

const typeWords: Readonly<Record<Column['type'], string>> = {
  text: 'text',
  integer: 'whole number',
  decimal: 'number',
  boolean: 'true or false',
  date: 'date such as 2026-12-31',
  timestamp: 'time such as 2026-12-31 23:59:59',
};

export function sqlType(type: Column['type']): string {
  return sqlTypes[type];
}

/** A condition that a row must not meet, and how to say so. */
export interface Check {
  readonly problem: string;
  readonly sql: string;
}

/** The value of a column, null when it is none of its type. @param sourceType what DuckDB calls the type there */
export function typedValue(column: Column, sourceType: string): string {
  const raw = name(column.from ?? column.column);
  const wanted = sqlTypes[column.type];
  return sourceType === wanted ? raw : `TRY_CAST(${raw} AS ${wanted})`;
}

/** In the order they are made: missing, not of the type, out of range. */
export function columnChecks(column: Column, sourceType: string, isRequired: boolean): readonly Check[] {
  const raw = name(column.from ?? column.column);
  const value = typedValue(column, sourceType);
  const checks: Check[] = [];
  const add = (problem: string, sql: string): number =>
    checks.push({ problem: `${column.column} ${problem}`, sql });
  if (isRequired || column.required) {
    add('is missing', column.type === 'text' ? `${raw} IS NULL OR ${value} = ''` : `${raw} IS NULL`);
  }
  if (sourceType !== sqlTypes[column.type] && column.type !== 'text') {
    add(`is no ${typeWords[column.type]}`, `${raw} IS NOT NULL AND ${value} IS NULL`);
    if (column.type === 'integer') {
      // A cast rounds; 3.7 is no whole number.
      add(`is no ${typeWords.integer}`, `TRY_CAST(${raw} AS DOUBLE) <> ${value}`);
    }
  }
  // Not a number counts as above every maximum, and infinities are out of every range.
  const isBounded = column.minimum !== undefined && column.maximum !== undefined;
  if (column.type === 'decimal' && !isBounded) add('is no finite number', `NOT isfinite(${value})`);
  if (column.minimum !== undefined) add(`is below ${column.minimum}`, `${value} < ${column.minimum}`);
  if (column.maximum !== undefined) add(`is above ${column.maximum}`, `${value} > ${column.maximum}`);
  if (column.values !== undefined) {
    add(`is none of ${column.values.join(', ')}`, `${value} NOT IN (${list(column.values.map(text))})`);
  }
  return checks;
}
