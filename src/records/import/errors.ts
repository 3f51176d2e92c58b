// Errors that end an import. Rows that are wrong are values; these leave what earlier chunks have written.
import { AppError } from '../../kernel/index.js';
import type { ImportCounts } from './counts.js';

/** Thrown when a file lacks a column that is needed, or a mapping names one that is not there. */
export class ImportColumnsError extends AppError {
  constructor(message: string) {
    super('IMPORT_COLUMNS', message);
  }
}

/** Thrown when a file has secrets and there is no key to hash them under. Nothing has been written. */
export class ImportKeyError extends AppError {
  constructor(column: string) {
    super(
      'IMPORT_KEY',
      `the column ${column} holds secrets, which are stored only as hashes under PROFFER_IDENTITY_KEY, and that is not set; ` +
        'nothing was written (a key is such as the output of: openssl rand -hex 32)',
    );
  }
}

/** Thrown when more rows were rejected than allowed. The chunk that they were found in is not written. */
export class TooManyRejectsError extends AppError {
  constructor(rejected: number, maxRejects: number) {
    super('IMPORT_TOO_MANY_REJECTS', `${rejected} rows were rejected, --max-rejects is ${maxRejects}`, {
      fields: { rejected, maxRejects },
    });
  }
}

/** Thrown when the import was told to stop. */
export class ImportInterruptedError extends AppError {
  constructor() {
    super('IMPORT_INTERRUPTED', 'interrupted');
  }
}

/** Thrown when the partner is not in the database. */
export class UnknownPartnerError extends AppError {
  constructor(partner: string) {
    super('IMPORT_PARTNER', `the database has no partner ${JSON.stringify(partner)}`);
  }
}

/** Thrown when an import ends before its file does: the database is gone, too many rows are wrong, a stop was asked for. */
export class ImportBrokenError extends AppError {
  readonly counts: ImportCounts;

  constructor(why: string, counts: ImportCounts, cause: unknown) {
    const { read, added, changed, same } = counts;
    const kept = added + changed + same;
    const far =
      kept === 0
        ? 'nothing was written'
        : `of the first ${read} rows ${kept} are in (${added} new, ${changed} changed); the same import can be run again and goes on from there`;
    super('IMPORT_BROKEN', `${why}; ${far}`, { cause });
    this.counts = counts;
  }
}
