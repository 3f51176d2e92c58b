// Commands some at a time, so that neither side holds more than a batch of them in memory.

/** Waits for every one, so that none fails unheard; then throws the first failure. */
export async function allSettledOrThrow<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** Has `command` done for 0 up to `count`, `atOnce` of them together. */
export async function inBatches(
  count: number,
  atOnce: number,
  command: (index: number) => Promise<unknown>,
): Promise<void> {
  for (let first = 0; first < count; first += atOnce) {
    const size = Math.min(atOnce, count - first);
    await allSettledOrThrow(Array.from({ length: size }, (_, at) => command(first + at)));
  }
}
