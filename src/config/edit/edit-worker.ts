// The thread in which settings files are read and edits checked; see edit-thread.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { errorMessage } from '../../kernel/index.js';
import type { Environment } from '../settings.js';
import { checkJob, readJob, unifiedDiff } from './jobs.js';
import type { SettingsJob } from './jobs.js';

const { configDir, environment } = workerData as { configDir: string; environment: Environment };

function done(job: SettingsJob): unknown {
  switch (job.kind) {
    case 'read':
      return readJob(configDir, environment);
    case 'check':
      return checkJob(configDir, environment, job);
    case 'diff':
      return unifiedDiff(job.file, job.before, job.after);
  }
}

parentPort?.on('message', ({ id, job }: { id: number; job: SettingsJob }) => {
  try {
    parentPort?.postMessage({ id, result: done(job) });
  } catch (error) {
    parentPort?.postMessage({ id, failure: errorMessage(error) });
  }
});
