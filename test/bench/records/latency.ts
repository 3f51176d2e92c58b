// Times of many runs, one after the other or some at once, as a row of a table.

/** Milliseconds, sorted. */
export type Times = Float64Array;

export interface Series {
  /** Run `i` of all. */
  readonly run: (i: number) => Promise<unknown>;
  readonly times: number[];
}

/** Runs `count` more of a series and notes their times. @param together how many run at once */
export async function runMore({ run, times }: Series, count: number, together: number): Promise<void> {
  let next = times.length;
  const end = next + count;
  const worker = async (): Promise<void> => {
    while (next < end) {
      const i = next++;
      const startedAt = performance.now();
      await run(i);
      times.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
}

export function sorted(times: readonly number[]): Times {
  return Float64Array.from(times).sort();
}

export function at(times: Times, share: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
}

/** p50, p99, p99.9 in milliseconds, to two decimals. */
export function cells(times: Times): readonly string[] {
  return [0.5, 0.99, 0.999].map((share) => at(times, share).toFixed(2));
}
