// The thread in which settings files are read and edits checked; see settings-editor.ts.
import { parentPort, workerData } from 'node:worker_threads';
import type { Environment } from '../settings.js';
import { checkJob, readJob } from './jobs.js';
import type { SettingsJob } from './jobs.js';

const { configDir, environment, job } = workerData as {
  configDir: string;
  environment: Environment;
  job: SettingsJob;
};
parentPort?.postMessage(
  job.kind === 'read' ? readJob(configDir, environment) : checkJob(configDir, environment, job),
);
