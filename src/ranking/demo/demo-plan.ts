// What demonstration data is made of: the customers of a partner by number, and one query for each file.

/** Fixed callers that documents and tests rely on, by what each is there for. */
export type FixedCaller =
  | 'agentOffer'
  | 'ivrOffer'
  | 'serviceAlert'
  | 'household'
  | 'optedOut'
  | 'noOffer'
  | 'controlArm'
  | 'borealis';

export interface FixedCustomer {
  readonly partner: string;
  readonly caller: FixedCaller;
  readonly customer: string;
  /** E.164. */
  readonly phones: readonly string[];
}

/** Customers of one partner: fixed ones are numbered from 0, invented ones from `first` to below `end`. */
export interface Population {
  readonly fixed: readonly FixedCustomer[];
  readonly first: number;
  readonly end: number;
  /** Customers of all partners, which say how long a phone number must be. */
  readonly all: number;
  /** `YYYY-MM-DD`: everything happened before this day began. */
  readonly until: string;
}

export type DemoSource = 'customers' | 'phones' | 'accounts' | 'exposures' | 'purchases' | 'serviceAlerts';

/** One file. Its query has the columns of the file and `n` and `place`, which order the rows and are left out. */
export interface DemoFile {
  readonly source: DemoSource;
  readonly sql: string;
  /** Comes before n and place where it is set. */
  readonly orderBy?: string;
  /** Ways to spoil a row, each a REPLACE list, or empty for a row that is there twice. */
  readonly spoilt: readonly string[];
  /** Conversions that rows need before they can be spoilt, as a REPLACE list. */
  readonly spoilable?: string;
}

export interface DemoPartnerPlan {
  readonly partner: string;
  /** Statements that make the tables the files are queried from. */
  readonly tables: readonly string[];
  readonly files: readonly DemoFile[];
}

/** Days of exposures. */
export const HISTORY_DAYS = 730;

/** A condition over numbers of customers: one of the invented, who alone have a history. */
export function isInvented({ first }: Population): string {
  return `n >= ${first}`;
}

/** A time at which a call may happen, on a day of the history. @param key a number of its own for each row */
export function callTime({ until }: Population, key: string): string {
  return `DATE '${until}' - to_days(1 + floor(${HISTORY_DAYS} * u(${key}, 'day'))::INTEGER)
    + to_seconds(28800 + floor(43200 * u(${key}, 'second'))::INTEGER)`;
}

/** What became of an exposure. @param accepts SQL of the probability that the customer accepts */
export function dispositionSql(key: string, accepts: string): string {
  return `CASE WHEN u(${key}, 'presented') < 0.10 THEN 'not-presented'
    WHEN u(${key}, 'presented') < 0.12 THEN NULL
    WHEN u(${key}, 'accepted') < ${accepts} THEN 'accepted'
    WHEN u(${key}, 'callback') < 0.08 THEN 'callback' ELSE 'declined' END`;
}

/** Exposures of `table` but for those after the sale that an earlier one of the same offer led to. */
export function beforeTheSale(table: string): string {
  return `SELECT * FROM ${table}
    QUALIFY "at" <= coalesce(min("at") FILTER (isSale) OVER (PARTITION BY n, offer), "at")`;
}
