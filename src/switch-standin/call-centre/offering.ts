// One call of a member to an agent, from ringing to the end of the talk (mod_callcenter.c, outbound_agent_thread_run).
import { TimerSet } from '../../kernel/index.js';
import type { AgentDialler, EventHeader, StandInChannel } from '../switch-event.js';
import { wordIn, agentStatuses } from './agent.js';
import type { Agent, Tier, TierState } from './agent.js';
import { fireInfo } from './centre-context.js';
import type { CentreContext } from './centre-context.js';
import type { Member, MemberOffering } from './member.js';
import type { Members } from './members.js';
import type { Queue } from './queues.js';
import type { Roster } from './roster.js';
import { failureOf } from './offer-failure.js';

export interface OfferingHost {
  readonly context: CentreContext;
  readonly roster: Roster;
  readonly members: Members;
  readonly dialler: AgentDialler;
  readonly onOver: (offering: Offering) => void;
}

/** The threads of mod_callcenter notice the end of a channel at their next turn. */
const noticeMs = 20;
/** `agent-originate-timeout` of mod_callcenter. */
const originateSeconds = 60;

function ringSeconds(contact: string): number {
  const leg = /leg_timeout=(\d+)/.exec(contact)?.[1];
  return leg === undefined ? originateSeconds : Math.min(Number(leg), originateSeconds);
}

/** Values that the real module reads when the offer begins and goes by until it ends. */
type AgentSnapshot = Readonly<
  Pick<
    Agent,
    | 'name'
    | 'type'
    | 'status'
    | 'maxNoAnswer'
    | 'noAnswerCount'
    | 'rejectDelayTime'
    | 'busyDelayTime'
    | 'noAnswerDelayTime'
  >
>;

export class Offering implements MemberOffering {
  readonly #host: OfferingHost;
  readonly #member: Member;
  readonly #queue: Queue;
  readonly #agent: AgentSnapshot;
  readonly #contact: string;
  readonly #timers: TimerSet;
  #phase: 'ringing' | 'ending' | 'talking' | 'over' = 'ringing';
  #dial: { cancel(): void } | undefined;
  #calledEpoch = 0;
  #answeredEpoch = 0;

  constructor(host: OfferingHost, member: Member, queue: Queue, agent: Agent) {
    this.#host = host;
    this.#member = member;
    this.#queue = queue;
    this.#agent = { ...agent };
    this.#contact = agent.contact ?? '';
    this.#timers = new TimerSet(host.context.clock);
  }

  get agentName(): string {
    return this.#agent.name;
  }

  start(tier: Tier): void {
    const { roster, dialler } = this.#host;
    const member = this.#member;
    member.offerings.add(this);
    roster.setState(this.agentName, 'Receiving');
    for (const other of tier.agent.tiers) if (other.state === 'Ready') other.state = 'Standby';
    tier.state = 'Offering';
    this.#fire('1717', [
      ['CC-Queue', this.#queue.name],
      ['CC-Action', 'agent-offering'],
      ['CC-Agent', this.agentName],
      ['CC-Agent-Type', this.#agent.type],
      ['CC-Agent-System', 'single_box'],
      ...this.#memberHeaders(),
    ]);
    this.#calledEpoch = this.#epoch();
    if (this.#agent.type.toLowerCase() !== 'callback') {
      roster.setStatus(this.agentName, 'Logged Out');
      this.#fail('NONE');
      return;
    }
    this.#timers.start('originate', ringSeconds(this.#contact) * 1000, () => this.cancel('NO_ANSWER'));
    this.#dial = dialler.dial(this.#contact, member.channel, this.#exported(), {
      onAnswer: (channel) => this.#onAnswer(channel),
      onFailed: (cause) => {
        if (this.#phase === 'ringing') this.#fail(cause);
      },
    });
  }

  cancel(cause: string): void {
    if (this.#phase !== 'ringing') return;
    this.#phase = 'ending';
    this.#timers.cancelAll();
    this.#dial?.cancel();
    this.#timers.start('notice', noticeMs, () => this.#fail(cause));
  }

  /** The centre has gone: no event, nothing is written down. */
  dispose(): void {
    if (this.#phase === 'ringing') this.#dial?.cancel();
    this.#phase = 'over';
    this.#timers.cancelAll();
  }

  /** SIP headers for the agent's phone: the variables that `cc_export_vars` names and that are headers (`sip_h_...`). */
  #exported(): readonly EventHeader[] {
    return this.#exportedVariables().flatMap(([name, value]): EventHeader[] =>
      name.startsWith('sip_h_') ? [[name.slice('sip_h_'.length), value]] : [],
    );
  }

  #exportedVariables(): readonly EventHeader[] {
    const { variables } = this.#member.channel;
    return (variables.get('cc_export_vars') ?? '').split(',').flatMap((name): EventHeader[] => {
      const value = variables.get(name.trim());
      return value === undefined ? [] : [[name.trim(), value]];
    });
  }

  #onAnswer(channel: StandInChannel): void {
    if (this.#phase !== 'ringing') {
      channel.hangup('ORIGINATOR_CANCEL');
      return;
    }
    this.#phase = 'talking';
    this.#timers.cancelAll();
    for (const other of [...this.#member.offerings]) if (other !== this) other.cancel('LOSE_RACE');
    this.#answeredEpoch = this.#epoch();
    this.#member.servingAgent = this.agentName;
    this.#member.servingSystem = 'single_box';
    this.#nameAgentLeg(channel);
    this.#fire(
      '1934',
      [
        ['CC-Queue', this.#queue.name],
        ['CC-Action', 'bridge-agent-start'],
        ['CC-Agent', this.agentName],
        ['CC-Agent-System', 'single_box'],
        ['CC-Agent-UUID', channel.uuid],
        ...this.#callTimes(),
        ['CC-Member-Joined-Time', String(this.#member.joinedEpoch)],
        ...this.#memberHeaders(),
      ],
      channel,
    );
    channel.onHangup(() => {
      if (this.#phase === 'talking') this.#timers.start('notice', noticeMs, () => this.#finish(channel));
    });
    this.#bridge(channel);
  }

  #nameAgentLeg({ variables }: StandInChannel): void {
    const member = this.#member;
    variables.set('cc_queue', this.#queue.name);
    variables.set('cc_queue_joined_epoch', String(member.joinedEpoch));
    variables.set('cc_member_uuid', member.uuid);
    variables.set('cc_member_session_uuid', member.sessionUuid);
    variables.set('cc_agent', this.agentName);
    variables.set('cc_agent_type', this.#agent.type);
    variables.set('cc_side', 'agent');
    for (const [name, value] of this.#exportedVariables()) variables.set(name, value);
  }

  #bridge(channel: StandInChannel): void {
    const { roster, members } = this.#host;
    const member = this.#member;
    const { variables } = member.channel;
    variables.set('cc_agent_uuid', channel.uuid);
    variables.set('cc_cause', 'answered');
    this.#queue.callsAnswered += 1;
    members.fireCount(this.#queue.name);
    member.channel.setHoldMusic(false);
    member.channel.bridgeTo(channel);
    variables.set('cc_agent_bridged', 'true');
    channel.variables.set('cc_agent_bridged', 'true');
    members.answered(member);
    variables.set('cc_agent', this.agentName);
    variables.set('cc_queue_answered_epoch', String(this.#epoch()));
    const agent = roster.agent(this.agentName);
    if (agent !== undefined) {
      agent.uuid = channel.uuid;
      agent.lastBridgeStart = this.#epoch();
      agent.callsAnswered += 1;
      agent.noAnswerCount = 0;
    }
    const tier = roster.tier(this.#queue.name, this.agentName);
    if (tier !== undefined) tier.state = 'Active Inbound';
    roster.setState(this.agentName, 'In a queue call');
  }

  #finish(channel: StandInChannel): void {
    const member = this.#member;
    const now = String(this.#epoch());
    const agentHeaders: readonly EventHeader[] = [
      ['CC-Agent', this.agentName],
      ['CC-Agent-System', 'single_box'],
      ['CC-Agent-UUID', channel.uuid],
    ];
    this.#fire(
      '2062',
      [
        ['CC-Queue', this.#queue.name],
        ['CC-Action', 'bridge-agent-end'],
        ['CC-Hangup-Cause', 'SUCCESS'],
        ...agentHeaders,
        ['CC-Agent-Bridged', 'true'],
        ...this.#callTimes(),
        ['CC-Member-Joined-Time', String(member.joinedEpoch)],
        ['CC-Bridge-Terminated-Time', now],
        ...this.#memberHeaders(),
      ],
      channel,
    );
    member.channel.variables.set('cc_queue_terminated_epoch', now);
    this.#noteBridgeEnd();
    this.#host.members.remove(member);
    this.#fire(
      '2098',
      [
        ['CC-Queue', this.#queue.name],
        ['CC-Action', 'member-queue-end'],
        ['CC-Hangup-Cause', 'SUCCESS'],
        ['CC-Cause', 'Terminated'],
        ...agentHeaders,
        ...this.#callTimes(),
        ['CC-Member-Leaving-Time', now],
        ['CC-Member-Joined-Time', String(member.joinedEpoch)],
        ...this.#memberHeaders(),
      ],
      member.channel,
    );
    this.#release('Ready', true);
    member.onLeft({ cause: 'answered' });
  }

  #noteBridgeEnd(): void {
    const agent = this.#host.roster.agent(this.agentName);
    if (agent === undefined) return;
    agent.uuid = '';
    agent.lastBridgeEnd = this.#epoch();
    agent.talkTime += agent.lastBridgeEnd - agent.lastBridgeStart;
  }

  #fail(cause: string): void {
    this.#timers.cancelAll();
    const member = this.#member;
    if (member.servingAgent === this.agentName && member.state !== 'Answered') {
      if (member.state === 'Trying') member.state = 'Waiting';
      member.servingAgent = '';
      member.servingSystem = '';
    }
    const { delaySeconds, isNoAnswer } = failureOf(cause, this.#agent);
    if (isNoAnswer) this.#countNoAnswer();
    const agent = this.#host.roster.agent(this.agentName);
    if (delaySeconds > 0 && agent !== undefined) agent.readyTime = this.#epoch() + delaySeconds;
    this.#fire('2200', [
      ['CC-Queue', this.#queue.name],
      ['CC-Action', 'bridge-agent-fail'],
      ['CC-Hangup-Cause', cause],
      ['CC-Agent', this.agentName],
      ['CC-Agent-System', 'single_box'],
      ['CC-Agent-Called-Time', String(this.#calledEpoch)],
      ['CC-Agent-Aborted-Time', String(this.#epoch())],
      ...this.#memberHeaders(),
      ['CC-Member-Joined-Time', String(member.joinedEpoch)],
    ]);
    this.#release(isNoAnswer ? 'No Answer' : 'Ready', false);
  }

  #countNoAnswer(): void {
    const { roster } = this.#host;
    const { maxNoAnswer, noAnswerCount } = this.#agent;
    const agent = roster.agent(this.agentName);
    if (agent !== undefined) agent.noAnswerCount += 1;
    if (maxNoAnswer === 0 || noAnswerCount + 1 < maxNoAnswer) return;
    const status = wordIn(agentStatuses, this.#queue.settings.agentNoAnswerStatus) ?? 'On Break';
    this.#fire('2176', [
      ['CC-Agent', this.agentName],
      ['CC-Action', 'agent-max-no-answer'],
      ['CC-Agent-No-Answer-Count', String(maxNoAnswer)],
      ['CC-Agent-No-Answer-Status', status],
      ['CC-Member-UUID', this.#member.uuid],
      ['CC-Member-Session-UUID', this.#member.channel.uuid],
    ]);
    roster.setStatus(this.agentName, status);
  }

  /** The agent may get the next call; one who is available on demand only when asked for. */
  #release(state: TierState, wasBridged: boolean): void {
    const { roster, onOver } = this.#host;
    this.#phase = 'over';
    this.#member.offerings.delete(this);
    for (const tier of roster.agent(this.agentName)?.tiers ?? []) {
      const isOwn = tier.queue === this.#queue.name;
      if (isOwn && ['Active Inbound', 'Standby', 'Offering'].includes(tier.state)) tier.state = state;
      else if (!isOwn && tier.state === 'Standby') tier.state = 'Ready';
    }
    const isOnDemand = this.#agent.status === 'Available (On Demand)' && wasBridged;
    roster.setState(this.agentName, isOnDemand ? 'Idle' : 'Waiting');
    onOver(this);
  }

  #callTimes(): readonly EventHeader[] {
    return [
      ['CC-Agent-Called-Time', String(this.#calledEpoch)],
      ['CC-Agent-Answered-Time', String(this.#answeredEpoch)],
    ];
  }

  #memberHeaders(): readonly EventHeader[] {
    return [
      ['CC-Member-UUID', this.#member.uuid],
      ['CC-Member-Session-UUID', this.#member.channel.uuid],
      ['CC-Member-CID-Name', this.#member.cidName],
      ['CC-Member-CID-Number', this.#member.cidNumber],
    ];
  }

  #fire(line: string, headers: readonly EventHeader[], channel?: StandInChannel): void {
    fireInfo(this.#host.context, `outbound_agent_thread_run:${line}`, headers, channel);
  }

  #epoch(): number {
    return this.#host.context.stamp.epoch();
  }
}
