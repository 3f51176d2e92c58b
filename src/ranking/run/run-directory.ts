// What is kept of runs: DATA/rankings/PARTNER/RUN with report.json, report.html, the full ranking table as Parquet, rejected rows.
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, makeDirectory, randomHex } from '../../kernel/index.js';
import { RankingEngineError } from '../errors.js';
import type { RunReport } from '../report/run-report.js';

const REPORT = 'report.json';
const TABLE = 'table';
const DAY_MS = 86_400_000;
const OWNER_ONLY = 0o700;

/** One run, as it is kept. */
export interface KeptRun {
  readonly runId: string;
  readonly directory: string;
  /** Undefined for a run that did not end well. */
  readonly report: RunReport | undefined;
}

/** Runs of one partner on disk. */
export class RunDirectory {
  readonly #root: string;

  /** @param dataDir PROFFER_DATA_DIR */
  constructor(dataDir: string, partner: string) {
    this.#root = join(dataDir, 'rankings', partner);
  }

  /**
   * A new run's directory; the id is the time, and a few random digits for two runs in one second.
   * @throws RankingEngineError when it cannot be made
   */
  begin(at: number): { readonly runId: string; readonly directory: string; readonly tables: string } {
    const time = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const runId = `${time}-${randomHex(2)}`;
    const directory = join(this.#root, runId);
    const tables = join(directory, TABLE);
    try {
      makeDirectory(tables);
      // Tables and rejected rows are customer data.
      chmodSync(directory, OWNER_ONLY);
    } catch (error) {
      throw new RankingEngineError(tables, errorMessage(error), error);
    }
    return { runId, directory, tables };
  }

  /** Oldest first. */
  list(): readonly KeptRun[] {
    if (!existsSync(this.#root)) return [];
    return readdirSync(this.#root)
      .filter((one) => /^\d{8}T\d{6}Z-[0-9a-f]{4}$/.test(one))
      .toSorted()
      .map((runId) => {
        const directory = join(this.#root, runId);
        return { runId, directory, report: readReport(join(directory, REPORT)) };
      });
  }

  /** The newest run that was published, or the one that was published as `generation`. */
  published(generation?: number): KeptRun | undefined {
    return this.list().findLast(
      ({ report }) =>
        report !== undefined &&
        report.generation !== null &&
        (generation === undefined || report.generation === generation),
    );
  }

  /** Writes the report, which makes the run a whole one. */
  finish(directory: string, report: RunReport, html: string): void {
    writeFileSync(join(directory, 'report.html'), html);
    writeFileSync(join(directory, REPORT), `${JSON.stringify(report, null, 2)}\n`);
  }

  /** Takes away the table of a run that did not end well; rejected rows stay for whoever mends them. */
  abandon(directory: string): void {
    rmSync(join(directory, TABLE), { recursive: true, force: true });
  }

  /**
   * Removes all but the newest `keep` published runs and as many dry ones, and runs that did not end well before those. Tables of
   * runs that were killed go after a day.
   */
  prune(keep: number, current: string): void {
    const runs = this.list();
    const isPublished = (one: KeptRun): boolean => one.report !== undefined && one.report.generation !== null;
    const published = runs.filter(isPublished).slice(-keep);
    const dry = runs.filter((one) => one.report !== undefined && !isPublished(one)).slice(-keep);
    const kept = new Set([current, ...[...published, ...dry].map((one) => one.runId)]);
    const oldestKept = [...kept].toSorted()[0] ?? '';
    for (const run of runs) {
      const isOver = run.report !== undefined || run.runId < oldestKept;
      if (isOver && !kept.has(run.runId)) rmSync(run.directory, { recursive: true, force: true });
      else if (run.report === undefined && isOld(run.directory)) this.abandon(run.directory);
    }
  }
}

function isOld(directory: string): boolean {
  return Date.now() - statSync(directory).mtimeMs > DAY_MS;
}

/** The files of the full ranking table of a run, as DuckDB reads them. */
export function tableGlob(directory: string): string {
  return join(directory, TABLE, '*.parquet');
}

function readReport(file: string): RunReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunReport;
  } catch {
    return undefined;
  }
}
