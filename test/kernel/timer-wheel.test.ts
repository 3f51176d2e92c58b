import fc from 'fast-check';
import t from 'tap';
import { TimerWheel, tickMs } from '../../src/kernel/timer-wheel.js';
import type { WheelHost } from '../../src/kernel/timer-wheel.js';

/** A system whose time is moved by hand, with at most one timer. */
class Host implements WheelHost {
  time = 1234.5;
  due: number | undefined;
  isHeld = true;
  started = 0;
  readonly errors: unknown[] = [];
  #fn: () => void = () => undefined;

  now(): number {
    return this.time;
  }

  start(ms: number, fn: () => void) {
    if (this.due !== undefined) throw new Error('a second drive');
    this.due = this.time + ms;
    this.isHeld = true;
    this.started += 1;
    this.#fn = fn;
    return {
      cancel: () => {
        this.due = undefined;
      },
      hold: (isHeld: boolean) => {
        this.isHeld = isHeld;
      },
    };
  }

  failed(error: unknown): void {
    this.errors.push(error);
  }

  advance(ms: number): void {
    const end = this.time + ms;
    while (this.due !== undefined && this.due <= end) {
      this.time = Math.max(this.time, this.due);
      this.due = undefined;
      this.#fn();
    }
    this.time = end;
  }
}

t.test('every timer fires once, never early, at most a tick late, unless it was cancelled', (t) => {
  const delay = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 200_000 }));
  const step = fc.record({ ms: delay, pause: fc.integer({ min: 0, max: 90_000 }), cancels: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const host = new Host();
      const wheel = new TimerWheel(host);
      const fired = new Map<number, number>();
      const due = new Map<number, number>();
      const timers = steps.map(({ ms, pause, cancels }, index) => {
        due.set(index, host.time + ms);
        const timer = wheel.after(ms, 'one', () => {
          if (fired.has(index)) throw new Error('fired twice');
          fired.set(index, host.time);
        });
        if (cancels === 0) {
          timer.cancel();
          timer.cancel();
          due.delete(index);
        }
        host.advance(pause % 7 === 0 ? pause : pause % 50);
        return timer;
      });
      if (wheel.running !== due.size - fired.size) return false;
      host.advance(300_000);
      for (const timer of timers) timer.cancel();
      // A wheel is driven by whole milliseconds, hence the one more.
      const isRight = [...due].every(([index, at]) => {
        const time = fired.get(index) ?? Infinity;
        return time >= at && time <= at + tickMs + 1;
      });
      return isRight && fired.size === due.size && wheel.running === 0 && host.errors.length === 0;
    }),
  );
  t.end();
});

t.test('timers of one tick fire together, in the order in which they were started', (t) => {
  const host = new Host();
  const wheel = new TimerWheel(host);
  const fired: number[] = [];
  for (let i = 0; i < 100; i++) wheel.after(500, 'one', () => fired.push(i));
  t.equal(host.started, 1);
  host.advance(600);
  t.strictSame(fired, [...Array(100).keys()]);
  t.equal(host.started, 1, 'one wake-up for all of them');
  t.end();
});

t.test('a timer that throws, cancels its neighbour or starts another disturbs nobody else', (t) => {
  const host = new Host();
  const wheel = new TimerWheel(host);
  const fired: string[] = [];
  wheel.after(100, 'throws', () => {
    throw new Error('of the owner');
  });
  wheel.after(100, 'cancels', () => neighbour.cancel());
  const neighbour = wheel.after(100, 'neighbour', () => fired.push('neighbour'));
  wheel.after(100, 'starts', () => {
    wheel.after(0, 'at once', () => fired.push('at once'));
    fired.push('starts');
  });
  wheel.after(100, 'last', () => fired.push('last'));
  host.advance(200);
  t.strictSame(fired, ['starts', 'last', 'at once']);
  t.equal(host.errors.length, 1);
  t.equal(wheel.running, 0);
  t.end();
});

t.test('a process that slept longer than a turn of the wheel fires all that is due, and no more', (t) => {
  const host = new Host();
  const wheel = new TimerWheel(host);
  const fired: number[] = [];
  for (const ms of [100, 30_000, 50_000, 400_000]) wheel.after(ms, 'one', () => fired.push(ms));
  host.time += 120_000;
  host.advance(1);
  t.strictSame(
    fired.toSorted((a, b) => a - b),
    [100, 30_000, 50_000],
  );
  host.advance(300_000);
  t.equal(fired.length, 4);
  t.end();
});

t.test('a wheel without a running timer does not keep the process alive', (t) => {
  const host = new Host();
  const wheel = new TimerWheel(host);
  const one = wheel.after(1000, 'one', () => undefined);
  t.equal(host.isHeld, true);
  one.cancel();
  t.equal(host.isHeld, false);
  const other = wheel.after(2000, 'other', () => undefined);
  t.equal(host.isHeld, true, 'the drive that is there serves again');
  t.equal(host.started, 1);
  other.cancel();
  host.advance(5000);
  t.equal(host.due, undefined, 'and ends when nobody needs it');
  t.end();
});
