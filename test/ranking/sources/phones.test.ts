import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { RankingDatabase } from '../../../src/ranking/database.js';
import { normalisePhones } from '../../../src/ranking/sources/phones.js';

const directory = mkdtempSync(join(tmpdir(), 'proffer-phones-'));
const database = await RankingDatabase.open({ threads: 2, memoryLimitMb: 256, directory });
t.teardown(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

async function numbersOf(
  phones: string,
  country: string | undefined,
): Promise<readonly (readonly unknown[])[]> {
  await database.run('test', `CREATE OR REPLACE TABLE phones AS SELECT phone FROM ${phones}`);
  await normalisePhones(database, 'phones', country);
  return database.rows('test', 'SELECT phone, number::VARCHAR FROM phones ORDER BY phone');
}

t.test('numbers in national form belong to the country', async (t) => {
  const phones = `(VALUES ('(555) 010-0001'), ('+15550100002'), ('555-010-0003'), ('12'), ('unknown'), (NULL)) AS texts(phone)`;
  t.strictSame(await numbersOf(phones, 'US'), [
    ['(555) 010-0001', '15550100001'],
    ['+15550100002', '15550100002'],
    ['12', null],
    ['555-010-0003', '15550100003'],
    ['unknown', null],
    [null, null],
  ]);
});

t.test('without a country they are none', async (t) => {
  const phones = `(VALUES ('(555) 010-0001'), ('+15550100002')) AS texts(phone)`;
  t.strictSame(await numbersOf(phones, undefined), [
    ['(555) 010-0001', null],
    ['+15550100002', '15550100002'],
  ]);
});

t.test('more of them than are read at a time', async (t) => {
  const phones = `(SELECT '(555) 2' || lpad((i // 10000)::VARCHAR, 2, '0') || '-' || lpad((i % 10000)::VARCHAR, 4, '0') AS phone
    FROM range(60000) AS numbers(i))`;
  const numbers = await numbersOf(phones, 'US');
  t.equal(numbers.length, 60_000);
  t.strictSame(numbers[0], ['(555) 200-0000', '15552000000']);
  t.equal(new Set(numbers.map(([, number]) => number)).size, 60_000);
});
