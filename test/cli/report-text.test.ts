import t from 'tap';
import {
  bar,
  clockTime,
  count,
  coverageLines,
  csvText,
  minutes,
  money,
  per,
  percentInterval,
  plain,
} from '../../src/cli/report-text.js';
import { wilson } from '../../src/records/index.js';

t.test('numbers as people read them', (t) => {
  t.equal(count(1234567), '1,234,567');
  t.equal(money(1234.5), '1,234.50');
  t.equal(percentInterval(wilson(124, 1000)), '12.4 % (10.5-14.6)');
  t.equal(percentInterval(undefined), '-');
  t.equal(clockTime(90_061), '25:01:01');
  t.equal(minutes(245.4), '4:05');
  t.equal(per(1, 0, money), '-');
  t.equal(per(3, 2, money), '1.50');
  t.equal(bar(0.5, 8), '████');
  t.equal(bar(1, 8), '████████');
  t.equal(bar(1.5, 8), '████████');
  t.equal(bar(0, 8), '');
  t.equal(bar(0.32, 8), '██▌');
  t.end();
});

t.test('CSV is read back as it was, and runs nothing in a spreadsheet', (t) => {
  const rows = [
    { agent: 'a, "b"\nc', value: -3.5 },
    { agent: '=HYPERLINK("http://evil")', value: undefined },
    { agent: '@sum', value: null },
  ];
  t.equal(
    csvText(['agent', 'value'], rows),
    'agent,value\r\n"a, ""b""\nc",-3.5\r\n"\'=HYPERLINK(""http://evil"")",\r\n\'@sum,\r\n',
  );
  t.end();
});

t.test('text of people cannot move the cursor', (t) => {
  t.equal(plain('a\u001b[2Jb\u0007\r\nc\u202edcb\u2028'), 'a [2Jb c dcb ');
  t.equal(plain('Zoë o’Neil'), 'Zoë o’Neil');
  t.end();
});

t.test('what is missing is said', (t) => {
  const first = new Date('2026-11-01T08:00:00Z');
  const whole = { contacts: 12, calls: 12, first, last: first, withoutOutcome: 0, refusedLines: 0 };
  t.match(coverageLines(whole), [/^12 calls, 2026-11-01 08:00 to 2026-11-01 08:00 UTC\. /]);
  const lines = coverageLines({ ...whole, contacts: 13, withoutOutcome: 1, refusedLines: 2 });
  t.match(lines, [
    /^12 calls and 1 other contact, /,
    'Missing: 1 call without an outcome (under way, or not recorded yet).',
    'Missing: 2 lines of decision logs that no table took (proffer.refused_lines).',
  ]);
  t.end();
});
