// A centre as its feed would tell of it: agents, members and ports that a test moves, and readings in which what did not change is
// the same object as before.
import type { AgentReading, AgentStatus, CentreReading, QueueReading } from '../../src/callcenter/index.js';

export class FedCentre {
  readonly centre: string;
  readonly #agents = new Map<string, AgentReading>();
  readonly #queues = new Map<string, QueueReading>();
  #missing: readonly string[] = [];
  #ports: Map<string, number> | undefined;
  #agentsTold: ReadonlyMap<string, AgentReading> | undefined;

  constructor(centre: string, queues: readonly string[]) {
    this.centre = centre;
    for (const queue of queues) this.#queues.set(queue, emptyQueue(queue));
  }

  /** Comes, or changes; `Available` and free unless told otherwise. */
  agent(
    agent: string,
    queues: readonly string[],
    { isFree = true, status = 'Available' }: { isFree?: boolean; status?: AgentStatus } = {},
  ): void {
    const before = this.#agents.get(agent)?.tiers ?? [];
    const tiers = queues.map((queue) => ({ queue, level: 1, position: 1 }));
    const state = isFree ? 'Waiting' : 'In a queue call';
    const free = isFree && status === 'Available';
    this.#agents.set(agent, { agent, status, state, since: 0, tiers, isFree: free });
    this.#recount([...before, ...tiers].map(({ queue }) => queue));
  }

  setFree(agent: string, isFree: boolean): void {
    const before = this.#agents.get(agent);
    if (before === undefined || before.isFree === isFree) return;
    this.#agents.set(agent, { ...before, isFree, state: isFree ? 'Waiting' : 'In a queue call' });
    this.#agentsTold = undefined;
    for (const { queue } of before.tiers) {
      const reading = this.#queues.get(queue);
      if (reading === undefined) continue;
      const others = reading.freeAgents.filter((one) => one !== agent);
      this.#queues.set(queue, { ...reading, freeAgents: isFree ? [...others, agent] : others });
    }
  }

  remove(agent: string): void {
    const before = this.#agents.get(agent)?.tiers ?? [];
    this.#agents.delete(agent);
    this.#recount(before.map(({ queue }) => queue));
  }

  queue(queue: string, changes: Partial<QueueReading>): void {
    const before = this.#queues.get(queue);
    if (before !== undefined) this.#queues.set(queue, { ...before, ...changes });
  }

  /** The queue is no queue of the centre any more; or is one again. */
  missing(queue: string, isMissing = true): void {
    this.#missing = this.#missing.filter((one) => one !== queue);
    if (isMissing) {
      this.#missing = [...this.#missing, queue];
      this.#queues.delete(queue);
    } else if (!this.#queues.has(queue)) {
      this.#queues.set(queue, emptyQueue(queue));
      this.#recount([queue]);
    }
  }

  ports(program: string, count: number): void {
    this.#ports = new Map(this.#ports).set(program, count);
  }

  reading(readAt: number): CentreReading {
    this.#agentsTold ??= new Map(this.#agents);
    return {
      centre: this.centre,
      readAt,
      agents: this.#agentsTold,
      queues: new Map(this.#queues),
      missingQueues: this.#missing,
      portsInUse: this.#ports,
    };
  }

  #recount(queues: readonly string[]): void {
    this.#agentsTold = undefined;
    for (const queue of new Set(queues)) {
      const reading = this.#queues.get(queue);
      if (reading === undefined) continue;
      const agents = [...this.#agents.values()].filter(({ tiers }) =>
        tiers.some((one) => one.queue === queue),
      );
      this.#queues.set(queue, {
        ...reading,
        staffedAgents: agents.filter(({ status }) => status.startsWith('Available')).length,
        freeAgents: agents.filter(({ isFree }) => isFree).map(({ agent }) => agent),
      });
    }
  }
}

function emptyQueue(queue: string): QueueReading {
  return {
    queue,
    staffedAgents: 0,
    freeAgents: [],
    membersWaiting: 0,
    longestWaitMs: 0,
    handlingTimeSeconds: undefined,
    serviceLevel: undefined,
  };
}
