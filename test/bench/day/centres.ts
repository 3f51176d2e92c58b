// The centres of the simulated day: queues whose members are served in order of joining by agents who serve several queues, as
// mod_callcenter's longest-idle-agent would have it, and IVR ports that are there or not.
import type { DestinationState } from '../../../src/callcenter/index.js';
import type { Destination } from '../../../src/callcenter/index.js';
import { agentGroups } from './business.js';

/** A caller at a queue. */
export interface Member {
  readonly call: number;
  readonly destination: Destination;
  readonly joinedAt: number;
  isGone: boolean;
}

interface Group {
  readonly queues: readonly string[];
  readonly agents: number;
  free: number;
}

export class SimulatedCentres {
  readonly #groups: readonly Group[] = agentGroups.map((one) => ({
    queues: one.queues.map((name) => `${one.centre}/${name}`),
    agents: one.agents,
    free: one.agents,
  }));
  readonly #groupsOf = new Map<string, readonly Group[]>();
  readonly #waiting = new Map<string, Member[]>();

  constructor(destinations: readonly Destination[]) {
    for (const { id } of destinations) {
      // Agents with fewest queues first: sellers help with service when nobody else is free.
      const own = this.#groups.filter((one) => one.queues.includes(id));
      this.#groupsOf.set(
        id,
        own.sort((a, b) => a.queues.length - b.queues.length),
      );
      this.#waiting.set(id, []);
    }
  }

  /** What a live feed reads of a queue. */
  stateOf(id: string): Pick<DestinationState, 'servers' | 'freeServers' | 'membersWaiting'> {
    const groups = this.#groupsOf.get(id) ?? [];
    let servers = 0;
    let freeServers = 0;
    for (const group of groups) {
      servers += group.agents;
      freeServers += group.free;
    }
    return { servers, freeServers, membersWaiting: (this.#waiting.get(id) ?? []).length };
  }

  /** The group whose agent takes the caller at once; undefined: the caller waits. */
  join(member: Member): object | undefined {
    const group = this.#groupsOf.get(member.destination.id)?.find((one) => one.free > 0);
    if (group === undefined) this.#waiting.get(member.destination.id)?.push(member);
    else group.free--;
    return group;
  }

  leave(member: Member): void {
    const line = this.#waiting.get(member.destination.id);
    const place = line?.indexOf(member) ?? -1;
    if (place !== -1) line?.splice(place, 1);
  }

  /** An agent is done; the member that has waited longest is next. */
  done(of: object): Member | undefined {
    const group = of as Group;
    let next: Member | undefined;
    for (const id of group.queues) {
      const first = this.#waiting.get(id)?.[0];
      if (first !== undefined && (next === undefined || first.joinedAt < next.joinedAt)) next = first;
    }
    if (next === undefined) group.free++;
    else this.leave(next);
    return next;
  }
}
