// Trunks: addresses that can be told apart, identity that can be believed, a country that has phone numbers.
import { isSupportedCountry } from 'libphonenumber-js/min';
import { isSameBlock, parseAddressBlock } from '../address-block.js';
import type { AddressBlock } from '../address-block.js';
import type { Cursor } from '../cursor.js';
import { formatFieldPath } from '../field-path.js';
import type { CrossCheck, Report } from './tree.js';

interface SeenBlock {
  readonly block: AddressBlock;
  readonly transports: readonly string[];
  readonly place: Cursor;
}

/** Every address is one, and a source has one trunk: the same block is there twice only for other transports. */
export const trunkAddresses: CrossCheck = (tree, report) => {
  const seen: SeenBlock[] = [];
  for (const trunk of tree.trunks?.list('trunks') ?? []) {
    const transports = trunk.list('transports').flatMap((one) => one.text ?? []);
    for (const place of trunk.list('addresses')) {
      if (place.text === undefined) continue;
      const block = parseAddressBlock(place.text);
      if (typeof block === 'string') {
        report(place, `${JSON.stringify(place.text)} ${block}`);
        continue;
      }
      const first = seen.find(
        (one) => isSameBlock(one.block, block) && one.transports.some((same) => transports.includes(same)),
      );
      if (first === undefined) seen.push({ block, transports, place });
      else {
        const where = `${formatFieldPath(first.place.path)}${report.line(first.place)}`;
        report(place, `${JSON.stringify(place.text)} is already at ${where}; a source has one trunk`);
      }
    }
  }
};

/** Certificates are seen by the embedded engine alone, over TLS, when it asks for them and has somebody to believe about them. */
export const trunkIdentities: CrossCheck = (tree, report) => {
  const sip = tree.process?.key('sip');
  const clientCertificates = sip?.key('tls').key('clientCertificates').text ?? 'ignore';
  for (const trunk of tree.trunks?.list('trunks') ?? []) {
    if (trunk.list('tlsIdentities').length === 0) continue;
    const place = trunk.key('tlsIdentities');
    if (trunk.list('transports').some((one) => one.text !== 'tls'))
      report.key(place, 'needs transports: [tls]; no other transport shows a certificate');
    if (sip === undefined) continue;
    if (sip.key('engine').text === 'drachtio') {
      report.key(
        place,
        'cannot be checked with a drachtio-server, which does not tell certificates; leave it out',
      );
    } else if (clientCertificates === 'ignore') {
      report.key(place, 'needs sip.tls.clientCertificates: request or require; peers are asked for none');
    } else if (sip.key('tls').key('authorities').text === undefined) {
      report.key(
        place,
        'needs sip.tls.authorities; anybody can have a certificate of those that Node.js trusts',
      );
    }
  }
};

/** RFC 3325 section 5: P-Asserted-Identity counts only from a peer inside the trust domain. */
export const assertedIdentityIsTrusted: CrossCheck = (tree, report) => {
  for (const trunk of tree.trunks?.list('trunks') ?? []) {
    if (trunk.key('trusted').boolean !== false) continue;
    for (const place of trunk.list('identityHeaders')) {
      if (place.text !== 'P-Asserted-Identity') continue;
      report(
        place,
        'P-Asserted-Identity counts only from a trusted peer (RFC 3325); set trusted: true or leave it out',
      );
    }
  }
};

export const countries: CrossCheck = (tree, report) => {
  for (const trunk of tree.trunks?.list('trunks') ?? []) checkCountry(trunk.key('country'), report);
};

/** A country that phone numbers in national form can belong to. */
export function checkCountry(place: Cursor, report: Report): void {
  if (place.text === undefined || isSupportedCountry(place.text)) return;
  const hint = place.text === 'UK' ? '; did you mean "GB"?' : '; such as US, GB or DE';
  report(place, `${JSON.stringify(place.text)} is no ISO 3166 country with phone numbers of its own${hint}`);
}

/** An engine that forwards calls speaks SIP over UDP and TCP; a number is for a carrier to dial, by redirect. */
export const overflowCanBeSentTo: CrossCheck = (tree, report) => {
  const forwarding = tree.trunks?.list('trunks').find((trunk) => trunk.key('action').text !== 'redirect');
  if (forwarding === undefined) return;
  const trunk = forwarding.key('trunk').text ?? '';
  for (const partner of tree.partners?.list('partners') ?? []) {
    const place = partner.key('overflowUri');
    if (place.text === undefined || !/^(tel|sips):/i.test(place.text)) continue;
    report(
      place,
      `${JSON.stringify(place.text)} cannot be sent to by trunk "${trunk}", whose action is not redirect; use a sip: URI`,
    );
  }
};
