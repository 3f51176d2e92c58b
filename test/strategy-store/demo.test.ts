import t from 'tap';
import { isInControlArm } from '../../src/decision/index.js';
import { demoCallers, demoCustomers, demoRows } from '../../src/strategy-store/demo.js';
import { parseRow } from '../../src/strategy-store/strategy-row.js';

const rows = [...demoRows()];
const at = (partner: string, phone: string) =>
  rows.filter((row) => row.partner === partner && row.phones.includes(phone));

t.test('the same seed gives the same customers, another seed others', (t) => {
  const text = (seed: number) => JSON.stringify([...demoRows({ customers: 500, seed })]);
  t.ok(text(7) === text(7));
  t.ok(text(7) !== text(8));
  t.end();
});

t.test('20,000 customers of two partners, every row sound', (t) => {
  t.equal(rows.length, 20_000);
  t.equal(new Set(rows.map((row) => `${row.partner} ${row.customer}`)).size, 20_000);
  const unsound = rows.filter(({ offers, ...row }) => {
    const listed = offers.map(({ offerCode, ...rest }) => ({ offer: offerCode, ...rest }));
    return 'reason' in parseRow({ ...row, flags: {}, offers: listed }, {});
  });
  t.same(unsound, []);
  for (const partner of ['acme', 'borealis']) {
    const own = rows.filter((row) => row.partner === partner);
    t.ok(own.length > 7000, `${partner}: ${own.length}`);
    t.ok(
      own.some((row) => row.offers.length === 0),
      'some without an offer',
    );
    t.ok(
      own.some((row) => row.flags.complaint),
      'some with flags',
    );
    const phones = own.flatMap((row) => row.phones);
    t.ok(new Set(phones).size < phones.length, 'some numbers shared');
  }
  t.end();
});

t.test('the callers that documents and tests rely on', (t) => {
  const best = (partner: string, phone: string) => at(partner, phone)[0]?.offers[0]?.offerCode;
  t.equal(best('acme', demoCallers.agentOffer), 'ACME-PLATINUM');
  t.equal(best('acme', demoCallers.ivrOffer), 'ACME-TRAVEL');
  t.match(at('acme', demoCallers.serviceAlert), [{ flags: { serviceAlert: true }, offers: [{}, {}, {}] }]);
  t.equal(at('acme', demoCallers.household).length, 2);
  t.match(at('acme', demoCallers.optedOut), [{ flags: { optOut: true } }]);
  t.same(at('acme', demoCallers.noOffer)[0]?.offers, []);
  t.ok((at('acme', demoCallers.controlArm)[0]?.offers.length ?? 0) > 0);
  t.same(at('acme', demoCallers.nobody), []);
  t.equal(best('borealis', demoCallers.borealis), 'BOR-FIBRE');
  t.not(at('borealis', demoCallers.borealis)[0]?.customer, at('acme', demoCallers.agentOffer)[0]?.customer);
  t.end();
});

t.test('of the fixed callers only the one meant for it is in the control arm', (t) => {
  for (const row of rows.slice(0, 9)) {
    const isMeant = row.phones.includes(demoCallers.controlArm);
    t.equal(isInControlArm(row.partner, row.customer, 5), isMeant, `${row.partner} ${row.phones.join()}`);
  }
  t.end();
});

t.test('200,000 customers have numbers of their own', (t) => {
  const phones = new Set<string>();
  let given = 0;
  for (const row of demoRows({ customers: 200_000 })) {
    given += 1;
    phones.add(row.phones[0] ?? '');
  }
  t.equal(phones.size, given - 1 - 1, 'household of the fixed callers, and one number at both partners');
  t.end();
});

t.test('who the fixed callers are, in the order of their strategies', (t) => {
  const customers = demoCustomers();
  t.same(
    customers.map(({ partner, customer, phones }) => ({ partner, customer, phones })),
    rows.slice(0, customers.length).map(({ partner, customer, phones }) => ({ partner, customer, phones })),
  );
  t.same(
    customers.map(({ caller }) => caller),
    [
      'agentOffer',
      'ivrOffer',
      'serviceAlert',
      'household',
      'household',
      'optedOut',
      'noOffer',
      'controlArm',
      'borealis',
    ],
  );
  t.end();
});
