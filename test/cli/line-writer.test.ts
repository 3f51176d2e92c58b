import { PassThrough } from 'node:stream';
import t from 'tap';
import { LineWriter } from '../../src/cli/line-writer.js';
import { FakeClock } from '../support/fake-clock.js';

t.test('lines are written together, in order, a moment later', async (t) => {
  const clock = new FakeClock();
  const stream = new PassThrough({ encoding: 'utf8' });
  const lines = new LineWriter(stream, clock);
  lines.write('one');
  lines.write('two');
  t.equal(stream.read(), null);
  clock.advance(100);
  t.equal(stream.read(), 'one\ntwo\n');
  t.strictSame(clock.running, []);
  lines.write('three');
  lines.flush();
  t.equal(stream.read(), 'three\n');
  t.strictSame(clock.running, [], 'flush ends the timer');
});

t.test('lines above the bound are left out and counted', async (t) => {
  const clock = new FakeClock();
  const stream = new PassThrough({ encoding: 'utf8' });
  const lines = new LineWriter(stream, clock);
  for (let n = 0; n < 10_003; n++) lines.write('line');
  lines.flush();
  const written = String(stream.read()).trimEnd().split('\n');
  t.equal(written.length, 10_001);
  t.equal(written.at(-1), '(3 more lines left out)');
});
