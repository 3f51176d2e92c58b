// Demonstration data of the bank Acme. Who takes an offer depends on what is known of the customer, so that a model of
// ACME-PLATINUM has something to find.
import { list, text } from '../sql.js';
import { beforeTheSale, callTime, dispositionSql, HISTORY_DAYS, isInvented } from './demo-plan.js';
import type { DemoFile, DemoPartnerPlan, FixedCaller, Population } from './demo-plan.js';
import { phonesFile } from './phones-sql.js';
import { orMissing } from './random-sql.js';

/** What a fixed caller is like, so that its ranking is what the documents promise. */
interface Profile {
  readonly age: number;
  readonly segment: 'mass' | 'affluent' | 'student';
  readonly income: number;
  readonly balance: number;
  readonly isOptedOut?: boolean;
  readonly hasOpenAlert?: boolean;
  readonly hasSaverAccount?: boolean;
}

const affluent: Profile = { age: 44, segment: 'affluent', income: 96_000, balance: 1800 };

const profiles: Readonly<Record<FixedCaller, Profile>> = {
  agentOffer: affluent,
  // No platinum card at this income; hardly anything to save.
  ivrOffer: { age: 34, segment: 'mass', income: 24_000, balance: 310 },
  serviceAlert: { ...affluent, hasOpenAlert: true },
  household: affluent,
  optedOut: { ...affluent, isOptedOut: true },
  // Too young for the card and for travel insurance, and has the saver account.
  noOffer: { age: 17, segment: 'student', income: 2400, balance: 140, hasSaverAccount: true },
  controlArm: affluent,
  borealis: affluent,
};

export function acmePlan(population: Population): DemoPartnerPlan {
  return {
    partner: 'acme',
    tables: [
      customersTable(population),
      accountsTable(population),
      wealthTable,
      holdingsTable(population),
      shownTable(population),
      `CREATE TABLE acme_exposures AS ${beforeTheSale('acme_shown')}`,
    ],
    files: [
      customersFile(population),
      phonesFile('acme', population),
      accountsFile(population),
      exposuresFile,
      purchasesFile(population),
      serviceAlertsFile(population),
    ],
  };
}

function customersTable(population: Population): string {
  const fixed = population.fixed.map(({ customer, caller }, n) => {
    const { age, segment, income, isOptedOut = false } = profiles[caller];
    return `(${list([
      ...[String(n), text(customer), String(age), "'west'", text(segment), `${income}::DOUBLE`],
      ...[age < 20 ? '10' : '120', 'true', String(isOptedOut), 'false', 'false', 'false'],
    ])})`;
  });
  return `CREATE TABLE acme AS
    WITH born AS (
      SELECT range AS n, 'A' || lpad((200000 + range)::VARCHAR, 8, '0') AS customer,
        greatest(18, least(95, round(46 + 17 * normal(range, 'age'))))::INTEGER AS age,
        CASE WHEN u(range, 'region') < 0.24 THEN 'north' WHEN u(range, 'region') < 0.55 THEN 'south'
          WHEN u(range, 'region') < 0.80 THEN 'east' ELSE 'west' END AS region
      FROM range(${population.first}, ${population.end})
    ), placed AS (
      SELECT *, CASE WHEN age < 26 AND u(n, 'segment') < 0.6 THEN 'student'
        WHEN age >= 66 AND u(n, 'segment') < 0.7 THEN 'senior'
        WHEN u(n, 'segment') >= 0.74 THEN 'affluent' ELSE 'mass' END AS segment
      FROM born
    )
    SELECT * FROM (VALUES ${list(fixed)}) AS fixed(n, customer, age, region, segment, income, tenureMonths,
      isDigital, optOut, hardship, fraud, complaint)
    UNION ALL
    SELECT *,
      round(exp(ln(37000) + 0.42 * normal(n, 'income')
        + CASE segment WHEN 'affluent' THEN 0.5 WHEN 'student' THEN -0.6 WHEN 'senior' THEN -0.2 ELSE 0 END), -2) AS income,
      least(12 * (age - 17), floor(-75 * ln(1 - u(n, 'tenure'))))::INTEGER AS tenureMonths,
      u(n, 'digital') < sigmoid(2.2 - 0.055 * (age - 30)) AS isDigital,
      u(n, 'opt-out') < 0.03 AS optOut, u(n, 'hardship') < 0.01 AS hardship,
      u(n, 'fraud') < 0.003 AS fraud, u(n, 'complaint') < 0.015 AS complaint
    FROM placed`;
}

/** Account numbers are what callers enter: eight digits. */
const FIRST_ACCOUNT = 10_000_000;

/** One to three accounts each; `place` counts them from 1. */
function accountsTable(population: Population): string {
  const fixed = population.fixed.map(({ caller }, n) => `(${n}, ${profiles[caller].balance}::DOUBLE)`);
  return `CREATE TABLE acme_accounts AS
    WITH held AS (
      SELECT n, customer, segment, place, 4 * n + place AS a FROM acme, range(1, 4) AS places(place)
      WHERE place = 1 OR ${isInvented(population)} AND u(n, 'accounts') < CASE place WHEN 2 THEN 0.38 ELSE 0.08 END
    )
    SELECT n, place, a, (${FIRST_ACCOUNT} + a)::VARCHAR AS account, customer,
      coalesce(fixed.balance, CASE WHEN place = 1 AND u(a, 'overdrawn') < 0.06
        THEN -round(exp(ln(350) + 0.8 * normal(a, 'balance')), 2)
        ELSE round(exp(ln(2600) + 1.15 * normal(a, 'balance') + CASE segment WHEN 'affluent' THEN 0.6 ELSE 0 END), 2)
      END) AS balance
    FROM held LEFT JOIN (VALUES ${list(fixed)}) AS fixed(n, balance) USING (n)`;
}

/** Sums in order, so that they do not depend on which thread adds first. */
const wealthTable = `CREATE TABLE acme_wealth AS
  SELECT acme.*, sum(balance ORDER BY place) AS balance, bool_or(balance < 0) AS isOverdrawn
  FROM acme JOIN acme_accounts USING (n) GROUP BY ALL`;

/** Products that customers had before the exposures began. */
function holdingsTable(population: Population): string {
  const { until } = population;
  return `CREATE TABLE acme_holdings AS
    WITH held AS (
      SELECT n, customer, place, 4 * n + place AS h, product, tenureMonths * 30 - ${HISTORY_DAYS} AS room
      FROM acme, (VALUES (1, 'platinum-card', 0.10), (2, 'travel-insurance', 0.08), (3, 'saver-account', 0.26))
        AS products(place, product, share)
      WHERE ${isInvented(population)} AND room > 30 AND u(4 * n + place, 'held') < share
    )
    SELECT n, place, customer, product,
      DATE '${until}' - to_days(${HISTORY_DAYS} + floor(u(h, 'held since') * room)::INTEGER) AS "at",
      CASE WHEN u(h, 'ended') < 0.12
        THEN DATE '${until}' - to_days(1 + floor(u(h, 'ended on') * ${HISTORY_DAYS - 1})::INTEGER) END AS endedAt
    FROM held`;
}

/** An offer is shown to those it is meant for; who takes it depends on the offer. */
function shownTable(population: Population): string {
  return `CREATE TABLE acme_shown AS
    WITH calls AS (
      SELECT *, 8 * n + place AS e FROM acme_wealth, range(6) AS places(place)
      WHERE ${isInvented(population)} AND place < floor(-1.8 * ln(1 - u(n, 'exposures')))
    ), offered AS (
      SELECT *, ${callTime(population, 'e')} AS "at",
        CASE WHEN u(e, 'offer') < 0.45 AND age >= 21 AND income > 30000 AND NOT isOverdrawn THEN 'ACME-PLATINUM'
          WHEN u(e, 'offer') < 0.75 THEN 'ACME-TRAVEL' ELSE 'ACME-SAVER' END AS offer
      FROM calls
    ), answered AS (
      SELECT n, place, e, customer, offer, "at",
        CASE offer WHEN 'ACME-PLATINUM' THEN 'platinum-card' WHEN 'ACME-TRAVEL' THEN 'travel-insurance'
          ELSE 'saver-account' END AS product,
        ${dispositionSql('e', takesSql)} AS disposition
      FROM offered
    )
    SELECT *, disposition = 'accepted' AND u(e, 'sold') < 0.9 AS isSale FROM answered
    WHERE NOT EXISTS (FROM acme_holdings AS held
      WHERE held.n = answered.n AND held.product = answered.product AND held.endedAt IS NULL)`;
}

const takesSql = `sigmoid(CASE offer
  WHEN 'ACME-PLATINUM' THEN -2.85 + 1.5 * ln(income / 45000) + CASE segment WHEN 'affluent' THEN 0.5 ELSE 0 END
    + CASE WHEN isDigital THEN 0.55 ELSE 0 END - 0.045 * abs(age - 42) + 0.005 * least(tenureMonths, 150)
    + CASE region WHEN 'west' THEN 0.25 ELSE 0 END
  WHEN 'ACME-TRAVEL' THEN -2.0 + CASE WHEN isDigital THEN 0.4 ELSE 0 END
    + CASE WHEN age BETWEEN 25 AND 60 THEN 0.4 ELSE 0 END + CASE region WHEN 'south' THEN 0.3 ELSE 0 END
  ELSE -2.6 + 0.6 * ln(1 + greatest(balance, 0) / 2500) + CASE WHEN age > 50 THEN 0.4 ELSE 0 END
END)`;

function customersFile(population: Population): DemoFile {
  const features = ['age', 'region', 'segment', 'income', 'tenureMonths', 'isDigital'];
  const values = features.map((column) => orMissing(column, isInvented(population)));
  return {
    source: 'customers',
    sql: `SELECT n, 0 AS place, customer, ${list(values)}, optOut, hardship, fraud, complaint FROM acme`,
    spoilable: 'age::VARCHAR AS age',
    spoilt: [
      '',
      "customer || '-a' AS customer, '178' AS age",
      "customer || '-b' AS customer, '7' AS age",
      "customer || '-c' AS customer, 'unknown' AS age",
      "customer || '-d' AS customer, 'nowhere' AS region",
      "customer || '-e' AS customer, -1 AS income",
      'NULL AS customer',
      'repeat(customer, 8) AS customer',
    ],
  };
}

function accountsFile(population: Population): DemoFile {
  const balance = orMissing('balance', isInvented(population), 'a');
  return {
    source: 'accounts',
    sql: `SELECT n, place, account, customer, ${balance}, balance < 0 AS isOverdrawn FROM acme_accounts`,
    spoilt: ['', 'NULL AS account', "account || '-x' AS account, customer || '-gone' AS customer"],
  };
}

const exposuresFile: DemoFile = {
  source: 'exposures',
  sql: 'SELECT n, place, customer, offer, "at", disposition FROM acme_exposures',
  orderBy: '"at"',
  spoilt: ['NULL AS "at"', 'NULL AS offer', "customer || '-gone' AS customer"],
};

/** What was held before, what came of exposures, and what fixed callers have. */
function purchasesFile(population: Population): DemoFile {
  const fixed = population.fixed.flatMap(({ customer, caller }, n) =>
    profiles[caller].hasSaverAccount === true
      ? [
          `SELECT ${n} AS n, 0 AS place, ${text(customer)} AS customer, 'saver-account' AS product,
             DATE '${population.until}' - to_days(200) AS "at", NULL::TIMESTAMP AS endedAt`,
        ]
      : [],
  );
  return {
    source: 'purchases',
    sql: [
      ...fixed,
      'SELECT n, place, customer, product, "at", endedAt FROM acme_holdings',
      `SELECT n, 10 + place AS place, customer, product,
         least("at" + to_days(floor(14 * u(e, 'delay'))::INTEGER), DATE '${population.until}' - to_seconds(1)) AS "at",
         CASE WHEN u(e, 'ended') < 0.04 AND "at" < DATE '${population.until}' - to_days(120)
           THEN "at" + to_days(60 + floor(60 * u(e, 'ended on'))::INTEGER) END AS endedAt
       FROM acme_exposures WHERE isSale`,
    ].join(' UNION ALL '),
    spoilt: ['NULL AS product', "customer || '-gone' AS customer"],
  };
}

/** Open on two of a hundred accounts; as many more were closed. */
function serviceAlertsFile(population: Population): DemoFile {
  const { until } = population;
  const fixed = population.fixed.flatMap(({ caller }, n) =>
    profiles[caller].hasOpenAlert === true ? [String(n)] : [],
  );
  const open = `(n IN (${list([...fixed, '-1'])}) OR ${isInvented(population)} AND u(a, 'alert') < 0.02)`;
  const opened = `CASE WHEN ${open} THEN u(a, 'opened') * 20 ELSE 30 + u(a, 'opened') * 300 END`;
  return {
    source: 'serviceAlerts',
    sql: `SELECT n, place, 'F' || account AS alert, account, 'ACME-SERVICE' AS offer,
        DATE '${until}' - to_seconds(floor(86400 * (1 + ${opened}))::INTEGER) AS openedAt,
        CASE WHEN NOT ${open} THEN openedAt + to_seconds(floor(86400 * (1 + 8 * u(a, 'closed')))::INTEGER) END AS closedAt
      FROM acme_accounts WHERE ${open} OR ${isInvented(population)} AND u(a, 'alert') < 0.04`,
    spoilt: ['NULL AS account', "account || '-gone' AS account"],
  };
}
