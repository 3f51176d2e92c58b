import t from 'tap';
import { errorCode, Lifecycle } from '../../src/kernel/index.js';
import type { Part } from '../../src/kernel/index.js';
import { FakeClock } from '../support/fake-clock.js';

function part(name: string, journal: string[], failing: { start?: boolean; stop?: boolean } = {}): Part {
  return {
    name,
    start: () => {
      if (failing.start === true) throw new Error(`${name} cannot start`);
      journal.push(`start ${name}`);
    },
    stop: () => {
      journal.push(`stop ${name}`);
      if (failing.stop === true) throw new Error(`${name} cannot stop`);
    },
  };
}

t.test('parts stop in reverse order, whatever one of them throws', async (t) => {
  const journal: string[] = [];
  const lifecycle = new Lifecycle(new FakeClock());
  await lifecycle.start([part('a', journal), part('b', journal, { stop: true }), part('c', journal)]);
  const failures = await lifecycle.stop();
  t.strictSame(journal, ['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
  t.equal(failures.length, 1);
});

t.test('a part that fails to start undoes the ones before it', async (t) => {
  const journal: string[] = [];
  const lifecycle = new Lifecycle(new FakeClock());
  await t.rejects(lifecycle.start([part('a', journal), part('b', journal, { start: true })]), {
    message: 'b cannot start',
  });
  t.strictSame(journal, ['start a', 'stop a']);
});

t.test('a part that hangs is given up after the deadline', async (t) => {
  const clock = new FakeClock();
  const lifecycle = new Lifecycle(clock, 1000);
  const started = lifecycle.start([
    { name: 'slow', start: () => new Promise(() => undefined), stop: () => undefined },
  ]);
  await Promise.resolve();
  clock.advance(1000);
  await started.then(
    () => t.fail('it must reject'),
    (error: unknown) => t.equal(errorCode(error), 'LIFECYCLE_TIMEOUT'),
  );
});
