// The settings directory as a watcher sees it: has anything changed, what does it say now, tell me when it does.
import { watch } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { errorMessage } from '../kernel/index.js';
import { deepFreeze } from './freeze.js';
import type { SettingsResult } from './load.js';
import type { Environment } from './settings.js';
import { stampFilesAside } from './stamps.js';

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
    signature: () => stampFilesAside(configDir),
    load: () => loadInWorker(configDir, environment),
    watch: (onEvent) => watchDirectory(configDir, onEvent),
  };
}

/** 4 MB of new objects keep the process some 12 MB smaller than Node's default; 256 MB are 10,000 offers and more. */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 };

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
        resourceLimits,
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
