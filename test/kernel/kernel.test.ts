import { PassThrough } from 'node:stream';
import t from 'tap';
import { createLogger, mask, randomHex, randomUuid, TypedEmitter } from '../../src/kernel/index.js';

t.test('ids have their form and do not repeat', async (t) => {
  const ids = new Set<string>();
  for (let n = 0; n < 5000; n++) ids.add(randomUuid());
  t.equal(ids.size, 5000);
  t.match([...ids][0], /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.match(randomHex(8), /^[0-9a-f]{16}$/);
});

t.test('a listener that throws is reported and the others still run', async (t) => {
  const errors: unknown[] = [];
  const seen: number[] = [];
  const emitter = new TypedEmitter<{ tick: [number] }>((error, event) => errors.push([event, error]));
  emitter.on('tick', () => {
    throw new Error('broken listener');
  });
  const off = emitter.on('tick', (n) => seen.push(n));
  emitter.emit('tick', 1);
  off();
  emitter.emit('tick', 2);
  t.strictSame(seen, [1]);
  t.equal(errors.length, 2);
});

t.test('personal data is masked unless it is asked for', async (t) => {
  t.equal(mask('+15550100001'), '**********01');
  t.equal(mask('1234'), '****');
  for (const personalData of [false, true]) {
    const destination = new PassThrough();
    createLogger({ level: 'info', personalData, destination }).info({ from: '+15550100001' }, 'call');
    const line = String(destination.read());
    t.equal(line.includes('+15550100001'), personalData);
    t.match(line, /01"/);
  }
});
