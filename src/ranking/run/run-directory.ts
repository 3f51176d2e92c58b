// What is kept of runs: DATA/rankings/PARTNER/RUN with report.json, report.html, the full ranking table as Parquet, rejected rows.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, makeDirectory, randomHex } from '../../kernel/index.js';
import { RankingEngineError } from '../errors.js';
import type { RunReport } from '../report/run-report.js';

const REPORT = 'report.json';
const TABLE = 'table';

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

  /** Removes all but the newest `keep` runs that ended well, and runs that did not end well before those. */
  prune(keep: number, current: string): void {
    const runs = this.list();
    const whole = runs.filter((one) => one.report !== undefined);
    const oldestKept = whole.at(-keep)?.runId ?? '';
    for (const run of runs) {
      if (run.runId >= oldestKept || run.runId === current) continue;
      rmSync(run.directory, { recursive: true, force: true });
    }
  }
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
