// What this router knows by itself of one destination: calls in progress, calls on their way, and what other routers say.

/** A count by partner; never below zero. */
class PartnerCounts {
  readonly #counts = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** @returns whether anything changed: an end too many counts for nothing */
  add(partner: string, change: 1 | -1): boolean {
    const before = this.#counts.get(partner) ?? 0;
    const after = Math.max(0, before + change);
    if (after === before) return false;
    this.#total += after - before;
    if (after === 0) this.#counts.delete(partner);
    else this.#counts.set(partner, after);
    return true;
  }

  addTo(sums: Record<string, number>): void {
    for (const [partner, count] of this.#counts) sums[partner] = (sums[partner] ?? 0) + count;
  }
}

export class DestinationLoad {
  /** Calls in progress. */
  readonly calls = new PartnerCounts();
  /** Reservations of this router. */
  readonly own = new PartnerCounts();
  /** Reservations of other routers, as they told. */
  others = 0;
  /** What the ledger last said is reserved; 0 when it has not said so lately. */
  denied = 0;

  /** Calls on their way, whoever sent them. */
  get reserved(): number {
    return Math.max(this.own.total + this.others, this.denied);
  }

  /** Calls of this router in progress and on their way, by partner. */
  byPartner(): Readonly<Record<string, number>> {
    const sums: Record<string, number> = {};
    this.calls.addTo(sums);
    this.own.addTo(sums);
    return sums;
  }
}
