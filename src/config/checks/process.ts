// proffer.yaml against itself.
import { parseAddressBlock } from '../address-block.js';
import { parseListenAddress } from '../listen-address.js';
import type { CrossCheck } from './tree.js';

/** The look-up has to end while there is still time to decide. */
export const deadlines: CrossCheck = (tree, report) => {
  const routing = tree.process?.key('routing');
  const store = routing?.key('storeDeadlineMs');
  const decision = routing?.key('decisionDeadlineMs').number;
  if (store?.number === undefined || decision === undefined || store.number < decision) return;
  report(
    store,
    `${store.number} is not less than decisionDeadlineMs (${decision}); the look-up must end before the decision`,
  );
};

/** Listen addresses can be read, and each transport of an address is there once. */
export const listenAddresses: CrossCheck = (tree, report) => {
  const taken = new Set<string>();
  const sip = tree.process?.key('sip');
  if (sip === undefined) return;
  const hasCertificate = sip.key('tls').entries().length > 0;
  let hasTls = false;
  for (const entry of sip.list('listen')) {
    const place = entry.text === undefined ? entry.key('uri') : entry;
    if (place.text === undefined) continue;
    const address = parseListenAddress(place.text);
    if (typeof address === 'string') {
      report(place, `${JSON.stringify(place.text)} ${address}`);
      continue;
    }
    if (address.transports.includes('tls')) {
      hasTls = true;
      if (!hasCertificate)
        report(place, `${JSON.stringify(place.text)} needs sip.tls with certificate and key`);
    }
    for (const transport of address.transports) {
      const socket = `${transport} ${address.host}:${address.port}`;
      if (taken.has(socket)) report(place, `${socket} is in the list twice`);
      taken.add(socket);
    }
  }
  if (hasCertificate && !hasTls) {
    report.key(
      sip.key('tls'),
      'is not used: no address of sip.listen has TLS; add one, such as sips:0.0.0.0:5061',
    );
  }
};

/** Calls leave over TLS from a TLS address of ours. */
export const tlsCentres: CrossCheck = (tree, report) => {
  const sip = tree.process?.key('sip');
  if (sip?.key('engine').text !== 'embedded') return;
  const uris = sip.list('listen').map((entry) => entry.text ?? entry.key('uri').text ?? '');
  if (uris.some((uri) => /^sips:|[=,]tls\b/.test(uri))) return;
  for (const centre of tree.centres?.list('centres') ?? []) {
    const transport = centre.key('transport');
    if (transport.text === 'tls')
      report(transport, '"tls" needs a TLS address in sip.listen of proffer.yaml');
  }
};

/** The provider leads people back to publicUrl, and only what stays on this machine goes without TLS. */
export const oidcIsReachable: CrossCheck = (tree, report) => {
  const settings = tree.process?.key('console');
  const oidc = settings?.key('oidc');
  const issuer = oidc?.key('issuer');
  if (settings === undefined || oidc === undefined || issuer?.text === undefined) return;
  if (settings.key('publicUrl').text === undefined)
    report.key(oidc, 'needs console.publicUrl, to which the provider leads people back');
  if (!URL.canParse(issuer.text)) {
    report(issuer, `${JSON.stringify(issuer.text)} is no URL`);
    return;
  }
  const { protocol, hostname } = new URL(issuer.text);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  if (protocol === 'http:' && !isLoopback)
    report(issuer, 'has to be an https URL; http is for a loopback address alone');
};

/** Proxies are addresses. */
export const proxiesAreAddresses: CrossCheck = (tree, report) => {
  for (const place of tree.process?.key('http').list('trustedProxies') ?? []) {
    const block = place.text === undefined ? undefined : parseAddressBlock(place.text);
    if (typeof block === 'string') report(place, `${JSON.stringify(place.text)} ${block}`);
  }
};
