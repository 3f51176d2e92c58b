// A decimal floating-point number in 16 bits: 3 bits of exponent, 13 bits of significand. Numbers of up to three
// significant digits, which is what people write, come back exactly.
//
// Error: at most 0.061 % relative from 820 smallest units upwards, at most half a smallest unit below that.

const MAX_SIGNIFICAND = 8191;
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];

/** A scale of 16-bit decimals, given by the exponent of its smallest unit. */
export class Decimal16 {
  readonly #leastExponent: number;
  /** By step: at or above this a number needs a greater step, whatever rounding does. */
  readonly #bounds: Float64Array;

  /** @param leastExponent power of ten of the smallest unit, -10..0 */
  constructor(leastExponent: number) {
    this.#leastExponent = leastExponent;
    this.#bounds = Float64Array.from({ length: 8 }, (_, step) =>
      scale(MAX_SIGNIFICAND + 1, leastExponent + step),
    );
  }

  /** The code of `x`, which must be from 0 to `max`; outside it the nearest end is taken. Order is kept. */
  encode(x: number): number {
    let step = 0;
    while (step < 7 && x >= (this.#bounds[step] ?? Infinity)) step += 1;
    for (; step < 8; step++) {
      const significand = Math.round(scale(x, -(this.#leastExponent + step)));
      if (significand <= MAX_SIGNIFICAND) return (step << 13) | Math.max(0, significand);
    }
    return 0xffff;
  }

  /** Any 16-bit code is a number. */
  decode(code: number): number {
    return scale(code & MAX_SIGNIFICAND, this.#leastExponent + (code >>> 13));
  }

  get max(): number {
    return this.decode(0xffff);
  }
}

/** x · 10^exponent, rounded once: dividing by a power of ten is exact where multiplying by its inverse is not. */
function scale(x: number, exponent: number): number {
  return exponent < 0 ? x / (POWERS[-exponent] ?? Infinity) : x * (POWERS[exponent] ?? Infinity);
}

/** Propensity: unit 1e-10, up to 8.191 (1 is the greatest that is stored). */
export const propensityScale = new Decimal16(-10);

/** Value of a sale: unit 0.01, up to 819,100,000. */
export const valueScale = new Decimal16(-2);
