// Agents serve several queues: how many of the agents of one queue serve another one too, kept as counts that each change of an
// agent moves by one.
import type { AgentReading } from './centre-reading.js';

/** The agents of one centre. Queues are numbered as they were given; others are left out. */
export class AgentOverlaps {
  readonly #numberOf: ReadonlyMap<string, number>;
  readonly #size: number;
  /** Row by row: agents that are free and serve both queues; on the diagonal, those who serve the one. */
  readonly #free: Int32Array;
  /** The same of agents who are logged in and not on a break. */
  readonly #staffed: Int32Array;
  #agents: ReadonlyMap<string, AgentReading> = new Map();

  constructor(queues: readonly string[]) {
    this.#numberOf = new Map(queues.map((queue, number) => [queue, number]));
    this.#size = queues.length;
    this.#free = new Int32Array(queues.length * queues.length);
    this.#staffed = new Int32Array(queues.length * queues.length);
  }

  free(queue: number, other: number): number {
    return this.#free[queue * this.#size + other] ?? 0;
  }

  staffed(queue: number, other: number): number {
    return this.#staffed[queue * this.#size + other] ?? 0;
  }

  /** Some agent serves both. */
  isShared(queue: number, other: number): boolean {
    return this.staffed(queue, other) > 0 || this.free(queue, other) > 0;
  }

  /**
   * Takes over the agents of a reading. An agent who did not change is the same object as before and costs one comparison.
   * @param onQueue told each queue of an agent who came, changed or went; the same queue may be told several times
   */
  apply(agents: ReadonlyMap<string, AgentReading>, onQueue: (queue: number) => void): void {
    if (agents === this.#agents) return;
    const before = this.#agents;
    this.#agents = agents;
    const known = before.values();
    for (const agent of agents.values()) {
      const old = known.next().value;
      if (old === agent) continue;
      if (old !== undefined && old.agent !== agent.agent) {
        this.#countAnew(before, onQueue);
        return;
      }
      if (old !== undefined) this.#count(old, -1, onQueue);
      this.#count(agent, 1, onQueue);
    }
    if (known.next().done !== true) this.#countAnew(before, onQueue);
  }

  /** Somebody left the list, so that the others moved up: rare, and simpler than to look for who it was. */
  #countAnew(before: ReadonlyMap<string, AgentReading>, onQueue: (queue: number) => void): void {
    this.#free.fill(0);
    this.#staffed.fill(0);
    for (const agent of before.values()) for (const queue of this.#queuesOf(agent)) onQueue(queue);
    for (const agent of this.#agents.values()) this.#count(agent, 1, onQueue);
  }

  #count(agent: AgentReading, change: 1 | -1, onQueue: (queue: number) => void): void {
    const queues = this.#queuesOf(agent);
    const isStaffed = agent.status === 'Available' || agent.status === 'Available (On Demand)';
    for (const queue of queues) {
      onQueue(queue);
      const row = queue * this.#size;
      for (const other of queues) {
        const at = row + other;
        if (isStaffed) this.#staffed[at] = (this.#staffed[at] ?? 0) + change;
        if (agent.isFree) this.#free[at] = (this.#free[at] ?? 0) + change;
      }
    }
  }

  #queuesOf({ tiers }: AgentReading): readonly number[] {
    const queues: number[] = [];
    for (const { queue } of tiers) {
      const number = this.#numberOf.get(queue);
      if (number !== undefined && !queues.includes(number)) queues.push(number);
    }
    return queues;
  }
}
