import fc from 'fast-check';
import t from 'tap';
import { DictionaryBuilder } from '../../../src/strategy-store/codec/dictionary.js';
import { flagsFromBits } from '../../../src/strategy-store/codec/flags.js';
import {
  decodeRecord,
  MAX_RECORD_BYTES,
  MAX_OFFERS,
  MAX_SHARED_CUSTOMERS,
  RecordEncoder,
} from '../../../src/strategy-store/codec/record.js';
import type { CustomerRecord } from '../../../src/strategy-store/codec/record.js';

const RELATIVE_ERROR = 0.00061;
const AT = 7;

const digits = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: min, maxLength: max });
const hex = fc.string({
  unit: fc.constantFrom(...Array.from('0123456789abcdef')),
  minLength: 1,
  maxLength: 64,
});
const reference = fc.oneof(
  fc.string({ minLength: 1, maxLength: 16 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }).filter((text) => Buffer.byteLength(text) <= 64),
  digits(1, 30),
  fc.tuple(fc.string({ minLength: 1, maxLength: 8 }), digits(1, 16)).map(([prefix, tail]) => prefix + tail),
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.toUpperCase()),
  hex,
);
const record: fc.Arbitrary<CustomerRecord> = fc.record({
  customer: reference,
  flags: fc.nat({ max: 63 }).map(flagsFromBits),
  arm: fc.constantFrom(undefined, 'control' as const, 'offer' as const),
  offers: fc.array(
    fc.record({
      offerCode: fc.nat({ max: 400 }).map((number) => `OFFER-${number}`),
      propensity: fc.double({ min: 0, max: 1, noNaN: true }),
      value: fc.double({ min: 0, max: 1_000_000, noNaN: true }),
    }),
    { maxLength: MAX_OFFERS },
  ),
});

/** Writes each record somewhere in the midst of a buffer, as an arena has it done. */
function encoder(maxOffers = 16_384) {
  const offers = new DictionaryBuilder(maxOffers);
  const prefixes = new DictionaryBuilder(64);
  const codec = new RecordEncoder(offers, prefixes);
  const target = Buffer.alloc(AT + MAX_RECORD_BYTES, 0xee);
  const cut = (length: number | undefined) =>
    length === undefined ? undefined : Buffer.from(target.subarray(AT, AT + length));
  return {
    codec: {
      encodeCustomer: (one: CustomerRecord) => cut(codec.encodeCustomer(target, AT, one)),
      encodeShared: (customers: readonly string[]) => cut(codec.encodeShared(target, AT, customers))!,
    },
    dictionaries: () => ({ offers: offers.entries, prefixes: prefixes.entries }),
  };
}

/** Within the stated relative error, or half a smallest unit. */
function isClose(stored: number, given: number, unit: number): boolean {
  return Math.abs(stored - given) <= Math.max(given * RELATIVE_ERROR, unit / 2 + Number.EPSILON);
}

t.test('a record comes back as it was, numbers within the stated error', (t) => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (records) => {
      const { codec, dictionaries } = encoder();
      const bytes = records.map((one) => Buffer.from(codec.encodeCustomer(one)!));
      return records.every((one, index) => {
        const decoded = decodeRecord(bytes[index]!, dictionaries());
        return (
          decoded.kind === 'customer' &&
          decoded.customer === one.customer &&
          decoded.flags === one.flags &&
          decoded.arm === one.arm &&
          decoded.offers.length === one.offers.length &&
          decoded.offers.every((offer, rank) => {
            const given = one.offers[rank]!;
            return (
              offer.offerCode === given.offerCode &&
              isClose(offer.propensity, given.propensity, 1e-10) &&
              isClose(offer.value, given.value, 0.01)
            );
          })
        );
      });
    }),
    { numRuns: 500 },
  );
  t.end();
});

t.test('a shared number names its customers, at most so many', (t) => {
  fc.assert(
    fc.property(fc.array(reference, { minLength: 2, maxLength: MAX_SHARED_CUSTOMERS + 5 }), (customers) => {
      const { codec, dictionaries } = encoder();
      const decoded = decodeRecord(Buffer.from(codec.encodeShared(customers)), dictionaries());
      return (
        decoded.kind === 'shared' &&
        JSON.stringify(decoded.customers) === JSON.stringify(customers.slice(0, MAX_SHARED_CUSTOMERS))
      );
    }),
  );
  t.end();
});

t.test('decoding any bytes never throws', (t) => {
  const dictionaries = { offers: ['A', 'B'], prefixes: ['', 'C-'] };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      decodeRecord(Buffer.from(bytes), dictionaries);
    }),
    { numRuns: 5000 },
  );
  t.end();
});

t.test('a record that is cut short or damaged is corrupt, never another customer', (t) => {
  fc.assert(
    fc.property(record, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, at, change) => {
      const { codec, dictionaries } = encoder();
      const bytes = Buffer.from(codec.encodeCustomer(one)!);
      const damaged = Buffer.from(bytes);
      damaged[at % bytes.length] = damaged[at % bytes.length]! ^ change;
      return decodeRecord(damaged, dictionaries()).kind === 'corrupt';
    }),
  );
  const { codec, dictionaries } = encoder();
  const whole = Buffer.from(
    codec.encodeCustomer({
      customer: 'A00104711',
      flags: flagsFromBits(0),
      offers: [{ offerCode: 'OFFER-1', propensity: 0.1, value: 10 }],
    })!,
  );
  t.equal(decodeRecord(whole.subarray(0, 2), dictionaries()).kind, 'corrupt');
  t.equal(decodeRecord(whole, { offers: [], prefixes: [] }).kind, 'corrupt', 'of another generation');
  t.end();
});

t.test('five offers and a reference of nine digits take 34 bytes', (t) => {
  const { codec } = encoder();
  const offers = [1, 2, 3, 4, 5].map((n) => ({ offerCode: `OFFER-${n}`, propensity: 0.123, value: 99.5 }));
  t.equal(codec.encodeCustomer({ customer: 'ACME-123456789', flags: flagsFromBits(0), offers })!.length, 34);
  t.end();
});

t.test('a record of the first version, which knew no arm, reads the same', (t) => {
  const { codec, dictionaries } = encoder();
  const bytes = codec.encodeCustomer({ customer: 'A1', flags: flagsFromBits(31), offers: [] })!;
  t.equal(bytes[1], 31, 'five flags and nothing else, as version 1 wrote them');
  t.notOk('arm' in decodeRecord(bytes, dictionaries()));
  const control = codec.encodeCustomer({
    customer: 'A1',
    flags: flagsFromBits(0),
    arm: 'control',
    offers: [],
  })!;
  t.equal(control[1], 0x20);
  t.end();
});

t.test(
  'the second byte of a record is what it has always been, and the sixth flag is told by its upper bits',
  (t) => {
    const { codec, dictionaries } = encoder();
    const second = (bits: number, arm?: 'control' | 'offer') => {
      const bytes = codec.encodeCustomer({ customer: 'A1', flags: flagsFromBits(bits), arm, offers: [] })!;
      t.match(decodeRecord(bytes, dictionaries()), { flags: flagsFromBits(bits), ...(arm && { arm }) });
      return bytes[1];
    };
    t.same([second(31), second(31, 'control'), second(31, 'offer')], [0x1f, 0x3f, 0x5f]);
    t.same([second(32), second(32, 'control'), second(32, 'offer')], [0x60, 0xa0, 0xc0]);
    t.same([second(63), second(63, 'control'), second(63, 'offer')], [0x7f, 0xbf, 0xdf]);
    t.equal(codec.encodeShared(['a', 'b'])[1], 0x80);
    t.end();
  },
);

t.test('a dictionary that is full refuses the record', (t) => {
  const { codec } = encoder(1);
  const row = (offerCode: string) => ({
    customer: '1',
    flags: flagsFromBits(0),
    offers: [{ offerCode, propensity: 0, value: 0 }],
  });
  t.ok(codec.encodeCustomer(row('A')));
  t.equal(codec.encodeCustomer(row('B')), undefined);
  t.end();
});
