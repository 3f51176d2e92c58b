// A centre whose agents serve several queues, simulated event by event: Poisson arrivals, exponential handling times; an agent who
// gets free takes the caller who waited longest in any of their queues, as mod_callcenter does by score.
import { seededRandom } from './simulated-queue.js';

export interface CentreRun {
  /** Agents of each group, by the queues that they serve: `{ queues: [0, 1], count: 3 }`. */
  readonly groups: readonly { readonly queues: readonly number[]; readonly count: number }[];
  /** Erlangs of each queue. */
  readonly loads: readonly number[];
  readonly handlingTime: number;
  readonly calls: number;
  readonly seed: number;
}

/** Of arrivals in queue 0 that found all its agents busy: by members waiting there and in queue 1. */
export interface WaitSeen {
  readonly ahead: readonly [here: number, elsewhere: number];
  readonly meanWait: number;
  readonly count: number;
}

interface Agent {
  readonly queues: readonly number[];
  freeAt: number;
}

interface Member {
  readonly arrivedAt: number;
  readonly queue: number;
  readonly seen: { wait: number; count: number } | undefined;
}

class SimulatedCentre {
  readonly #run: CentreRun;
  readonly #random: () => number;
  readonly #agents: readonly Agent[];
  readonly #waiting: Member[] = [];
  readonly seen = new Map<string, { wait: number; count: number }>();

  constructor(run: CentreRun) {
    this.#run = run;
    this.#random = seededRandom(run.seed);
    this.#agents = run.groups.flatMap(({ queues, count }) =>
      Array.from({ length: count }, () => ({ queues, freeAt: 0 })),
    );
  }

  run(): void {
    const { loads, handlingTime, calls } = this.#run;
    const total = loads.reduce((sum, load) => sum + load, 0);
    let now = 0;
    for (let call = 0; call < calls; call++) {
      now += this.#exponential(handlingTime / total);
      this.#serveUntil(now);
      let at = this.#random() * total;
      let queue = 0;
      while (queue < loads.length - 1 && at >= loads[queue]!) at -= loads[queue++]!;
      this.#arrive(queue, now);
    }
  }

  #arrive(queue: number, now: number): void {
    const free = this.#agents.find((one) => one.freeAt <= now && one.queues.includes(queue));
    if (free !== undefined) {
      free.freeAt = now + this.#exponential(this.#run.handlingTime);
      return;
    }
    const here = this.#waiting.filter((one) => one.queue === queue).length;
    const key = `${here} ${this.#waiting.length - here}`;
    let seen: { wait: number; count: number } | undefined;
    if (queue === 0) {
      seen = this.seen.get(key) ?? { wait: 0, count: 0 };
      this.seen.set(key, seen);
    }
    this.#waiting.push({ arrivedAt: now, queue, seen });
  }

  /** Agents who got free before `now` take members, in the order in which they got free. */
  #serveUntil(now: number): void {
    for (;;) {
      let next: Agent | undefined;
      let member = -1;
      for (const agent of this.#agents) {
        if (agent.freeAt > now || (next !== undefined && agent.freeAt >= next.freeAt)) continue;
        const first = this.#waiting.findIndex((one) => agent.queues.includes(one.queue));
        if (first === -1) continue;
        next = agent;
        member = first;
      }
      const [taken] = member === -1 ? [] : this.#waiting.splice(member, 1);
      if (next === undefined || taken === undefined) return;
      const startsAt = Math.max(next.freeAt, taken.arrivedAt);
      if (taken.seen !== undefined) {
        taken.seen.wait += startsAt - taken.arrivedAt;
        taken.seen.count++;
      }
      next.freeAt = startsAt + this.#exponential(this.#run.handlingTime);
    }
  }

  #exponential(mean: number): number {
    return -Math.log(1 - this.#random()) * mean;
  }
}

export function simulateCentre(run: CentreRun): readonly WaitSeen[] {
  const centre = new SimulatedCentre(run);
  centre.run();
  return [...centre.seen].map(([key, { wait, count }]) => {
    const [here = 0, elsewhere = 0] = key.split(' ').map(Number);
    return { ahead: [here, elsewhere], meanWait: wait / count, count };
  });
}
