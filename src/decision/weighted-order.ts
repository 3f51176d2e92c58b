// Spreading calls over destinations of unknown capacity by their configured weights, with one number drawn by the caller.

/**
 * The first `limit` of a weighted draw without replacement: each place goes to one of those left with a chance in proportion to
 * its weight. One seed serves every place, because what is left of it after a choice, scaled up, is again uniform over 0..1.
 * Weight 0 is never drawn.
 * @param weights by position
 * @param seed 0..1, 1 not included
 * @returns positions in the order drawn
 */
export function weightedOrder(weights: readonly number[], seed: number, limit = weights.length): number[] {
  const left = weights.map((weight, position) => ({ weight, position })).filter((one) => one.weight > 0);
  const order: number[] = [];
  let rest = Math.min(Math.max(seed, 0), 1 - Number.EPSILON);
  while (left.length > 0 && order.length < limit) {
    const total = left.reduce((sum, one) => sum + one.weight, 0);
    let point = rest * total;
    let chosen = 0;
    while (chosen < left.length - 1 && point >= (left[chosen]?.weight ?? 0)) {
      point -= left[chosen]?.weight ?? 0;
      chosen++;
    }
    const [taken] = left.splice(chosen, 1);
    if (taken === undefined) break;
    order.push(taken.position);
    rest = Math.min(Math.max(point / taken.weight, 0), 1 - Number.EPSILON);
  }
  return order;
}
