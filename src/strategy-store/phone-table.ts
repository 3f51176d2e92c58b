// Phone number to record address: open addressing in typed arrays, 35 bytes a number at worst where a Map takes over 100.
import { bucketOf } from './phone-key.js';

const LEAST_SLOTS = 1024;
const MAX_LOAD = 0.7;

export class PhoneTable {
  /** 0 is a free slot; no E.164 number is 0. */
  #numbers = new Float64Array(LEAST_SLOTS);
  #addresses = new Uint32Array(LEAST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The address of a number, or -1. */
  get(number: number): number {
    const slot = this.#slotOf(number);
    return this.#numbers[slot] === number ? (this.#addresses[slot] ?? 0) : -1;
  }

  set(number: number, address: number): void {
    if (this.#size + 1 > this.#numbers.length * MAX_LOAD) this.#grow();
    const slot = this.#slotOf(number);
    if (this.#numbers[slot] !== number) {
      this.#numbers[slot] = number;
      this.#size += 1;
    }
    this.#addresses[slot] = address;
  }

  /** A copy of the numbers in rising order. */
  sortedNumbers(): Float64Array {
    const numbers = new Float64Array(this.#size);
    let count = 0;
    for (const number of this.#numbers) if (number !== 0) numbers[count++] = number;
    return numbers.sort();
  }

  #slotOf(number: number): number {
    const numbers = this.#numbers;
    const { length } = numbers;
    let slot = bucketOf(number, length);
    for (let found = numbers[slot]; found !== 0 && found !== number; found = numbers[slot])
      slot = slot + 1 === length ? 0 : slot + 1;
    return slot;
  }

  #grow(): void {
    const numbers = this.#numbers;
    const addresses = this.#addresses;
    this.#numbers = new Float64Array(numbers.length * 2);
    this.#addresses = new Uint32Array(numbers.length * 2);
    for (let slot = 0; slot < numbers.length; slot++) {
      const number = numbers[slot] ?? 0;
      if (number === 0) continue;
      const target = this.#slotOf(number);
      this.#numbers[target] = number;
      this.#addresses[target] = addresses[slot] ?? 0;
    }
  }
}
