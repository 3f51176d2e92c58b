// The order in which SRV records are tried: RFC 2782, "Usage rules".

export interface Weighted {
  readonly priority: number;
  readonly weight: number;
}

/** At least 0 and less than 1. */
export type Random = () => number;

/** By priority; among those of one priority each is next with the chance that its weight gives it. */
export function srvOrder<T extends Weighted>(records: readonly T[], random: Random): T[] {
  // "all those with weight 0 are placed at the beginning of the list"
  const left = [...records].sort((a, b) => a.priority - b.priority || a.weight - b.weight);
  const ordered: T[] = [];
  while (left.length > 0) ordered.push(...left.splice(choice(left, random), 1));
  return ordered;
}

/** Place of the next one: among those of the lowest priority, which stand first. */
function choice(records: readonly Weighted[], random: Random): number {
  const priority = records[0]?.priority;
  let sum = 0;
  let count = 0;
  for (const one of records) {
    if (one.priority !== priority) break;
    sum += one.weight;
    count++;
  }
  if (count === 1) return 0;
  // "a uniform random number between 0 and the sum computed (inclusive)"
  const number = Math.floor(random() * (sum + 1));
  let running = 0;
  for (let i = 0; i < count; i++) {
    running += records[i]?.weight ?? 0;
    if (running >= number) return i;
  }
  return count - 1;
}
