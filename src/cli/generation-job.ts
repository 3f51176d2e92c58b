// A process of its own for work on generations that reads all of one: comparing two, swapping one in. The router starts it, tells it
// over IPC what to do and hears what came of it, so that no call waits meanwhile.
import type { Environment, ProcessSettings } from '../config/index.js';
import { errorCode, errorMessage, silentLogger, systemClock } from '../kernel/index.js';
import { openStrategyStore } from '../strategy-store/index.js';
import type { CompareBounds, GenerationComparison } from '../strategy-store/index.js';

export type GenerationTask =
  | {
      readonly kind: 'compare';
      readonly partner: string;
      readonly a: number;
      readonly b: number;
      readonly bounds?: CompareBounds;
    }
  | { readonly kind: 'publish'; readonly partner: string; readonly generation: number };

export interface GenerationJob {
  readonly store: ProcessSettings['strategyStore'];
  readonly environment: Pick<Environment, 'dataDir' | 'redisUrl'>;
  readonly task: GenerationTask;
}

export type GenerationJobEnd =
  | { readonly kind: 'compared'; readonly comparison: GenerationComparison }
  | { readonly kind: 'published' }
  /** With the code of an AppError, if it was one. */
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string };

/** A person waits here, not a call. */
const storeDeadlineMs = 5000;

async function run({ store: settings, environment, task }: GenerationJob): Promise<GenerationJobEnd> {
  const store = await openStrategyStore(settings, environment, {
    clock: systemClock,
    log: silentLogger,
    storeDeadlineMs,
    sweepIntervalMs: 0,
    appliesLearned: false,
  });
  try {
    if (task.kind === 'compare')
      return { kind: 'compared', comparison: await store.search.compare(task.partner, task, task.bounds) };
    await store.writer.makeCurrent(task.partner, task.generation);
    return { kind: 'published' };
  } finally {
    await store.close();
  }
}

// The router that asked is gone: nobody wants the answer, and what is half swapped is not swapped.
process.on('disconnect', () => process.exit(1));
process.once('message', (job: GenerationJob) => {
  run(job)
    .catch((error: unknown): GenerationJobEnd => ({
      kind: 'failed',
      code: errorCode(error),
      message: errorMessage(error),
    }))
    .then((end) => process.send?.(end, () => process.exit(0)))
    .catch(() => process.exit(1));
});
