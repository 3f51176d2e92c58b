import t from 'tap';
import { TimerSet } from '../../src/kernel/index.js';
import { FakeClock } from '../support/fake-clock.js';

t.test('timers of one set', (t) => {
  const clock = new FakeClock();
  const timers = new TimerSet(clock);
  const fired: string[] = [];
  timers.start('a', 100, () => fired.push('a'));
  timers.start('b', 50, () => fired.push('b'));

  t.test('starting a name again replaces the timer', (t) => {
    timers.start('a', 200, () => fired.push('a again'));
    clock.advance(150);
    t.strictSame(fired, ['b']);
    clock.advance(60);
    t.strictSame(fired, ['b', 'a again']);
    t.equal(timers.size, 0);
    t.end();
  });

  t.test('cancelAll ends every timer', (t) => {
    timers.start('c', 10, () => fired.push('c'));
    timers.start('d', 10, () => fired.push('d'));
    timers.cancelAll();
    clock.advance(20);
    t.notOk(fired.includes('c') || fired.includes('d'));
    t.strictSame(clock.running, []);
    t.end();
  });

  t.test('a timer may start another of the same name when it fires', (t) => {
    timers.start('e', 10, () => timers.start('e', 10, () => fired.push('e twice')));
    clock.advance(20);
    t.ok(fired.includes('e twice'));
    t.end();
  });
  t.end();
});
