// The small parts: clock of the centre, tables, figures, names, numbers of events, time between attempts.
import t from 'tap';
import { Backoff } from '../../../src/freeswitch/feed/backoff.js';
import { CentreNames } from '../../../src/freeswitch/feed/centre-names.js';
import { parseCentreTable, wholeNumber } from '../../../src/freeswitch/feed/centre-table.js';
import { CentreTime } from '../../../src/freeswitch/feed/centre-time.js';
import { QueueFigures } from '../../../src/freeswitch/feed/queue-figures.js';
import { SequenceWindow } from '../../../src/freeswitch/feed/sequence-window.js';
import { FakeClock } from '../../support/fake-clock.js';

t.test('the clock of a centre: each answer narrows it, a clock that was set begins anew', (t) => {
  const clock = new FakeClock();
  const time = new CentreTime(clock);
  t.equal(time.skewMs, undefined);
  t.equal(time.at(1_795_316_616), undefined);
  t.equal(time.past(1_795_316_616), clock.now(), 'not known: now');
  let skew = -86_400_000;
  const ask = (): void => {
    const askedAt = clock.wallNow();
    clock.advance(20);
    time.learn(Math.floor((clock.wallNow() + skew) / 1000), askedAt);
    clock.advance(1713);
  };
  ask();
  t.ok(Math.abs((time.skewMs ?? 0) - skew) <= 520, 'within half a second');
  for (let i = 0; i < 40; i++) ask();
  t.ok(Math.abs((time.skewMs ?? 0) - skew) <= 40, `${String(time.skewMs)}: within the time of the answer`);
  const second = Math.floor((clock.wallNow() + skew) / 1000);
  t.ok(Math.abs((time.at(second + 10) ?? 0) - clock.now() - 9500) <= 560);
  t.equal(time.past(second + 10), clock.now(), 'what has happened is not ahead');
  skew = 5000;
  ask();
  t.ok(Math.abs((time.skewMs ?? 0) - skew) <= 520, 'the clock was set');
  t.end();
});

t.test('tables: free text may hold bars, rows that are short are counted', (t) => {
  const rows = (text: string, freeText: readonly string[] = []) => {
    const table = parseCentreTable(text, freeText);
    return [table.rows.map((row) => Object.fromEntries(row)), table.malformed];
  };
  t.strictSame(rows('+OK\n'), [[], 0], 'no rows: no heading');
  t.strictSame(rows(''), [[], 0]);
  t.strictSame(rows('a|b\n1|2\n|\n+OK\n'), [
    [
      { a: '1', b: '2' },
      { a: '', b: '' },
    ],
    0,
  ]);
  t.strictSame(rows('a|b\n1\n1|2|3\n+OK\n'), [[], 2]);
  t.strictSame(rows('a|x|b\n1|p|q|r|2\n1||2\n+OK\n', ['x']), [
    [
      { a: '1', b: '2' },
      { a: '1', b: '2' },
    ],
    0,
  ]);
  t.strictSame(rows('a|x|y|b\n1|p|q|r|s|2\n+OK\n', ['x', 'y']), [[{ a: '1', b: '2' }], 0]);
  t.strictSame(
    ['7', '-7', '', undefined, '1e3', '9'.repeat(16), ' 7'].map(wholeNumber),
    [7, -7, 0, 0, 0, 0, 0],
  );
  t.end();
});

t.test('handling time and service level', (t) => {
  const figures = new QueueFigures();
  t.equal(figures.handlingTimeSeconds, undefined);
  t.equal(figures.serviceLevel, undefined);
  for (const seconds of [100, 200, 300]) figures.addHandlingTime(seconds * 1000);
  t.equal(figures.handlingTimeSeconds, 200, 'a plain mean at first');
  for (let i = 0; i < 200; i++) figures.addHandlingTime(60_000);
  t.ok(Math.abs((figures.handlingTimeSeconds ?? 0) - 60) < 0.01, 'it forgets');
  for (const isInTime of [true, true, true, false]) figures.addCall(isInTime);
  t.equal(figures.serviceLevel, 0.75);
  for (let i = 0; i < 198; i++) figures.addCall(false);
  t.equal(figures.serviceLevel, 0.005, 'of the last 200');
  figures.addCall(true);
  figures.addCall(true);
  t.equal(figures.serviceLevel, 0.01);
  t.end();
});

t.test('names of our domain', (t) => {
  const names = new CentreNames('example.com');
  const cases = [
    ['1001@example.com', '1001'],
    ['a@b@example.com', 'a@b'],
    ['@example.com', undefined],
    ['1001@default', undefined],
    ['1001', undefined],
    [undefined, undefined],
    [`${'x'.repeat(200)}@example.com`, undefined],
  ] as const;
  for (const [name, id] of cases) t.equal(names.idOf(name), id, String(name));
  t.equal(names.nameOf('sales'), 'sales@example.com');
  t.end();
});

t.test('numbers of events: each once, the last ones remembered, older ones taken as heard', (t) => {
  const window = new SequenceWindow(3);
  t.strictSame(
    [5, 3, 5, 4, 3].map((one) => window.isNew(one)),
    [true, true, false, true, false],
  );
  t.equal(window.isNew(9), true, 'the first is forgotten now');
  t.strictSame(
    [5, 2, 6].map((one) => window.isNew(one)),
    [false, false, true],
  );
  window.clear();
  t.equal(window.isNew(1), true);
  t.end();
});

t.test('time between attempts: doubled to a bound, with jitter', (t) => {
  const times = (random: number) => {
    const backoff = new Backoff({ firstMs: 100, maxMs: 1000, random: () => random });
    return Array.from({ length: 6 }, () => backoff.next());
  };
  t.strictSame(times(0), [50, 100, 200, 400, 500, 500]);
  t.strictSame(times(1), [100, 200, 400, 800, 1000, 1000]);
  const backoff = new Backoff({ firstMs: 100, maxMs: 1000, random: () => 0 });
  backoff.next();
  backoff.reset();
  t.equal(backoff.next(), 50);
  t.end();
});
