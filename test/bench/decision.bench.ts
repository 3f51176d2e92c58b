// How long one decision takes, and what it allocates. Run: node dist/test/bench/decision.bench.js
// Design, section 6: 20 offers x 8 centres x 50 queues x 1,000 agents, p99 at most 100 us.
import { cpus } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { toDecisionRecord } from '../../src/decision/index.js';
import {
  CallCentre,
  centre,
  hit,
  offer,
  partner,
  presentation,
  queue,
  ranked,
  strategy,
} from '../decision/call-centre.js';
import { seededRandom } from '../callcenter/simulated-queue.js';
import type { DecisionInput } from '../../src/decision/index.js';
import type { Business } from '../decision/call-centre.js';

const offerCount = 20;
const centreCount = 8;
const queueCount = 50;
const agentCount = 1000;
const warmUp = 20_000;
const rounds = 50_000;
/** A burst this long is timed as a whole, by the processor time it took, which other processes do not lengthen. */
const burst = 2000;

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const centreNames = names('centre', centreCount);
const queueNames = names('queue', queueCount);

/** @param queuesOf the queues that present offer `i`, at every centre */
function business(queuesOf: (i: number) => readonly string[]): Business {
  const perQueue = agentCount / (centreCount * queueCount);
  return {
    centres: centreNames.map((id, c) =>
      centre(
        id,
        queueNames.map((name, q) =>
          queue(name, {
            staffedAgents: Math.floor(perQueue) + ((c + q) % 2),
            skillLevel: 1 + ((c * 7 + q * 3) % 10),
            costPerCall: (c + q) % 3,
          }),
        ),
      ),
    ),
    offers: names('OFFER', offerCount).map((code, i) =>
      offer(
        code,
        [
          presentation(
            'agents',
            centreNames.flatMap((c) => queuesOf(i).map((q) => `${c}/${q}`)),
          ),
        ],
        { waitCapSeconds: 300 },
      ),
    ),
    partners: [partner({ serviceQueues: centreNames.map((c) => `${c}/queue${queueCount - 1}`) })],
  };
}

/** A call centre in which four agents of five are busy, and the input of a call that ranks every offer. */
function busy(one: CallCentre, random: () => number): void {
  for (const name of centreNames) one.builder.setCentreHealth(name, true);
  for (const { id, servers } of one.decider.destinations) {
    for (let i = 0; i < servers; i++) if (random() < 0.8) one.builder.callStarted(id, 'acme');
  }
}

interface Result {
  readonly what: string;
  readonly times: Float64Array;
  /** Processor time of one run, in microseconds. */
  readonly cpu: number;
  readonly bytes: number;
}

function collect(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

const gc = collect();

/** Bytes of heap that one call of `run` takes: the median of batches that are too small for a collection. */
function bytesOf(run: (i: number) => unknown): number {
  const batches: number[] = [];
  for (let batch = 0; batch < 25; batch++) {
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 100; i++) run(i);
    batches.push((process.memoryUsage().heapUsed - before) / 100);
  }
  return batches.sort((a, b) => a - b)[12] ?? 0;
}

function measure(
  what: string,
  prepare: (i: number) => DecisionInput,
  run: (input: DecisionInput) => unknown,
): Result {
  const times = new Float64Array(rounds);
  for (let i = 0; i < warmUp; i++) run(prepare(i));
  for (let i = 0; i < rounds; i++) {
    const input = prepare(i);
    const started = process.hrtime.bigint();
    run(input);
    times[i] = Number(process.hrtime.bigint() - started) / 1000;
  }
  const inputs = Array.from({ length: burst }, (_, i) => prepare(i));
  const before = process.cpuUsage();
  for (const input of inputs) run(input);
  const { user, system } = process.cpuUsage(before);
  const bytes = bytesOf((i) => run(inputs[i]!));
  return { what, times: times.sort(), cpu: (user + system) / burst, bytes };
}

function row({ what, times, cpu, bytes }: Result): string {
  const at = (share: number) =>
    (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1);
  return [what.padEnd(74), at(0.5), at(0.99), at(0.999), at(1), cpu.toFixed(1), String(Math.round(bytes))]
    .map((cell, i) => (i === 0 ? cell : cell.padStart(9)))
    .join(' ');
}

function bench(title: string, one: CallCentre): void {
  const random = seededRandom(1);
  busy(one, random);
  const lookups = Array.from({ length: 64 }, (_, i) =>
    hit(
      strategy(
        names('OFFER', offerCount).map((code) => ranked(code, random() / 4, 100 * random())),
        {},
        { customer: `c-${i}` },
      ),
    ),
  );
  const still = one.board();
  const ids = one.decider.destinations.map((each) => each.id);
  const fixed = (i: number) => one.input({ lookup: lookups[i % 64]!, board: still, seed: random() });
  const moving = (i: number) => {
    // One call ends and one begins between decisions, so that the board is never the same.
    one.builder.callEnded(ids[(i * 31) % ids.length]!, 'acme');
    one.builder.callStarted(ids[(i * 17) % ids.length]!, 'acme');
    return fixed(i);
  };
  const decide = (input: DecisionInput) => one.decider.decide(input);
  const rows = [
    measure(`${title}: decision alone`, (i) => ({ ...moving(i), board: one.board() }), decide),
    measure(`${title}: with the board's snapshot`, moving, (input) =>
      decide({ ...input, board: one.board() }),
    ),
    measure(`${title}: a miss, plain service`, (i) => ({ ...fixed(i), lookup: { kind: 'miss' } }), decide),
  ];
  for (const each of rows) process.stdout.write(`${row(each)}\n`);
}

function benchRecord(title: string, one: CallCentre): void {
  const lookup = hit(strategy(names('OFFER', 3).map((code) => ranked(code, 0.2))));
  const prepare = () => one.input({ lookup });
  const record = (input: DecisionInput) =>
    JSON.stringify(toDecisionRecord(one.decider.decide(input), input, one.decider));
  process.stdout.write(`${row(measure(title, prepare, record))}\n`);
}

const [processor] = cpus();
process.stdout.write(
  `${offerCount} offers x ${centreCount} centres x ${queueCount} queues x ${agentCount} agents, ${rounds} decisions after ${warmUp}\n` +
    `Node.js ${process.version}, ${processor?.model ?? 'unknown processor'}\n\n` +
    `${'microseconds'.padEnd(74)}       p50       p99     p99.9       max       cpu     bytes\n`,
);
bench('each offer at 1 queue a centre (160 candidates)', new CallCentre(business((i) => [`queue${i}`])));
bench('each offer at every queue (8,000 candidates)', new CallCentre(business(() => queueNames)));
benchRecord(
  'decision, trace and its line of JSON (24 candidates)',
  new CallCentre(business((i) => [`queue${i}`])),
);
