// Erlang's formulas for the M/M/c queue: Poisson arrivals, exponential handling times, c equal servers.
// Source: A. K. Erlang 1917; in today's notation L. Kleinrock, Queueing Systems I (1975), sections 3.4 and 3.6.

/**
 * Erlang B: the probability that all `servers` are busy when blocked calls leave.
 * Computed by the recursion `1/B(0) = 1; 1/B(k) = 1 + (k / load) x 1/B(k-1)`, which neither overflows nor cancels as the
 * factorials of the closed form do.
 * @param offeredLoad in Erlangs: arrivals per second x mean handling time in seconds
 */
export function erlangB(servers: number, offeredLoad: number): number {
  if (offeredLoad <= 0) return servers === 0 ? 1 : 0;
  let inverse = 1;
  for (let busy = 1; busy <= servers; busy++) inverse = 1 + (inverse * busy) / offeredLoad;
  return 1 / inverse;
}

/**
 * Erlang C: the probability that an arriving call has to wait, `B / (1 - rho (1 - B))` with `rho = load / servers`.
 * 1 when the load is not below the servers: the queue then grows without bound.
 */
export function erlangC(servers: number, offeredLoad: number): number {
  if (offeredLoad <= 0) return servers === 0 ? 1 : 0;
  if (offeredLoad >= servers) return 1;
  const blocked = erlangB(servers, offeredLoad);
  return blocked / (1 - (offeredLoad / servers) * (1 - blocked));
}

/** Mean wait in seconds of the calls that have to wait, `handlingTime / (servers - load)`; Infinity under overload. */
export function meanWaitOfWaiting(servers: number, offeredLoad: number, handlingTimeSeconds: number): number {
  return offeredLoad >= servers ? Infinity : handlingTimeSeconds / (servers - offeredLoad);
}
