// Sources of ranking.yaml: one place for the rows of each, the columns that the ranking itself reads, limits that fit their types.
import type { Cursor } from '../cursor.js';
import type { SourceName } from '../schema/ranking-sources.js';
import { idsOf } from './offers.js';
import type { CrossCheck, Report } from './tree.js';
import { reportRepeated } from './unique.js';

interface OwnColumns {
  /** Must be there. */
  readonly needed: readonly string[];
  /** Those that the ranking itself reads, and their types. */
  readonly known: Readonly<Record<string, string>>;
}

const ownColumns: Readonly<Record<SourceName, OwnColumns>> = {
  customers: {
    needed: ['customer'],
    known: {
      customer: 'text',
      region: 'text',
      consent: 'boolean',
      optOut: 'boolean',
      hardship: 'boolean',
      fraud: 'boolean',
      complaint: 'boolean',
      affiliateOptOut: 'boolean',
    },
  },
  phones: { needed: ['customer', 'phone'], known: { customer: 'text', phone: 'text' } },
  accounts: { needed: ['account', 'customer'], known: { account: 'text', customer: 'text' } },
  exposures: {
    needed: ['customer', 'offer', 'at'],
    known: { customer: 'text', offer: 'text', at: 'timestamp', disposition: 'text' },
  },
  purchases: {
    needed: ['customer', 'product'],
    known: { customer: 'text', product: 'text', at: 'timestamp', endedAt: 'timestamp' },
  },
  serviceAlerts: {
    needed: ['account'],
    known: { account: 'text', offer: 'text', openedAt: 'timestamp', closedAt: 'timestamp' },
  },
};

/** Names of columns that are added to each table, and of the day in rules. */
const takenNames: ReadonlySet<string> = new Set(['row', 'problem', 'cid', 'today']);

/** One file or query, and the columns that the ranking itself reads. */
export const sourcesAreWhole: CrossCheck = (tree, report) => {
  for (const ranking of tree.ranking?.list('rankings') ?? []) {
    const sources = ranking.list('sources');
    // Without a list the schema has said so.
    if (sources.length === 0) continue;
    const names = idsOf(sources, 'source');
    for (const needed of ['customers', 'phones']) {
      if (names.has(needed)) continue;
      report(ranking.key('sources'), `has no source ${needed}; a ranking needs one, so add it`);
    }
    if (names.has('serviceAlerts') && !names.has('accounts')) {
      report(ranking.key('sources'), 'serviceAlerts are of accounts; add the source accounts');
    }
    for (const source of sources) checkSource(source, report);
  }
};

function checkSource(source: Cursor, report: Report): void {
  checkTable(source, report);
  const name = source.key('source').text;
  const own = ownColumns[name as SourceName] as OwnColumns | undefined;
  const columns = source.list('columns');
  if (name === undefined || own === undefined || columns.length === 0) return;
  const there = idsOf(columns, 'column');
  for (const needed of own.needed) {
    if (there.has(needed)) continue;
    report(
      source.key('columns'),
      `${name} need the column ${needed}; add it, with from when the source has another name for it`,
    );
  }
  for (const column of columns) checkColumn(column, { source: name, own }, report);
}

function checkColumn(
  column: Cursor,
  { source, own }: { readonly source: string; readonly own: OwnColumns },
  report: Report,
): void {
  const [name, type, aggregate] = [column.key('column'), column.key('type'), column.key('aggregate')];
  const ownType = Object.hasOwn(own.known, name.text ?? '') ? own.known[name.text ?? ''] : undefined;
  if (ownType !== undefined && type.text !== undefined && type.text !== ownType) {
    report(type, `${name.text ?? ''} of ${source} is of type ${ownType}, not ${type.text}`);
  }
  const isOfAccount = source === 'accounts' && ownType === undefined;
  if (isOfAccount) checkAggregate(column, report);
  else if (aggregate.text !== undefined) {
    report(aggregate, 'belongs to further columns of the source accounts; leave it out here');
  }
  if (ownType !== undefined || source === 'customers' || source === 'accounts') return;
  const known = Object.keys(own.known).join(', ');
  report(name, `${source} have no use for ${name.text ?? 'it'}; their columns are ${known}`);
}

/** How each type of column of several accounts becomes one value of the customer. */
const aggregatesOf: Readonly<Record<string, readonly string[]>> = {
  integer: ['sum', 'mean', 'minimum', 'maximum'],
  decimal: ['sum', 'mean', 'minimum', 'maximum'],
  boolean: ['any', 'all'],
  text: ['minimum', 'maximum'],
  date: ['minimum', 'maximum'],
  timestamp: ['minimum', 'maximum'],
};

function checkAggregate(column: Cursor, report: Report): void {
  const [type, aggregate] = [column.key('type').text ?? '', column.key('aggregate')];
  const fitting = Object.hasOwn(aggregatesOf, type) ? aggregatesOf[type] : undefined;
  if (fitting === undefined) return;
  const choice = fitting.join(', ');
  if (aggregate.text === undefined) {
    report(
      column,
      `a customer may have several accounts; say how they become one value with aggregate: ${choice}`,
    );
  } else if (!fitting.includes(aggregate.text)) {
    report(aggregate, `${aggregate.text} is not of a column of type ${type}; take one of ${choice}`);
  }
}

/** The place and the columns of a table: of a source, or of what a model is trained on. */
export function checkTable(table: Cursor, report: Report): void {
  const [file, query] = [table.key('file'), table.key('query')];
  if (file.text === undefined && query.text === undefined) {
    report(table, 'needs file or query, which say where its rows are');
  }
  if (file.text !== undefined && query.text !== undefined) {
    report(query, 'stands beside file; take one of them');
  }
  const columns = table.list('columns');
  reportRepeated(
    columns.map((one) => one.key('column')),
    'each column is there once',
    report,
  );
  for (const column of columns) {
    const place = column.key('column');
    if (place.text !== undefined && takenNames.has(place.text)) {
      report(place, `${place.text} is a name that the ranking uses itself; take another one, with from`);
    }
    checkLimits(column, report);
  }
}

function checkLimits(column: Cursor, report: Report): void {
  const type = column.key('type').text;
  if (type === undefined) return;
  const [minimum, maximum] = [column.key('minimum'), column.key('maximum')];
  const isNumber = type === 'integer' || type === 'decimal';
  for (const limit of [minimum, maximum]) {
    if (limit.number === undefined || isNumber) continue;
    report(limit, `belongs to columns of type integer or decimal, not ${type}; leave it out`);
  }
  if (isNumber && minimum.number !== undefined && (maximum.number ?? Infinity) < minimum.number) {
    report(
      maximum,
      `${maximum.number ?? 0} is below minimum (${minimum.number}); every row would be rejected`,
    );
  }
  if (column.list('values').length > 0 && type !== 'text') {
    report(column.key('values'), `belongs to columns of type text, not ${type}; leave it out`);
  }
}
