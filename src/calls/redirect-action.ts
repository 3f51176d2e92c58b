// Action `redirect`: a 302 with the destinations in order, so that the trunk's carrier moves the call (RFC 3261 21.3.3).
import type { RoutedCall } from './routed-call.js';
import type { OfferOnCall } from '../decision/index.js';
import { decisionHeaders, offerHeaders, uriHeaders, withEncodedHeaders } from './cti-headers.js';
import type { Headers } from './cti-headers.js';
import { targetUri } from './decision-record.js';

/** Contacts of one 302; a longer list does not fit into a datagram with its headers. */
const maxContacts = 8;

/** q of the first, second, ... Contact: falling, so that a carrier that sorts by q keeps our order (RFC 3261 20.10). */
const qValues = ['1.0', '0.9', '0.8', '0.7', '0.6', '0.5', '0.4', '0.3'];

/**
 * The Contact header. Each URI carries the CTI data of its step as URI headers, so that the carrier's new INVITE has them
 * (RFC 3261 19.1.5): the response itself says only what the first one is.
 * @param common of every step
 */
export function contactsOf(
  { decision }: Pick<RoutedCall, 'decision'>,
  common: Headers = decisionHeaders(decision.decisionId),
): string {
  const plain = uriHeaders(common);
  let contacts = '';
  for (let i = 0; i < decision.steps.length && i < maxContacts; i++) {
    const step = decision.steps[i];
    if (step === undefined) break;
    const uri = targetUri(step);
    const own = step.offer === undefined ? plain : `${plain}&${uriHeadersOf(step.offer)}`;
    // A tel URI has no headers component (RFC 3966 3).
    const target = uri.startsWith('tel:') ? uri : withEncodedHeaders(uri, own);
    contacts += `${i === 0 ? '' : ', '}<${target}>;q=${qValues[i] ?? '0.1'}`;
  }
  return contacts;
}

const encodedByOffer = new WeakMap<OfferOnCall, string>();

function uriHeadersOf(offer: OfferOnCall): string {
  let encoded = encodedByOffer.get(offer);
  if (encoded === undefined) {
    encoded = uriHeaders(offerHeaders(offer));
    encodedByOffer.set(offer, encoded);
  }
  return encoded;
}

export function redirect(routed: RoutedCall): void {
  const { call, decision } = routed;
  const [first] = decision.steps;
  if (first !== undefined) routed.trying(first);
  const common = decisionHeaders(decision.decisionId);
  const headers = { Contact: contactsOf(routed, common), ...common };
  if (first?.offer !== undefined) Object.assign(headers, offerHeaders(first.offer));
  call.respond(302, { headers });
  routed.ended({ result: 'success', reason: 'redirected' }, { status: 302, step: first });
  routed.released();
}
