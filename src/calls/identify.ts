// Who calls, and whom: the caller's identity and the partner that was dialled (design, section 5 step 3). All of it is pure, so
// `proffer explain` answers as the router does.
import { normaliseNumber } from '../config/index.js';
import type { Partner, Settings, Trunk } from '../config/index.js';
import type { Identity } from '../decision/index.js';
import { parseAddress, splitAddresses } from './sip-address.js';
import type { SipAddress } from './sip-address.js';

/** The headers an identity is taken from, as received. */
export interface IdentityHeaders {
  readonly from: string | undefined;
  readonly assertedIdentity: string | undefined;
  readonly privacy: string | undefined;
}

/** What of a trunk decides how its callers are identified. */
export type IdentityRules = Pick<Trunk, 'trusted' | 'identityHeaders' | 'country'>;

const anonymousUsers = new Set([
  '',
  'anonymous',
  'restricted',
  'private',
  'unavailable',
  'unknown',
  'withheld',
]);
const verifiedVerstat = 'TN-Validation-Passed';
const anonymous: Identity = { kind: 'anonymous' };
const unparsable: Identity = { kind: 'unparsable' };

/**
 * The identity of a caller: the first header, in the trunk's order, that holds a number. P-Asserted-Identity counts only on a
 * trusted trunk (RFC 3325 8). A caller who asked for privacy (RFC 3323, `id` of RFC 3325 7) is anonymous whatever else is sent.
 */
export function identifyCaller(headers: IdentityHeaders, trunk: IdentityRules): Identity {
  if (asksForPrivacy(headers.privacy)) return anonymous;
  let isAnonymous = false;
  for (const source of trunk.identityHeaders) {
    if (source === 'P-Asserted-Identity' && !trunk.trusted) continue;
    const value = source === 'From' ? headers.from : headers.assertedIdentity;
    if (value === undefined) continue;
    for (const one of source === 'From' ? [value] : splitAddresses(value)) {
      const address = parseAddress(one);
      if (address === undefined) continue;
      const phone = normaliseNumber(address.user, trunk.country, address.phoneContext);
      if (phone !== undefined && !isAnonymousAddress(address)) {
        return { kind: 'number', phone, source, confidence: confidenceOf(source, address, trunk) };
      }
      isAnonymous ||= isAnonymousAddress(address);
    }
  }
  return isAnonymous ? anonymous : unparsable;
}

function confidenceOf(source: 'From' | 'P-Asserted-Identity', address: SipAddress, trunk: IdentityRules) {
  // verstat (3GPP TS 24.229 7.2A.20) is worth what the trunk that set it is worth.
  if (trunk.trusted && address.params.get('verstat') === verifiedVerstat) return 'verified';
  return source === 'P-Asserted-Identity' ? 'trusted' : 'claimed';
}

function asksForPrivacy(privacy: string | undefined): boolean {
  if (privacy === undefined) return false;
  return privacy
    .toLowerCase()
    .split(/[;,\s]+/)
    .some((one) => one === 'id' || one === 'user' || one === 'full');
}

function isAnonymousAddress(address: SipAddress): boolean {
  // RFC 3323 4.1.1.3: anonymous@anonymous.invalid.
  return address.host === 'anonymous.invalid' || anonymousUsers.has(address.user.toLowerCase());
}

/** Partners by dialled number. */
export class PartnerDirectory {
  readonly #byNumber = new Map<string, Partner>();

  constructor(settings: Pick<Settings, 'partners'>) {
    for (const partner of settings.partners.partners) {
      for (const number of partner.dialledNumbers) this.#byNumber.set(number, partner);
    }
  }

  /** @param number E.164 */
  find(number: string): Partner | undefined {
    return this.#byNumber.get(number);
  }
}

export interface Dialled {
  /** E.164; undefined when neither the Request-URI nor To holds a number. */
  readonly number: string | undefined;
  readonly partner: Partner | undefined;
}

/** The partner that was dialled: by the Request-URI, then by To, since some carriers put only their own address in the first. */
export function findPartner(
  directory: PartnerDirectory,
  dialled: { readonly requestUri: string; readonly to: string | undefined },
  country: string,
): Dialled {
  const requested = numberOf(dialled.requestUri, country);
  const partner = requested === undefined ? undefined : directory.find(requested);
  if (partner !== undefined || dialled.to === undefined) return { number: requested, partner };
  const addressed = numberOf(dialled.to, country);
  const other = addressed === undefined ? undefined : directory.find(addressed);
  return other === undefined
    ? { number: requested ?? addressed, partner }
    : { number: addressed, partner: other };
}

function numberOf(value: string, country: string): string | undefined {
  const address = parseAddress(value);
  return address === undefined ? undefined : normaliseNumber(address.user, country, address.phoneContext);
}
