// The ledger while a plan is applied: entered ahead of the commands that add, a block at a time, so that many steps cost few writes.
import { tierKey } from './desired-centre.js';
import type { TierPlace } from './desired-centre.js';
import type { LedgerStore } from './ledger.js';
import type { PlanStep } from './plan.js';

// Additions entered by one write. More are entered and never sent when the process dies; fewer cost a write to the disk each.
const blockLength = 50;

export class LedgerKeeper {
  readonly #store: LedgerStore;
  readonly #agents: Set<string>;
  readonly #tiers: Map<string, TierPlace>;
  readonly #additions: readonly PlanStep[];
  /** Entered by this plan and not sent yet. */
  readonly #ahead = new Set<PlanStep>();
  #isChanged = false;

  constructor(store: LedgerStore, steps: readonly PlanStep[]) {
    const { agents, tiers } = store.read();
    this.#store = store;
    this.#agents = new Set(agents);
    this.#tiers = new Map(tiers);
    this.#additions = steps.filter((one) => one.kind === 'add-agent' || one.kind === 'add-tier');
  }

  /** On the disk when it returns, if the step adds something. */
  beforeSending(step: PlanStep): void {
    const at = this.#additions.indexOf(step);
    if (at === -1) return;
    if (!this.#ahead.has(step)) {
      for (const one of this.#additions.slice(at, at + blockLength)) {
        this.#enter(one);
        this.#ahead.add(one);
      }
      this.save();
    }
    this.#ahead.delete(step);
  }

  /** What a refused step would have added is not ours. */
  refused(step: PlanStep): void {
    if (step.kind === 'add-agent' || step.kind === 'add-tier') this.#takeOut(step);
  }

  removed(step: PlanStep): void {
    if (step.kind === 'remove-agent' || step.kind === 'remove-tier') this.#takeOut(step);
  }

  forget(agents: readonly string[], tierKeys: readonly string[]): void {
    for (const name of agents) this.#isChanged = this.#agents.delete(name) || this.#isChanged;
    for (const key of tierKeys) this.#isChanged = this.#tiers.delete(key) || this.#isChanged;
  }

  /** Takes out what was entered and never sent, and writes what has changed. */
  close(): void {
    for (const step of this.#ahead) this.#takeOut(step);
    this.#ahead.clear();
    if (this.#isChanged) this.save();
  }

  save(): void {
    this.#store.write({ agents: this.#agents, tiers: this.#tiers });
    this.#isChanged = false;
  }

  #enter(step: PlanStep): void {
    if (step.kind === 'add-agent') this.#agents.add(step.agent);
    if (step.kind === 'add-tier') this.#tiers.set(tierKey(step), { queue: step.queue, agent: step.agent });
  }

  #takeOut(step: PlanStep): void {
    if (step.kind === 'add-agent' || step.kind === 'remove-agent') this.#agents.delete(step.agent);
    if (step.kind === 'add-tier' || step.kind === 'remove-tier') this.#tiers.delete(tierKey(step));
    this.#isChanged = true;
  }
}
