import t from 'tap';
import { parseRow } from '../../src/strategy-store/strategy-row.js';
import type { KnownOffer } from '../../src/strategy-store/strategy-row.js';

const good = {
  partner: 'acme',
  customer: 'A1',
  phones: ['+15550100001'],
  flags: ['optOut'],
  offers: [{ offer: 'X', propensity: 0.5, value: 10 }],
};
const offers = new Map<string, KnownOffer>([
  ['X', { partner: 'acme', kind: 'sales' }],
  ['Y', { partner: 'borealis', kind: 'sales' }],
  ['S', { partner: 'acme', kind: 'service' }],
]);
const rules = { partners: new Set(['acme', 'borealis']), offers };

t.test('a good row, flags as names or as an object', (t) => {
  const fromNames = parseRow(good, rules);
  t.match(fromNames, {
    partner: 'acme',
    flags: { optOut: true, fraud: false },
    offers: [{ offerCode: 'X', propensity: 0.5, value: 10 }],
  });
  t.same(parseRow({ ...good, flags: { optOut: true, fraud: false } }, rules), fromNames);
  t.match(parseRow({ ...good, flags: undefined, offers: [] }, rules), {
    flags: { optOut: false },
    offers: [],
  });
  t.end();
});

t.test('a service offer stands in the row of a customer with a service alert only', (t) => {
  const row = { ...good, offers: [{ offer: 'S', propensity: 1, value: 5 }, ...good.offers] };
  t.match(parseRow(row, rules), { field: 'offers[0].offer', reason: /flag serviceAlert/ });
  t.match(parseRow({ ...row, flags: { serviceAlert: true } }, rules), {
    offers: [{ offerCode: 'S' }, { offerCode: 'X' }],
  });
  t.end();
});

t.test('an offer of an affiliate may stand in the row, a service offer of one may not', (t) => {
  const row = { ...good, offers: [{ offer: 'Y', propensity: 1, value: 5 }] };
  const withAffiliate = { ...rules, affiliates: new Map([['acme', new Set(['borealis'])]]) };
  t.match(parseRow(row, rules), { reason: 'Y is an offer of borealis, not of acme' });
  t.match(parseRow(row, withAffiliate), { offers: [{ offerCode: 'Y' }] });
  t.match(parseRow({ ...row, flags: ['affiliateOptOut'] }, withAffiliate), {
    flags: { affiliateOptOut: true },
  });
  const service = {
    ...good,
    partner: 'borealis',
    flags: ['serviceAlert'],
    offers: [{ offer: 'S', propensity: 1, value: 5 }],
  };
  const other = { ...rules, affiliates: new Map([['borealis', new Set(['acme'])]]) };
  t.match(parseRow(service, other), { reason: /faults are answered by borealis/ });
  t.end();
});

t.test('the arm is taken where it is given', (t) => {
  t.match(parseRow({ ...good, arm: 'control' }, rules), { arm: 'control' });
  t.notOk('arm' in parseRow(good, rules));
  t.end();
});

t.test('each wrong field is named', (t) => {
  const offer = (change: object) => ({ offers: [{ offer: 'X', propensity: 0.5, value: 10, ...change }] });
  const cases: [unknown, string, RegExp][] = [
    [[], '', /JSON object/],
    [null, '', /JSON object/],
    [{ ...good, colour: 1 }, 'colour', /unknown/],
    [{ ...good, partner: 'a b' }, 'partner', /id of a partner/],
    [{ ...good, partner: 'nobody' }, 'partner', /not in the settings/],
    [{ ...good, customer: 7 }, 'customer', /string/],
    [{ ...good, customer: '' }, 'customer', /string/],
    [{ ...good, customer: 'a\nb' }, 'customer', /control/],
    [{ ...good, customer: '\ud800' }, 'customer', /Unicode/],
    [{ ...good, customer: 'x'.repeat(65) }, 'customer', /64 bytes/],
    [{ ...good, customer: 'é'.repeat(33) }, 'customer', /64 bytes/],
    [{ ...good, phones: [] }, 'phones', /1 to 50/],
    [{ ...good, phones: ['+15550100001', '5550100'] }, 'phones[1]', /E\.164/],
    [{ ...good, flags: ['vip'] }, 'flags', /vip is no flag/],
    [{ ...good, flags: { vip: true } }, 'flags', /vip is no flag/],
    [{ ...good, flags: { fraud: 1 } }, 'flags.fraud', /true or false/],
    [{ ...good, flags: 'optOut' }, 'flags', /list of names/],
    [{ ...good, arm: 'none' }, 'arm', /control or offer/],
    [{ ...good, offers: undefined }, 'offers', /list/],
    [{ ...good, offers: Array(32).fill(good.offers[0]) }, 'offers', /at most 31/],
    [{ ...good, offers: [7] }, 'offers[0]', /object/],
    [{ ...good, ...offer({ rank: 1 }) }, 'offers[0].rank', /unknown/],
    [{ ...good, ...offer({ offer: 3 }) }, 'offers[0].offer', /code/],
    [{ ...good, ...offer({ offer: 'NOPE' }) }, 'offers[0].offer', /not in the settings/],
    [{ ...good, ...offer({ offer: 'Y' }) }, 'offers[0].offer', /offer of borealis/],
    [{ ...good, ...offer({ offer: 'S' }) }, 'offers[0].offer', /serviceAlert/],
    [{ ...good, ...offer({ propensity: 1.01 }) }, 'offers[0].propensity', /0 to 1/],
    [{ ...good, ...offer({ propensity: '0.5' }) }, 'offers[0].propensity', /0 to 1/],
    [{ ...good, ...offer({ value: -1 }) }, 'offers[0].value', /0 to 1000000/],
    [{ ...good, offers: [good.offers[0], good.offers[0]] }, 'offers[1].offer', /twice/],
  ];
  for (const [row, field, reason] of cases) {
    t.match(parseRow(row, rules), { field, reason }, `${field}: ${String(reason)}`);
  }
  t.end();
});
