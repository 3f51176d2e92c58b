// Estimated waits beside simulated ones, through the board: what an arriving call is told, and how long such calls waited.
import t from 'tap';
import { BoardBuilder, compileDestinations, estimateWaitSeconds } from '../../src/callcenter/index.js';
import { centre, queue, settingsOf } from '../decision/call-centre.js';
import { FedCentre } from './centre-readings.js';
import { simulateCentre } from './simulated-centre.js';
import type { CentreRun } from './simulated-centre.js';

const handlingTime = 100;
const destinations = compileDestinations(
  // The configured handling time is wrong: the measured one serves.
  settingsOf({
    centres: [
      centre('east', [queue('0', { handlingTimeSeconds: 7 }), queue('1', { handlingTimeSeconds: 7 })]),
    ],
    offers: [],
  }),
);

/** What a call for queue 0 is told when all its agents are busy and so many wait. */
function estimate(groups: CentreRun['groups'], here: number, elsewhere: number): number | undefined {
  const feed = new FedCentre('east', ['0', '1']);
  groups.forEach(({ queues, count }, group) => {
    for (let i = 0; i < count; i++) feed.agent(`${group}-${i}`, queues.map(String), { isFree: false });
  });
  feed.queue('0', { membersWaiting: here, handlingTimeSeconds: handlingTime });
  feed.queue('1', { membersWaiting: elsewhere, handlingTimeSeconds: handlingTime });
  const board = new BoardBuilder(destinations, { feeds: new Map([['east', { staleAfterMs: 1000 }]]) });
  board.applyReading(feed.reading(0));
  return estimateWaitSeconds(destinations[0]!, board.snapshot(0, 0).states[0]!);
}

interface Row {
  readonly what: string;
  readonly groups: CentreRun['groups'];
  readonly loads: readonly number[];
  /** Share by which the formula itself may be off. */
  readonly formula: number;
}

const alone = (count: number) => [{ queues: [0], count }];
const shared = (own: number, other: number, common: number) => [
  { queues: [0], count: own },
  { queues: [1], count: other },
  { queues: [0, 1], count: common },
];
const rows: readonly Row[] = [
  { what: 'M/M/1 at half load', groups: alone(1), loads: [0.5], formula: 0 },
  { what: 'M/M/2 at 80 %', groups: alone(2), loads: [1.6], formula: 0 },
  { what: 'M/M/8 at 90 %', groups: alone(8), loads: [7.2], formula: 0 },
  { what: 'M/M/30 at 95 %', groups: alone(30), loads: [28.5], formula: 0 },
  { what: 'four agents shared by both', groups: shared(0, 0, 4), loads: [1.6, 1.8], formula: 0 },
  { what: 'twelve agents shared by both', groups: shared(0, 0, 12), loads: [4, 7], formula: 0 },
  { what: 'a third of the agents shared', groups: shared(2, 2, 2), loads: [2.4, 2.4], formula: 0.12 },
  { what: 'most of the agents shared', groups: shared(1, 1, 4), loads: [2.4, 2.8], formula: 0.12 },
  // Too long by a third where nobody waits here and three wait elsewhere: the agents of this queue alone are not waited for so long.
  { what: 'all of the other queue shared', groups: shared(2, 0, 3), loads: [2.4, 1.6], formula: 0.35 },
  { what: 'all of this queue shared', groups: shared(0, 4, 3), loads: [1.5, 4.2], formula: 0.12 },
];

for (const { what, groups, loads, formula } of rows) {
  t.test(`${what}: callers wait as they were told`, (t) => {
    const seen = simulateCentre({ groups, loads, handlingTime, calls: 200_000, seed: 11 });
    const often = seen.filter(({ count }) => count >= 1000).sort((a, b) => b.count - a.count);
    t.ok(often.length >= 3, `${often.length} situations seen often`);
    for (const { ahead, meanWait, count } of often) {
      const told = estimate(groups, ...ahead) ?? NaN;
      // A wait behind n others is the sum of n + 1 exponential times: its mean over `count` calls scatters by
      // 1 / sqrt((n + 1) count), doubled since calls that wait together are not independent; three such deviations.
      const scatter = (3 * 2) / Math.sqrt((ahead[0] + 1) * count);
      const off = Math.abs(told - meanWait) / meanWait;
      t.ok(off <= formula + scatter, `${ahead.join(' + ')} ahead: told ${told}, waited ${meanWait}`);
    }
    t.end();
  });
}

t.test('free agents and members ahead of them', (t) => {
  const [destination] = destinations;
  const state = { isUp: true, servers: 5, portsInUse: undefined, handlingTimeSeconds: 50 };
  const at = (freeServers: number, membersWaiting: number, competingMembers: number) =>
    estimateWaitSeconds(destination!, { ...state, freeServers, membersWaiting, competingMembers });
  t.equal(at(3, 2, 0), 0, 'one is left');
  t.equal(at(1, 0, 4), 0, 'an agent whom nobody else has been given is free');
  t.equal(at(2, 2, 0), 10, 'members take both, and the next departure is ours');
  t.equal(at(2, 4, 0), 30);
  t.equal(at(0, 1, 1.5), 35);
  t.end();
});
