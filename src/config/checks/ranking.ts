// Rankings of ranking.yaml: partners, offers and models that exist, values that have what their kind needs and nothing else.
import type { Cursor } from '../cursor.js';
import { checkOfferOf, checkReference, idsOf, isPartner } from './offers.js';
import type { CrossCheck, Report, SettingsTree } from './tree.js';
import { checkCountry } from './trunks.js';
import { reportRepeated } from './unique.js';

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
    checkCountry(place.key('country'), report);
    if (tree.partners === undefined) continue;
    const known = idsOf(tree.partners.list('partners'), 'partner');
    checkReference(place.key('partner'), known, 'partner', report);
  }
};

/** Ranked offers are sales offers of the partner; their models exist. */
export const rankedOffers: CrossCheck = (tree, report) => {
  for (const ranking of rankings(tree)) {
    const partner = ranking.key('partner').text;
    for (const ranked of ranking.list('offers')) {
      checkOfferOf(ranked.key('offer'), partner, tree, report);
      checkIsSold(ranked.key('offer'), tree, report);
      checkPropensity(ranked.key('propensity'), partner, { tree, report });
    }
  }
};

function checkIsSold(place: Cursor, tree: SettingsTree, report: Report): void {
  if (place.text === undefined) return;
  const offer = tree.offers?.list('offers').find((one) => one.key('offer').text === place.text);
  if (offer?.key('kind').text !== 'service') return;
  report(place, `${place.text} is a service offer: service alerts lead to it; leave it out of the ranking`);
}

function checkPropensity(
  propensity: Cursor,
  partner: string | undefined,
  { tree, report }: { readonly tree: SettingsTree; readonly report: Report },
): void {
  const kind = propensity.key('kind').text;
  const model = propensity.key('model');
  if (kind === 'rate') {
    if (model.text === undefined) return;
    report(model, 'a propensity of kind rate has no model; leave it out, or take kind logistic or onnx');
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
  if (foundKind !== undefined && foundKind !== kind) {
    report(
      model,
      `${model.text} is of kind ${foundKind}, not ${kind}; take kind ${foundKind} or another model`,
    );
  }
  if (owner !== partner && isPartner(owner, tree) && isPartner(partner, tree)) {
    report(
      model,
      `${model.text} is a model of ${owner}; partners do not share models, so add one of ${partner}`,
    );
  }
}

/** The key of a value that only its own kind reads, by kind. */
const keyOfKind: Readonly<Record<string, string>> = {
  column: 'column',
  formula: 'formula',
  npv: 'cashFlows',
};

/** A value has what its kind needs, and nothing that it would not read. */
export const valuesAreWhole: CrossCheck = (tree, report) => {
  for (const ranked of rankings(tree).flatMap((one) => one.list('offers'))) {
    const value = ranked.key('value');
    const kind = value.key('kind').text;
    if (kind === undefined) continue;
    for (const [of, key] of Object.entries(keyOfKind)) {
      const isThere = value.key(key).text !== undefined || value.list(key).length > 0;
      if (of === kind && !isThere) report(value, `a value of kind ${kind} needs ${key}`);
      if (of !== kind && isThere) {
        report(value.key(key), `is not read by a value of kind ${kind}; take kind ${of} or leave it out`);
      }
    }
    for (const flow of value.list('cashFlows')) checkCashFlow(flow, report);
  }
};

function checkCashFlow(flow: Cursor, report: Report): void {
  const [from, to] = [flow.key('fromMonth').number, flow.key('toMonth')];
  if (from === undefined || to.number === undefined || to.number >= from) return;
  report(to, `${to.number} is before fromMonth (${from}); a payment recurs from fromMonth to toMonth`);
}
