// A writer of learned states in a process of its own.
import { declined } from './learned-states.js';
import type { LearnedTask } from './learned-states.js';
import { openUncached } from './strategies.js';

const task = JSON.parse(process.argv[2] ?? '{}') as LearnedTask;
const store = await openUncached({ dataDir: task.dataDir, redisUrl: task.redisUrl ?? undefined });
for (const state of task.states) {
  await store.learned.put([{ ...state, alerts: state.alerts ?? undefined }]);
  if (task.added !== null)
    await store.learned.add(state.partner, state.customer, declined(task.added), state.expiresAt);
}
if (task.cursor !== null) await store.learned.put([], task.cursor);
await store.close();
process.disconnect();
