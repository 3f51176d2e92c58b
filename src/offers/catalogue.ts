// The offers of the settings, sorted by partner once when the settings load, so that a call looks up and never searches.
import { AppError } from '../kernel/index.js';
import type { Offer, Presentation, Settings } from '../config/index.js';

/** One offer with its place in the configured order of its partner, which breaks ties. */
export interface CatalogueOffer {
  readonly index: number;
  readonly settings: Offer;
  /** In configured order; the destinations are ids, `centre/queue`. */
  readonly presentations: readonly Presentation[];
}

/** The offers of one partner. */
export interface PartnerOffers {
  readonly partner: string;
  /** All of them, in configured order. */
  readonly offers: readonly CatalogueOffer[];
  readonly byCode: ReadonlyMap<string, CatalogueOffer>;
  /** Those of kind `service`, in configured order. */
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
  const lists = new Map<string, CatalogueOffer[]>(settings.partners.partners.map((one) => [one.partner, []]));
  for (const offer of settings.offers.offers) {
    const list = lists.get(offer.partner);
    if (list === undefined) throw new UnknownPartnerError(offer.partner);
    list.push({ index: list.length, settings: offer, presentations: offer.presentations });
  }
  return new Map(
    [...lists].map(([partner, offers]) => [
      partner,
      {
        partner,
        offers,
        byCode: new Map(offers.map((one) => [one.settings.offer, one])),
        serviceOffers: offers.filter((one) => one.settings.kind === 'service'),
      },
    ]),
  );
}
