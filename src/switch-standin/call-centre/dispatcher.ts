// The dispatch pass: ten times a second, who waits is matched with who is free (mod_callcenter.c, members_callback, agents_callback).
import { TimerSet } from '../../kernel/index.js';
import type { Agent, Tier } from './agent.js';
import { noOffer } from './member.js';
import type { Member } from './member.js';
import { Offering } from './offering.js';
import type { OfferingHost } from './offering.js';
import type { Queue, Queues } from './queues.js';
import { FreeTiers, groupsFor } from './selection.js';
import { reachableGroups } from './tier-rules.js';

const passMs = 100;
const waitCheckMs = 500;
const defaultProgressiveSeconds = 10;

type Free = ReadonlyMap<string, FreeTiers>;

export class Dispatcher {
  readonly #host: OfferingHost;
  readonly #queues: Queues;
  readonly #timers: TimerSet;
  readonly #offerings = new Set<Offering>();

  constructor(host: Omit<OfferingHost, 'onOver'>, queues: Queues) {
    this.#host = { ...host, onOver: (offering) => this.#offerings.delete(offering) };
    this.#queues = queues;
    this.#timers = new TimerSet(host.context.clock);
  }

  /** Passes are made while there is anybody. */
  wake(): void {
    if (this.#timers.has('dispatch')) return;
    this.#timers.start('dispatch', passMs, () => {
      this.pass();
      if (this.#host.members.size > 0) this.wake();
    });
  }

  /** The centre has gone: no call is followed any more. */
  dispose(): void {
    this.#timers.cancelAll();
    for (const offering of this.#offerings) offering.dispose();
    this.#offerings.clear();
  }

  /** An agent is not available any more: a call that rings there for a member of its own is ended. */
  cancelFor(agent: Agent): void {
    for (const member of this.#host.members.queueing) {
      if (member.servingAgent !== agent.name) continue;
      for (const offering of [...member.offerings]) offering.cancel('ORIGINATOR_CANCEL');
    }
  }

  pass(): void {
    const { members } = this.#host;
    members.discardAbandoned();
    if (members.queueing.length === 0) return;
    const free = this.#collect();
    for (const member of [...members.queueing]) {
      const queue = this.#queues.get(member.queue);
      // Deviation: mod_callcenter forgets a member whose queue was unloaded and lets the caller listen to music for ever.
      if (queue === undefined) members.leave(member, 'BREAK_OUT');
      else if (!this.#hasWaitedTooLong(member, queue)) this.#serve(member, queue, free.get(queue.name));
    }
  }

  /** The free agents of every queue that somebody waits in. */
  #collect(): Free {
    const { roster, members, context } = this.#host;
    const now = context.stamp.epoch();
    const tiers = new Map<string, Tier[]>();
    for (const agent of roster.idle) {
      if (agent.lastBridgeEnd >= now - agent.wrapUpTime || agent.readyTime > now) continue;
      for (const tier of agent.tiers) {
        if (members.count(tier.queue) === 0) continue;
        if (tier.state !== 'Ready' && tier.state !== 'No Answer') continue;
        const ofQueue = tiers.get(tier.queue);
        if (ofQueue === undefined) tiers.set(tier.queue, [tier]);
        else ofQueue.push(tier);
      }
    }
    const free = new Map<string, FreeTiers>();
    for (const [name, ofQueue] of tiers) {
      const queue = this.#queues.get(name);
      if (queue === undefined) continue;
      const { strategy, skipAgentsWithExternalCalls } = queue.settings;
      const usable = skipAgentsWithExternalCalls
        ? ofQueue.filter(({ agent }) => agent.externalCallsCount === 0)
        : ofQueue;
      free.set(name, new FreeTiers(strategy, usable, context.random));
    }
    return free;
  }

  #serve(member: Member, queue: Queue, free: FreeTiers | undefined): void {
    this.#followStrategy(member, queue);
    const isRinging = member.servingAgent === 'ring-all' || member.servingAgent === 'ring-progressively';
    if (member.state !== 'Waiting' && !isRinging) return;
    const now = this.#host.context.stamp.epoch();
    const { settings } = queue;
    if (isRinging) member.state = 'Trying';
    if (member.servingAgent === 'ring-progressively') {
      const delay = settings.ringProgressivelyDelaySeconds || defaultProgressiveSeconds;
      if (member.lastOriginatedEpoch > 0 && now < member.lastOriginatedEpoch + delay) return;
    }
    const staffing = this.#host.roster.staffing(queue.name);
    const groups = groupsFor(settings.strategy, staffing, member.lastOffer);
    queue.lastAgentExistCheck = now;
    if (groups.length > 0) queue.lastAgentExist = now;
    else member.lastOffer = noOffer;
    if (free === undefined) return;
    const reachable = reachableGroups(settings, now - member.joinedEpoch, groups);
    for (const group of groups.slice(0, reachable)) {
      for (;;) {
        const tier = free.take(group, ({ agent }) => this.#host.roster.idle.has(agent));
        if (tier === undefined) break;
        this.#offer(member, queue, tier);
        if (settings.strategy !== 'ring-all') return;
      }
    }
  }

  #offer(member: Member, queue: Queue, tier: Tier): void {
    const { strategy } = queue.settings;
    if (strategy !== 'ring-all' && strategy !== 'ring-progressively') {
      member.servingAgent = tier.agent.name;
      member.servingSystem = 'single_box';
      member.state = 'Trying';
    }
    member.lastOriginatedEpoch = this.#host.context.stamp.epoch();
    if (strategy === 'top-down') member.lastOffer = { level: tier.level, position: tier.position };
    const offering = new Offering(this.#host, member, queue, tier.agent);
    this.#offerings.add(offering);
    offering.start(tier);
  }

  /** The queue was loaded again with another strategy: members that ring everywhere come to wait, or the other way round. */
  #followStrategy(member: Member, queue: Queue): void {
    const { strategy } = queue.settings;
    const isRinging = member.servingAgent === 'ring-all' || member.servingAgent === 'ring-progressively';
    if (strategy === 'ring-all' || strategy === 'ring-progressively') {
      if (isRinging || member.servingAgent === '') member.servingAgent = strategy;
    } else if (isRinging && member.state !== 'Answered') {
      member.servingAgent = '';
      member.state = 'Waiting';
    }
  }

  /** Looked at twice a second, as the thread of each member does. True when it has left, or will after the call that rings. */
  #hasWaitedTooLong(member: Member, queue: Queue): boolean {
    const { clock, stamp } = this.#host.context;
    if (clock.now() - member.checkedAt < waitCheckMs) return false;
    const { maxWaitSeconds, maxWaitWithNoAgentSeconds, maxWaitWithNoAgentTimeReachedSeconds } =
      queue.settings;
    // One for whom an agent rings gets this last chance.
    const isOver = maxWaitSeconds > 0 && maxWaitSeconds <= stamp.epoch() - member.arrivedEpoch;
    if (isOver) {
      if (member.offerings.size === 0) this.#host.members.leave(member, 'TIMEOUT');
      return true;
    }
    member.checkedAt = clock.now();
    const { lastAgentExist, lastAgentExistCheck } = queue;
    const checkedSince = lastAgentExistCheck - member.arrivedEpoch;
    if (maxWaitWithNoAgentSeconds === 0 || lastAgentExistCheck <= lastAgentExist || checkedSince < 0)
      return false;
    if (lastAgentExistCheck - lastAgentExist < maxWaitWithNoAgentSeconds) return false;
    const grace = maxWaitWithNoAgentTimeReachedSeconds;
    if (grace > 0 && checkedSince < grace + maxWaitWithNoAgentSeconds) return false;
    this.#host.members.leave(member, 'NO_AGENT_TIMEOUT');
    return true;
  }
}
