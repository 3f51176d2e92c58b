// The real clock: long timers share slots, and none of them is lost, early, or in the way of another.
import t from 'tap';
import { systemClock } from '../../src/kernel/index.js';

const after = (ms: number, fn: () => void) => systemClock.after(ms, 'test', fn);

t.test('long timers fire once each and never early; cancelled ones do not', async (t) => {
  const fired: string[] = [];
  const start = systemClock.now();
  const done = new Promise<void>((resolve) => {
    after(1120, resolve);
  });
  for (let n = 0; n < 100; n++) {
    const ms = 1000 + n;
    after(ms, () => fired.push(systemClock.now() - start >= ms - 1 ? 'in time' : `${ms} was early`));
    after(ms, () => fired.push('cancelled one fired')).cancel();
  }
  await done;
  t.strictSame(new Set(fired), new Set(['in time']));
  t.equal(fired.length, 100);
});

t.test('a timer may cancel one of the same slot, and start another', async (t) => {
  const fired: string[] = [];
  await new Promise<void>((resolve) => {
    let second: { cancel(): void } | undefined;
    after(1000, () => {
      fired.push('first');
      second?.cancel();
      after(1000, resolve);
    });
    second = after(1000, () => fired.push('second'));
    second.cancel();
    second = after(1000, () => fired.push('second again'));
  });
  t.strictSame(fired, ['first']);
});

t.test('a timer that throws does not keep the others of its slot from firing', async (t) => {
  const thrown = new Promise<unknown>((resolve) => process.once('uncaughtException', resolve));
  const other = new Promise<string>((resolve) => {
    after(1000, () => {
      throw new Error('broken timer');
    });
    after(1000, () => resolve('fired'));
  });
  t.equal(await other, 'fired');
  t.match(await thrown, { message: 'broken timer' });
});
