// A short run of the fuzzers, with a seed of its own each time; `npm run fuzz` is the long one.
import t from 'tap';
import { EngineFuzz } from '../fuzz/engine-fuzz.js';
import { heapBytes } from '../fuzz/heap.js';
import { messageSeeds } from '../fuzz/message-seeds.js';
import { fuzzParser } from '../fuzz/parser-fuzz.js';
import { Random } from '../support/random.js';

const seed = Date.now() % 0x7fff_ffff;
const again = `to see it again: npm run fuzz -- --seed ${seed}`;

t.test(`the parser and the framer keep their laws over damaged messages (seed ${seed})`, (t) => {
  const figures = fuzzParser(10_000, new Random(seed), messageSeeds());
  t.ok(figures.accepted > 1000 && figures.refused > 1000 && figures.dropped > 100, again);
  t.end();
});

t.test(`no message, in any order, breaks the engine or leaves anything behind (seed ${seed})`, async (t) => {
  const fuzz = new EngineFuzz(new Random(seed), messageSeeds());
  await fuzz.start();
  t.teardown(async () => fuzz.stop());
  await fuzz.run(10_000);
  const first = heapBytes();
  await fuzz.run(10_000);
  const grown = heapBytes() - first;
  t.ok(grown < 4 * 1048576, `the heap grew by ${grown} bytes; ${again}`);
  t.ok(fuzz.figures.sent > 2000, 'it answers');
});
