// Key-value pairs of a call by the names that people and other systems know them by, and the two offers that they make.
import type { OfferOnDesk } from '../live/desk-state.js';

/** What the settings know of an offer. */
export interface KnownOffer {
  readonly name: string;
  readonly kind: 'sales' | 'service';
  readonly partner: string;
  readonly hasPage: boolean;
}

export type Pairs = Readonly<Record<string, string>>;

const names: Readonly<Record<string, string>> = {
  'x-decision-id': 'decisionId',
  'x-offer-id': 'offerCode',
  'x-offer-url': 'offerUrl',
  'x-offer-presented': 'presented',
  'x-sales-offer-id': 'salesOfferCode',
  'x-sales-offer-url': 'salesOfferUrl',
  'x-service-offer-id': 'serviceOfferCode',
  'x-service-offer-url': 'serviceOfferUrl',
  'x-customer-ref': 'customerRef',
  'user-to-user': 'userToUser',
};

/** @param headers by their names in lower case, as `CallBrought` has them */
export function pairsOf(headers: Pairs): Pairs {
  return Object.fromEntries(
    Object.entries(headers).map(([header, value]) => [names[header] ?? header, value]),
  );
}

/** `CODE:result` of what was presented before, as the header `X-Offer-Presented` lists it. */
export function presentedOf({ presented }: Pairs): readonly string[] {
  return presented === undefined ? [] : presented.split(', ').slice(0, 10);
}

export interface TwoOffers {
  readonly sales: OfferOnDesk | undefined;
  readonly service: OfferOnDesk | undefined;
}

/**
 * The offer that the call came for is of its kind's icon, and one that the settings do not know is a sale; what the records had for a
 * caller who was identified by digits fills the icon that is left. An icon is there only with both a code and a URL.
 */
export function twoOffers(pairs: Pairs, offerOf: (code: string) => KnownOffer | undefined): TwoOffers {
  const onDesk = (code: string | undefined, url: string | undefined): OfferOnDesk | undefined => {
    if (code === undefined || url === undefined || !isWebAddress(url)) return undefined;
    const known = offerOf(code);
    return { offer: code, url, name: known?.name ?? code, hasPage: known?.hasPage ?? false };
  };
  const { offerCode } = pairs;
  const own = onDesk(offerCode, pairs['offerUrl']);
  const isService = offerCode !== undefined && offerOf(offerCode)?.kind === 'service';
  return {
    sales: (isService ? undefined : own) ?? onDesk(pairs['salesOfferCode'], pairs['salesOfferUrl']),
    service: (isService ? own : undefined) ?? onDesk(pairs['serviceOfferCode'], pairs['serviceOfferUrl']),
  };
}

/** What a call brings may come from elsewhere: nothing but web pages and pages of this console is opened. */
function isWebAddress(url: string): boolean {
  return url.startsWith('/') || /^https?:\/\//i.test(url);
}
