// How long one decision takes, and what it allocates. Run: node dist/test/bench/decision.bench.js [rounds]
// Design, section 6: 20 offers x 8 centres x 50 queues x 1,000 agents, p99 at most 100 us.
import { cpus } from 'node:os';
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
import { greatCentre, LiveCentres } from './decision/live-centres.js';
import { measure, rounds, row, warmUp } from './decision/measure.js';
import type { DecisionInput } from '../../src/decision/index.js';
import type { StrategyLookup } from '../../src/offers/index.js';
import type { Business } from '../decision/call-centre.js';

const offerCount = 20;
const centreCount = 8;
const queueCount = 50;
const agentCount = 1000;

const miss: StrategyLookup = { kind: 'miss' };
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const centreNames = names('centre', centreCount);
const queueNames = names('queue', queueCount);

/** @param queuesOf the queues that present offer `i`, at every centre */
function business(queuesOf: (i: number) => readonly string[], queues = queueNames): Business {
  const perQueue = agentCount / (centreCount * queues.length);
  return {
    centres: centreNames.map((id, c) =>
      centre(
        id,
        queues.map((name, q) =>
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
    partners: [partner({ serviceQueues: centreNames.map((c) => `${c}/queue${queues.length - 1}`) })],
  };
}

/** A call centre in which four agents of five are busy, and the input of a call that ranks every offer. */
function busy(one: CallCentre, random: () => number): void {
  for (const name of centreNames) one.builder.setCentreHealth(name, true);
  for (const { id, servers } of one.decider.destinations) {
    for (let i = 0; i < servers; i++) if (random() < 0.8) one.builder.callStarted(id, 'acme');
  }
}

/** Customers who rank every offer. */
function rankings(random: () => number) {
  return Array.from({ length: 64 }, (_, i) =>
    hit(
      strategy(
        names('OFFER', offerCount).map((code) => ranked(code, random() / 4, 100 * random())),
        {},
        { customer: `c-${i}` },
      ),
    ),
  );
}

function bench(title: string, one: CallCentre): void {
  const random = seededRandom(1);
  busy(one, random);
  const lookups = rankings(random);
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
    measure(`${title}: a miss, plain service`, (i) => ({ ...fixed(i), lookup: miss }), decide),
  ];
  for (const each of rows) process.stdout.write(`${row(each)}\n`);
}

/** Everything that a call asks of the board, while the centres' agents come and go. */
function benchLive(title: string, one: CallCentre): void {
  const random = seededRandom(2);
  const lookups = rankings(random);
  const live = new LiveCentres(one.decider.destinations, { agents: agentCount, queuesOfAgent: 8, random });
  const call = (i: number) => live.call(i);
  const rows = [
    measure(`${title}: all`, call, (each) => {
      const board = live.boardAfter(each);
      return one.decider.decide(one.input({ lookup: lookups[each.number % 64]!, board, seed: random() }));
    }),
    measure('  of which the reading, a reservation and the snapshot', call, (each) => live.boardAfter(each)),
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
    `${'microseconds'.padEnd(74)}       p50       p99     p99.9       max       cpu   cpu p99     bytes\n`,
);
bench('each offer at 1 queue a centre (160 candidates)', new CallCentre(business((i) => [`queue${i}`])));
bench('each offer at every queue (8,000 candidates)', new CallCentre(business(() => queueNames)));
const few = queueNames.slice(0, 7);
benchLive('live, each offer at every one of 56 queues', new CallCentre(business(() => few, few)));
benchLive('live, 1 of 50 queues a centre', new CallCentre(business((i) => [`queue${i}`])));
benchLive('live, each offer at every one of 400 queues', new CallCentre(business(() => queueNames)));
const great = greatCentre({ agents: agentCount, queues: queueCount, queuesOfAgent: 10 });
const ofGreat = 'an agent of 1,000 at one centre of 50 queues: reading and snapshot';
process.stdout.write(`${row(measure(ofGreat, great.reading, great.boardAfter))}\n`);
benchRecord(
  'decision, trace and its line of JSON (24 candidates)',
  new CallCentre(business((i) => [`queue${i}`])),
);
