// What each kind of import has: columns of the file, and the column of the database that each becomes.
import { normaliseNumber } from '../../config/index.js';
import type { HashKind } from '../secrets.js';
import * as values from './values.js';
import type { Convert } from './values.js';

export const IMPORT_KINDS = ['customers', 'accounts', 'phones', 'offers-history', 'alerts'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export interface ImportField {
  /** As files and `--map` call it. */
  readonly field: string;
  readonly column: string;
  /** Of PostgreSQL. */
  readonly type: 'text' | 'boolean' | 'date' | 'timestamptz' | 'bytea';
  readonly isRequired?: true;
  /** Part of what no two rows may share. */
  readonly isKey?: true;
  readonly convert: Convert;
  /** Completes "is". */
  readonly expects: string;
  /** Stored as a hash, with the id of its key in `<hashed>_key`; `column` is `<hashed>_hash`. */
  readonly hashed?: Extract<HashKind, 'secret' | 'ssn'>;
}

export interface KindOptions {
  /** Numbers in national form belong there; undefined: they are none. */
  readonly country: string | undefined;
}

export interface KindPlan {
  readonly kind: ImportKind;
  readonly fields: readonly ImportField[];
  /** Further columns of the file are kept in `attributes`. */
  readonly hasAttributes: boolean;
}

const expects = {
  reference: 'no reference: at most 64 bytes without control characters',
  boolean: 'neither true nor false',
  day: 'no date such as 2026-12-31',
  time: 'no time such as 2026-12-31T23:59:59Z',
  digits: 'no number of 1 to 32 digits',
  line: 'no text of at most 200 characters in one line',
  language: 'no language such as en or pt-BR',
  code: 'no code of at most 64 bytes',
};

const customer: ImportField = {
  field: 'customer',
  column: 'customer',
  type: 'text',
  isRequired: true,
  convert: values.reference,
  expects: expects.reference,
};
const account: ImportField = {
  field: 'account',
  column: 'account',
  type: 'text',
  isRequired: true,
  convert: values.digits,
  expects: expects.digits,
};

function flag(field: string, column: string): ImportField {
  return { field, column, type: 'boolean', convert: values.boolean, expects: expects.boolean };
}

function code(field: string, column: string): ImportField {
  return { field, column, type: 'text', convert: values.reference, expects: expects.code };
}

const language: ImportField = {
  field: 'language',
  column: 'language',
  type: 'text',
  convert: (text) => (/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/.test(text) ? text : undefined),
  expects: expects.language,
};

const customers: readonly ImportField[] = [
  { ...customer, isKey: true },
  { field: 'name', column: 'name', type: 'text', convert: values.shortLine, expects: expects.line },
  language,
  {
    field: 'ssn',
    column: 'ssn_hash',
    type: 'bytea',
    convert: values.socialSecurityNumber,
    expects: 'no social security number: 4 to 20 digits',
    hashed: 'ssn',
  },
  flag('optOut', 'is_opted_out'),
  flag('affiliateOptOut', 'is_affiliate_opted_out'),
  flag('hardship', 'is_hardship'),
  flag('fraud', 'is_fraud'),
  flag('complaint', 'is_complaint'),
  code('salesOffer', 'sales_offer'),
];

const accounts: readonly ImportField[] = [
  { ...account, isKey: true },
  customer,
  code('product', 'product'),
  {
    field: 'secret',
    column: 'secret_hash',
    type: 'bytea',
    convert: values.digits,
    expects: expects.digits,
    hashed: 'secret',
  },
  { field: 'openedOn', column: 'opened_on', type: 'date', convert: values.day, expects: expects.day },
  { field: 'closedOn', column: 'closed_on', type: 'date', convert: values.day, expects: expects.day },
];

const alerts: readonly ImportField[] = [
  { ...code('alert', 'alert'), isRequired: true, isKey: true },
  account,
  code('offer', 'offer'),
  {
    field: 'severity',
    column: 'severity',
    type: 'text',
    convert: (text) => (/^(critical|major|minor)$/.test(text) ? text : undefined),
    expects: 'none of critical, major, minor',
  },
  {
    field: 'detail',
    column: 'detail',
    type: 'text',
    convert: (text) => (text.length <= 2000 ? values.prose(text) : undefined),
    expects: 'no text of at most 2000 characters',
  },
  {
    field: 'openedAt',
    column: 'opened_at',
    type: 'timestamptz',
    isRequired: true,
    convert: values.time,
    expects: expects.time,
  },
  {
    field: 'closedAt',
    column: 'closed_at',
    type: 'timestamptz',
    convert: values.time,
    expects: expects.time,
  },
];

const offersHistory: readonly ImportField[] = [
  { ...customer, isKey: true },
  { ...code('offer', 'offer'), isRequired: true, isKey: true },
  {
    field: 'at',
    column: 'at',
    type: 'timestamptz',
    isRequired: true,
    isKey: true,
    convert: values.time,
    expects: expects.time,
  },
  {
    field: 'disposition',
    column: 'disposition',
    type: 'text',
    convert: values.shortLine,
    expects: expects.line,
  },
];

function phones({ country }: KindOptions): readonly ImportField[] {
  const where = country === undefined ? 'in E.164 form (--country is not given)' : `(country ${country})`;
  return [
    { ...customer, isKey: true },
    {
      field: 'phone',
      column: 'phone',
      type: 'text',
      isRequired: true,
      isKey: true,
      convert: (text) => normaliseNumber(text, country ?? ''),
      expects: `no phone number ${where}`,
    },
  ];
}

export function planOf(kind: ImportKind, options: KindOptions): KindPlan {
  const fields = {
    customers,
    accounts,
    phones: phones(options),
    'offers-history': offersHistory,
    alerts,
  }[kind];
  return { kind, fields, hasAttributes: kind === 'customers' || kind === 'accounts' };
}
