// The thread in which a reload is checked; see watched-files.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { loadSettings } from './load.js';
import type { Environment } from './settings.js';

const { configDir, environment } = workerData as { configDir: string; environment: Environment };
parentPort?.postMessage(loadSettings(configDir, environment));
