// What the records database says of the past, as ranking and training read it: rows of one partner up to one instant.
//
// Each query looks at one page of a table, in the order of a key, so that no statement takes longer than a page takes however much of
// it is not wanted. It gives the rows that are wanted, and the last one of the page in any case: its key is where the next page begins.
// Times are text, so that no part of a second is lost on the way.
//
// $1 partner, $2 the instant, $3 when it was asked (what was recorded later is not seen), $4 rows of a page, then the key of the last
// row before the page.

export interface HistoryQuery {
  /** The rows have the columns of their kind, those of the key, and `isWanted`. */
  readonly text: string;
  /** Names of the key's columns. */
  readonly key: readonly string[];
  /** A key that comes before all others. */
  readonly start: readonly string[];
}

const BEGINNING = '0001-01-01 00:00:00';

const iso = (sql: string): string => `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;
const instant = (parameter: string): string => `${parameter}::timestamp AT TIME ZONE 'UTC'`;

interface PageParts {
  /** One SELECT from one table, without an order. */
  readonly rows: string;
  /** Columns of `rows` that order it. */
  readonly order: string;
  /** The SELECT list over `page` and what is joined, without `isWanted`. */
  readonly select: string;
  readonly joins?: string;
  readonly isWanted?: string;
}

function paged({ rows, order, select, joins = '', isWanted = 'true' }: PageParts): string {
  return `
    WITH page AS MATERIALIZED (
      SELECT *, row_number() OVER (ORDER BY ${order}) AS place, count(*) OVER () AS places
      FROM (${rows} ORDER BY ${order} LIMIT $4) AS rows)
    SELECT * FROM (
      SELECT ${select}, coalesce(${isWanted}, false) AS "isWanted", place, places FROM page ${joins}
    ) AS found WHERE "isWanted" OR place = places ORDER BY place`;
}

/** The revision of a disposition that counted then, with what its code says; ranking and training have these words. */
const said = `
  LEFT JOIN LATERAL (
    SELECT code, at, customer FROM proffer.dispositions
    WHERE decision_id = page.decision_id AND offer = page.offer AND at <= $2 AND recorded_at <= $3
    ORDER BY revision DESC LIMIT 1
  ) AS said ON true
  LEFT JOIN proffer.disposition_codes AS codes ON codes.partner = $1 AND codes.code = said.code`;

/** An outcome accepted that does not count as a sale is none for them either. */
const outcome = `
  CASE WHEN codes.counts_as_accepted THEN 'accepted' WHEN codes.outcome = 'accepted' THEN 'presented' ELSE codes.outcome END`;

const shownBy = `
  SELECT 1 FROM proffer.exposures AS other
  WHERE other.decision_id = page.decision_id AND other.offer = page.offer
    AND other.state IN ('confirmed', 'concluded') AND other.confirmed_at <= $2`;

/** Offers that were presented on calls. By an IVR and then by an agent is once: the last showing, with what became of it. */
const shown: HistoryQuery = {
  text: paged({
    rows: `
      SELECT decision_id, offer, presentation, customer, confirmed_at FROM proffer.exposures
      WHERE partner = $1 AND state IN ('confirmed', 'concluded')
        AND confirmed_at <= $2 AND confirmed_at >= ${instant('$5')}
        AND (confirmed_at, decision_id, offer, presentation) > (${instant('$5')}, $6, $7, $8)`,
    order: 'confirmed_at, decision_id, offer, presentation',
    select: `
      coalesce(page.customer, said.customer) AS customer, page.offer, ${iso('page.confirmed_at')} AS at,
      ${outcome} AS disposition, page.decision_id, page.presentation`,
    joins: said,
    isWanted: `
      coalesce(page.customer, said.customer) IS NOT NULL AND NOT EXISTS (
        ${shownBy} AND (other.confirmed_at, other.presentation) > (page.confirmed_at, page.presentation))`,
  }),
  key: ['at', 'decision_id', 'offer', 'presentation'],
  start: [BEGINNING, '', '', ''],
};

const firstRevisions = `
  SELECT decision_id, offer, customer, at FROM proffer.dispositions
  WHERE partner = $1 AND revision = 1 AND (decision_id, offer) > ($5, $6)`;

/** Dispositions of offers whose showing was never confirmed: its events were lost, or it was no call. */
const told: HistoryQuery = {
  text: paged({
    rows: firstRevisions,
    order: 'decision_id, offer',
    select: `
      coalesce(said.customer, page.customer) AS customer, page.offer, ${iso('page.at')} AS at,
      ${outcome} AS disposition, page.decision_id`,
    joins: said,
    isWanted: `
      coalesce(said.customer, page.customer) IS NOT NULL AND codes.outcome <> 'not-presented' AND NOT EXISTS (${shownBy})`,
  }),
  key: ['decision_id', 'offer'],
  start: ['', ''],
};

/** Imported: what the source said became of it, as it said it. */
const imported: HistoryQuery = {
  text: paged({
    rows: `
      SELECT customer, offer, at, disposition FROM proffer.offers_history
      WHERE partner = $1 AND at <= $2 AND imported_at <= $3
        AND (customer, offer, at) > ($5, $6, ${instant('$7')})`,
    order: 'customer, offer, at',
    select: `customer, offer, ${iso('page.at')} AS at, nullif(disposition, '') AS disposition`,
  }),
  key: ['customer', 'offer', 'at'],
  start: ['', '', BEGINNING],
};

/** Offers that were taken. Where the sale has become an account, that says how long the product is held. */
const taken: HistoryQuery = {
  text: paged({
    rows: firstRevisions,
    order: 'decision_id, offer',
    select: `
      coalesce(said.customer, page.customer) AS customer, offers.product, ${iso('said.at')} AS at,
      NULL AS "endedAt", page.decision_id, page.offer`,
    joins: `${said} LEFT JOIN proffer.offers AS offers ON offers.offer = page.offer`,
    isWanted: `
      coalesce(said.customer, page.customer) IS NOT NULL AND codes.counts_as_accepted AND NOT EXISTS (
        SELECT 1 FROM proffer.accounts AS accounts
        WHERE accounts.partner = $1 AND accounts.customer = coalesce(said.customer, page.customer)
          AND accounts.product = offers.product AND accounts.imported_at <= $3
          AND coalesce(accounts.opened_on, accounts.closed_on) >= (said.at AT TIME ZONE 'UTC')::date - 1)`,
  }),
  key: ['decision_id', 'offer'],
  start: ['', ''],
};

const held: HistoryQuery = {
  text: paged({
    rows: `
      SELECT account, customer, product, opened_on, closed_on FROM proffer.accounts
      WHERE partner = $1 AND account > $5 AND imported_at <= $3`,
    order: 'account',
    select: `
      customer, product, to_char(opened_on, 'YYYY-MM-DD') AS at, to_char(closed_on, 'YYYY-MM-DD') AS "endedAt", account`,
    isWanted: `
      product IS NOT NULL AND (opened_on IS NULL OR opened_on <= ($2::timestamptz AT TIME ZONE 'UTC')::date)`,
  }),
  key: ['account'],
  start: [''],
};

/** Alerts that were open then, with the service offer that answers each: its own, else the partner's of the highest value. */
const alerts: HistoryQuery = {
  text: paged({
    rows: `
      SELECT alert, account, offer, opened_at, closed_at FROM proffer.service_alerts
      WHERE partner = $1 AND alert > $5 AND opened_at <= $2 AND opened_at <= $3`,
    order: 'alert',
    select: `
      accounts.customer, ${iso('page.opened_at')} AS "openedAt", ${iso('page.closed_at')} AS "closedAt", page.alert,
      coalesce(page.offer, (
        SELECT offer FROM proffer.offers
        WHERE partner = $1 AND kind = 'service' AND is_current ORDER BY value DESC, offer LIMIT 1)) AS offer`,
    joins: `JOIN proffer.accounts AS accounts ON accounts.partner = $1 AND accounts.account = page.account`,
    isWanted: `page.closed_at IS NULL OR page.closed_at > $2`,
  }),
  key: ['alert'],
  start: [''],
};

/** In the order of the columns of each kind. */
export const historyQueries = {
  exposures: { columns: ['customer', 'offer', 'at', 'disposition'], queries: [shown, told, imported] },
  purchases: { columns: ['customer', 'product', 'at', 'endedAt'], queries: [taken, held] },
  serviceAlerts: { columns: ['customer', 'offer', 'openedAt', 'closedAt'], queries: [alerts] },
} as const;

export type HistoryRows = keyof typeof historyQueries;
