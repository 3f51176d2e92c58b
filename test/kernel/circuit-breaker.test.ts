import t from 'tap';
import { CircuitBreaker } from '../../src/kernel/index.js';
import { FakeClock } from '../support/fake-clock.js';

const options = { failuresToOpen: 3, firstPauseMs: 100, maxPauseMs: 300 };

t.test('it opens after so many failures in a row, and only in a row', (t) => {
  const breaker = new CircuitBreaker(new FakeClock(), options);
  breaker.failed('a');
  breaker.failed('b');
  breaker.succeeded();
  breaker.failed('c');
  breaker.failed('d');
  t.equal(breaker.state, 'closed');
  t.ok(breaker.allows());
  breaker.failed('e');
  t.equal(breaker.state, 'open');
  t.equal(breaker.reason, 'e');
  t.notOk(breaker.allows());
  t.end();
});

t.test('after the pause one look-up probes; success closes it', (t) => {
  const clock = new FakeClock();
  const breaker = new CircuitBreaker(clock, options);
  for (let n = 0; n < 3; n++) breaker.failed('down');
  clock.advance(99);
  t.notOk(breaker.allows());
  clock.advance(1);
  t.ok(breaker.allows(), 'the probe');
  t.equal(breaker.state, 'half-open');
  t.notOk(breaker.allows(), 'one probe at a time');
  breaker.succeeded();
  t.ok(breaker.allows());
  t.equal(breaker.state, 'closed');
  t.end();
});

t.test('the pause doubles up to its bound while probes fail', (t) => {
  const clock = new FakeClock();
  const breaker = new CircuitBreaker(clock, options);
  for (let n = 0; n < 3; n++) breaker.failed('down');
  for (const pause of [100, 200, 300, 300]) {
    clock.advance(pause - 1);
    t.notOk(breaker.allows());
    clock.advance(1);
    t.ok(breaker.allows(), `probe after ${pause} ms`);
    breaker.failed('still down');
  }
  t.end();
});

t.test('a failure that comes late does not lengthen the pause', (t) => {
  const clock = new FakeClock();
  const breaker = new CircuitBreaker(clock, options);
  for (let n = 0; n < 3; n++) breaker.failed('down');
  clock.advance(60);
  breaker.failed('late');
  clock.advance(40);
  t.ok(breaker.allows());
  t.end();
});
