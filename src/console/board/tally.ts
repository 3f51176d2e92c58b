// Calls counted by partner, offer and arm: as many counters as the settings have names.
import type { BoardCounts, BoardTotals } from '../live/board-state.js';
import { isInScope } from './scope.js';
import type { BoardScope } from './scope.js';

/** Calls of one partner, offer and arm that came to an outcome. */
export interface TallyRow {
  readonly partner: string | null;
  readonly offer: string | null;
  readonly arm: string;
  readonly calls: number;
  readonly abandoned: number;
  readonly failOpen: number;
  readonly value: number;
  readonly acceptedValue: number;
}

type Sums = { -readonly [K in keyof TallyRow]: TallyRow[K] };

export class Tally {
  readonly #rows = new Map<string, Sums>();

  add(row: TallyRow): void {
    const key = `${row.partner ?? ''} ${row.offer ?? ''} ${row.arm}`;
    const sums = this.#rows.get(key);
    if (sums === undefined) {
      this.#rows.set(key, { ...row });
      return;
    }
    sums.calls += row.calls;
    sums.abandoned += row.abandoned;
    sums.failOpen += row.failOpen;
    sums.value += row.value;
    sums.acceptedValue += row.acceptedValue;
  }

  get rows(): Iterable<TallyRow> {
    return this.#rows.values();
  }
}

export type TotalsSum = Pick<
  BoardTotals,
  'calls' | 'offered' | 'abandoned' | 'failOpen' | 'byOffer' | 'byArm'
>;

/** @param hasValues false where values are not known: they are left out, and not shown as nothing */
export function sumOf(rows: Iterable<TallyRow>, scope: BoardScope, hasValues: boolean): TotalsSum {
  const sums = { calls: 0, offered: 0, abandoned: 0, failOpen: 0 };
  const byOffer = new Map<string, BoardCounts>();
  const byArm = new Map<string, BoardCounts>();
  for (const row of rows) {
    if (!isInScope(scope, row.partner ?? undefined)) continue;
    sums.calls += row.calls;
    sums.abandoned += row.abandoned;
    sums.failOpen += row.failOpen;
    if (row.offer !== null) {
      sums.offered += row.calls;
      count(byOffer, row.offer, row, hasValues);
    }
    count(byArm, row.arm, row, hasValues);
  }
  return {
    ...sums,
    byOffer: ordered(byOffer).map(([offer, counts]) => ({ offer, ...counts })),
    byArm: ordered(byArm).map(([arm, counts]) => ({ arm, ...counts })),
  };
}

function count(counts: Map<string, BoardCounts>, name: string, row: TallyRow, hasValues: boolean): void {
  const before = counts.get(name);
  counts.set(name, {
    calls: (before?.calls ?? 0) + row.calls,
    value: hasValues ? (before?.value ?? 0) + row.value : undefined,
    acceptedValue: hasValues ? (before?.acceptedValue ?? 0) + row.acceptedValue : undefined,
  });
}

/** The most valuable first, then the most frequent, then by name. */
function ordered(counts: ReadonlyMap<string, BoardCounts>): readonly (readonly [string, BoardCounts])[] {
  return [...counts].sort(
    ([a, one], [b, other]) =>
      (other.value ?? 0) - (one.value ?? 0) || other.calls - one.calls || (a < b ? -1 : 1),
  );
}
