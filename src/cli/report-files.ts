// What `proffer rank` and `proffer train` wrote, read for people who look at it: bounded, asynchronous, and never outside the data
// directory. The ranking engine itself is not loaded for it.
import { open, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { ModelReport, RunReport } from '../ranking/index.js';
import type { StrategyOrigin } from './explain-text.js';

/** A report is some ten kilobytes; what is larger than this is none, and not read. */
const maxBytes = 4 * 1024 * 1024;
/** The newest that a list shows. */
const maxListed = 50;

const runPattern = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const modelEnding = '.report.json';

export interface KeptReport {
  readonly runId: string;
  /** Undefined for a run that did not end well, or whose report cannot be read. */
  readonly report: RunReport | undefined;
}

/** Undefined when there is none, or it is no JSON object, or too large. Only a file of `root` itself is read. */
async function readJson(root: string, ...names: readonly string[]): Promise<object | undefined> {
  try {
    const base = await realpath(root);
    const file = await realpath(path.join(base, ...names));
    if (!file.startsWith(`${base}${path.sep}`)) return undefined;
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size > maxBytes) return undefined;
      const value: unknown = JSON.parse(await handle.readFile('utf8'));
      return typeof value === 'object' && value !== null ? value : undefined;
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

/** A report of ours, told from other JSON by its lists. */
function has<Report extends object>(
  value: object | undefined,
  lists: readonly (keyof Report & string)[],
): value is Report {
  return (
    value !== undefined && lists.every((name) => Array.isArray((value as Record<string, unknown>)[name]))
  );
}

/** Of what lies there itself; what is linked to is not ours. */
async function namesIn(directory: string, isWanted: (name: string) => boolean): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const own = entries.filter((one) => !one.isSymbolicLink()).map(({ name }) => name);
    return own.filter(isWanted).toSorted();
  } catch {
    return [];
  }
}

export class ReportFiles {
  readonly #rankings: string;
  readonly #models: string;

  /** @param dataDir PROFFER_DATA_DIR */
  constructor(dataDir: string) {
    this.#rankings = path.join(dataDir, 'rankings');
    this.#models = path.join(dataDir, 'models');
  }

  /** Partners with a run that is kept. */
  async rankedPartners(): Promise<readonly string[]> {
    return namesIn(this.#rankings, (name) => namePattern.test(name));
  }

  /** The newest runs of a partner, the latest first. One after the other, so that JSON is read in turns of the event loop. */
  async *runs(partner: string): AsyncGenerator<KeptReport> {
    if (!namePattern.test(partner)) return;
    const ids = await namesIn(path.join(this.#rankings, partner), (name) => runPattern.test(name));
    for (const runId of ids.slice(-maxListed).toReversed())
      yield { runId, report: await this.run(partner, runId) };
  }

  async run(partner: string, runId: string): Promise<RunReport | undefined> {
    if (!namePattern.test(partner) || !runPattern.test(runId)) return undefined;
    const value = await readJson(this.#rankings, partner, runId, 'report.json');
    return has<RunReport>(value, ['offers', 'sources', 'stages']) ? value : undefined;
  }

  /** Models with a report. */
  async models(): Promise<readonly string[]> {
    const names = await namesIn(this.#models, (name) => name.endsWith(modelEnding));
    return names.map((name) => name.slice(0, -modelEnding.length)).filter((name) => namePattern.test(name));
  }

  async model(model: string): Promise<ModelReport | undefined> {
    if (!namePattern.test(model)) return undefined;
    const value = await readJson(this.#models, `${model}${modelEnding}`);
    return has<ModelReport>(value, ['calibration', 'coefficients', 'drift', 'notes']) ? value : undefined;
  }
}

/** What the run that published the generation wrote about its offers. */
export async function originOf(
  dataDir: string,
  partner: string,
  generation: number,
): Promise<StrategyOrigin | undefined> {
  for await (const { runId, report } of new ReportFiles(dataDir).runs(partner)) {
    if (report?.generation !== generation) continue;
    const page = path.join(dataDir, 'rankings', partner, runId, 'report.html');
    return { runId, generation, report: page, offers: report.offers };
  }
  return undefined;
}
