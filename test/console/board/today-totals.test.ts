// Totals of the day: what the database has and what this router has seen since, each call once.
import t from 'tap';
import { TodayTotals } from '../../../src/console/index.js';
import type { CallLineView } from '../../../src/console/index.js';
import type { TallyRow } from '../../../src/console/board/tally.js';
import { FakeClock } from '../../support/fake-clock.js';

const midnight = Date.UTC(2026, 10, 26);
const dayMs = 86_400_000;
const dayOf = (wall: number): number => Math.floor(wall / dayMs) * dayMs;

const call = (more: Partial<CallLineView> = {}): CallLineView => ({
  at: 0,
  decisionId: 'd',
  partner: 'acme',
  caller: '*',
  arm: 'offer',
  offer: 'ACME-PLATINUM',
  presented: undefined,
  destination: undefined,
  reason: 'offer',
  result: 'answered',
  status: 200,
  failOpen: [],
  decisionMs: 1,
  ...more,
});

const row = (more: Partial<TallyRow> = {}): TallyRow => ({
  partner: 'acme',
  offer: 'ACME-PLATINUM',
  arm: 'offer',
  calls: 1,
  abandoned: 0,
  failOpen: 0,
  value: 10,
  acceptedValue: 0,
  ...more,
});

/** Lets promises that are settled run. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** A database with calls at given moments; takes over what the router logged when it is drained. */
function stage(hours: number) {
  const clock = new FakeClock(midnight + hours * 3_600_000);
  const rows: { readonly at: number; readonly row: TallyRow }[] = [];
  const logged: typeof rows = [];
  const asked: (readonly [number, number])[] = [];
  const database: { isDown: boolean; onAsked?: () => void } = { isDown: false };
  const totals = new TodayTotals({
    records: {
      drain: () => {
        if (!database.isDown) rows.push(...logged.splice(0));
        return Promise.resolve(!database.isDown);
      },
      totals: (from, to) => {
        asked.push([(from - midnight) / 60_000, (to - midnight) / 60_000]);
        database.onAsked?.();
        if (database.isDown) return Promise.reject(new Error('the database is down'));
        return Promise.resolve(
          rows
            .filter(({ at }) => at >= from && at < to)
            .map((one) => ({ ...one.row, block: Math.floor(one.at / 300_000) * 300_000 })),
        );
      },
    },
    clock,
    dayOf,
    zone: 'UTC',
  });
  const routed = (line: CallLineView = call()): void => {
    const { partner = null, offer = null, arm } = line;
    logged.push({ at: clock.wallNow(), row: row({ partner, offer, arm }) });
    totals.add(line);
    clock.advance(1);
  };
  const turn = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settle();
  };
  return { clock, rows, asked, database, totals, routed, turn };
}

t.test('a call is counted once, before the database has it and after', async (t) => {
  const { totals, routed, turn, rows } = stage(1);
  rows.push({ at: midnight + 60_000, row: row({ calls: 5, value: 50, acceptedValue: 20 }) });
  routed();
  t.match(totals.totals(undefined), { source: 'router', calls: 1, offered: 1, recordsAt: undefined });
  t.equal(totals.totals(undefined).byOffer[0]?.value, undefined, 'nobody has told a value');
  totals.watch(true);
  for (let i = 0; i < 400; i++) await turn(20);
  t.match(totals.totals(undefined), { source: 'records', since: midnight, zone: 'UTC', calls: 6 });
  t.match(totals.totals(undefined).byOffer, [
    { offer: 'ACME-PLATINUM', calls: 6, value: 60, acceptedValue: 20 },
  ]);
  routed(call({ offer: undefined, arm: 'control', result: 'cancelled', failOpen: ['deadline'] }));
  t.match(totals.totals(undefined), { calls: 7, offered: 6, abandoned: 1, failOpen: 1 });
  await turn(10_000);
  t.equal(totals.totals(undefined).calls, 7);
  t.equal(totals.totals(['borealis']).calls, 0);
  totals.watch(false);
});

t.test('a call that comes to its end while earlier blocks are read is not lost meanwhile', async (t) => {
  const { totals, routed, turn, database } = stage(0.5);
  database.onAsked = () => {
    delete database.onAsked;
    routed();
  };
  totals.watch(true);
  await turn(0);
  t.match(totals.totals(undefined), { source: 'records', calls: 1 });
  totals.watch(false);
});

t.test('while the database is down the figures say since when they are', async (t) => {
  const { totals, routed, turn, database, clock } = stage(0);
  totals.watch(true);
  await turn(0);
  const { recordsAt } = totals.totals(undefined);
  t.equal(recordsAt, midnight);
  database.isDown = true;
  routed();
  await turn(10_000);
  routed();
  await turn(2000);
  t.match(totals.totals(undefined), { calls: 2, recordsAt, recordsProblem: String });
  database.isDown = false;
  await turn(2000);
  t.match(totals.totals(undefined), { calls: 2, recordsAt: clock.wallNow(), recordsProblem: undefined });
  totals.watch(false);
});

t.test('the database is asked for the last minutes and one earlier block each time', async (t) => {
  const { totals, turn, asked } = stage(1);
  totals.watch(true);
  for (let i = 0; i < 400; i++) await turn(20);
  asked.length = 0;
  await turn(10_000);
  await turn(10_000);
  t.strictSame(
    asked.map(([from, to]) => [from, Math.floor(to)]),
    [
      [55, 60],
      [5, 10],
      [55, 60],
      [10, 15],
    ],
  );
  totals.watch(false);
  asked.length = 0;
  await turn(60_000);
  t.strictSame(asked, [], 'nobody looks');
});

t.test('a new day begins with nothing', async (t) => {
  const { totals, routed, turn, clock } = stage(23.9);
  routed();
  clock.advance(3_600_000);
  t.match(totals.totals(undefined), { since: midnight + dayMs, calls: 0 });
  routed();
  totals.watch(true);
  for (let i = 0; i < 400; i++) await turn(20);
  t.match(totals.totals(undefined), { since: midnight + dayMs, calls: 1 });
  totals.watch(false);
});
