// Models of ranking.yaml: what their kind needs is there, and what they name exists.
import type { Cursor } from '../cursor.js';
import { checkOfferOf, checkReference, idsOf, isPartner } from './offers.js';
import { checkTable } from './ranking-sources.js';
import type { CrossCheck, Report, SettingsTree } from './tree.js';

export const modelsAreWhole: CrossCheck = (tree, report) => {
  for (const model of tree.ranking?.list('models') ?? []) {
    const kind = model.key('kind').text;
    if (kind === 'onnx') checkBroughtModel(model, report);
    else if (kind === 'logistic') checkTrainedModel(model, tree, report);
  }
};

function checkBroughtModel(model: Cursor, report: Report): void {
  if (model.key('onnxFile').text === undefined) report(model, 'a model of kind onnx needs onnxFile');
  if (model.list('features').length === 0) {
    report(model, 'a model of kind onnx needs features, in the order of its input');
  }
}

function checkTrainedModel(model: Cursor, tree: SettingsTree, report: Report): void {
  const data = model.key('data');
  if (model.key('onnxFile').text !== undefined) {
    report(model.key('onnxFile'), 'a model of kind logistic is trained; leave it out, or take kind onnx');
  }
  if (data.key('offer').text !== undefined) {
    if (data.key('file').text !== undefined || data.key('query').text !== undefined) {
      report(data.key('offer'), 'stands beside file or query; take one of them');
    }
    checkOfferOf(data.key('offer'), model.key('partner').text, tree, report);
    checkHasExposures(model, tree, report);
    return;
  }
  if (data.key('file').text === undefined && data.key('query').text === undefined) {
    report(data, 'needs offer, file or query, which say what the model is trained on');
    return;
  }
  checkTable(data, report);
  if (data.list('columns').length === 0) report(data, 'needs columns, those of its file or query');
  const columns = idsOf(data.list('columns'), 'column');
  const label = model.key('label');
  if (label.text === undefined) report(model, 'needs label, the column that says who took the offer');
  const named = [label, model.key('timeColumn'), model.key('customerColumn')];
  for (const place of [...named, ...model.list('leaks'), ...model.list('features')]) {
    checkReference(place, columns, 'column of data', report);
  }
}

/** What became of an offer stands in the exposures of the partner's ranking. */
function checkHasExposures(model: Cursor, tree: SettingsTree, report: Report): void {
  const partner = model.key('partner').text;
  const ranking = tree.ranking?.list('rankings').find((one) => one.key('partner').text === partner);
  if (!isPartner(partner, tree) || idsOf(ranking?.list('sources') ?? [], 'source').has('exposures')) return;
  report(
    model.key('data').key('offer'),
    `there is no source exposures in the ranking of ${partner}; add it, or train on a file or query`,
  );
}
