// Call flows with faults on every message, the same ones in each run; `npm run fuzz:dialogs` plays others, for as long as wanted.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parseTranscript } from '../integration/control-transcript.js';
import { appManners, flows } from './call-flows.js';
import { forge } from './forgeries.js';
import { play } from './play.js';
import { playTranscript } from './transcripts.js';

const RUNS = 1000;
const FORGERIES = 350;
const RUNS_OF_A_TRANSCRIPT = 6;
const folder = path.resolve(process.cwd(), '..', 'shared', 'captures', 'drachtio');

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

t.test('a request or response with another branch, tag, Call-ID or source changes nothing', async (t) => {
  const changed: unknown[] = [];
  const made = new Map<string, number>();
  for (let seed = 1; seed <= FORGERIES; seed += 1) {
    const forged = await forge(seed);
    if (forged === undefined) continue;
    const { difference, flow, name } = forged;
    made.set(name, (made.get(name) ?? 0) + 1);
    if (difference !== undefined) changed.push({ seed, flow, name, difference });
  }
  t.strictSame(changed, []);
  t.equal(made.size, 7, 'every kind was forged');
  for (const [name, times] of made) t.ok(times > 10, name);
});

const skip = existsSync(folder) ? false : `no ${folder}`;
t.test('the transcripts of the real server, with faults on the way', { skip }, async (t) => {
  const failed: unknown[] = [];
  for (const name of readdirSync(folder).filter((file) => /^[0-8].*\.txt$/.test(file))) {
    const steps = parseTranscript(readFileSync(path.join(folder, name), 'utf8'));
    for (let seed = 1; seed <= RUNS_OF_A_TRANSCRIPT; seed += 1) {
      const { faults } = await playTranscript(steps, seed, seed === 1 ? 0 : 0.05 * seed);
      if (faults.length > 0) failed.push({ name, seed, faults });
    }
  }
  t.strictSame(failed, []);
});
