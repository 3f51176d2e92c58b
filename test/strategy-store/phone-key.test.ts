import fc from 'fast-check';
import t from 'tap';
import {
  bucketOf,
  phoneField,
  phoneNumberOf,
  phoneNumberOfField,
  phoneOf,
  readPhoneKey,
  writePhoneKey,
} from '../../src/strategy-store/phone-key.js';
import { bucketsFor } from '../../src/strategy-store/redis/redis-keys.js';

const number = fc.integer({ min: 100, max: 999_999_999_999_999 });

t.test('every key form gives the number back', (t) => {
  fc.assert(
    fc.property(number, (n) => {
      const key = Buffer.alloc(9);
      writePhoneKey(key, 2, n);
      return (
        phoneNumberOf(phoneOf(n)) === n &&
        phoneNumberOfField(phoneField(n)) === n &&
        readPhoneKey(key, 2) === n
      );
    }),
  );
  t.end();
});

t.test('what is not E.164 is no number', (t) => {
  for (const text of [
    '',
    '+',
    '15550100001',
    '+0155501',
    '+12',
    '+1555010000a',
    '+1234567890123456',
    'anonymous',
  ]) {
    t.equal(phoneNumberOf(text), undefined, JSON.stringify(text));
  }
  t.end();
});

t.test('consecutive numbers fill buckets evenly enough to stay small in Redis', (t) => {
  for (const step of [1, 10, 37, 1000]) {
    const phones = 100_000;
    const buckets = bucketsFor(phones);
    const fill = new Uint32Array(buckets);
    for (let at = 0; at < phones; at++) fill[bucketOf(15_550_200_000 + at * step, buckets)]! += 1;
    t.ok(Math.max(...fill) <= 128, `step ${step}: ${Math.max(...fill)} of at most 128 fields`);
  }
  t.end();
});
