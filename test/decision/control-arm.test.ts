import t from 'tap';
import { fnv1a32, isInControlArm } from '../../src/decision/index.js';

t.test('FNV-1a gives the published values', (t) => {
  t.equal(fnv1a32(''), 0x811c9dc5);
  t.equal(fnv1a32('a'), 0xe40c292c);
  t.equal(fnv1a32('foobar'), 0xbf9cf968);
  t.end();
});

t.test('text is hashed as UTF-8, and in pieces as in one', (t) => {
  const hashBytes = (text: string) =>
    Buffer.from(text).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
  for (const text of ['plain', 'Zürich', '東京', '😀 smile']) t.equal(fnv1a32(text), hashBytes(text), text);
  t.equal(fnv1a32('/c-1', fnv1a32('acme')), fnv1a32('acme/c-1'));
  t.end();
});

t.test('the share of customers in the control arm is what was asked for', (t) => {
  for (const percent of [0, 1, 5, 20, 50, 100]) {
    let inside = 0;
    for (let i = 0; i < 10_000; i++) if (isInControlArm('acme', `A${i}`, percent)) inside++;
    // Four standard deviations of a binomial draw.
    const tolerance = 4 * Math.sqrt(10_000 * (percent / 100) * (1 - percent / 100));
    t.ok(Math.abs(inside - percent * 100) <= tolerance, `${percent} %: ${inside} of 10,000`);
  }
  t.end();
});

t.test('a customer stays in the arm when the share grows, and the partner matters', (t) => {
  let differ = 0;
  for (let i = 0; i < 2000; i++) {
    const customer = `A${i}`;
    if (isInControlArm('acme', customer, 5)) t.ok(isInControlArm('acme', customer, 6));
    if (isInControlArm('acme', customer, 50) !== isInControlArm('borealis', customer, 50)) differ++;
  }
  t.ok(differ > 800 && differ < 1200);
  t.end();
});
