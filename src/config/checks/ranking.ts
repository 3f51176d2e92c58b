// ranking.yaml: sources that are whole, offers and models that exist, values that have what their kind needs.
import { isSupportedCountry } from 'libphonenumber-js/min';
import type { Cursor } from '../cursor.js';
import type { SourceName } from '../schema/ranking-sources.js';
import { checkReference, idsOf } from './offers.js';
import type { CrossCheck, Report, SettingsTree } from './tree.js';
import { reportRepeated } from './unique.js';

/** The columns that the ranking itself reads, by source. Those of `needed` must be there. */
const knownColumns: Readonly<
  Record<SourceName, { readonly needed: readonly string[]; readonly known: Readonly<Record<string, string>> }>
> = {
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

const rankings = (tree: SettingsTree): readonly Cursor[] => tree.ranking?.list('rankings') ?? [];
const models = (tree: SettingsTree): readonly Cursor[] => tree.ranking?.list('models') ?? [];

export const rankingUnique: CrossCheck = (tree, report) => {
  const under = (list: readonly Cursor[], key: string): Cursor[] => list.map((one) => one.key(key));
  reportRepeated(under(rankings(tree), 'partner'), 'each partner is ranked once', report);
  reportRepeated(under(models(tree), 'model'), 'each model has an id of its own', report);
  for (const ranking of rankings(tree)) {
    reportRepeated(under(ranking.list('sources'), 'source'), 'each source is there once', report);
    reportRepeated(under(ranking.list('offers'), 'offer'), 'each offer is ranked once', report);
  }
};

export const rankingPartners: CrossCheck = (tree, report) => {
  for (const place of [...rankings(tree), ...models(tree)]) {
    if (tree.partners !== undefined) {
      checkReference(
        place.key('partner'),
        idsOf(tree.partners.list('partners'), 'partner'),
        'partner',
        report,
      );
    }
    const country = place.key('country');
    if (country.text !== undefined && !isSupportedCountry(country.text)) {
      report(country, `${JSON.stringify(country.text)} is no ISO 3166 country with phone numbers of its own`);
    }
  }
};

/** One file or query, and the columns that the ranking itself reads. */
export const sourcesAreWhole: CrossCheck = (tree, report) => {
  for (const ranking of rankings(tree)) {
    const sources = ranking.list('sources');
    const names = new Set(sources.map((one) => one.key('source').text));
    for (const needed of ['customers', 'phones']) {
      if (!names.has(needed))
        report(ranking.key('sources'), `there is no source ${needed}; a ranking needs one`);
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
  const columns = knownColumns[name as SourceName] as (typeof knownColumns)[SourceName] | undefined;
  if (name === undefined || columns === undefined) return;
  const there = idsOf(source.list('columns'), 'column');
  for (const needed of columns.needed) {
    if (!there.has(needed)) report(source.key('columns'), `${name} need the column ${needed}`);
  }
  for (const column of source.list('columns')) {
    const wanted = columns.known[column.key('column').text ?? ''];
    const type = column.key('type');
    if (wanted !== undefined && type.text !== undefined && type.text !== wanted) {
      report(type, `${column.key('column').text ?? ''} of ${name} is of type ${wanted}, not ${type.text}`);
    }
    const aggregate = column.key('aggregate');
    const isOwn = wanted !== undefined;
    if (name === 'accounts' && !isOwn && aggregate.text === undefined) {
      report(column, 'a customer may have several accounts: say how they become one value with aggregate');
    } else if (aggregate.text !== undefined && (name !== 'accounts' || isOwn)) {
      report(aggregate, 'aggregate belongs to further columns of the source accounts');
    }
    if (isOwn || name === 'customers' || name === 'accounts') continue;
    const known = Object.keys(columns.known).join(', ');
    report(column.key('column'), `${name} have no use for it; their columns are ${known}`);
  }
}

function checkTable(table: Cursor, report: Report): void {
  const [file, query] = [table.key('file'), table.key('query')];
  if (file.text === undefined && query.text === undefined) report(table, 'needs file or query');
  if (file.text !== undefined && query.text !== undefined)
    report(query, 'stands beside file; take one of them');
  reportRepeated(
    table.list('columns').map((one) => one.key('column')),
    'each column is there once',
    report,
  );
}

/** Ranked offers are sales offers of the partner; their models exist. */
export const rankedOffers: CrossCheck = (tree, report) => {
  const offers = tree.offers?.list('offers');
  for (const ranking of rankings(tree)) {
    const partner = ranking.key('partner').text;
    for (const ranked of ranking.list('offers')) {
      if (offers !== undefined) checkOffer(ranked.key('offer'), { partner, offers }, report);
      checkPropensity(ranked.key('propensity'), partner, { tree, report });
    }
  }
};

function checkOffer(
  place: Cursor,
  known: { readonly partner: string | undefined; readonly offers: readonly Cursor[] },
  report: Report,
): void {
  const mine = known.offers.filter((one) => one.key('partner').text === known.partner);
  checkReference(place, idsOf(mine, 'offer'), `offer of ${known.partner ?? 'the partner'}`, report);
  const offer = mine.find((one) => one.key('offer').text === place.text);
  if (offer?.key('kind').text === 'service') {
    report(place, `${place.text ?? ''} is a service offer: service alerts lead to it, it is not ranked`);
  }
}

function checkPropensity(
  propensity: Cursor,
  partner: string | undefined,
  { tree, report }: { readonly tree: SettingsTree; readonly report: Report },
): void {
  const kind = propensity.key('kind').text;
  const model = propensity.key('model');
  if (kind === 'rate') {
    if (model.text !== undefined) report(model, 'a propensity of kind rate has no model');
    return;
  }
  if (kind === undefined) return;
  if (model.text === undefined) {
    report(propensity, `a propensity of kind ${kind} needs model, one of models`);
    return;
  }
  checkReference(model, idsOf(models(tree), 'model'), 'model', report);
  const found = models(tree).find((one) => one.key('model').text === model.text);
  const [foundKind, owner] = [found?.key('kind').text, found?.key('partner').text];
  if (foundKind !== undefined && foundKind !== kind)
    report(model, `${model.text} is of kind ${foundKind}, not ${kind}`);
  if (owner !== undefined && owner !== partner) {
    report(model, `${model.text} is a model of ${owner}; partners do not share models`);
  }
}

/** A value has what its kind needs. */
export const valuesAreWhole: CrossCheck = (tree, report) => {
  for (const ranked of rankings(tree).flatMap((one) => one.list('offers'))) {
    const value = ranked.key('value');
    const kind = value.key('kind').text;
    const needs = { column: value.key('column').text, formula: value.key('formula').text };
    if (kind === 'column' && needs.column === undefined) report(value, 'a value of kind column needs column');
    if (kind === 'formula' && needs.formula === undefined)
      report(value, 'a value of kind formula needs formula');
    const flows = value.list('cashFlows');
    if (kind === 'npv' && flows.length === 0) report(value, 'a value of kind npv needs cashFlows');
    for (const flow of flows) {
      const [from, to] = [flow.key('fromMonth').number, flow.key('toMonth')];
      if (from !== undefined && to.number !== undefined && to.number < from) {
        report(to, `${to.number} is before fromMonth (${from})`);
      }
    }
  }
};

export const modelsAreWhole: CrossCheck = (tree, report) => {
  for (const model of models(tree)) {
    const data = model.key('data');
    if (model.key('kind').text === 'onnx') {
      if (model.key('onnxFile').text === undefined) report(model, 'a model of kind onnx needs onnxFile');
      if (model.list('features').length === 0) {
        report(model, 'a model of kind onnx needs features, in the order of its input');
      }
      continue;
    }
    if (data.key('offer').text !== undefined) {
      if (data.key('file').text !== undefined || data.key('query').text !== undefined) {
        report(data.key('offer'), 'stands beside file or query; take one of them');
      }
      continue;
    }
    checkTable(data, report);
    const label = model.key('label');
    const columns = idsOf(data.list('columns'), 'column');
    if (label.text === undefined) report(model, 'needs label, the column that says who took the offer');
    for (const place of [
      label,
      model.key('timeColumn'),
      model.key('customerColumn'),
      ...model.list('features'),
    ]) {
      checkReference(place, columns, 'column of data', report);
    }
  }
};
