// Port: what the records database says of dispositions that agents owe, and where it is kept who is held, so that a router frees its
// agents after a restart. The adapter is of src/records. While the database is down everything here rejects or waits, and changes of
// who is held wait in memory.

export interface DutyKey {
  readonly decisionId: string;
  readonly offer: string;
}

/** One disposition that an agent owes. */
export interface KeptDuty extends DutyKey {
  readonly centre: string;
  readonly agent: string;
  /** The agent's status before the break that was set; undefined while none is. */
  readonly statusBefore: string | undefined;
  /** Wall clock, in milliseconds, at which it is owed no more. */
  readonly until: number;
}

export type KeptDutyKey = Omit<KeptDuty, 'statusBefore' | 'until'>;

export interface DutyRecords {
  /** Of these, what has a disposition of a person, another system or auto-wrap. */
  settled(keys: readonly DutyKey[]): Promise<readonly DutyKey[]>;
  /** All or nothing. */
  save(kept: readonly KeptDuty[], gone: readonly KeptDutyKey[]): Promise<void>;
  /** What this router saved and has not taken back. */
  load(): Promise<readonly KeptDuty[]>;
}

const maxWaiting = 10_000;
const batch = 200;

/** Changes that are still to be saved; of one duty the last counts. */
export class DutyChanges {
  readonly #waiting = new Map<string, { readonly duty: KeptDuty; readonly isGone: boolean }>();

  get size(): number {
    return this.#waiting.size;
  }

  add(duty: KeptDuty, isGone: boolean): void {
    const key = `${duty.centre}/${duty.agent} ${duty.decisionId} ${duty.offer}`;
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size >= maxWaiting && oldest !== undefined) this.#waiting.delete(oldest);
    this.#waiting.delete(key);
    this.#waiting.set(key, { duty, isGone });
  }

  /** Saves some. What changes meanwhile stays to be saved. @throws what `records` throws; then all stay */
  async save(records: Pick<DutyRecords, 'save'>): Promise<void> {
    const taken = [...this.#waiting].slice(0, batch);
    if (taken.length === 0) return;
    const of = (isGone: boolean): readonly KeptDuty[] =>
      taken.flatMap(([, one]) => (one.isGone === isGone ? [one.duty] : []));
    await records.save(of(false), of(true));
    for (const [key, one] of taken) if (this.#waiting.get(key) === one) this.#waiting.delete(key);
  }
}
