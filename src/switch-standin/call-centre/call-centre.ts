// A stand-in of mod_callcenter (FreeSWITCH 1.11): queues, agents, tiers, members, and the events that tell of them.
import type { Clock, Logger } from '../../kernel/index.js';
import type { ApiCommandSource } from '../event-socket/api-commands.js';
import type { EventStamp } from '../event-socket/event-format.js';
import type { AgentDialler, EventSink, StandInChannel } from '../switch-event.js';
import { CallcenterConfig } from './callcenter-config.js';
import type { ConfigHost } from './config-host.js';
import type { CentreContext } from './centre-context.js';
import { Dispatcher } from './dispatcher.js';
import type { MemberOutcome } from './member.js';
import { Members } from './members.js';
import { Queues } from './queues.js';
import { Random } from './random.js';
import { Roster } from './roster.js';
import type { AgentSettings, CallCentreSettings } from './settings.js';

export interface CallCentreOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly stamp: EventStamp;
  readonly sink: EventSink;
  readonly dialler: AgentDialler;
  /** Read at the start and whenever a queue, agent or tier is loaded again, as the real one reads its XML. */
  readonly settings: () => CallCentreSettings;
  /** Of the strategy `random`. Default 1. */
  readonly seed?: number;
}

export class CallCentre implements ApiCommandSource {
  readonly #context: CentreContext;
  readonly #settings: () => CallCentreSettings;
  readonly #queues: Queues;
  readonly #roster: Roster;
  readonly #members: Members;
  readonly #dispatcher: Dispatcher;
  readonly #config: CallcenterConfig;

  constructor(options: CallCentreOptions) {
    const { dialler, settings, seed = 1, ...rest } = options;
    this.#context = { ...rest, random: new Random(seed) };
    this.#settings = settings;
    this.#queues = new Queues(settings);
    this.#roster = new Roster(this.#context, (agent) => this.#dispatcher.cancelFor(agent));
    this.#members = new Members(this.#context, this.#queues);
    const parts = { context: this.#context, roster: this.#roster, members: this.#members };
    this.#dispatcher = new Dispatcher({ ...parts, dialler }, this.#queues);
    const host: ConfigHost = {
      ...parts,
      queues: this.#queues,
      importAgents: (name) => this.#importAgents(name),
      importTiers: (queue, agent) => this.#importTiers(queue, agent),
    };
    this.#config = new CallcenterConfig(host);
    this.#importAgents();
    this.#importTiers();
  }

  /** `callcenter_config`, and `json` for its JSON form. */
  run(command: string, args: string): string | undefined {
    return this.#config.run(command, args);
  }

  /** Members that are kept: waiting, being served, in a call, abandoned a while ago. */
  get members(): number {
    return this.#members.size;
  }

  /** Members that wait, or for whom an agent rings. */
  waiting(queue: string): number {
    return this.#members.count(queue);
  }

  /**
   * The application `callcenter`: a channel that is answered comes to wait.
   * @param onLeft called once when the application ends: after the talk, or without one. Not called by `restart`.
   * @returns false when there is no such queue
   */
  join(queueName: string, channel: StandInChannel, onLeft: (outcome: MemberOutcome) => void): boolean {
    const queue = this.#queues.get(queueName);
    if (queue === undefined) {
      this.#context.log.debug({ queue: queueName }, 'no such queue at the stand-in centre');
      return false;
    }
    this.#members.join(queue, channel, onLeft);
    this.#dispatcher.wake();
    return true;
  }

  /** Takes a channel out of its queue before it is served, as a transfer does. */
  breakOut(channelUuid: string): void {
    const member = this.#members.bySession(channelUuid);
    if (member !== undefined) this.#members.leave(member, 'BREAK_OUT');
  }

  /** A digit of a channel; one of its variable `cc_exit_keys` takes it out of the queue. True when it did. */
  digit(channelUuid: string, digit: string): boolean {
    const member = this.#members.bySession(channelUuid);
    if (member?.channel.variables.get('cc_exit_keys')?.includes(digit) !== true) return false;
    member.channel.variables.set('cc_exit_key', digit);
    this.#members.leave(member, 'EXIT_WITH_KEY');
    return true;
  }

  /** Status of an agent, as its desktop would set it. Nothing happens for one that is not there. */
  setAgentStatus(
    name: string,
    status: 'Available' | 'Available (On Demand)' | 'On Break' | 'Logged Out',
  ): void {
    this.#roster.setStatus(name, status);
  }

  /** Names of the agents. */
  get agents(): readonly string[] {
    return this.#roster.agents.map((agent) => agent.name);
  }

  /**
   * The process begins anew, as after a crash: another Core-UUID, members gone without an event, queues and agents from the
   * settings again. Channels are the affair of whoever made them.
   */
  restart(): void {
    this.#dispatcher.dispose();
    this.#members.clear();
    this.#context.stamp.restart();
    this.#queues.loadAll();
    this.#roster.reset();
    this.#importAgents();
    this.#importTiers();
  }

  /** No more passes, no more calls to agents. */
  stop(): void {
    this.#dispatcher.dispose();
    this.#members.clear();
  }

  #importAgents(name?: string): void {
    for (const agent of this.#settings().agents) {
      if (name === undefined || agent.name === name) this.#importAgent(agent);
    }
  }

  #importAgent(agent: AgentSettings): void {
    const roster = this.#roster;
    const type = agent.type ?? 'callback';
    const isKnown = roster.add(agent.name, type) === 'agent-exists';
    const values: readonly (readonly [key: string, value: string | number | undefined])[] = [
      ['contact', agent.contact],
      ['status', agent.status],
      ['wrap_up_time', agent.wrapUpSeconds],
      ['max_no_answer', agent.maxNoAnswer],
      ['reject_delay_time', agent.rejectDelaySeconds],
      ['busy_delay_time', agent.busyDelaySeconds],
      ['no_answer_delay_time', agent.noAnswerDelaySeconds],
      ['type', isKnown ? type : undefined],
    ];
    for (const [key, value] of values) if (value !== undefined) roster.set(key, agent.name, String(value));
  }

  #importTiers(queue?: string, agent?: string): void {
    for (const tier of this.#settings().tiers) {
      if ((queue ?? tier.queue) !== tier.queue || (agent ?? tier.agent) !== tier.agent) continue;
      if (this.#queues.get(tier.queue) === undefined) continue;
      const { level = 1, position = 1 } = tier;
      const existing = this.#roster.tier(tier.queue, tier.agent);
      if (existing === undefined) {
        this.#roster.addTier(tier.queue, tier.agent, level, position);
      } else {
        this.#roster.setTier(existing, 'level', String(level));
        this.#roster.setTier(existing, 'position', String(position));
      }
    }
  }
}
