import fc from 'fast-check';
import t from 'tap';
import { flagsFromBits } from '../../src/strategy-store/codec/flags.js';
import { Staging } from '../../src/strategy-store/staging.js';
import type { StrategyBatch, StrategyRow } from '../../src/strategy-store/index.js';
import { batchOf } from '../support/strategies.js';

const offers = ['ACME-A', 'ACME-B', 'ACME-C', 'ACME-D', 'ACME-E', 'ACME-F'];
const identity = { generation: 3, partner: 'acme', createdAt: 1000 };
const finish = (staging: Staging) => staging.finish(identity, (phones) => phones);

const rowArbitrary: fc.Arbitrary<StrategyRow> = fc.record({
  partner: fc.constant('acme'),
  customer: fc.oneof(
    fc.nat({ max: 40 }).map((n) => `A${String(n).padStart(8, '0')}`),
    fc.nat({ max: 40 }).map((n) => `B-${String(n).padStart(4, '0')}`),
    fc.uuid(),
    fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== ''),
    fc.constantFrom('Zoë', 'ß7', 'DEADBEEF', 'deadbeef1'),
  ),
  // Few numbers, so that some are shared and some come twice in a row.
  phones: fc.array(
    fc.nat({ max: 60 }).map((n) => `+${15_550_100_000 + n}`),
    { minLength: 1, maxLength: 4 },
  ),
  flags: fc.nat({ max: 63 }).map(flagsFromBits),
  arm: fc.constantFrom(undefined, 'control' as const, 'offer' as const),
  offers: fc.uniqueArray(
    fc.record({
      offerCode: fc.constantFrom(...offers),
      propensity: fc.double({ min: 0, max: 1, noNaN: true }),
      value: fc.double({ min: 0, max: 1_000_000, noNaN: true }),
    }),
    { selector: (one) => one.offerCode, maxLength: 5 },
  ),
});

t.test('columns make the same generation as rows, and refuse the same ones', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(rowArbitrary, { minLength: 1, maxLength: 40 }), async (rows) => {
      const byRow = new Staging(offers);
      const refusedRows = rows.flatMap((row, index) => {
        const refusal = byRow.add(row);
        return refusal === undefined ? [] : [{ row: index + 1, ...refusal }];
      });
      const byColumn = new Staging(offers);
      const refused = byColumn.addBatch(batchOf(rows, offers));
      t.same(refused, refusedRows);
      t.equal(byColumn.strategies, byRow.strategies);
      const [a, b] = [await finish(byRow), await finish(byColumn)];
      t.same(b.generation, a.generation);
      t.ok([...a.phones.keys()].every((at) => a.recordAt(at).equals(b.recordAt(at))));
    }),
    { numRuns: 300 },
  );
});

t.test('the same rows give the same bytes however they are cut into batches', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rowArbitrary, { minLength: 1, maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (rows, sizes) => {
        const whole = new Staging(offers);
        whole.addBatch(batchOf(rows, offers));
        const cut = new Staging(offers);
        for (let at = 0, turn = 0; at < rows.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          cut.addBatch(batchOf(rows.slice(at, at + size), offers));
          at += size;
        }
        const [a, b] = [await finish(whole), await finish(cut)];
        return a.generation.contentHash === b.generation.contentHash;
      },
    ),
    { numRuns: 300 },
  );
});

function two(change: Partial<StrategyBatch> = {}): StrategyBatch {
  const row = (customer: string, phone: string): StrategyRow => ({
    partner: 'acme',
    customer,
    phones: [phone],
    flags: flagsFromBits(0),
    offers: [
      { offerCode: 'ACME-A', propensity: 0.5, value: 10 },
      { offerCode: 'ACME-B', propensity: 0.5, value: 10 },
    ],
  });
  return { ...batchOf([row('a', '+1000'), row('b', '+2000')], offers, 2), ...change };
}

t.test('each wrong field of a row is named, the other row is taken', async (t) => {
  const numbers = (first: number) => Float64Array.of(first, 2000);
  const cases: [string, Partial<StrategyBatch>, string, RegExp][] = [
    ['no reference', { customers: ['', 'b'] }, 'customer', /a string/],
    ['a control character', { customers: ['a\n', 'b'] }, 'customer', /control/],
    ['half a character', { customers: ['\ud800', 'b'] }, 'customer', /Unicode/],
    ['a long reference', { customers: ['x'.repeat(65), 'b'] }, 'customer', /64 bytes/],
    ['a long reference in UTF-8', { customers: ['é'.repeat(33), 'b'] }, 'customer', /64 bytes/],
    ['no number', { phoneEnds: Uint32Array.of(0, 1) }, 'phones', /1 to 50/],
    [
      'too many',
      { phones: new Float64Array(52).map((_, n) => 1000 + n), phoneEnds: Uint32Array.of(51, 52) },
      'phones',
      /1 to 50/,
    ],
    ['a short number', { phones: numbers(99) }, 'phones[0]', /E\.164/],
    ['a long number', { phones: numbers(1e15) }, 'phones[0]', /E\.164/],
    ['half a number', { phones: numbers(1000.5) }, 'phones[0]', /E\.164/],
    ['NaN', { phones: numbers(NaN) }, 'phones[0]', /E\.164/],
    ['a seventh flag', { flagBits: Uint8Array.of(64, 0) }, 'flags', /no flag/],
    ['a third arm', { arms: Uint8Array.of(3, 0) }, 'arm', /control or offer/],
    ['more offers than columns', { offerCounts: Uint8Array.of(3, 2) }, 'offers', /at most 2/],
    ['an offer that is none', { offers: Uint16Array.of(0, 6, 0, 1) }, 'offers[1].offer', /none of 6/],
    ['an offer twice', { offers: Uint16Array.of(4, 4, 0, 1) }, 'offers[1].offer', /twice/],
    [
      'a propensity above 1',
      { propensities: Float64Array.of(0, 1.01, 0, 0) },
      'offers[1].propensity',
      /0 to 1/,
    ],
    [
      'a propensity below 0',
      { propensities: Float64Array.of(-0.1, 0, 0, 0) },
      'offers[0].propensity',
      /0 to 1/,
    ],
    [
      'a propensity of NaN',
      { propensities: Float64Array.of(NaN, 0, 0, 0) },
      'offers[0].propensity',
      /0 to 1/,
    ],
    ['a value above the bound', { values: Float64Array.of(1e6 + 1, 0, 0, 0) }, 'offers[0].value', /1000000/],
    ['an infinite value', { values: Float64Array.of(0, Infinity, 0, 0) }, 'offers[1].value', /1000000/],
  ];
  for (const [what, change, field, reason] of cases) {
    const staging = new Staging(offers);
    t.match(staging.addBatch(two(change)), [{ row: 1, field, reason }], what);
    t.equal(staging.strategies, 1, what);
    t.equal((await finish(staging)).phones.length, 1, what);
  }
});

t.test('columns that do not fit together are a mistake of the program', async (t) => {
  const cases: [string, Partial<StrategyBatch>][] = [
    ['count', { count: -1 }],
    ['topK', { topK: 32 }],
    ['customers', { customers: ['a'] }],
    ['flagBits', { flagBits: new Uint8Array(1) }],
    ['values', { values: new Float64Array(3) }],
    ['phoneEnds', { phoneEnds: Uint32Array.of(2, 1) }],
    ['phoneEnds', { phoneEnds: Uint32Array.of(1, 3) }],
  ];
  for (const [column, change] of cases)
    t.throws(() => new Staging(offers).addBatch(two(change)), {
      code: 'STRATEGY_BATCH_SHAPE',
      fields: { column },
    });
  t.same(new Staging(offers).addBatch({ ...two(), count: 0 }), []);
});
