// Migrations: numbered SQL files that run once each, in order, forward only. What ran is kept with a hash of its text; a file that was
// changed after it ran, or a database of a newer Proffer, is refused.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errorMessage } from '../../kernel/index.js';
import { MigrationError } from '../errors.js';
import type { RecordsDatabase } from './records-database.js';

export interface Migration {
  /** From 1, without gaps. */
  readonly number: number;
  /** `0001-tables.sql` */
  readonly file: string;
  readonly text: string;
  /** SHA-256 of the text, hexadecimal. */
  readonly hash: string;
}

/** The files lie beside the sources; the build makes nothing of them. */
const directory = path.resolve(import.meta.dirname, '../../../../src/records/migrations');
const filePattern = /^(\d{4})-[a-z0-9-]+\.sql$/;
/** One router migrates, the others wait: a lock that the transaction holds. */
const LOCK = 7241593000;

/** @throws MigrationError when the files are not numbered from 0001 without gaps */
export function readMigrations(from = directory): readonly Migration[] {
  const files = readdirSync(from)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return files.map((file, index) => {
    const number = Number(filePattern.exec(file)?.[1]);
    if (number !== index + 1) {
      const wanted = String(index + 1).padStart(4, '0');
      throw new MigrationError(
        `${path.join(from, file)}: the file after it in order must be ${wanted}-NAME.sql`,
      );
    }
    const text = readFileSync(path.join(from, file), 'utf8');
    return { number, file, text, hash: createHash('sha256').update(text).digest('hex') };
  });
}

/**
 * Brings the database up to date, all or nothing. Gives the files that ran now.
 * @throws MigrationError, RecordsUnavailableError
 */
export async function migrate(
  database: RecordsDatabase,
  migrations: readonly Migration[] = readMigrations(),
): Promise<readonly string[]> {
  return database.transaction(async (session) => {
    await session.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    // An index on a large table takes longer than any other statement may.
    await session.script('SET LOCAL statement_timeout = 0');
    await session.script(`
      CREATE SCHEMA IF NOT EXISTS proffer;
      CREATE TABLE IF NOT EXISTS proffer.migrations (
        number integer PRIMARY KEY, file text NOT NULL, hash text NOT NULL, ran_at timestamptz NOT NULL DEFAULT now());`);
    const ran = await session.query<{ number: number; file: string; hash: string }>(
      'SELECT number, file, hash FROM proffer.migrations ORDER BY number',
    );
    check(ran, migrations, database.place);
    const wanted = migrations.slice(ran.length);
    for (const { number, file, text, hash } of wanted) {
      try {
        await session.script(text);
      } catch (error) {
        throw new MigrationError(`${file} failed at ${database.place}: ${errorMessage(error)}`, error);
      }
      await session.query('INSERT INTO proffer.migrations (number, file, hash) VALUES ($1, $2, $3)', [
        number,
        file,
        hash,
      ]);
    }
    return wanted.map(({ file }) => file);
  });
}

function check(
  ran: readonly { readonly number: number; readonly file: string; readonly hash: string }[],
  migrations: readonly Migration[],
  place: string,
): void {
  for (const [index, { file, hash }] of ran.entries()) {
    const own = migrations[index];
    if (own === undefined) {
      throw new MigrationError(
        `the database at ${place} has ${file}, which this Proffer does not know; run a newer one`,
      );
    }
    if (own.hash !== hash) {
      throw new MigrationError(`the database at ${place} ran another ${file} than this Proffer has`);
    }
  }
}
