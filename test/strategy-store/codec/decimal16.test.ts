import fc from 'fast-check';
import t from 'tap';
import { propensityScale, valueScale } from '../../../src/strategy-store/codec/decimal16.js';

t.test('numbers of three significant digits come back exactly', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 7 }), (digits, exponent) => {
      const propensity = digits / 10 ** (3 + exponent);
      const value = (digits * 10 ** (exponent % 5)) / 100;
      return (
        propensityScale.decode(propensityScale.encode(propensity)) === propensity &&
        valueScale.decode(valueScale.encode(value)) === value
      );
    }),
  );
  t.end();
});

t.test('the order of numbers is kept', (t) => {
  const amount = fc.double({ min: 0, max: 1_000_000, noNaN: true });
  fc.assert(
    fc.property(amount, amount, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      return valueScale.decode(valueScale.encode(low)) <= valueScale.decode(valueScale.encode(high));
    }),
  );
  t.end();
});

t.test('both ends', (t) => {
  t.equal(propensityScale.decode(propensityScale.encode(0)), 0);
  t.equal(propensityScale.decode(propensityScale.encode(1)), 1);
  t.equal(valueScale.decode(valueScale.encode(1_000_000)), 1_000_000);
  t.equal(valueScale.encode(Infinity), 0xffff, 'beyond the greatest, the greatest');
  t.equal(valueScale.encode(-1), 0, 'below zero, zero');
  t.equal(valueScale.max, 819_100_000);
  t.end();
});
