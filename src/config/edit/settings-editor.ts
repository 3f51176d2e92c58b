// Edits the settings files of a directory: checked in whole as a reload is, written by rename, and nothing of it where calls run.
import { randomUUID } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, errorCode, errorMessage } from '../../kernel/index.js';
import type { Environment } from '../settings.js';
import { sectionOf, versionOf } from './jobs.js';
import type { CheckJob, CheckResult, SettingsFolderView, SettingsJob } from './jobs.js';

/** Thrown when the thread that checks settings fails, or too many wait for it; trying again may help. */
export class SettingsEditorError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('SETTINGS_EDITOR', message, { cause });
  }
}

export type WriteResult =
  | { readonly kind: 'written' }
  | { readonly kind: 'stale'; readonly version: string; readonly text: string }
  | { readonly kind: 'unwritable'; readonly message: string };

export interface SettingsEditorOptions {
  readonly configDir: string;
  readonly environment: Environment;
}

const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 };
const maxAtOnce = 2;
const maxWaiting = 8;

export class SettingsEditor {
  readonly #options: SettingsEditorOptions;
  readonly #workers = new Set<Worker>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: SettingsEditorOptions) {
    this.#options = options;
  }

  /** The files as they are. @throws SettingsEditorError */
  read(): Promise<SettingsFolderView> {
    return this.#run<SettingsFolderView>({ kind: 'read' });
  }

  /** What a change would make of the files; writes nothing. @throws SettingsEditorError */
  check(job: Omit<CheckJob, 'kind'>): Promise<CheckResult> {
    return this.#run<CheckResult>({ kind: 'check', ...job });
  }

  /** Unified difference of two texts of a file. @throws SettingsEditorError */
  diff(file: string, before: string, after: string): Promise<string> {
    return this.#run<string>({ kind: 'diff', file, before, after });
  }

  /** One after the other, so that what was checked is still true when it is written. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = this.#writing.then(work, work);
    this.#writing = next.catch(() => undefined);
    return next;
  }

  /**
   * Replaces a file in one step, with the mode that it had, unless it is no longer of `version`.
   * @param file such as `offers.yaml`; @throws SettingsEditorError for any other name
   */
  async write(file: string, version: string, text: string): Promise<WriteResult> {
    if (sectionOf(file) === undefined) throw new SettingsEditorError(`${file} is no settings file`);
    const directory = await realpath(this.#options.configDir);
    const target = path.join(directory, file);
    const real = await realpath(target).catch(() => target);
    if (path.dirname(real) !== directory)
      return { kind: 'unwritable', message: `${file} is a link out of the settings directory` };
    const temporary = path.join(directory, `.${file}.${randomUUID()}.tmp`);
    try {
      const old = await stat(real).catch(() => undefined);
      const handle = await open(temporary, 'wx', 0o600);
      try {
        await handle.writeFile(text, 'utf8');
        await handle.chmod((old?.mode ?? 0o644) & 0o777);
        // As root writes for another user; anybody else keeps what the system gives.
        if (old !== undefined) await handle.chown(old.uid, old.gid).catch(() => undefined);
        await handle.sync();
      } finally {
        await handle.close();
      }
      const present = await textOf(real);
      if (versionOf(present) !== version)
        return { kind: 'stale', version: versionOf(present), text: present };
      await rename(temporary, real);
      return { kind: 'written' };
    } catch (error) {
      return { kind: 'unwritable', message: `${file} cannot be written: ${errorMessage(error)}` };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Ends what runs. */
  async stop(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  async #run<Result>(job: SettingsJob): Promise<Result> {
    await this.#turn();
    try {
      return await this.#inWorker<Result>(job);
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= maxAtOnce) {
      if (this.#waiting.length >= maxWaiting)
        throw new SettingsEditorError('too many changes are being checked; try again in a moment');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
  }

  #inWorker<Result>(job: SettingsJob): Promise<Result> {
    const { configDir, environment } = this.#options;
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./edit-worker.js', import.meta.url), {
        workerData: { configDir, environment, job },
        resourceLimits,
      });
      this.#workers.add(worker);
      worker.once('message', resolve);
      worker.once('error', (error) => reject(new SettingsEditorError(errorMessage(error), error)));
      worker.once('exit', (code) => {
        this.#workers.delete(worker);
        reject(new SettingsEditorError(`the checking thread ended with code ${code}`));
      });
    });
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    // As the loader takes a file that may be missing.
    if (errorCode(error) === 'ENOENT') return '{}\n';
    throw error;
  }
}
