import fc from 'fast-check';
import t from 'tap';
import {
  cleanValue,
  decisionHeaders,
  headersToStrip,
  headerValue,
  offerHeaders,
  pairHeaders,
  presentedHeaders,
  withUriHeaders,
} from '../../src/calls/cti-headers.js';
import { contactsOf } from '../../src/calls/redirect-action.js';
import type { Decision, OfferOnCall } from '../../src/decision/index.js';

const offer: OfferOnCall = {
  offerCode: 'GOLD',
  offerUrl: 'https://scripts.example.com/gold?a=1&b=2',
  kind: 'sales',
  presentation: 'agent',
};

t.test('no value breaks out of its line, whatever it was', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const value = cleanValue(text);
      return !/[\r\n\0]/.test(value) && cleanValue(value) === value && headerValue(text).length <= 1024;
    }),
  );
  t.equal(cleanValue('hi\r\n P-Asserted-Identity: <sip:boss@x>'), 'hi P-Asserted-Identity: <sip:boss@x>');
  t.equal(cleanValue('plain'), 'plain');
  t.end();
});

t.test('User-to-User is the decision id in hexadecimal, with the encoding stated (RFC 7433 4.1)', (t) => {
  const value = decisionHeaders('abc-1')['User-to-User'] ?? '';
  t.equal(value, '6162632d31;encoding=hex');
  t.ok((decisionHeaders('0b3f0a52-6a06-4a53-9d1e-000000000001')['User-to-User'] ?? '').length <= 128);
  t.end();
});

t.test('an agent learns what was presented before, when something was', (t) => {
  t.same(presentedHeaders(['ACME-TRAVEL:declined']), { 'X-Offer-Presented': 'ACME-TRAVEL:declined' });
  t.same(presentedHeaders([]), {});
  t.end();
});

t.test('what digits said of the caller has headers of its own, bounded and clean', (t) => {
  t.same(pairHeaders(undefined), {});
  t.same(pairHeaders({}), {});
  t.same(
    pairHeaders({
      customerRef: 'A1\r\nX-Offer-ID: forged',
      offerCode: 'GOLD',
      offerUrl: `https://x.example/${'a'.repeat(2000)}`,
      serviceOfferCode: 'OUTAGE',
      serviceOfferUrl: 'https://x.example/outage',
    }),
    {
      'X-Sales-Offer-ID': 'GOLD',
      'X-Sales-Offer-URL': `https://x.example/${'a'.repeat(2000)}`.slice(0, 1024),
      'X-Service-Offer-ID': 'OUTAGE',
      'X-Service-Offer-URL': 'https://x.example/outage',
      'X-Customer-Ref': 'A1 X-Offer-ID: forged',
    },
  );
  t.end();
});

t.test('the names that only we may set are taken off what came in', (t) => {
  const received = {
    'X-DECISION-ID': 'a',
    'x-offer-id': 'b',
    'X-Offer-Presented': 'c',
    'user-to-user': 'd',
    'call-info': 'e',
    'X-SALES-Offer-ID': 'e1',
    'x-service-offer-url': 'e2',
    'X-Customer-Ref': 'e3',
    'P-asserted-identity': 'f',
    'p-preferred-identity': 'g',
    'P-Charging-Vector': 'h',
    'Remote-Party-ID': 'i',
    'X-Other': 'stays',
    'X-Customer': 'stays',
    contact: 'stays',
    cseq: 'stays',
  };
  t.same(Object.keys(received).slice(0, 12), headersToStrip(received, false));
  t.same(Object.keys(received).slice(0, 8), headersToStrip(received, true));
  t.end();
});

t.test('URI headers are escaped and join those that are there (RFC 3261 19.1.1)', (t) => {
  t.equal(
    withUriHeaders('sip:a@b', offerHeaders(offer)),
    'sip:a@b?X-Offer-ID=GOLD' +
      '&X-Offer-URL=https%3A%2F%2Fscripts.example.com%2Fgold%3Fa%3D1%26b%3D2' +
      '&Call-Info=%3Chttps%3A%2F%2Fscripts.example.com%2Fgold%3Fa%3D1%26b%3D2%3E%3Bpurpose%3Dinfo',
  );
  t.equal(withUriHeaders('sip:a@b?Subject=x', { A: '1' }), 'sip:a@b?Subject=x&A=1');
  t.equal(withUriHeaders('sip:a@b', {}), 'sip:a@b');
  t.end();
});

t.test('Contacts of a 302: in order, q falling, a tel URI as it is, at most eight', (t) => {
  const overflow = (uri: string, own?: OfferOnCall) => ({
    target: { kind: 'overflow' as const, uri },
    offer: own,
  });
  const contacts = (uris: string[]) =>
    contactsOf({
      decision: {
        decisionId: 'd',
        steps: uris.map((uri, i) => overflow(uri, i === 0 ? offer : undefined)),
      } as unknown as Decision,
    });
  const uui = 'User-to-User=64%3Bencoding%3Dhex&X-Decision-ID=d';
  const [first, ...rest] = contacts(['sip:a@b', 'sip:c@d?Subject=x', 'tel:+18005550199']).split(', ');
  t.ok(first?.startsWith(`<sip:a@b?${uui}&X-Offer-ID=GOLD&`));
  t.same(rest, [`<sip:c@d?Subject=x&${uui}>;q=0.9`, '<tel:+18005550199>;q=0.8']);
  t.equal(contacts(Array.from({ length: 20 }, (_, i) => `sip:q${i}@b`)).split(', ').length, 8);
  t.end();
});
