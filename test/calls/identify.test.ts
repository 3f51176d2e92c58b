import t from 'tap';
import { findPartner, identifyCaller, PartnerDirectory } from '../../src/calls/index.js';
import { normaliseNumber } from '../../src/config/index.js';
import type { IdentityRules } from '../../src/calls/index.js';
import { shipped } from './story.js';

const plain: IdentityRules = { trusted: false, identityHeaders: ['From'], country: 'US' };
const trusted: IdentityRules = {
  trusted: true,
  identityHeaders: ['P-Asserted-Identity', 'From'],
  country: 'US',
};

function shown(identity: ReturnType<typeof identifyCaller>): string {
  return identity.kind === 'number'
    ? `${identity.phone} ${identity.source} ${identity.confidence}`
    : identity.kind;
}

t.test('the caller is taken from From', (t) => {
  const table: [from: string | undefined, expected: string][] = [
    ['<sip:+15550100001@carrier.example>;tag=1', '+15550100001 From claimed'],
    ['"Alice" <sip:+15550100001@carrier.example;user=phone>;tag=1', '+15550100001 From claimed'],
    ['"A \\"<sip:+15550100009@x>\\"" <sip:+15550100001@c.example>', '+15550100001 From claimed'],
    ['Alice Smith <sips:+15550100001@carrier.example>', '+15550100001 From claimed'],
    ['sip:+15550100001@carrier.example;tag=1', '+15550100001 From claimed'],
    ['<sip:%2B15550100001@carrier.example>', '+15550100001 From claimed'],
    ['<sip:+1-555-010-0001@carrier.example>', '+15550100001 From claimed'],
    ['<sip:+15550100001;cpc=ordinary:secret@[2001:db8::1]:5070>', '+15550100001 From claimed'],
    ['<tel:+1-555-010-0001>;tag=1', '+15550100001 From claimed'],
    ['<tel:5550100001;phone-context=+1>', '+15550100001 From claimed'],
    ['<tel:5550100001;phone-context=carrier.example>', '+15550100001 From claimed'],
    ['<sip:5550100001@carrier.example>', '+15550100001 From claimed'],
    ['<sip:15550100001@carrier.example>', '+15550100001 From claimed'],
    ['<sip:(555)010.0001@carrier.example>', '+15550100001 From claimed'],
    ['<sip:011442079460000@carrier.example>', '+442079460000 From claimed'],
    ['<sip:+15550100001@anonymous.invalid>', 'anonymous'],
    ['"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1', 'anonymous'],
    ['<sip:Restricted@carrier.example>', 'anonymous'],
    ['<sip:unavailable@carrier.example>', 'anonymous'],
    ['<sip:carrier.example>', 'anonymous'],
    ['<tel:>', 'anonymous'],
    ['<sip:alice@carrier.example>', 'unparsable'],
    ['<sip:1001@carrier.example>', 'unparsable'],
    ['<sip:+1555010000100000@carrier.example>', 'unparsable'],
    ['<sip:1800FLOWERS@carrier.example>', 'unparsable'],
    ['<mailto:alice@carrier.example>', 'unparsable'],
    ['"Alice <sip:+15550100001@carrier.example>', 'unparsable'],
    ['<sip:+15550100001@carrier.example', 'unparsable'],
    ['', 'unparsable'],
    [undefined, 'unparsable'],
  ];
  for (const [from, expected] of table) {
    const identity = identifyCaller({ from, assertedIdentity: undefined, privacy: undefined }, plain);
    t.equal(shown(identity), expected, from ?? 'no From');
  }
  t.end();
});

t.test('an asserted identity counts on a trusted trunk only (RFC 3325 8)', (t) => {
  const from = '<sip:+15550100002@carrier.example>;tag=1';
  const assertedIdentity = '"Alice" <sip:+15550100001@carrier.example>';
  const none = undefined;
  t.equal(
    shown(identifyCaller({ from, assertedIdentity, privacy: none }, trusted)),
    '+15550100001 P-Asserted-Identity trusted',
  );
  t.equal(
    shown(identifyCaller({ from, assertedIdentity, privacy: none }, plain)),
    '+15550100002 From claimed',
  );
  const untrusted: IdentityRules = { ...trusted, trusted: false };
  t.equal(
    shown(identifyCaller({ from, assertedIdentity, privacy: none }, untrusted)),
    '+15550100002 From claimed',
  );
  t.equal(
    shown(identifyCaller({ from, assertedIdentity: none, privacy: none }, trusted)),
    '+15550100002 From claimed',
  );
  const two = '<sip:alice@carrier.example>, <tel:+15550100003>';
  t.equal(
    shown(identifyCaller({ from, assertedIdentity: two, privacy: none }, trusted)),
    '+15550100003 P-Asserted-Identity trusted',
  );
  const signed = '<sip:+15550100001;verstat=TN-Validation-Passed@carrier.example>';
  t.equal(
    shown(identifyCaller({ from, assertedIdentity: signed, privacy: none }, trusted)),
    '+15550100001 P-Asserted-Identity verified',
  );
  t.equal(
    shown(identifyCaller({ from: signed, assertedIdentity: none, privacy: none }, plain)),
    '+15550100001 From claimed',
  );
  t.end();
});

t.test('a caller who asks for privacy is anonymous, whatever else is sent', (t) => {
  const from = '<sip:+15550100002@carrier.example>';
  for (const privacy of ['id', 'Id;critical', 'header; user', 'full']) {
    t.equal(shown(identifyCaller({ from, assertedIdentity: from, privacy }, trusted)), 'anonymous', privacy);
  }
  t.equal(
    shown(identifyCaller({ from, assertedIdentity: undefined, privacy: 'none' }, plain)),
    '+15550100002 From claimed',
  );
  t.end();
});

t.test('the partner is found from the Request-URI, then from To', (t) => {
  const directory = new PartnerDirectory(shipped);
  const table: [requestUri: string, to: string | undefined, partner: string | undefined][] = [
    ['sip:+18005550100@router.example', undefined, 'acme'],
    ['sip:8005550100@router.example;user=phone', undefined, 'acme'],
    ['tel:+1-800-555-0200', undefined, 'borealis'],
    ['sip:router.example', '<sip:+18005550200@router.example>', 'borealis'],
    ['sip:+18005550100@router.example', '<sip:+18005550200@router.example>', 'acme'],
    ['sip:+18005550999@router.example', '<sip:+18005550999@router.example>', undefined],
    ['sip:sales@router.example', '<sip:sales@router.example>', undefined],
    ['urn:service:sos', undefined, undefined],
  ];
  for (const [requestUri, to, partner] of table) {
    t.equal(
      findPartner(directory, { requestUri, to }, 'US').partner?.partner,
      partner,
      `${requestUri} ${to ?? ''}`,
    );
  }
  t.equal(
    findPartner(directory, { requestUri: 'sip:+18005550999@x', to: undefined }, 'US').number,
    '+18005550999',
  );
  t.end();
});

t.test('national numbers are read in the country of the trunk', (t) => {
  t.equal(normaliseNumber('020 7946 0000', 'GB'), '+442079460000');
  t.equal(normaliseNumber('0049 30 123456', 'GB'), '+4930123456');
  t.equal(normaliseNumber('02079460000', 'ZZ'), undefined, 'no such country');
  t.equal(normaliseNumber('+', 'US'), undefined);
  t.end();
});
