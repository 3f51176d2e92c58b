// Stages of a run: how long each took, and what is told while it runs.
import type { StageTime } from '../report/run-report.js';

export interface RunProgress {
  readonly partner: string;
  readonly stage: string;
  /** Of `total`; both undefined for a stage whose length nobody knows. */
  readonly done: number | undefined;
  readonly total: number | undefined;
}

export class Stages {
  readonly #partner: string;
  readonly #onProgress: (progress: RunProgress) => void;
  readonly #times: { stage: string; ms: number; rows: number | null }[] = [];

  constructor(partner: string, onProgress: (progress: RunProgress) => void) {
    this.#partner = partner;
    this.#onProgress = onProgress;
  }

  /** Tells that a stage begins, and runs it. */
  async run<T>(stage: string, work: () => Promise<T>): Promise<T> {
    this.tell(stage);
    return this.measure(stage, work);
  }

  /** Runs a part of a stage that was told; its time is added to what earlier parts of the name took. */
  async measure<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.#entry(stage).ms += performance.now() - startedAt;
    }
  }

  tell(stage: string, done?: number, total?: number): void {
    this.#onProgress({ partner: this.#partner, stage, done, total });
  }

  rows(stage: string, rows: number): void {
    this.#entry(stage).rows = rows;
  }

  get times(): readonly StageTime[] {
    return this.#times.map(({ stage, ms, rows }) => ({ stage, seconds: Math.round(ms) / 1000, rows }));
  }

  #entry(stage: string): { stage: string; ms: number; rows: number | null } {
    const known = this.#times.find((one) => one.stage === stage);
    if (known !== undefined) return known;
    const entry = { stage, ms: 0, rows: null };
    this.#times.push(entry);
    return entry;
  }
}
