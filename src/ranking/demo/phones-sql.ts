// Phone numbers of demonstration customers: each has one, some a second at home, some share the home of a neighbour.
import { text } from '../sql.js';
import { isInvented } from './demo-plan.js';
import type { DemoFile, Population } from './demo-plan.js';

/** Every so many customers have their number in national form. */
const NATIONAL_EVERY = 97;

/** @param table of the customers, with `n` and `customer` */
export function phonesFile(table: string, population: Population): DemoFile {
  const hasHome = (n: string): string => `u(${n}, 'home') < 0.25`;
  const neighbour = `n % 2 = 1 AND n > ${population.first} AND u(n, 'shared home') < 0.35 AND ${hasHome('n - 1')}`;
  const hasNational = `n % ${NATIONAL_EVERY} = 41 AND n // ${NATIONAL_EVERY} < 100000`;
  const invented = `FROM ${table} WHERE ${isInvented(population)} AND u(n, 'no phone') >= 0.004`;
  const fixed = population.fixed.flatMap(({ customer, phones }, n) =>
    phones.map(
      (phone, place) =>
        `SELECT ${n} AS n, ${place} AS place, ${text(customer)} AS customer, ${text(phone)} AS phone`,
    ),
  );
  return {
    source: 'phones',
    sql: [
      ...fixed,
      `SELECT n, 0 AS place, customer, CASE WHEN ${hasNational} THEN ${nationalNumber()}
         ELSE ${number('2 * n', population)} END AS phone ${invented}`,
      `SELECT n, 1 AS place, customer,
         ${number(`CASE WHEN ${neighbour} THEN 2 * n - 1 ELSE 2 * n + 1 END`, population)} AS phone
         ${invented} AND (${hasHome('n')} OR ${neighbour})`,
    ].join(' UNION ALL '),
    spoilt: [
      "'unknown' AS phone",
      "'12' AS phone",
      "'+1555' || repeat('0', 20) AS phone",
      'NULL AS phone',
      "customer || '-gone' AS customer",
    ],
  };
}

/** Numbers +155502..., each once, scattered over the range; with more digits where five cannot hold them. */
function number(index: string, { all }: Population): string {
  const digits = all * 2 <= 100_000 ? 5 : 8;
  // 48,271 has no factor in common with a power of ten, so no number comes twice.
  return `'+155502' || lpad(((${index}) * 48271 % ${10 ** digits})::VARCHAR, ${digits}, '0')`;
}

/** A number of the range +155503..., which no other number is of, as people write it. */
function nationalNumber(): string {
  const digits = `lpad((n // ${NATIONAL_EVERY})::VARCHAR, 5, '0')`;
  const parts = `'03' || left(${digits}, 1)`;
  return `CASE WHEN n % 2 = 0 THEN '(555) ' || ${parts} || '-' || right(${digits}, 4)
    ELSE '555-' || ${parts} || '-' || right(${digits}, 4) END`;
}
