// The text of a time is what the calendar says, whatever time was asked for before.
import fc from 'fast-check';
import t from 'tap';
import { isoTime } from '../../src/decision/index.js';

const maxMs = 8.64e15;
const now = Date.UTC(2026, 10, 26, 21, 30, 0, 7);

t.test('it is the text of the calendar, fractions of a millisecond left out', (t) => {
  const near = fc.integer({ min: -5000, max: 5000 }).map((ms) => now + ms);
  const time = fc.oneof(near, fc.integer({ min: -maxMs, max: maxMs }));
  fc.assert(fc.property(time, (ms) => isoTime(ms) === new Date(ms).toISOString()));
  t.equal(isoTime(now + 0.999), '2026-11-26T21:30:00.007Z');
  t.end();
});

t.test('what is no time is refused, also after a time', (t) => {
  t.throws(() => isoTime(Number.NaN), RangeError);
  isoTime(now);
  t.throws(() => isoTime(Number.NaN), RangeError);
  t.throws(() => isoTime(Infinity), RangeError);
  t.end();
});
