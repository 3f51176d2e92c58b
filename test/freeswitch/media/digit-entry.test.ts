// Digits over several applications of the centre.
import t from 'tap';
import { DigitEntry } from '../../../src/freeswitch/media/digit-entry.js';

const rules = { minDigits: 2, maxDigits: 4, terminators: '#' };

void t.test('what an entry comes to', async (t) => {
  for (const [entered, terminator, expected] of [
    ['12', '', { kind: 'digits', digits: '12', terminator: undefined }],
    ['1', '', { kind: 'timeout' }],
    ['', '', { kind: 'timeout' }],
    ['1', '#', { kind: 'digits', digits: '1', terminator: '#' }],
    ['', '#', { kind: 'digits', digits: '', terminator: '#' }],
    ['12', '*', { kind: 'digits', digits: '12', terminator: undefined }],
    ['1#2', '', { kind: 'digits', digits: '1', terminator: '#' }],
    ['12345', '', { kind: 'digits', digits: '1234', terminator: undefined }],
    ['1x2 -', '', { kind: 'digits', digits: '12', terminator: undefined }],
  ] as const) {
    t.same(new DigitEntry().finish(rules, entered, terminator), expected, `${entered} ${terminator}`);
  }
});

void t.test(
  'keys that were pressed before belong to the next entry, and what is beyond it to the one after',
  async (t) => {
    const entry = new DigitEntry();
    entry.pressed('1');
    entry.pressed('');
    t.equal(entry.hasEarly, true);
    t.same(entry.take(rules), { isComplete: false, digits: '1' });
    t.equal(entry.hasEarly, false);
    entry.pressed('12#34567');
    t.same(entry.take(rules), {
      isComplete: true,
      result: { kind: 'digits', digits: '12', terminator: '#' },
    });
    t.same(entry.take(rules), {
      isComplete: true,
      result: { kind: 'digits', digits: '3456', terminator: undefined },
    });
    t.same(entry.take(rules), { isComplete: false, digits: '7' });
  },
);
