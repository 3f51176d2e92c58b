// `npm run fuzz:dialogs -- --seconds N --seed S`: call flows with faults until the time is over, or something does not hold.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseTranscript } from '../integration/control-transcript.js';
import { forge } from './forgeries.js';
import { play } from './play.js';
import { playTranscript } from './transcripts.js';
import type { World } from './world.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    /** Plays this run alone, and shows every message. */
    only: { type: 'string' },
    failures: { type: 'string', default: '3' },
  },
});

function show(seed: number, run: Outcome): void {
  console.log(`seed ${seed}: ${run.title}`);
  for (const fault of run.faults.slice(0, 8)) console.log(`  ${fault}`);
}

function ladder(world: World): void {
  for (const { at, isToEngine, peer, text, message } of world.passed) {
    const what = text.split('\r\n', 1)[0] ?? '';
    const about =
      message === undefined
        ? ''
        : `${message.get('cseq') ?? ''} ${message.topVia()?.branch ?? ''} to:${message.to()?.tag ?? '-'} from:${message.from()?.tag ?? '-'}`;
    console.log(`${String(at).padStart(9)} ${peer} ${isToEngine ? '->' : '<-'} ${what}  [${about}]`);
  }
}

interface Outcome {
  readonly title: string;
  readonly world: World;
  readonly faults: readonly string[];
}

const folder = path.resolve(process.cwd(), '..', 'shared', 'captures', 'drachtio');
const transcripts = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => /^[0-8].*\.txt$/.test(name))
      .map((name) => ({ name, steps: parseTranscript(readFileSync(path.join(folder, name), 'utf8')) }))
  : [];

/** Of ten runs, seven are call flows with faults, two are forgeries, one is a transcript. */
async function once(seed: number): Promise<Outcome> {
  const kind = seed % 10;
  if (kind === 0 && transcripts.length > 0) {
    const { name = '', steps = [] } = transcripts[(seed / 10) % transcripts.length] ?? {};
    const share = [0, 0.05, 0.15, 0.4][(seed / 10) % 4] ?? 0;
    const world = await playTranscript(steps, seed, share);
    return { title: `transcript ${name}`, world, faults: world.faults };
  }
  if (kind < 3) {
    const forged = await forge(seed);
    if (forged !== undefined) {
      const { name, flow, run, difference } = forged;
      return {
        title: `${flow}, ${name}`,
        world: run.world,
        faults: difference === undefined ? [] : [difference],
      };
    }
  }
  const run = await play(seed);
  return { title: `${run.flow}, application ${run.app}`, world: run.world, faults: run.faults };
}

if (values.only !== undefined) {
  const run = await once(Number(values.only));
  ladder(run.world);
  show(Number(values.only), run);
  process.exit(run.faults.length === 0 ? 0 : 1);
}

const end = performance.now() + Number(values.seconds) * 1000;
const first = Number(values.seed);
let runs = 0;
let messages = 0;
let failed = 0;
console.log(`first seed ${first}`);
while (performance.now() < end && failed < Number(values.failures)) {
  const run = await once(first + runs);
  messages += run.world.passed.length;
  if (run.faults.length > 0) {
    failed += 1;
    show(first + runs, run);
  }
  runs += 1;
}
console.log(`${runs} dialogs, ${messages} messages, ${failed} failed, last seed ${first + runs - 1}`);
process.exit(failed === 0 ? 0 : 1);
