// The mean of several days and how far it may be off.

export interface Interval {
  readonly mean: number;
  /** Half the width of the 95 % confidence interval. */
  readonly half: number;
}

/** Student's t for 95 %, two-sided, of 19 degrees of freedom. */
const t19 = 2.093;

/** @param values of 20 independent days */
export function interval(values: readonly number[]): Interval {
  const count = values.length;
  const mean = values.reduce((sum, one) => sum + one, 0) / count;
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (count - 1);
  return { mean, half: t19 * Math.sqrt(variance / count) };
}
