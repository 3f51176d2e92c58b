// Reservations of other routers: what Redis counted, less what is our own.

/** Counts of several destinations as Redis gave them, ours included. */
export type Counted = Iterable<readonly [destination: string, count: number]>;

/**
 * `before` with new counts; the same map when they say nothing new. A count below our own is of a moment at which ours was not there
 * yet: nobody else's.
 */
export function withCounts(
  before: ReadonlyMap<string, number>,
  counted: Counted,
  own: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  let after: Map<string, number> | undefined;
  for (const [destination, count] of counted) {
    const others = Math.max(0, count - (own.get(destination) ?? 0));
    if (others === ((after ?? before).get(destination) ?? 0)) continue;
    after ??= new Map(before);
    if (others === 0) after.delete(destination);
    else after.set(destination, others);
  }
  return after ?? before;
}
