// Demonstration data for the shipped ranking.yaml: invented customers with their numbers, accounts, exposures and purchases, as
// Parquet files. The same options give the same rows.
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, makeDirectory } from '../../kernel/index.js';
import { RankingDatabase } from '../database.js';
import { RankingEngineError } from '../errors.js';
import { text } from '../sql.js';
import { acmePlan } from './acme-sql.js';
import { borealisPlan } from './borealis-sql.js';
import type { DemoFile, DemoPartnerPlan, DemoSource, FixedCustomer } from './demo-plan.js';
import { randomMacros } from './random-sql.js';

export interface DemoDataOptions {
  /** DIR/PARTNER/SOURCE.parquet are written. */
  readonly directory: string;
  /** Customers over both partners; at least the fixed ones are written. */
  readonly customers: number;
  readonly seed: number;
  /** `YYYY-MM-DD`: everything happened before this day began (UTC). */
  readonly until: string;
  /** Adds rows that a ranking rejects or leaves out, of every kind. */
  readonly isDirty: boolean;
  /** At least one of each partner. */
  readonly fixed: readonly FixedCustomer[];
  /** 0: one a core. */
  readonly threads?: number;
  readonly onTable?: (table: DemoTable) => void;
  readonly signal?: AbortSignal;
}

export interface DemoTable {
  readonly partner: string;
  readonly source: DemoSource;
  readonly file: string;
  readonly rows: number;
}

const ACME_SHARE = 0.6;
const MEMORY_LIMIT_MB = 1024;
/** Rows of each kind of fault: one for so many customers, and a few at least. */
const CUSTOMERS_A_FAULT = 5000;
const LEAST_FAULTS = 3;

/**
 * Files of an earlier run are replaced when all are written, and left as they are when it fails.
 * @throws RankingEngineError when a file cannot be written; RunInterruptedError
 */
export async function writeDemoData(options: DemoDataOptions): Promise<readonly DemoTable[]> {
  const database = await RankingDatabase.open({
    directory: options.directory,
    threads: options.threads ?? 0,
    memoryLimitMb: MEMORY_LIMIT_MB,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const written: DemoTable[] = [];
  try {
    for (const sql of randomMacros(options.seed)) await database.run('demonstration data', sql);
    for (const plan of plansOf(options)) await writePartner(plan, { database, options, written });
    replaceFiles(written);
    return written;
  } finally {
    for (const { file } of written) rmSync(unfinished(file), { force: true });
    database.close();
  }
}

function plansOf(options: DemoDataOptions): readonly DemoPartnerPlan[] {
  const { fixed, customers, until } = options;
  const first = fixed.length;
  const all = Math.max(customers, first);
  const border = first + Math.round((all - first) * ACME_SHARE);
  const of = (partner: string): readonly FixedCustomer[] => fixed.filter((one) => one.partner === partner);
  return [
    acmePlan({ fixed: of('acme'), first, end: border, all, until }),
    borealisPlan({ fixed: of('borealis'), first: border, end: all, all, until }),
  ];
}

interface Writing {
  readonly database: RankingDatabase;
  readonly options: DemoDataOptions;
  /** Files written so far, under their unfinished names. */
  readonly written: DemoTable[];
}

async function writePartner(plan: DemoPartnerPlan, { database, options, written }: Writing): Promise<void> {
  const directory = join(options.directory, plan.partner);
  try {
    makeDirectory(directory);
  } catch (error) {
    throw new RankingEngineError(directory, errorMessage(error), error);
  }
  for (const sql of plan.tables) await database.run(plan.partner, sql);
  for (const file of plan.files) {
    const path = join(directory, `${file.source}.parquet`);
    const faults = options.isDirty
      ? Math.max(LEAST_FAULTS, Math.floor(options.customers / CUSTOMERS_A_FAULT))
      : 0;
    const table = { partner: plan.partner, source: file.source, file: path, rows: 0 };
    written.push(table);
    const [rows = 0] = await database.numbers(path, copySql(file, unfinished(path), faults));
    written[written.length - 1] = { ...table, rows };
    options.onTable?.({ ...table, rows });
  }
}

function copySql(file: DemoFile, path: string, faults: number): string {
  const order = file.orderBy === undefined ? 'n, place' : `${file.orderBy}, n, place`;
  const rows = faults === 0 ? file.sql : withFaults(file, faults);
  return `COPY (SELECT * EXCLUDE (n, place) FROM (${rows}) ORDER BY ${order})
    TO ${text(path)} (FORMAT parquet, COMPRESSION zstd)`;
}

/** The rows and, for each way to spoil one, copies of a few that are spoilt so. */
function withFaults({ sql, spoilt, spoilable }: DemoFile, faults: number): string {
  const good =
    spoilable === undefined ? `SELECT * FROM (${sql})` : `SELECT * REPLACE (${spoilable}) FROM (${sql})`;
  const bad = spoilt.map((replaced, kind) => {
    const columns = replaced === '' ? '*' : `* REPLACE (${replaced})`;
    return `SELECT ${columns} FROM (
      SELECT * FROM good ORDER BY n DESC, place DESC LIMIT ${faults} OFFSET ${faults * kind})`;
  });
  return `WITH good AS (${good}) SELECT * FROM good UNION ALL ${bad.join(' UNION ALL ')}`;
}

function unfinished(file: string): string {
  return `${file}.unfinished`;
}

function replaceFiles(tables: readonly DemoTable[]): void {
  for (const { file } of tables) {
    try {
      renameSync(unfinished(file), file);
    } catch (error) {
      throw new RankingEngineError(file, errorMessage(error), error);
    }
  }
}
