// What offers and quotas refer to.
import { didYouMean } from '../closest.js';
import type { Cursor } from '../cursor.js';
import type { CrossCheck, Report } from './tree.js';

export function idsOf(list: readonly Cursor[], key: string): ReadonlySet<string> {
  return new Set(list.flatMap((one) => one.key(key).text ?? []));
}

export function checkReference(
  place: Cursor,
  known: ReadonlySet<string>,
  what: string,
  report: Report,
): void {
  const { text } = place;
  if (text === undefined || known.has(text)) return;
  report(place, `${JSON.stringify(text)} is no ${what}${didYouMean(text, known)}`);
}

/** The partner and the product of each offer exist. */
export const offerReferences: CrossCheck = (tree, report) => {
  if (tree.offers === undefined) return;
  const products = idsOf(tree.offers.list('products'), 'product');
  for (const offer of tree.offers.list('offers')) {
    checkReference(offer.key('product'), products, 'product', report);
    if (tree.partners === undefined) continue;
    const partners = idsOf(tree.partners.list('partners'), 'partner');
    checkReference(offer.key('partner'), partners, 'partner', report);
  }
};

/** Quotas are of partners that exist, and of no more ports than there are. */
export const quotas: CrossCheck = (tree, report) => {
  for (const centre of tree.centres?.list('centres') ?? []) {
    for (const pool of centre.list('ivrPools')) {
      const ports = pool.key('ports').number ?? Infinity;
      for (const [partner, quota] of pool.key('quotas').entries()) {
        if ((quota.number ?? 0) > ports) {
          report(quota, `${quota.number ?? 0} is more than the ${ports} ports that the program has`);
        }
        if (tree.partners === undefined) continue;
        const known = idsOf(tree.partners.list('partners'), 'partner');
        if (known.has(partner)) continue;
        report.key(quota, `${JSON.stringify(partner)} is no partner${didYouMean(partner, known)}`);
      }
    }
  }
};

/** One OPTIONS request is answered or given up before the next is sent. */
export const healthChecks: CrossCheck = (tree, report) => {
  for (const centre of tree.centres?.list('centres') ?? []) {
    const check = centre.key('healthCheck');
    const interval = check.key('intervalMs').number;
    const timeout = check.key('timeoutMs').number;
    if (interval === undefined || timeout === undefined || timeout <= interval) continue;
    report(check.key('timeoutMs'), `${timeout} is more than intervalMs (${interval}); checks would overlap`);
  }
};
