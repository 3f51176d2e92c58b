import t from 'tap';
import { checkName, endOf, parseMoment, periodOf, periodWords } from '../../src/cli/report-period.js';

t.test('days and times are of UTC unless they say otherwise', (t) => {
  const texts = {
    '2026-11-01': '2026-11-01T00:00:00.000Z',
    '2026-11-01T08:30Z': '2026-11-01T08:30:00.000Z',
    '2026-11-01T08:30': '2026-11-01T08:30:00.000Z',
    '2026-11-01 08:30:15.5': '2026-11-01T08:30:15.500Z',
    '2026-11-01T08:30+02:00': '2026-11-01T06:30:00.000Z',
    '2024-02-29': '2024-02-29T00:00:00.000Z',
  };
  for (const [text, at] of Object.entries(texts))
    t.equal(new Date(parseMoment(text).at).toISOString(), at, text);
  t.end();
});

t.test('what is none is refused', (t) => {
  const none = [
    '',
    'yesterday',
    '2026-13-01',
    '2026-02-30',
    '2026-11-1',
    '2026-11-01T25:00Z',
    '2026-11-01T',
    "'; --",
  ];
  for (const text of none) t.throws(() => parseMoment(text), { code: 'commander.invalidArgument' }, text);
  t.end();
});

t.test('the last day counts as a whole, a time does not', (t) => {
  t.equal(endOf(parseMoment('2026-11-30')), Date.parse('2026-12-01T00:00:00Z'));
  t.equal(endOf(parseMoment('2026-11-30T08:00Z')), Date.parse('2026-11-30T08:00:00Z'));
  const day = parseMoment('2026-11-30');
  t.strictSame(periodOf({ from: day, to: day }), {
    from: new Date('2026-11-30T00:00:00Z'),
    to: new Date('2026-12-01T00:00:00Z'),
    partner: undefined,
  });
  t.throws(() => periodOf({ from: parseMoment('2026-12-01'), to: day }), {
    message: '--from 2026-12-01 is after --to 2026-11-30',
  });
  const noon = parseMoment('2026-11-30T12:00Z');
  t.throws(() => periodOf({ from: noon, to: noon }), /is after/);
  t.end();
});

t.test('a period in words', (t) => {
  const [from, to] = [parseMoment('2026-11-01'), parseMoment('2026-11-30')];
  t.equal(periodWords({}), 'all calls');
  t.equal(periodWords({ from, to, partner: 'acme' }), 'calls of acme, 2026-11-01 to 2026-11-30 (UTC)');
  t.equal(periodWords({ from, to: from }), 'calls, 2026-11-01 (UTC)');
  t.equal(periodWords({ from }), 'calls, 2026-11-01 to now (UTC)');
  t.equal(periodWords({ to }), 'calls, the first call to 2026-11-30 (UTC)');
  t.end();
});

t.test('names that nobody knows', (t) => {
  checkName('--partner', 'acme', ['acme']);
  checkName('--partner', undefined, []);
  const wrong = (name: string): (() => void) => {
    return () => checkName('--partner', name, ['acme', 'borealis']);
  };
  t.throws(wrong('acmee'), { message: '--partner: there is no "acmee"; did you mean "acme"?' });
  t.throws(wrong('zzz'), { message: '--partner: there is no "zzz"; there are acme, borealis' });
  t.end();
});
