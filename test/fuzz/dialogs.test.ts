// Call flows with faults on every message, the same ones in each run; `npm run fuzz:dialogs` plays others, for as long as wanted.
import t from 'tap';
import { appManners, flows } from './call-flows.js';
import { play } from './play.js';

const RUNS = 1500;

t.test(
  'nothing is left open and everything is answered, whatever happens to the messages of a call',
  async (t) => {
    const seen = new Map<string, number>();
    const failed: unknown[] = [];
    let dialogs = 0;
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const { app, faults, flow, world } = await play(seed);
      if (faults.length > 0) failed.push({ seed, flow, app, faults });
      for (const what of [flow, app]) seen.set(what, (seen.get(what) ?? 0) + 1);
      dialogs += world.appEvents.filter((event) => event === 'dialog').length;
    }
    t.strictSame(failed, [], 'show one with: node dist/test/fuzz/run-dialogs.js --only SEED');
    for (const { name } of flows) t.ok((seen.get(name) ?? 0) > RUNS / 20, `${name} was played`);
    for (const app of appManners)
      t.ok((seen.get(app) ?? 0) > RUNS / 30, `applications that are ${app} took part`);
    t.ok(dialogs > RUNS / 8, 'calls came up');
  },
);
