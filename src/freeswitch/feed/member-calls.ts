// Events of mod_callcenter about members, turned into the events of calls that the rest of the product hears.
import type { CentreCall, CentreCallEvent } from '../../callcenter/index.js';
import type { Clock } from '../../kernel/index.js';
import type { EventHeaders } from '../event-socket/event-headers.js';
import type { AgentTable } from './agent-table.js';
import { CentreNames } from './centre-names.js';
import { wholeNumber } from './centre-table.js';
import type { CentreTime } from './centre-time.js';
import { noData } from './member-table.js';
import type { CallData, LeaveCause, Member, MemberTable } from './member-table.js';
import type { EventMoment } from './moment.js';
import type { QueueState } from './queue-state.js';

export interface MemberCallsOptions {
  readonly centre: string;
  readonly domain: string;
  readonly clock: Clock;
  readonly time: CentreTime;
  readonly members: MemberTable;
  readonly agents: AgentTable;
  /** Undefined for a queue that nobody looks at. */
  readonly queueOf: (queue: string) => QueueState | undefined;
}

/** Left before an agent had them, and it was not their choice of a key. */
const unserved: ReadonlySet<LeaveCause> = new Set(['abandoned', 'timeout', 'no-agent']);
const printable = /^[\x21-\x7e]{1,128}$/;

export class MemberCalls {
  readonly #options: MemberCallsOptions;
  readonly #names: CentreNames;
  #events: CentreCallEvent[] = [];

  constructor(options: MemberCallsOptions) {
    this.#options = options;
    this.#names = new CentreNames(options.domain);
  }

  take(): readonly CentreCallEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /** True for an event of a member of a queue that is looked at. */
  hear(action: string, headers: EventHeaders, moment: EventMoment): boolean {
    const handler = handlers[action];
    if (handler === undefined) return false;
    const queue = this.#options.queueOf(this.#names.idOf(headers.get('CC-Queue')) ?? '');
    const uuid = headers.get('CC-Member-UUID') ?? '';
    if (queue === undefined || uuid === '' || uuid.length > 128) return false;
    const member = this.#memberOf(action, headers, { queue, uuid, moment });
    if (member === undefined) return true;
    this.#steps[handler]({ member, queue, headers, moment });
    return true;
  }

  /** A member that the tables of the centre do not know any more. */
  onLost(member: Member, cause: LeaveCause): void {
    const now = this.#options.clock.now();
    const { agent, hasEnded } = member;
    if (cause === 'answered' && agent !== undefined && !hasEnded) this.#tellEnd(member, agent, now);
    this.#tellLeft(member, cause, now);
  }

  #memberOf(
    action: string,
    headers: EventHeaders,
    {
      queue,
      uuid,
      moment,
    }: { readonly queue: QueueState; readonly uuid: string; readonly moment: EventMoment },
  ): Member | undefined {
    const sessionUuid = (headers.get('CC-Member-Session-UUID') ?? '').slice(0, 128);
    const joined = wholeNumber(headers.get('CC-Member-Joined-Time'));
    const key = {
      uuid,
      sessionUuid,
      queue: queue.queue,
      joinedAt: joined === 0 ? moment.now : this.#options.time.past(joined),
    };
    return this.#options.members.of(key, action.startsWith('member-') ? callData(headers) : noData, moment);
  }

  readonly #steps: Readonly<Record<Step, (heard: Heard) => void>> = {
    join: ({ member, moment }) => {
      if (member.hasJoined || member.stage === 'left') return;
      member.hasJoined = true;
      this.#events.push({ ...this.#call(member, moment.now), kind: 'member-joined' });
    },
    offer: ({ member, queue, headers, moment }) => {
      queue.offeredAt = moment.now;
      if (member.stage === 'left') return;
      this.#events.push({
        ...this.#call(member, moment.now),
        kind: 'agent-offered',
        agent: this.#agent(headers),
      });
    },
    fail: ({ member, headers, moment }) => {
      if (member.stage !== 'left') this.#tellFail(member, headers, moment);
    },
    answer: ({ member, queue, headers, moment }) => {
      if (!this.#options.members.enter(member, 'bridged', moment)) return;
      const agent = this.#agent(headers);
      const waitedMs = Math.max(0, moment.now - member.joinedAt);
      if (member.answeredAt === undefined) queue.figures.addCall(waitedMs <= queue.serviceLevelMs);
      Object.assign(member, { agent, answeredAt: moment.now });
      this.#events.push({ ...this.#call(member, moment.now), kind: 'agent-answered', agent, waitedMs });
    },
    end: ({ member, queue, headers, moment }) => {
      if (headers.get('CC-Agent-Bridged') === 'false') {
        if (this.#options.members.enter(member, 'waiting', moment)) this.#tellFail(member, headers, moment);
        return;
      }
      if (member.hasEnded) return;
      const agent = this.#agent(headers);
      const talkedMs = this.#tellEnd(member, agent, moment.now, bridgeMs(headers));
      if (talkedMs === 0) return;
      queue.figures.addHandlingTime(talkedMs + (this.#options.agents.get(agent)?.delays.wrapUpMs ?? 0));
      queue.isDirty = true;
    },
    leave: ({ member, queue, headers, moment }) => {
      const cause = leaveCause(headers, member.stage === 'bridged');
      if (!this.#options.members.enter(member, 'left', moment)) return;
      if (unserved.has(cause)) queue.figures.addCall(false);
      this.#tellLeft(member, cause, moment.now);
    },
  };

  #agent(headers: EventHeaders): string {
    return this.#names.idOf(headers.get('CC-Agent')) ?? '';
  }

  #call(member: Member, at: number): CentreCall {
    const { queue, sessionUuid, decisionId, offerCode, brought } = member;
    const call = { centre: this.#options.centre, queue, sessionUuid, decisionId, offerCode, at };
    return brought === undefined ? call : { ...call, brought };
  }

  #tellFail(member: Member, headers: EventHeaders, moment: EventMoment): void {
    const reason = (headers.get('CC-Hangup-Cause') ?? 'unknown').slice(0, 64);
    this.#events.push({
      ...this.#call(member, moment.now),
      kind: 'agent-failed',
      agent: this.#agent(headers),
      reason,
    });
  }

  /** @returns for how long they talked, in milliseconds */
  #tellEnd(member: Member, agent: string, now: number, otherwiseMs = 0): number {
    member.hasEnded = true;
    const talkedMs = member.answeredAt === undefined ? otherwiseMs : Math.max(0, now - member.answeredAt);
    this.#events.push({ ...this.#call(member, now), kind: 'agent-ended', agent, talkedMs });
    return talkedMs;
  }

  #tellLeft(member: Member, cause: LeaveCause, now: number): void {
    const waitedMs = Math.max(0, (member.answeredAt ?? now) - member.joinedAt);
    this.#events.push({ ...this.#call(member, now), kind: 'member-left', cause, waitedMs });
  }
}

type Step = 'join' | 'offer' | 'fail' | 'answer' | 'end' | 'leave';

interface Heard {
  readonly member: Member;
  readonly queue: QueueState;
  readonly headers: EventHeaders;
  readonly moment: EventMoment;
}

const handlers: Readonly<Record<string, Step>> = {
  'member-queue-start': 'join',
  'member-queue-resume': 'join',
  'agent-offering': 'offer',
  'bridge-agent-fail': 'fail',
  'bridge-agent-start': 'answer',
  'bridge-agent-end': 'end',
  'member-queue-end': 'leave',
};

/** What the router put on the INVITE; FreeSWITCH keeps an X- header as the variable sip_h_<name>. */
function callData(headers: EventHeaders): CallData {
  const cti = headers.sipHeaders(isCti);
  const value = (name: string): string | undefined => {
    const text = cti[name];
    return text !== undefined && printable.test(text) ? text : undefined;
  };
  const decisionId = value('x-decision-id');
  if (decisionId === undefined) return { ...noData, offerCode: value('x-offer-id') };
  const callerNumber = headers.get('CC-Member-CID-Number')?.slice(0, maxNumber);
  return { decisionId, offerCode: value('x-offer-id'), brought: { callerNumber, headers: cti } };
}

const maxNumber = 64;
const ctiNames = /^(?:x-decision-id|x-customer-ref|user-to-user|x-(?:sales-|service-)?offer-[a-z]{2,16})$/;

function isCti(lowerCaseName: string): boolean {
  return ctiNames.test(lowerCaseName);
}

/** By the seconds of the centre: a difference of two of its times does not depend on how its clock is set. */
function bridgeMs(headers: EventHeaders): number {
  const start = wholeNumber(headers.get('CC-Agent-Answered-Time'));
  const end = wholeNumber(headers.get('CC-Bridge-Terminated-Time'));
  return start > 0 && end > start ? (end - start) * 1000 : 0;
}

function leaveCause(headers: EventHeaders, isBridged: boolean): LeaveCause {
  // A caller who hangs up in the moment of the bridge is told as cancelled first and as terminated after it.
  if (isBridged || headers.get('CC-Cause') === 'Terminated') return 'answered';
  const reason = headers.get('CC-Cancel-Reason') ?? '';
  switch (reason) {
    case 'BREAK_OUT':
    case 'NONE':
      return 'abandoned';
    case 'TIMEOUT':
      return 'timeout';
    case 'NO_AGENT_TIMEOUT':
      return 'no-agent';
    default:
      return 'other';
  }
}
