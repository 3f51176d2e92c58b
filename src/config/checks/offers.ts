// What offers and quotas refer to.
import { didYouMean } from '../closest.js';
import type { Cursor } from '../cursor.js';
import type { CrossCheck, Report, SettingsTree } from './tree.js';

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

/** The offer named at a place is one of the partner's own, or of one of its affiliates. */
export function checkOfferOf(
  place: Cursor,
  partner: string | undefined,
  tree: SettingsTree,
  report: Report,
): void {
  // Who is no partner has no offers; that is reported once, where the partner is named.
  if (tree.offers === undefined || place.text === undefined || !isPartner(partner, tree)) return;
  const offers = tree.offers.list('offers');
  const named = offers.find((one) => one.key('offer').text === place.text);
  const owner = named?.key('partner').text;
  const affiliates = affiliatesOf(partner, tree);
  if (named === undefined) {
    const isOwn = (one: string | undefined): boolean => one === partner || affiliates.has(one ?? '');
    const own = offers.filter((one) => isOwn(one.key('partner').text));
    checkReference(place, idsOf(own, 'offer'), `offer of ${partner}`, report);
  } else if (owner !== partner && isPartner(owner, tree) && !affiliates.has(owner)) {
    report(place, `${place.text} is an offer of ${owner}, not of ${partner}; name one of ${partner}`);
  }
}

/** False also when nobody can tell. */
export function isPartner(id: string | undefined, tree: SettingsTree): id is string {
  return id !== undefined && idsOf(tree.partners?.list('partners') ?? [], 'partner').has(id);
}

function affiliatesOf(partner: string, tree: SettingsTree): ReadonlySet<string> {
  const partners = tree.partners?.list('partners') ?? [];
  const own = partners.find((one) => one.key('partner').text === partner);
  return new Set(own?.list('affiliates').flatMap((one) => one.text ?? []));
}

/** An affiliate is another partner. */
export const affiliatesExist: CrossCheck = (tree, report) => {
  const partners = tree.partners?.list('partners') ?? [];
  const known = idsOf(partners, 'partner');
  for (const partner of partners) {
    for (const affiliate of partner.list('affiliates')) {
      if (affiliate.text === undefined) continue;
      if (affiliate.text !== partner.key('partner').text) checkReference(affiliate, known, 'partner', report);
      else
        report(
          affiliate,
          `${affiliate.text} is the partner itself, whose own offers are made anyway; leave it out`,
        );
    }
  }
};

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

/** Days that the calendar has, and a product that is there on at least one of them. */
export const productDates: CrossCheck = (tree, report) => {
  for (const product of tree.offers?.list('products') ?? []) {
    const [from, until] = [product.key('availableFrom'), product.key('availableUntil')];
    for (const day of [from, until]) {
      if (day.text === undefined || isDay(day.text)) continue;
      report(day, `${day.text} is no day of the calendar; name one that its month has`);
    }
    // Dates of the form 2026-12-31 compare as text.
    if (from.text === undefined || until.text === undefined || until.text >= from.text) continue;
    report(until, `${until.text} is before availableFrom (${from.text}); no day is left`);
  }
};

/** A day past the end of its month would roll over into the next. */
export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

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
