import t from 'tap';
import { compileCatalogue } from '../../src/offers/index.js';
import { agents, offer, partner, repair, settingsOf } from '../decision/call-centre.js';

t.test('offers are found by partner and code, in configured order', (t) => {
  const other = { ...offer('OTHER', [agents]), partner: 'borealis' };
  const catalogue = compileCatalogue(
    settingsOf({
      partners: [partner(), partner({ partner: 'borealis' }), partner({ partner: 'empty' })],
      offers: [offer('B', [agents]), other, offer('A', [agents]), repair],
    }),
  );
  const acme = catalogue.get('acme')!;
  t.same(
    acme.offers.map((one) => [one.settings.offer, one.index]),
    [
      ['B', 0],
      ['A', 1],
      ['REPAIR', 2],
    ],
  );
  t.equal(acme.byCode.get('A')?.index, 1);
  t.equal(acme.byCode.get('OTHER'), undefined, 'an offer of another partner');
  t.same(
    acme.serviceOffers.map((one) => one.settings.offer),
    ['REPAIR'],
  );
  t.same(catalogue.get('borealis')?.offers.length, 1);
  t.same(catalogue.get('empty')?.offers, []);
  t.end();
});

t.test('the sales offers of affiliates are there too, their service offers are not', (t) => {
  const of = (code: string, kind: 'sales' | 'service') => ({
    ...offer(code, [agents], { kind }),
    partner: 'borealis',
  });
  const catalogue = compileCatalogue(
    settingsOf({
      partners: [partner({ affiliates: ['borealis'] }), partner({ partner: 'borealis' })],
      offers: [of('TV', 'sales'), offer('A', [agents]), of('MEND', 'service'), repair],
    }),
  );
  const codes = (id: string) => catalogue.get(id)?.offers.map((one) => `${one.index} ${one.settings.offer}`);
  t.same(codes('acme'), ['0 TV', '1 A', '2 REPAIR']);
  t.same(codes('borealis'), ['0 TV', '1 MEND'], 'nobody is an affiliate by being one of another');
  t.same(
    catalogue.get('acme')?.serviceOffers.map((one) => one.settings.offer),
    ['REPAIR'],
  );
  t.end();
});

t.test('an offer of a partner that there is not is a broken promise', (t) => {
  const settings = settingsOf({ offers: [{ ...offer('A', [agents]), partner: 'nobody' }] });
  t.throws(() => compileCatalogue(settings), { code: 'OFFERS_UNKNOWN_PARTNER' });
  t.end();
});
