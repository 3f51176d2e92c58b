// Net present value, by hand and against the closed form of an annuity.
import fc from 'fast-check';
import t from 'tap';
import { netPresentValue } from '../../../src/ranking/value/npv.js';

type NpvSettings = Parameters<typeof netPresentValue>[0];

function npv(settings: Partial<NpvSettings>): ReturnType<typeof netPresentValue> {
  return netPresentValue({
    cashFlows: [],
    annualDiscountPercent: 0,
    monthlyChurnPercent: 0,
    costOfSale: 0,
    ...settings,
  });
}

const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

t.test('nothing comes of nothing, and a sale costs what it costs', (t) => {
  t.equal(npv({}).netPresentValue, 0);
  t.equal(npv({ costOfSale: 25 }).netPresentValue, -25);
  t.end();
});

t.test('the month of the sale is neither discounted nor lost', (t) => {
  const cashFlows = [{ fromMonth: 0, amount: 50 }];
  t.equal(npv({ cashFlows, annualDiscountPercent: 100, monthlyChurnPercent: 100 }).netPresentValue, 50);
  t.end();
});

t.test('a year at ten per cent: 110 is worth 100', (t) => {
  const cashFlows = [{ fromMonth: 12, amount: 110 }];
  t.ok(isClose(npv({ cashFlows, annualDiscountPercent: 10 }).netPresentValue, 100));
  t.equal(npv({ cashFlows }).netPresentValue, 110, 'no discount');
  t.end();
});

t.test('two months at ten per cent churn: 0.9 and 0.81 of a payment', (t) => {
  const cashFlows = [{ fromMonth: 1, toMonth: 2, amount: 100 }];
  const found = npv({ cashFlows, monthlyChurnPercent: 10, costOfSale: 21 });
  t.match(found.lines, [{ fromMonth: 1, toMonth: 2, amount: 100 }]);
  t.ok(isClose(found.lines[0]?.payments ?? NaN, 1.71));
  t.ok(isClose(found.netPresentValue, 150));
  t.end();
});

t.test('everybody leaves: only month 0 is paid', (t) => {
  const cashFlows = [{ fromMonth: 0, toMonth: 60, amount: 7 }];
  t.equal(npv({ cashFlows, monthlyChurnPercent: 100 }).netPresentValue, 7);
  t.end();
});

t.test('flows add up, costs among them', (t) => {
  const cashFlows = [
    { fromMonth: 0, amount: -30 },
    { fromMonth: 1, toMonth: 3, amount: 20 },
    { fromMonth: 24, amount: 144 },
  ];
  const found = npv({ cashFlows, annualDiscountPercent: 44, costOfSale: 5 });
  // The second year's 144 is worth 144 / 1.44^2; months 1 to 3 by hand.
  const recurring = 20 / 1.44 ** (1 / 12) + 20 / 1.44 ** (2 / 12) + 20 / 1.44 ** (3 / 12);
  t.ok(isClose(found.netPresentValue, -30 + recurring + 144 / 2.0736 - 5));
  t.equal(found.costOfSale, 5);
  t.end();
});

t.test('a recurring payment is an annuity: a x q^m x (1 - q^n) / (1 - q)', (t) => {
  const cases = fc.record({
    fromMonth: fc.integer({ min: 0, max: 100 }),
    months: fc.integer({ min: 1, max: 400 }),
    amount: fc.double({ min: -1000, max: 1000, noNaN: true }),
    annualDiscountPercent: fc.double({ min: 0.1, max: 60, noNaN: true }),
    monthlyChurnPercent: fc.double({ min: 0, max: 40, noNaN: true }),
  });
  const law = fc.property(
    cases,
    ({ fromMonth, months, amount, annualDiscountPercent, monthlyChurnPercent }) => {
      const cashFlows = [{ fromMonth, toMonth: fromMonth + months - 1, amount }];
      const found = npv({ cashFlows, annualDiscountPercent, monthlyChurnPercent }).netPresentValue;
      const q = (1 - monthlyChurnPercent / 100) / (1 + annualDiscountPercent / 100) ** (1 / 12);
      const annuity = (amount * q ** fromMonth * (1 - q ** months)) / (1 - q);
      return Math.abs(found - annuity) <= 1e-7 * Math.max(1, Math.abs(annuity));
    },
  );
  t.doesNotThrow(() => fc.assert(law, { numRuns: 300 }));
  t.end();
});
