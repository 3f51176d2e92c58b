// Edits the settings files of a directory: checked in whole as a reload is, written by rename, and nothing of it where calls run.
import { randomUUID } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, errorMessage } from '../../kernel/index.js';
import { EditThread, SettingsEditorError } from './edit-thread.js';
import type { EditThreadOptions } from './edit-thread.js';
import { sectionOf, versionOf } from './jobs.js';
import type { CheckJob, CheckResult, SettingsFolderView } from './jobs.js';

export type WriteResult =
  | { readonly kind: 'written' }
  | { readonly kind: 'stale'; readonly version: string; readonly text: string }
  | { readonly kind: 'unwritable'; readonly message: string };

export class SettingsEditor {
  readonly #configDir: string;
  readonly #thread: EditThread;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: EditThreadOptions) {
    this.#configDir = options.configDir;
    this.#thread = new EditThread(options);
  }

  /** The files as they are. @throws SettingsEditorError */
  read(): Promise<SettingsFolderView> {
    return this.#thread.run<SettingsFolderView>({ kind: 'read' });
  }

  /** What a change would make of the files; writes nothing. @throws SettingsEditorError */
  check(job: Omit<CheckJob, 'kind'>): Promise<CheckResult> {
    return this.#thread.run<CheckResult>({ kind: 'check', ...job });
  }

  /** Unified difference of two texts of a file. @throws SettingsEditorError */
  diff(file: string, before: string, after: string): Promise<string> {
    return this.#thread.run<string>({ kind: 'diff', file, before, after });
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
    const directory = await realpath(this.#configDir);
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
    await this.#thread.stop();
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
