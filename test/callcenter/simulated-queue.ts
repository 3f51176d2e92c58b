// A queue with Poisson arrivals and exponential handling times, served in order of arrival, simulated call by call.

/** Uniform numbers of 0..1 from a seed (mulberry32), so that a run can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface QueueRun {
  readonly servers: number;
  /** Erlangs */
  readonly load: number;
  readonly handlingTime: number;
  readonly calls: number;
  readonly seed: number;
}

export interface QueueSeen {
  readonly waitingShare: number;
  readonly meanWait: number;
  /** Mean wait of those who found all servers busy and this many waiting ahead. */
  readonly meanWaitBehind: readonly number[];
}

export function simulateQueue({ servers, load, handlingTime, calls, seed }: QueueRun): QueueSeen {
  const random = seededRandom(seed);
  const exponential = (mean: number): number => -Math.log(1 - random()) * mean;
  const freeAt = new Array<number>(servers).fill(0);
  const startsAhead: number[] = [];
  const sums: { wait: number; count: number }[] = [];
  let now = 0;
  let waiting = 0;
  let total = 0;
  for (let call = 0; call < calls; call++) {
    now += exponential(handlingTime / load);
    while (startsAhead.length > 0 && (startsAhead[0] ?? 0) <= now) startsAhead.shift();
    let first = 0;
    for (let i = 1; i < servers; i++) if ((freeAt[i] ?? 0) < (freeAt[first] ?? 0)) first = i;
    const start = Math.max(now, freeAt[first] ?? 0);
    freeAt[first] = start + exponential(handlingTime);
    if (start === now) continue;
    const behind = (sums[startsAhead.length] ??= { wait: 0, count: 0 });
    behind.wait += start - now;
    behind.count++;
    startsAhead.push(start);
    waiting++;
    total += start - now;
  }
  return {
    waitingShare: waiting / calls,
    meanWait: total / calls,
    meanWaitBehind: Array.from(sums, (one) => ((one as typeof one | undefined) ? one.wait / one.count : NaN)),
  };
}
