// The offers that go with a call on the desk, in the order in which an agent is to look at them: service before sales, then what the
// agent chose to present besides.
import type { DeskCall } from '../../../../live/desk-state.js';
import type { OfferView } from '../../../../offer-pages/offer-page-view.js';

export interface CallOffer {
  readonly offer: string;
  readonly name: string;
  readonly kind: 'service' | 'sales';
  readonly url: string;
  readonly hasPage: boolean;
}

/** @param more codes that were presented besides */
export function offersOf(
  { service, sales }: Pick<DeskCall, 'service' | 'sales'>,
  more: readonly string[],
  known: readonly OfferView[],
): readonly CallOffer[] {
  const found: CallOffer[] = [];
  if (service !== undefined) found.push({ kind: 'service', ...service });
  if (sales !== undefined && sales.offer !== service?.offer) found.push({ kind: 'sales', ...sales });
  for (const code of more) {
    if (found.some(({ offer }) => offer === code)) continue;
    const view = known.find(({ offer }) => offer === code);
    const { name = code, kind = 'sales', url = '', hasPage = false } = view ?? {};
    found.push({ offer: code, name, kind, url, hasPage });
  }
  return found;
}
