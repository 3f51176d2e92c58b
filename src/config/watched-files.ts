// The settings directory as a watcher sees it: has anything changed, what does it say now, tell me when it does.
import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { errorMessage } from '../kernel/index.js';
import { deepFreeze } from './freeze.js';
import type { SettingsResult } from './load.js';
import { sectionNames, sections } from './sections.js';
import type { Environment } from './settings.js';

/** What `SettingsWatcher` needs of the files. */
export interface WatchedFiles {
  /** Differs from the one before when a file was written, replaced, made or removed. Never rejects. */
  signature(): Promise<string>;
  /** Reads and checks all files. Never rejects. */
  load(): Promise<SettingsResult>;
  /** Calls `onEvent` when something happens in the directory, until the returned function is called. */
  watch(onEvent: () => void): () => void;
}

/** The files of a directory. Checking runs in a worker thread: parsing large files would hold up calls. */
export function watchedDirectory(configDir: string, environment: Environment): WatchedFiles {
  return {
    signature: async () =>
      (await Promise.all(sectionNames.map((name) => stampOf(configDir, name)))).join(' '),
    load: () => loadInWorker(configDir, environment),
    watch: (onEvent) => watchDirectory(configDir, onEvent),
  };
}

async function stampOf(configDir: string, name: (typeof sectionNames)[number]): Promise<string> {
  try {
    const { mtimeNs, ino, size } = await stat(join(configDir, sections[name].file), { bigint: true });
    return `${mtimeNs.toString()}:${ino.toString()}:${size.toString()}`;
  } catch {
    return 'none';
  }
}

/** `loadSettings` in a thread of its own. */
function loadInWorker(configDir: string, environment: Environment): Promise<SettingsResult> {
  return new Promise((resolve) => {
    const failed = (why: string): void => {
      const message = `cannot be checked: ${why}`;
      resolve({ ok: false, problems: [{ file: configDir, line: 0, column: 0, field: '', message }] });
    };
    try {
      const worker = new Worker(new URL('./load-worker.js', import.meta.url), {
        workerData: { configDir, environment },
      });
      // Freezing does not survive the way between threads.
      worker.once('message', (result: SettingsResult) => resolve(deepFreeze(result)));
      worker.once('error', (error) => failed(errorMessage(error)));
      worker.once('exit', (code) => failed(`the checking thread ended with code ${code}`));
    } catch (error) {
      failed(errorMessage(error));
    }
  });
}

/** Editors replace files by rename, so the directory is watched, not the files. */
function watchDirectory(configDir: string, onEvent: () => void): () => void {
  try {
    const watcher = watch(configDir, { persistent: false }, onEvent);
    // A directory that was removed, or a limit of the system: polling goes on.
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}
