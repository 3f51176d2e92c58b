// Demonstration data of the telecoms company Borealis: fewer columns, no accounts, no ends of purchases.
import { list, text } from '../sql.js';
import { beforeTheSale, callTime, dispositionSql, HISTORY_DAYS, isInvented } from './demo-plan.js';
import type { DemoFile, DemoPartnerPlan, Population } from './demo-plan.js';
import { phonesFile } from './phones-sql.js';
import { orMissing } from './random-sql.js';

export function borealisPlan(population: Population): DemoPartnerPlan {
  return {
    partner: 'borealis',
    tables: [
      customersTable(population),
      holdingsTable(population),
      shownTable(population),
      `CREATE TABLE borealis_exposures AS ${beforeTheSale('borealis_shown')}`,
    ],
    files: [
      customersFile(population),
      phonesFile('borealis', population),
      exposuresFile,
      purchasesFile(population),
    ],
  };
}

function customersTable({ fixed, first, end }: Population): string {
  // A high bill, which makes fibre worth most.
  const known = fixed.map(
    ({ customer }, n) => `(${n}, ${text(customer)}, 38, 'north', 84.5::DOUBLE, false, false)`,
  );
  return `CREATE TABLE borealis AS
    SELECT * FROM (VALUES ${list(known)}) AS fixed(n, customer, age, region, monthlyBill, optOut, complaint)
    UNION ALL
    SELECT range, 'B' || lpad((200000 + range)::VARCHAR, 8, '0'),
      greatest(18, least(95, round(43 + 16 * normal(range, 'age'))))::INTEGER,
      CASE WHEN u(range, 'region') < 0.42 THEN 'coast' WHEN u(range, 'region') < 0.80 THEN 'inland' ELSE 'north' END,
      round(exp(ln(41) + 0.4 * normal(range, 'bill')), 2),
      u(range, 'opt-out') < 0.03, u(range, 'complaint') < 0.02
    FROM range(${first}, ${end})`;
}

/** Products that customers had before the exposures began. */
function holdingsTable(population: Population): string {
  return `CREATE TABLE borealis_holdings AS
    SELECT n, place, customer, product,
      DATE '${population.until}' - to_days(${HISTORY_DAYS} + floor(u(4 * n + place, 'held since') * 1500)::INTEGER) AS "at"
    FROM borealis, (VALUES (1, 'fibre-internet', 0.22), (2, 'mobile-plan', 0.15), (3, 'tv-package', 0.18))
      AS products(place, product, share)
    WHERE ${isInvented(population)} AND u(4 * n + place, 'held') < share`;
}

function shownTable(population: Population): string {
  return `CREATE TABLE borealis_shown AS
    WITH calls AS (
      SELECT *, 8 * n + place AS e FROM borealis, range(6) AS places(place)
      WHERE ${isInvented(population)} AND place < floor(-1.5 * ln(1 - u(n, 'exposures')))
    ), offered AS (
      SELECT *, ${callTime(population, 'e')} AS "at",
        CASE WHEN u(e, 'offer') < 0.40 THEN 'BOR-FIBRE' WHEN u(e, 'offer') < 0.70 THEN 'BOR-MOBILE'
          ELSE 'BOR-TV' END AS offer
      FROM calls
    ), answered AS (
      SELECT n, place, e, customer, offer, "at",
        CASE offer WHEN 'BOR-FIBRE' THEN 'fibre-internet' WHEN 'BOR-MOBILE' THEN 'mobile-plan'
          ELSE 'tv-package' END AS product,
        ${dispositionSql('e', takesSql)} AS disposition
      FROM offered
    )
    SELECT *, disposition = 'accepted' AND u(e, 'sold') < 0.9 AS isSale FROM answered
    WHERE NOT EXISTS (FROM borealis_holdings AS held
      WHERE held.n = answered.n AND held.product = answered.product)`;
}

const takesSql = `sigmoid(CASE offer
  WHEN 'BOR-FIBRE' THEN -2.5 + 0.9 * ln(monthlyBill / 41) + CASE region WHEN 'north' THEN 0.4 ELSE 0 END
  WHEN 'BOR-MOBILE' THEN -2.0 - 0.015 * (age - 43)
  ELSE -1.8 + 0.01 * (age - 43) END)`;

function customersFile(population: Population): DemoFile {
  const values = ['age', 'region', 'monthlyBill'].map((column) => orMissing(column, isInvented(population)));
  return {
    source: 'customers',
    sql: `SELECT n, 0 AS place, customer, ${list(values)}, optOut, complaint FROM borealis`,
    spoilable: 'age::VARCHAR AS age',
    spoilt: [
      '',
      "customer || '-a' AS customer, '178' AS age",
      "customer || '-b' AS customer, 'unknown' AS age",
      "customer || '-c' AS customer, -1 AS monthlyBill",
      'NULL AS customer',
    ],
  };
}

const exposuresFile: DemoFile = {
  source: 'exposures',
  sql: 'SELECT n, place, customer, offer, "at", disposition FROM borealis_exposures',
  orderBy: '"at"',
  spoilt: ['NULL AS "at"', "customer || '-gone' AS customer"],
};

function purchasesFile({ until }: Population): DemoFile {
  return {
    source: 'purchases',
    sql: `SELECT n, place, customer, product, "at" FROM borealis_holdings
      UNION ALL
      SELECT n, 10 + place AS place, customer, product,
        least("at" + to_days(floor(14 * u(e, 'delay'))::INTEGER), DATE '${until}' - to_seconds(1)) AS "at"
      FROM borealis_exposures WHERE isSale`,
    spoilt: ['NULL AS product', "customer || '-gone' AS customer"],
  };
}
