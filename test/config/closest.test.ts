import fc from 'fast-check';
import t from 'tap';
import { closestOf, didYouMean, editDistance } from '../../src/config/closest.js';

t.test('edits between words', (t) => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['value', 'valeu', 1],
    ['acme-sales', 'acme-salez', 1],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
  ];
  for (const [a, b, edits] of cases) t.equal(editDistance(a, b), edits, `${a} to ${b}`);
  t.end();
});

t.test('the distance is a distance', (t) => {
  const word = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      return (
        distance === editDistance(b, a) &&
        (distance === 0) === (a === b) &&
        distance <= Math.max(a.length, b.length) &&
        distance >= Math.abs(a.length - b.length)
      );
    }),
  );
  t.end();
});

t.test('the nearest word is offered when it is near', (t) => {
  t.equal(closestOf('drachto', ['embedded', 'drachtio']), 'drachtio');
  t.equal(closestOf('FROM', ['From']), 'From');
  t.equal(closestOf('north', ['east', 'west']), undefined);
  t.equal(closestOf('tls', ['udp', 'tcp']), undefined);
  t.equal(closestOf('x'.repeat(1000), ['x']), undefined);
  t.equal(didYouMean('valeu', ['value']), '; did you mean "value"?');
  t.equal(didYouMean('else', []), '');
  t.end();
});
