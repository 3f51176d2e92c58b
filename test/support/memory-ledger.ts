// A ledger in memory that several routers can share, and whose answers a test can hold back.
import type { Claim, ClaimAnswer, LedgerEntry, ReservationLedger } from '../../src/callcenter/index.js';

export class MemoryLedger implements ReservationLedger {
  readonly held = new Map<string, Set<string>>();
  readonly claims: Claim[] = [];
  readonly notes: LedgerEntry[] = [];
  others: ReadonlyMap<string, number> = new Map();
  /** Answers this instead of the truth. */
  forced: ClaimAnswer | undefined;
  isHeld = false;
  readonly #waiting: (() => void)[] = [];

  claim(claim: Claim): Promise<ClaimAnswer> {
    this.claims.push(claim);
    return new Promise((resolve) => {
      const settle = () => resolve(this.forced ?? this.#answer(claim));
      if (this.isHeld) this.#waiting.push(settle);
      else settle();
    });
  }

  /** Answers the claims that wait. */
  answer(): void {
    for (const settle of this.#waiting.splice(0)) settle();
  }

  note(entry: LedgerEntry): void {
    this.notes.push(entry);
    this.#setOf(entry.destination).add(entry.decisionId);
  }

  release({ destination, decisionId }: Pick<LedgerEntry, 'destination' | 'decisionId'>): void {
    this.#setOf(destination).delete(decisionId);
  }

  count(destination: string): number {
    return this.#setOf(destination).size;
  }

  #answer(claim: Claim): ClaimAnswer {
    const held = this.#setOf(claim.destination);
    const spoken = claim.overlaps.reduce(
      (sum, { destination, shared }) => sum + Math.min(shared, this.#setOf(destination).size),
      held.size,
    );
    if (spoken >= claim.free && !held.has(claim.decisionId)) return { kind: 'taken', reserved: spoken };
    held.add(claim.decisionId);
    return { kind: 'granted' };
  }

  #setOf(destination: string): Set<string> {
    let set = this.held.get(destination);
    if (set === undefined) this.held.set(destination, (set = new Set()));
    return set;
  }
}
