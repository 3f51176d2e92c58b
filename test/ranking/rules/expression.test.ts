import { tmpdir } from 'node:os';
import t from 'tap';
import { RankingDatabase } from '../../../src/ranking/database.js';
import { compileExpression, typeOf } from '../../../src/ranking/rules/expression.js';

const database = await RankingDatabase.open({ threads: 1, memoryLimitMb: 256, directory: tmpdir() });
t.teardown(() => database.close());
await database.run(
  'test',
  `CREATE TABLE people AS SELECT * FROM (VALUES
     ('A1', 30, 'north', 1000.0::DOUBLE, DATE '2020-01-01', 'x"y', true),
     ('A2', NULL, 'south', NULL, NULL, '7', NULL)) AS v(customer, age, region, "accounts.balance", joined, note, "isDigital")`,
);

const columns = ['customer', 'age', 'region', 'accounts.balance', 'joined', 'note', 'isDigital'];
const names = {
  known: columns,
  resolve: (name: string) =>
    name === 'today' ? `DATE '2026-11-26'` : columns.includes(name) ? `"${name}"` : undefined,
};
const compile = (expression: string) =>
  compileExpression(database, expression, { place: 'offers[0].rule', names });

async function answers(expression: string): Promise<unknown> {
  const { sql } = await compile(expression);
  return (await database.rows('test', `SELECT ${sql} FROM people ORDER BY customer`)).map((row) => row[0]);
}

t.test('rules are the SQL that people know', async (t) => {
  const table: readonly (readonly [rule: string, ...answers: unknown[]])[] = [
    ['age >= 30', true, null],
    ["accounts.balance > 500 or region = 'south'", true, true],
    ["age between 18 and 40 and region in ('north', 'west')", true, false],
    ['age is null', false, true],
    ['not isDigital', false, null],
    ["region like 'n%' -- the north", true, false],
    ["case when age is null then region = 'south' else age > 40 end", false, true],
    ["date_diff('day', joined, today) > 365", true, null],
    ['coalesce(accounts.balance, 0) + 10 = 1010', true, false],
    ['joined + interval 3 year < today', true, null],
    ["note = 'x\"y'", true, false],
    ["region || '!' = 'north!'", true, false],
    ['1.5 * age > 40', true, null],
    ['age is distinct from 30', false, true],
  ];
  for (const [rule, ...expected] of table) t.strictSame(await answers(rule), expected, rule);
});

t.test('what cannot be worked out on a row is null there and fails nothing', async (t) => {
  t.strictSame(await answers('note::integer > 5'), [null, true]);
  t.strictSame(await answers('age * 4611686018427387::bigint * 4611686018427387 > 1'), [null, null]);
  t.strictSame(await answers('100 / (age - 30) > 5'), [null, null], 'a division by zero is not infinite');
});

t.test('it says which columns it reads', async (t) => {
  t.strictSame((await compile('age > 3 and accounts.balance > age')).columns, ['age', 'accounts.balance']);
});

t.test('types are known without a row', async (t) => {
  const { sql } = await compile('age > 3');
  t.equal(await typeOf(database, sql, { place: 'x', table: 'people' }), 'BOOLEAN');
  const bad = await compile('joined > 3');
  await t.rejects(typeOf(database, bad.sql, { place: 'offers[0].rule', table: 'people' }), {
    code: 'RANKING_RULE',
    message:
      /^ranking.yaml: offers\[0\].rule: Binder Error: Cannot compare values of type DATE and type INTEGER/,
  });
});

t.test('what a rule may not hold is refused with its place', async (t) => {
  const table: readonly (readonly [rule: string, message: RegExp])[] = [
    ['age >', /offers\[0\]\.rule: syntax error at or near/],
    ['agee > 3', /there is no column agee; did you mean "age"\? at "agee > 3" \(character 1\)/],
    ['region = "north"', /there is no column north/],
    ['(select 1) = 1', /subquery is not allowed here at "\(select 1\) = 1"|subquery is not allowed/],
    ['age in (select age from people)', /not allowed/],
    ['random() > 0.5', /the function random is not allowed/],
    ["read_text('/etc/passwd') = 'x'", /the function read_text is not allowed/],
    ["getenv('HOME') = 'x'", /the function getenv is not allowed/],
    ['now() > joined', /the function now is not allowed/],
    ['current_date > joined', /current_date/],
    ['count(*) > 1', /the function count_star is not allowed/],
    ['row_number() over () > 1', /window is not allowed/],
    ['$1 > 3', /parameter is not allowed/],
    ['*', /star is not allowed/],
    ['age > 3); drop table people; --', /./],
    ['age > 3), (1', /is not one expression|syntax error/],
    ['age > 3) from people where (true', /is not one expression/],
    ['age::json = 1', /./],
    ["main.lower(region) = 'x'", /the function lower is not allowed|not allowed/],
    ['', /syntax error/],
    ['170141183460469231731687303715884105727 > age', /not allowed|too large/],
  ];
  for (const [rule, message] of table) {
    await t.rejects(compile(rule), { code: 'RANKING_RULE', message }, rule);
  }
  t.equal((await database.rows('test', 'SELECT count(*) FROM people'))[0]?.[0], 2n, 'nothing happened');
});
