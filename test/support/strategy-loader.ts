// A loader in a process of its own: publishes runs of strategies one after the other, or dies in the midst of one.
import { runRows, openUncached } from './strategies.js';
import type { LoaderTask } from './strategies.js';

const task = JSON.parse(process.argv[2] ?? '{}') as LoaderTask;
const store = await openUncached(
  { dataDir: task.dataDir, redisUrl: task.redisUrl ?? undefined },
  { lockTtlMs: task.lockTtlMs },
);
for (let run = task.firstRun; run < task.firstRun + task.runs; run++) {
  await store.writer.publish('acme', runRows(run, task.customers), () => {
    if (task.isToDie) process.kill(process.pid, 'SIGKILL');
  });
}
await store.close();
process.disconnect();
