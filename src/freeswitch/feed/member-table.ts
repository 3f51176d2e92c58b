// The callers in the queues of a centre, by member uuid. Events of one member may come twice, late or in another order: what is told
// on is what its stage allows, and a member that has left stays known for a while, so that a late event does not bring it back.
import type { CallBrought, CentreCallEvent } from '../../callcenter/index.js';
import { isAfter } from './moment.js';
import type { EventMoment, Moment } from './moment.js';

/** How long a member that left is remembered, and how many at most. */
const LEFT_MAX_AGE_MS = 600_000;
const LEFT_MAX_COUNT = 5000;
/**
 * mod_callcenter says member-queue-start before it writes the member into its table: a table that was asked for within this time may
 * not have it yet.
 */
const JOIN_GRACE_MS = 1000;

export type LeaveCause = (CentreCallEvent & { readonly kind: 'member-left' })['cause'];

export interface CallData {
  readonly decisionId: string | undefined;
  readonly offerCode: string | undefined;
  /** All but when it joined. */
  readonly brought: Omit<CallBrought, 'joinedAt'> | undefined;
}

export interface Member {
  readonly uuid: string;
  readonly queue: string;
  readonly sessionUuid: string;
  /** Clock.now() */
  readonly joinedAt: number;
  stage: 'waiting' | 'bridged' | 'left';
  decisionId: string | undefined;
  offerCode: string | undefined;
  brought: CallBrought | undefined;
  /** Its joining, the end of its call with an agent: told. */
  hasJoined: boolean;
  hasEnded: boolean;
  /** Agent of the call, and Clock.now() when it began. */
  agent: string | undefined;
  answeredAt: number | undefined;
  sequence: number;
  heard: number;
  heardAt: number;
}

/** Of an event that tells nothing of the call itself. */
export const noData: CallData = { decisionId: undefined, offerCode: undefined, brought: undefined };

function broughtOf({ brought }: CallData, joinedAt: number): CallBrought | undefined {
  if (brought === undefined) return undefined;
  return { callerNumber: brought.callerNumber, joinedAt, headers: brought.headers };
}

/** A row of `queue list members`, of a member that waits or talks. */
export interface MemberRow {
  readonly uuid: string;
  readonly sessionUuid: string;
  readonly stage: 'waiting' | 'bridged';
  /** Clock.now() */
  readonly joinedAt: number;
}

/** Where an event says it belongs. */
export interface MemberKey {
  readonly uuid: string;
  readonly sessionUuid: string;
  readonly queue: string;
  /** Clock.now() when it joined, for one that is not known yet. */
  readonly joinedAt: number;
}

interface Told {
  onStage(member: Member, isWaiting: boolean): void;
  /** Left, as far as the tables tell; no event has said so. */
  onLost(member: Member, cause: LeaveCause): void;
}

export class MemberTable {
  readonly #members = new Map<string, Member>();
  readonly #left = new Map<string, Member>();
  readonly #maxMembers: number;
  readonly #told: Told;
  /** Members that were not taken in. */
  overflow = 0;

  constructor(maxMembers: number, told: Told) {
    this.#maxMembers = maxMembers;
    this.#told = told;
  }

  get size(): number {
    return this.#members.size;
  }

  get leftSize(): number {
    return this.#left.size;
  }

  /** The member of an event, also one that left; taken in when it is not known; undefined when the table is full. */
  of(key: MemberKey, data: CallData, moment: EventMoment): Member | undefined {
    const known = this.#members.get(key.uuid) ?? this.#left.get(key.uuid);
    const isSame = known?.sessionUuid === key.sessionUuid && known.queue === key.queue;
    // One who abandoned may come back under the same uuid (abandoned-resume-allowed).
    const isBack = known !== undefined && !isSame && isAfter(moment.sequence, known.sequence);
    if (known !== undefined && !isBack) return this.#touch(known, data, moment);
    if (isBack) this.#remove(known, 'other');
    return this.#add(key, data, moment);
  }

  /** Moves it to `stage`; false when a later event has said otherwise. */
  enter(member: Member, stage: Member['stage'], moment: EventMoment): boolean {
    if (member.stage === 'left' || !isAfter(moment.sequence, member.sequence)) return false;
    member.sequence = moment.sequence ?? member.sequence;
    if (stage === 'left') this.#bury(member, moment.now);
    this.#setStage(member, stage);
    return true;
  }

  /** What `queue list members` of one queue says, asked for at `asked`. */
  applyRows(queue: string, rows: readonly MemberRow[], asked: Moment, now: number): void {
    const listed = new Set<string>();
    for (const row of rows) {
      listed.add(row.uuid);
      this.#applyRow(queue, row, asked, now);
    }
    for (const member of this.#members.values()) {
      if (member.queue !== queue || listed.has(member.uuid)) continue;
      if (member.heard <= asked.heard && member.heardAt <= asked.now - JOIN_GRACE_MS) this.#lose(member, now);
    }
    this.#forget(now);
  }

  /** All are gone: FreeSWITCH has restarted, or nobody looks at the queue any more. */
  loseAll(now: number, isLost: (member: Member) => boolean): void {
    for (const member of this.#members.values()) if (isLost(member)) this.#lose(member, now);
  }

  #touch(member: Member, data: CallData, moment: EventMoment): Member {
    member.decisionId ??= data.decisionId;
    member.offerCode ??= data.offerCode;
    if (member.brought === undefined) member.brought = broughtOf(data, member.joinedAt);
    member.heard = moment.heard;
    member.heardAt = moment.now;
    return member;
  }

  #setStage(member: Member, stage: Member['stage']): void {
    member.stage = stage;
    this.#told.onStage(member, stage === 'waiting');
  }

  #add(key: MemberKey, data: CallData, moment: Moment): Member | undefined {
    if (this.#members.size >= this.#maxMembers) {
      this.overflow++;
      return undefined;
    }
    // Field by field: spreading two objects shows in the profile of a flood.
    const member: Member = {
      uuid: key.uuid,
      queue: key.queue,
      sessionUuid: key.sessionUuid,
      joinedAt: key.joinedAt,
      decisionId: data.decisionId,
      offerCode: data.offerCode,
      brought: broughtOf(data, key.joinedAt),
      stage: 'waiting',
      hasJoined: false,
      hasEnded: false,
      agent: undefined,
      answeredAt: undefined,
      sequence: -1,
      heard: moment.heard,
      heardAt: moment.now,
    };
    this.#members.set(key.uuid, member);
    this.#told.onStage(member, true);
    return member;
  }

  #applyRow(queue: string, row: MemberRow, asked: Moment, now: number): void {
    const known = this.#members.get(row.uuid) ?? this.#left.get(row.uuid);
    if (known !== undefined && known.heard > asked.heard) return;
    const isSame = known?.sessionUuid === row.sessionUuid && known.queue === queue;
    if (known !== undefined && isSame && known.stage !== 'left') {
      if (known.stage !== row.stage) this.#setStage(known, row.stage);
      return;
    }
    // The table may have been read before the event was heard that it left.
    if (isSame && known.heardAt > asked.now - JOIN_GRACE_MS) return;
    if (known !== undefined) this.#remove(known, 'other');
    const key = { uuid: row.uuid, sessionUuid: row.sessionUuid, joinedAt: row.joinedAt, queue };
    const { decisionId, offerCode, brought } = known ?? noData;
    const data = { decisionId, offerCode, brought };
    const member = this.#add(key, data, { heard: 0, now });
    if (member !== undefined) this.#setStage(member, row.stage);
  }

  #lose(member: Member, now: number): void {
    this.#told.onLost(member, member.stage === 'bridged' ? 'answered' : 'other');
    this.#bury(member, now);
    this.#setStage(member, 'left');
  }

  /** Out of both tables; whoever comes next under its uuid is another one. */
  #remove(member: Member, cause: LeaveCause): void {
    if (member.stage !== 'left') this.#told.onLost(member, cause);
    this.#members.delete(member.uuid);
    this.#left.delete(member.uuid);
    this.#setStage(member, 'left');
  }

  #bury(member: Member, now: number): void {
    this.#members.delete(member.uuid);
    member.heardAt = now;
    this.#left.set(member.uuid, member);
    this.#forget(now);
  }

  /** A map keeps the order of insertion, so the oldest come first. */
  #forget(now: number): void {
    for (const [uuid, member] of this.#left) {
      if (this.#left.size <= LEFT_MAX_COUNT && member.heardAt > now - LEFT_MAX_AGE_MS) return;
      this.#left.delete(uuid);
    }
  }
}
