// npm run fuzz: a million damaged messages against the parser, the framer and a whole engine. Options: --messages N, --seed N.
import { parseArgs } from 'node:util';
import { Random } from '../support/random.js';
import { EngineFuzz } from './engine-fuzz.js';
import { heapBytes } from './heap.js';
import { messageSeeds } from './message-seeds.js';
import { fuzzParser } from './parser-fuzz.js';

const { values } = parseArgs({
  options: { messages: { type: 'string', default: '1000000' }, seed: { type: 'string' } },
});
const messages = Number(values.messages);
const seed = values.seed === undefined ? Date.now() % 0x7fff_ffff : Number(values.seed);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const seeds = messageSeeds();
const half = Math.floor(messages / 2);

process.on('unhandledRejection', (error) => {
  throw error;
});
say(`seed ${seed}: the same run again is npm run fuzz -- --messages ${messages} --seed ${seed}`);

const started = performance.now();
say(`parser and framer: ${JSON.stringify(fuzzParser(half, new Random(seed), seeds))}`);
const fuzz = new EngineFuzz(new Random(seed), seeds);
await fuzz.start();
await fuzz.run(Math.floor(half / 2));
const first = heapBytes();
await fuzz.run(half - Math.floor(half / 2));
const second = heapBytes();
say(`engine: ${JSON.stringify(fuzz.figures)}`);
await fuzz.stop();
const mib = (bytes: number): string => (bytes / 1048576).toFixed(1);
say(`heap in use at half of the engine's messages ${mib(first)} MiB, at the end ${mib(second)} MiB`);
say(`${((performance.now() - started) / 1000).toFixed(0)} s`);
if (second - first > 4 * 1048576) throw new Error('the heap grew by more than 4 MiB');
