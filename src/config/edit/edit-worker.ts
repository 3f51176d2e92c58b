// The thread in which settings files are read and edits checked; see settings-editor.ts.
import { parentPort, workerData } from 'node:worker_threads';
import type { Environment } from '../settings.js';
import { checkJob, readJob, unifiedDiff } from './jobs.js';
import type { SettingsJob } from './jobs.js';

const { configDir, environment, job } = workerData as {
  configDir: string;
  environment: Environment;
  job: SettingsJob;
};

function done(): unknown {
  switch (job.kind) {
    case 'read':
      return readJob(configDir, environment);
    case 'check':
      return checkJob(configDir, environment, job);
    case 'diff':
      return unifiedDiff(job.file, job.before, job.after);
  }
}

parentPort?.postMessage(done());
