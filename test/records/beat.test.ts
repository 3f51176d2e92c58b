import t from 'tap';
import { pino } from 'pino';
import { silentLogger } from '../../src/kernel/index.js';
import { Beat } from '../../src/records/beat.js';
import { RecordsStartingError, RecordsUnavailableError } from '../../src/records/errors.js';
import { FakeClock } from '../support/fake-clock.js';

function stage() {
  const clock = new FakeClock();
  const state = { count: 0, fails: false, isMore: false, hold: undefined as Promise<void> | undefined };
  const beat = new Beat({
    name: 'work',
    clock,
    log: silentLogger,
    intervalMs: 1000,
    maxPauseMs: 4000,
    work: async () => {
      state.count += 1;
      await state.hold;
      if (state.fails) throw new Error('down');
      return state.isMore;
    },
  });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settle();
  };
  return { clock, state, beat, settle, pass };
}

t.test('it works at once, then every interval, and at once when there is more', async (t) => {
  const { beat, state, settle, pass } = stage();
  beat.start();
  await settle();
  t.equal(state.count, 1);
  await pass(999);
  t.equal(state.count, 1);
  await pass(1);
  t.equal(state.count, 2);
  state.isMore = true;
  await pass(1000);
  await pass(0);
  t.equal(state.count, 4);
  await beat.stop();
});

t.test('it tries less often while it fails, and a nudge does not change that', async (t) => {
  const { beat, state, settle, pass } = stage();
  state.fails = true;
  beat.start();
  await settle();
  for (const ms of [1000, 1000, 1000, 2000, 4000, 4000]) {
    const { count } = state;
    await pass(ms - 1);
    beat.nudge();
    await settle();
    t.equal(state.count, count, `not before ${ms} ms`);
    await pass(1);
    t.equal(state.count, count + 1);
  }
  t.equal(beat.isFailing, true);
  state.fails = false;
  await pass(4000);
  t.equal(beat.isFailing, false);
  await beat.stop();
});

t.test('a nudge works now, or once more after what is under way', async (t) => {
  const { beat, state, settle, pass } = stage();
  beat.start();
  await settle();
  let release = (): void => undefined;
  state.hold = new Promise((resolve) => (release = resolve));
  beat.nudge();
  beat.nudge();
  t.equal(state.count, 2);
  state.hold = undefined;
  release();
  await settle();
  await pass(0);
  t.equal(state.count, 3);
  await beat.stop();
});

t.test('stopped, it waits for its work and leaves no timer', async (t) => {
  const { beat, clock, state, settle } = stage();
  beat.start();
  await settle();
  let release = (): void => undefined;
  state.hold = new Promise((resolve) => (release = resolve));
  beat.nudge();
  let isStopped = false;
  const stopped = beat.stop().then(() => (isStopped = true));
  await settle();
  t.equal(isStopped, false);
  release();
  await stopped;
  t.same(clock.running, []);
  beat.nudge();
  t.equal(state.count, 2);
});

t.test('a database that has not started yet is no news; one that is down is, once', async (t) => {
  const clock = new FakeClock();
  const said: string[] = [];
  const log = pino(
    { level: 'info' },
    { write: (line: string) => said.push((JSON.parse(line) as { msg: string }).msg) },
  );
  let failure: Error | undefined = new RecordsStartingError('not ready yet');
  const work = () => (failure === undefined ? Promise.resolve(false) : Promise.reject(failure));
  const beat = new Beat({ name: 'work', clock, log, intervalMs: 1000, maxPauseMs: 1000, work });
  const pass = async () => {
    clock.advance(1000);
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  beat.start();
  for (let i = 0; i < 3; i++) await pass();
  failure = undefined;
  await pass();
  t.same(said, []);
  failure = new RecordsUnavailableError('down');
  for (let i = 0; i < 3; i++) await pass();
  failure = undefined;
  await pass();
  t.same(said, ['cannot work now', 'works again']);
  await beat.stop();
});
