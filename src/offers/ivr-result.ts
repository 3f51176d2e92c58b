// What a presentation's result by an IVR or on the web teaches at once, before any database has confirmed it.
import type { DispositionCode, DispositionsSettings, OffersSettings } from '../config/index.js';
import type { LearnedOffer } from './learned.js';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** As long as the records hold it. */
const heldMs = 3652 * dayMs;

export interface IvrResult {
  readonly offerCode: string;
  /** Such as `declined`; a word that is no outcome teaches nothing. */
  readonly result: string;
  /** The partner's disposition code for it; default the one that ivrCodes have for the result. */
  readonly code?: string;
  /** Wall clock, in milliseconds. */
  readonly at: number;
}

/**
 * The entries for the customer's state: of the offer itself, and of like products where it was accepted. The records database says the
 * same a moment later (proffer.learned_states), with everything else it knows.
 */
export function learnedFromIvr(
  { offerCode, result, at, code: given }: IvrResult,
  dispositions: Pick<DispositionsSettings, 'codes' | 'ivrCodes'>,
  settings: OffersSettings,
): readonly LearnedOffer[] {
  const wanted = given ?? (dispositions.ivrCodes as Readonly<Record<string, string | undefined>>)[result];
  const code = dispositions.codes.find((one) => one.code === wanted);
  const offer = settings.offers.find((one) => one.offer === offerCode);
  if (code === undefined || offer === undefined || offer.kind === 'service') return [];
  if (code.countsAsAccepted ?? code.outcome === 'accepted') {
    return likeOffers(offerCode, settings).map((one): LearnedOffer => ({
      effect: 'withheld',
      offerCode: one,
      reason: one === offerCode ? 'accepted' : 'held',
      at,
      until: at + heldMs,
    }));
  }
  if (code.outcome === 'callback') return [callback(code, { offerCode, at, value: offer.value })];
  const coolOffMs = (code.coolOffDays ?? 0) * dayMs;
  if (coolOffMs === 0) return [];
  const reason = code.outcome === 'declined' ? 'declined' : 'presented';
  return [{ effect: 'withheld', offerCode, reason, at, until: at + coolOffMs }];
}

/** A caller who asked an IVR for a call back named no time: not within the hour, then ahead of the ranking. */
function callback(
  { callbackWindowHours = 4, callbackPropensity = 0.5 }: DispositionCode,
  { offerCode, at, value }: { readonly offerCode: string; readonly at: number; readonly value: number },
): LearnedOffer {
  const from = at + hourMs;
  return {
    effect: 'boosted',
    offerCode,
    reason: 'callback',
    at,
    from,
    until: from + callbackWindowHours * hourMs,
    propensity: callbackPropensity,
    value,
  };
}

/** The sales offers of the same partner on the same product or family, the offer itself among them. */
function likeOffers(offerCode: string, { products, offers }: OffersSettings): readonly string[] {
  const familyOf = new Map(products.map(({ product, family }) => [product, family ?? product]));
  const own = offers.find((one) => one.offer === offerCode);
  return offers
    .filter(
      (one) =>
        one.kind === 'sales' &&
        one.partner === own?.partner &&
        familyOf.get(one.product) === familyOf.get(own.product),
    )
    .map((one) => one.offer);
}
