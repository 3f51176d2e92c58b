// Ids and dialled numbers that are there twice.
import { formatFieldPath } from '../field-path.js';
import type { Cursor } from '../cursor.js';
import type { CrossCheck, Report } from './tree.js';

/** Reports each place whose text an earlier place has; `rule` says why that cannot be. */
export function reportRepeated(places: Iterable<Cursor>, rule: string, report: Report): void {
  const seen = new Map<string, Cursor>();
  for (const place of places) {
    const { text } = place;
    if (text === undefined) continue;
    const first = seen.get(text);
    if (first === undefined) seen.set(text, place);
    else {
      const where = `${formatFieldPath(first.path)}${report.line(first)}`;
      report(place, `${JSON.stringify(text)} is already at ${where}; ${rule}`);
    }
  }
}

/** Ids are unique among their kind; a queue and a program of one centre share the user part of a SIP URI. */
export const uniqueIds: CrossCheck = (tree, report) => {
  const { trunks, partners, centres, offers } = tree;
  const ids = (list: readonly Cursor[] | undefined, key: string): Cursor[] =>
    (list ?? []).map((one) => one.key(key));
  reportRepeated(ids(trunks?.list('trunks'), 'trunk'), 'each trunk has an id of its own', report);
  reportRepeated(ids(partners?.list('partners'), 'partner'), 'each partner has an id of its own', report);
  reportRepeated(ids(centres?.list('centres'), 'centre'), 'each centre has an id of its own', report);
  reportRepeated(ids(offers?.list('products'), 'product'), 'each product has an id of its own', report);
  reportRepeated(ids(offers?.list('offers'), 'offer'), 'offer codes are unique over all partners', report);
  for (const centre of centres?.list('centres') ?? []) {
    const served = [...ids(centre.list('queues'), 'queue'), ...ids(centre.list('ivrPools'), 'program')];
    reportRepeated(served, 'queues and programs of one centre share their SIP addresses', report);
  }
  for (const offer of offers?.list('offers') ?? []) {
    const presentations = ids(offer.list('presentations'), 'presentation');
    reportRepeated(presentations, 'each presentation of an offer has an id of its own', report);
  }
};

/** A dialled number leads to one partner. */
export const uniqueDialledNumbers: CrossCheck = (tree, report) => {
  const numbers = (tree.partners?.list('partners') ?? []).flatMap((one) => one.list('dialledNumbers'));
  reportRepeated(numbers, 'a dialled number leads to one partner', report);
};
