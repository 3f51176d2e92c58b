import fc from 'fast-check';
import t from 'tap';
import { BytePool } from '../../src/kernel/index.js';

t.test('every buffer has the bytes of its text for as long as it is held', (t) => {
  const lengths = fc.array(fc.oneof(fc.nat(20), fc.nat(5000), fc.constantFrom(4096, 4097, 70_000)), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 0, max: 255 }), (lengths, first) => {
      const pool = new BytePool();
      const held = lengths.map((length, at) => {
        const text = String.fromCharCode((first + at) & 0xff).repeat(length);
        return { text, bytes: pool.bytesOf(text) };
      });
      return held.every(({ text, bytes }) => bytes.toString('latin1') === text);
    }),
  );
  t.end();
});
