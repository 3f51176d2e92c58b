// proffer strategies load: bulk loading of NDJSON.
import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';
import { AppError, errorMessage } from '../kernel/index.js';
import { loadNdjson } from '../strategy-store/index.js';
import type { Generation, NdjsonResult } from '../strategy-store/index.js';
import { Refusals } from './strategies-refusals.js';
import { rulesOf, withStore } from './strategies-session.js';
import type { CommonOptions, Session } from './strategies-session.js';
import { generationTable } from './strategies-text.js';

export interface LoadOptions extends CommonOptions {
  readonly refused?: string;
}

export const EXIT = { done: 0, nothingPublished: 1, someRefused: 2 } as const;

/** Thrown when the file cannot be read to its end, or the refused lines cannot be written. */
export class LoadFileError extends AppError {
  constructor(file: string, cause: unknown) {
    super('STRATEGIES_FILE', `${file}: ${errorMessage(cause)}; nothing was published`, { cause });
  }
}

/** Sets `process.exitCode`. @throws LoadFileError; what opening the settings or the store throws */
export async function loadFile(file: string, options: LoadOptions): Promise<void> {
  await withStore(options, async (session) => {
    try {
      await load(file, options, session);
    } catch (error) {
      throw error instanceof AppError
        ? error
        : new LoadFileError(file === '-' ? 'standard input' : file, error);
    }
  });
}

async function load(file: string, options: LoadOptions, session: Session): Promise<void> {
  const refusals = new Refusals(
    options.refused ?? (file === '-' ? 'stdin.refused.ndjson' : `${file}.refused.ndjson`),
  );
  const bar = new LoadBar(file === '-' ? undefined : statSync(file).size);
  const source: Readable = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1 << 18 });
  const interrupt = (): void => {
    source.destroy(new Error('interrupted'));
  };
  process.once('SIGINT', interrupt);
  const startedAt = performance.now();
  try {
    const result = await loadNdjson(session.store.writer, source, {
      rules: rulesOf(session),
      partner: options.partner,
      onRefused: (refused) => refusals.add(refused),
      onRead: (bytes) => bar.read(bytes),
      onWritten: (partner, written, of) => bar.written(partner, written, of),
    });
    bar.stop();
    const seconds = (performance.now() - startedAt) / 1000;
    if (options.json === true) printJson(result, refusals, seconds);
    else printText(result, refusals, { seconds, where: session.store.describe() });
    process.exitCode = exitCode(result);
  } finally {
    bar.stop();
    refusals.close();
    process.removeListener('SIGINT', interrupt);
  }
}

function exitCode(result: NdjsonResult): number {
  if (result.published.length === 0 || result.failed.length > 0) return EXIT.nothingPublished;
  return result.refused > 0 ? EXIT.someRefused : EXIT.done;
}

function printText(
  result: NdjsonResult,
  refusals: Refusals,
  load: { readonly seconds: number; readonly where: string },
): void {
  for (const line of refusals.lines()) process.stderr.write(`${line}\n`);
  for (const { partner, error } of result.failed)
    process.stderr.write(`${partner}: ${errorMessage(error)}\n`);
  if (result.published.length === 0) {
    const why = result.lines === 0 ? 'there is no line to load' : 'see above';
    process.stderr.write(`nothing was published: ${why}\n`);
    return;
  }
  const { accepted, refused } = result;
  const aMinute = Math.round((result.lines / Math.max(load.seconds, 0.001)) * 60);
  process.stdout.write(`${generationTable(result.published)}\n`);
  process.stdout.write(
    `${accepted} lines published to ${load.where}, ${refused} refused, ` +
      `in ${load.seconds.toFixed(1)} s (${aMinute} a minute)\n`,
  );
}

function printJson(result: NdjsonResult, refusals: Refusals, seconds: number): void {
  const { lines, accepted, refused } = result;
  const answer = {
    ok: exitCode(result) !== EXIT.nothingPublished,
    lines,
    accepted,
    refused,
    seconds,
    refusedFile: refused > 0 ? refusals.path : null,
    firstRefused: refusals.first.map(({ line, field, reason }) => ({ line, field, reason })),
    published: result.published.map((one: Generation) => one),
    failed: result.failed.map(({ partner, error }) => ({ partner, reason: errorMessage(error) })),
  };
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
}

/** A bar on standard error when it is a terminal: bytes read, then numbers written for each partner. */
class LoadBar {
  readonly #totalBytes: number | undefined;
  readonly #bar = process.stderr.isTTY
    ? new SingleBar(
        { format: '{what} [{bar}] {percentage} % | {eta_formatted}', stream: process.stderr },
        Presets.legacy,
      )
    : undefined;
  #what = '';

  constructor(totalBytes: number | undefined) {
    this.#totalBytes = totalBytes;
  }

  read(bytes: number): void {
    if (this.#totalBytes === undefined) return;
    this.#begin('reading', this.#totalBytes);
    this.#bar?.increment(bytes);
  }

  written(partner: string, written: number, of: number): void {
    this.#begin(`writing ${partner}`, of);
    this.#bar?.update(written);
  }

  stop(): void {
    this.#bar?.stop();
  }

  #begin(what: string, total: number): void {
    if (this.#what === what) return;
    if (this.#what !== '') this.#bar?.stop();
    this.#what = what;
    this.#bar?.start(Math.max(total, 1), 0, { what });
  }
}
