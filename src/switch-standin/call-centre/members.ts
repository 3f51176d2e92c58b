// The callers in the queues: joining, leaving, who is next (mod_callcenter.c, callcenter_function).
import { randomUuid } from '../../kernel/index.js';
import type { StandInChannel } from '../switch-event.js';
import { leadingInteger } from './roster.js';
import { fireInfo } from './centre-context.js';
import type { CentreContext } from './centre-context.js';
import { compareMembers, noOffer } from './member.js';
import type { CancelReason, Member, MemberOutcome } from './member.js';
import type { Queue, Queues } from './queues.js';

/** When the channel was answered, from its own event headers. */
function answeredEpoch(channel: StandInChannel, fallback: number): number {
  const header = channel.eventHeaders().find(([name]) => name === 'Caller-Channel-Answered-Time');
  const epoch = Math.floor(Number(header?.[1] ?? 0) / 1_000_000);
  return epoch > 0 ? epoch : fallback;
}

export class Members {
  readonly #context: CentreContext;
  readonly #queues: Queues;
  /** All, by their own uuid: waiting, being served, in a call, abandoned. */
  readonly #all = new Map<string, Member>();
  /** Those that wait or for whom an agent rings, next first. */
  #queueing: Member[] = [];
  readonly #counts = new Map<string, number>();
  #abandoned: Member[] = [];
  #order = 0;

  constructor(context: CentreContext, queues: Queues) {
    this.#context = context;
    this.#queues = queues;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Waiting or being served, next first. */
  get queueing(): readonly Member[] {
    return this.#queueing;
  }

  /** Every member of a queue, or of all, in the order of `queue list members`. */
  list(queue?: string): readonly Member[] {
    const members = [...this.#all.values()].filter((one) => queue === undefined || one.queue === queue);
    return members.sort(compareMembers);
  }

  /** Members of a queue that wait or for whom an agent rings. */
  count(queue: string): number {
    return this.#counts.get(queue) ?? 0;
  }

  bySession(uuid: string): Member | undefined {
    return this.#queueing.find((one) => one.sessionUuid === uuid);
  }

  join(queue: Queue, channel: StandInChannel, onLeft: (outcome: MemberOutcome) => void): Member {
    const abandoned = queue.settings.abandonedResumeAllowed ? this.#findAbandoned(queue, channel) : undefined;
    const member = abandoned ?? this.#create(queue, channel);
    const now = this.#context.stamp.epoch();
    channel.variables.set('cc_side', 'member');
    channel.variables.set('cc_member_uuid', member.uuid);
    for (const stale of ['cc_agent_found', 'cc_agent_bridged']) channel.variables.delete(stale);
    channel.variables.set('cc_queue_joined_epoch', String(now));
    channel.variables.set('cc_queue', queue.name);
    Object.assign(member, {
      channel,
      onLeft,
      sessionUuid: channel.uuid,
      state: 'Waiting',
      arrivedEpoch: now,
      rejoinedEpoch: abandoned === undefined ? 0 : now,
      checkedAt: this.#context.clock.now(),
    });
    this.#fireStart(member, abandoned === undefined ? 'member-queue-start' : 'member-queue-resume');
    this.#enqueue(member);
    this.fireCount(queue.name);
    channel.setHoldMusic(true);
    channel.onHangup(() => {
      if (member.channel === channel) this.leave(member, 'BREAK_OUT');
    });
    return member;
  }

  /** A member that waits leaves without having been served. Nothing happens for one that does not wait. */
  leave(member: Member, reason: CancelReason): void {
    if (this.#all.get(member.uuid) !== member) return;
    if (member.state !== 'Waiting' && member.state !== 'Trying') return;
    const { stamp } = this.#context;
    const { channel } = member;
    const sessionUuid = member.sessionUuid;
    this.#dequeue(member);
    Object.assign(member, { state: 'Abandoned', sessionUuid: '', abandonedEpoch: stamp.epoch() });
    this.#abandoned.push(member);
    for (const offering of [...member.offerings]) offering.cancel('ORIGINATOR_CANCEL');
    this.#fireCancelled(member, sessionUuid, reason);
    channel.variables.set('cc_queue_canceled_epoch', String(stamp.epoch()));
    channel.variables.set('cc_cause', 'cancel');
    channel.variables.set('cc_cancel_reason', reason);
    const queue = this.#queues.get(member.queue);
    if (queue !== undefined) queue.callsAbandoned += 1;
    this.fireCount(member.queue);
    channel.setHoldMusic(false);
    member.onLeft({ cause: 'cancel', reason });
  }

  /** An agent has answered: the member does not queue any more. */
  answered(member: Member): void {
    this.#dequeue(member);
    member.state = 'Answered';
    member.bridgeEpoch = this.#context.stamp.epoch();
  }

  /** Forgets a member without a word. */
  remove(member: Member): void {
    this.#dequeue(member);
    this.#all.delete(member.uuid);
  }

  clear(): void {
    this.#all.clear();
    this.#queueing = [];
    this.#abandoned = [];
    this.#counts.clear();
  }

  /** Forgets those that were abandoned long enough ago. */
  discardAbandoned(): void {
    if (this.#abandoned.length === 0) return;
    const now = this.#context.stamp.epoch();
    this.#abandoned = this.#abandoned.filter((member) => {
      if (member.state !== 'Abandoned') return false;
      const keep = this.#queues.get(member.queue)?.settings.discardAbandonedAfterSeconds ?? 0;
      if (member.abandonedEpoch + keep >= now) return true;
      this.#all.delete(member.uuid);
      return false;
    });
  }

  fireCount(queue: string): void {
    fireInfo(this.#context, 'cc_queue_count:878', [
      ['CC-Queue', queue],
      ['CC-Action', 'members-count'],
      ['CC-Count', String(this.count(queue))],
      ['CC-Selection', 'Single-Queue'],
    ]);
  }

  #findAbandoned(queue: Queue, channel: StandInChannel): Member | undefined {
    const found = this.#abandoned.filter(
      (one) =>
        one.state === 'Abandoned' && one.queue === queue.name && one.cidNumber === channel.callerNumber,
    );
    return found.at(-1);
  }

  #create(queue: Queue, channel: StandInChannel): Member {
    const now = this.#context.stamp.epoch();
    const systemEpoch = answeredEpoch(channel, now);
    const ownScore = leadingInteger(channel.variables.get('cc_base_score') ?? '0');
    const strategy = queue.settings.strategy;
    const member: Member = {
      uuid: randomUuid(),
      queue: queue.name,
      joinedEpoch: now,
      baseScore: ownScore + (queue.settings.timeBaseScore === 'system' ? now - systemEpoch : 0),
      systemEpoch,
      cidNumber: channel.callerNumber,
      cidName: channel.callerName,
      order: this.#order++,
      offerings: new Set(),
      channel,
      onLeft: () => undefined,
      sessionUuid: channel.uuid,
      arrivedEpoch: now,
      rejoinedEpoch: 0,
      bridgeEpoch: 0,
      abandonedEpoch: 0,
      servingAgent: strategy === 'ring-all' || strategy === 'ring-progressively' ? strategy : '',
      servingSystem: '',
      state: 'Waiting',
      lastOffer: noOffer,
      lastOriginatedEpoch: 0,
      checkedAt: 0,
    };
    this.#all.set(member.uuid, member);
    return member;
  }

  #enqueue(member: Member): void {
    let low = 0;
    let high = this.#queueing.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#queueing[middle];
      if (other !== undefined && compareMembers(other, member) <= 0) low = middle + 1;
      else high = middle;
    }
    this.#queueing.splice(low, 0, member);
    this.#counts.set(member.queue, this.count(member.queue) + 1);
  }

  #dequeue(member: Member): void {
    const at = this.#queueing.indexOf(member);
    if (at < 0) return;
    this.#queueing.splice(at, 1);
    this.#counts.set(member.queue, this.count(member.queue) - 1);
  }

  #fireStart(member: Member, action: string): void {
    const headers = [
      ['CC-Queue', member.queue],
      ['CC-Action', action],
      ['CC-Member-UUID', member.uuid],
      ['CC-Member-Session-UUID', member.sessionUuid],
      ['CC-Member-CID-Name', member.channel.callerName],
      ['CC-Member-CID-Number', member.channel.callerNumber],
    ] as const;
    fireInfo(this.#context, 'callcenter_function:3113', headers, member.channel);
  }

  #fireCancelled(member: Member, sessionUuid: string, reason: CancelReason): void {
    const headers = [
      ['CC-Queue', member.queue],
      ['CC-Action', 'member-queue-end'],
      ['CC-Member-Leaving-Time', String(member.abandonedEpoch)],
      ['CC-Member-Joined-Time', String(member.arrivedEpoch)],
      ['CC-Cause', 'Cancel'],
      ['CC-Cancel-Reason', reason],
      ['CC-Member-UUID', member.uuid],
      ['CC-Member-Session-UUID', sessionUuid],
      ['CC-Member-CID-Name', member.channel.callerName],
      ['CC-Member-CID-Number', member.channel.callerNumber],
    ] as const;
    fireInfo(this.#context, 'callcenter_function:3274', headers, member.channel);
  }
}
