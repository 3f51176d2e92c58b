// What changed between two generations of a partner: first offers, offers won and lost, customers come and gone. Reads every record of
// both, or a share of the numbers that is the same in both; for a process of its own, beside a router.
import { answerOf } from './answers.js';
import { isAccountKey } from './account-key.js';
import { GenerationStateError } from './errors.js';
import type { Generation } from './generation.js';
import type { StoreAnswer, StrategySink } from './port.js';

export interface OfferChange {
  readonly offer: string;
  /** Customers it is ranked for, in the one and in the other. */
  readonly a: number;
  readonly b: number;
  readonly gained: number;
  readonly lost: number;
  /** Customers for whom it is first. */
  readonly firstInA: number;
  readonly firstInB: number;
}

export interface FirstMove {
  /** Null: no offer. */
  readonly from: string | null;
  readonly to: string | null;
  readonly customers: number;
}

/** Counts are of the customers that were read; `share` of all numbers. */
export interface GenerationComparison {
  /** 1: every record of both was read. */
  readonly share: number;
  /** Customers with a number of their own in both. */
  readonly customers: number;
  readonly customersGone: number;
  readonly customersNew: number;
  readonly firstSame: number;
  readonly firstChanged: number;
  /** The order or the choice of offers is another, whether or not the first is. */
  readonly rankingChanged: number;
  /** Records that could not be read. */
  readonly unreadable: number;
  /** Most lost and gained first. */
  readonly offers: readonly OfferChange[];
  /** The commonest, at most `maxMoves`. */
  readonly moves: readonly FirstMove[];
}

export interface CompareBounds {
  /** Numbers that are read of each at most; more are read in part. Default 500,000. */
  readonly maxNumbers?: number;
}

const defaultMaxNumbers = 500_000;
const maxMoves = 20;
const batchSize = 500;
const scale = 10_000;

/** 0 up to `scale`, the same for a number in every generation. */
function placeOf(phoneNumber: number): number {
  return (Math.imul((phoneNumber % 4_294_967_296) | 0, 0x9e37_79b1) >>> 8) % scale;
}

/** @throws GenerationStateError when one of them goes meanwhile; StoreUnavailableError */
export async function compareGenerations(
  sink: StrategySink,
  { a, b }: { readonly a: Generation; readonly b: Generation },
  { maxNumbers = defaultMaxNumbers }: CompareBounds = {},
): Promise<GenerationComparison> {
  const share = Math.min(1, maxNumbers / Math.max(1, a.phones, b.phones));
  const below = Math.ceil(share * scale);
  const changes = new Changes();
  await eachPair(sink, { of: a, beside: b, below }, (own, other) => changes.pair(own, other));
  await eachPair(sink, { of: b, beside: a, below }, (own, other) => changes.reverse(own, other));
  const all = await sink.generations();
  for (const one of [a, b]) {
    if (!all.some(({ generation }) => generation.generation === one.generation))
      throw new GenerationStateError(one.partner, one.generation, `of ${one.partner} was removed meanwhile`);
  }
  return changes.result(below / scale);
}

interface Side {
  readonly of: Generation;
  readonly beside: Generation;
  readonly below: number;
}

async function eachPair(
  sink: StrategySink,
  { of, beside, below }: Side,
  tell: (own: StoreAnswer, other: StoreAnswer) => void,
): Promise<void> {
  let numbers: number[] = [];
  let own: StoreAnswer[] = [];
  const flush = async (): Promise<void> => {
    const others = await sink.answers(beside.generation, numbers);
    own.forEach((one, i) => tell(one, others[i] ?? { kind: 'miss', generation: beside.generation }));
    numbers = [];
    own = [];
  };
  for await (const { phoneNumber, record } of sink.scan(of)) {
    if (isAccountKey(phoneNumber)) continue;
    if (below < scale && placeOf(phoneNumber) >= below) continue;
    numbers.push(phoneNumber);
    own.push(answerOf(record, of));
    if (numbers.length >= batchSize) await flush();
  }
  if (numbers.length > 0) await flush();
}

class Changes {
  /** Each customer once, whatever the numbers they have. */
  readonly #seen = new Set<string>();
  readonly #new = new Set<string>();
  readonly #offers = new Map<string, { -readonly [K in keyof Omit<OfferChange, 'offer'>]: number }>();
  readonly #moves = new Map<string, { from: string | null; to: string | null; customers: number }>();
  #customers = 0;
  #gone = 0;
  #firstSame = 0;
  #firstChanged = 0;
  #rankingChanged = 0;
  #unreadable = 0;

  /** @param own of the one; `other` of the other, by the same number */
  pair(own: StoreAnswer, other: StoreAnswer): void {
    if (own.kind === 'failure' || other.kind === 'failure') this.#unreadable += 1;
    if (own.kind !== 'hit' || this.#seen.has(own.strategy.customer)) return;
    this.#seen.add(own.strategy.customer);
    const before = codesOf(own);
    if (other.kind !== 'hit') {
      this.#gone += 1;
      for (const code of before) this.#of(code).a += 1;
      this.#first(before[0], 'firstInA');
      return;
    }
    const after = codesOf(other);
    this.#customers += 1;
    this.#count(before, after);
    if (before.join('\n') !== after.join('\n')) this.#rankingChanged += 1;
    const [from = null] = before;
    const [to = null] = after;
    if (from === to) this.#firstSame += 1;
    else {
      this.#firstChanged += 1;
      const key = `${from ?? ''}\n${to ?? ''}`;
      const move = this.#moves.get(key) ?? { from, to, customers: 0 };
      move.customers += 1;
      this.#moves.set(key, move);
    }
  }

  /** @param own of the other; `other` of the one */
  reverse(own: StoreAnswer, other: StoreAnswer): void {
    if (own.kind !== 'hit' || other.kind === 'hit') return;
    const { customer } = own.strategy;
    if (this.#seen.has(customer) || this.#new.has(customer)) return;
    this.#new.add(customer);
    const codes = codesOf(own);
    for (const code of codes) this.#of(code).b += 1;
    this.#first(codes[0], 'firstInB');
  }

  result(share: number): GenerationComparison {
    const offers = [...this.#offers].map(([offer, counts]): OfferChange => ({ offer, ...counts }));
    const weight = (one: OfferChange): number => one.gained + one.lost;
    return {
      share,
      customers: this.#customers,
      customersGone: this.#gone,
      customersNew: this.#new.size,
      firstSame: this.#firstSame,
      firstChanged: this.#firstChanged,
      rankingChanged: this.#rankingChanged,
      unreadable: this.#unreadable,
      offers: offers.toSorted((x, y) => weight(y) - weight(x) || x.offer.localeCompare(y.offer)),
      moves: [...this.#moves.values()].toSorted((x, y) => y.customers - x.customers).slice(0, maxMoves),
    };
  }

  #count(before: readonly string[], after: readonly string[]): void {
    for (const code of before) {
      const counts = this.#of(code);
      counts.a += 1;
      if (!after.includes(code)) counts.lost += 1;
    }
    for (const code of after) {
      const counts = this.#of(code);
      counts.b += 1;
      if (!before.includes(code)) counts.gained += 1;
    }
    this.#first(before[0], 'firstInA');
    this.#first(after[0], 'firstInB');
  }

  #first(code: string | undefined, side: 'firstInA' | 'firstInB'): void {
    if (code !== undefined) this.#of(code)[side] += 1;
  }

  #of(code: string) {
    let counts = this.#offers.get(code);
    if (counts === undefined) {
      counts = { a: 0, b: 0, gained: 0, lost: 0, firstInA: 0, firstInB: 0 };
      this.#offers.set(code, counts);
    }
    return counts;
  }
}

function codesOf(answer: Extract<StoreAnswer, { kind: 'hit' }>): readonly string[] {
  return answer.strategy.offers.map((one) => one.offerCode);
}
