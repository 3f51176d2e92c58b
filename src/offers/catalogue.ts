// The offers of the settings, sorted by partner once when the settings load, so that a call looks up and never searches.
import { AppError } from '../kernel/index.js';
import type { Offer, Partner, Presentation, Settings } from '../config/index.js';

/** One offer with its place in the configured order of those of one partner's calls, which breaks ties. */
export interface CatalogueOffer {
  readonly index: number;
  readonly settings: Offer;
  /** In configured order; the destinations are ids, `centre/queue`. */
  readonly presentations: readonly Presentation[];
}

/** The offers that may be made on calls of one partner. */
export interface PartnerOffers {
  readonly partner: string;
  /** Its own, and the sales offers of its affiliates, in configured order. */
  readonly offers: readonly CatalogueOffer[];
  readonly byCode: ReadonlyMap<string, CatalogueOffer>;
  /** Its own of kind `service`, in configured order: a fault is answered by the partner whose account it is on. */
  readonly serviceOffers: readonly CatalogueOffer[];
}

export type Catalogue = ReadonlyMap<string, PartnerOffers>;

/** Thrown when the settings hold an offer of a partner that they do not hold; a loader that checks lets none through. */
export class UnknownPartnerError extends AppError {
  constructor(partner: string) {
    super('OFFERS_UNKNOWN_PARTNER', `there is no partner ${partner} in the settings`, {
      fields: { partner },
    });
  }
}

/** Every partner of the settings has an entry, if only an empty one. @throws UnknownPartnerError */
export function compileCatalogue(settings: Pick<Settings, 'offers' | 'partners'>): Catalogue {
  const { partners } = settings.partners;
  const known = new Set(partners.map((one) => one.partner));
  const unknown = settings.offers.offers.find((one) => !known.has(one.partner));
  if (unknown !== undefined) throw new UnknownPartnerError(unknown.partner);
  return new Map(partners.map((one) => [one.partner, offersOf(one, settings.offers.offers)]));
}

function offersOf({ partner, affiliates }: Partner, all: readonly Offer[]): PartnerOffers {
  const isAffiliate = new Set(affiliates);
  const offers = all
    .filter((one) => one.partner === partner || (one.kind === 'sales' && isAffiliate.has(one.partner)))
    .map((one, index) => ({ index, settings: one, presentations: one.presentations }));
  return {
    partner,
    offers,
    byCode: new Map(offers.map((one) => [one.settings.offer, one])),
    serviceOffers: offers.filter((one) => one.settings.kind === 'service'),
  };
}
