// Queues of the stand-in call centre: loaded from the settings, like mod_callcenter from its XML.
import type { Row } from './agent.js';
import type { CallCentreSettings, QueueSettings } from './settings.js';

/** A queue that is loaded. What it counts is lost when it is loaded again. */
export class Queue {
  readonly name: string;
  readonly settings: Required<Omit<QueueSettings, 'mohSound' | 'recordTemplate'>> &
    Pick<QueueSettings, 'mohSound' | 'recordTemplate'>;
  callsAnswered = 0;
  callsAbandoned = 0;
  /** When it was last looked for an agent, and when one was last there, in seconds since the Unix epoch. */
  lastAgentExistCheck = 0;
  lastAgentExist = 0;

  constructor(settings: QueueSettings) {
    this.name = settings.name;
    this.settings = {
      strategy: 'longest-idle-agent',
      timeBaseScore: 'queue',
      tierRulesApply: false,
      tierRuleWaitSeconds: 0,
      tierRuleWaitMultiplyLevel: false,
      tierRuleNoAgentNoWait: true,
      discardAbandonedAfterSeconds: 60,
      abandonedResumeAllowed: false,
      maxWaitSeconds: 0,
      maxWaitWithNoAgentSeconds: 0,
      maxWaitWithNoAgentTimeReachedSeconds: 5,
      ringProgressivelyDelaySeconds: 0,
      skipAgentsWithExternalCalls: true,
      agentNoAnswerStatus: 'On Break',
      ...settings,
    };
  }

  /** Columns of `queue list`; numbers are numbers in the JSON form too. */
  row(): Row {
    const all = this.settings;
    return [
      ['name', this.name],
      ['strategy', all.strategy],
      ['moh_sound', all.mohSound],
      ['time_base_score', all.timeBaseScore],
      ['tier_rules_apply', String(all.tierRulesApply)],
      ['tier_rule_wait_second', all.tierRuleWaitSeconds],
      ['tier_rule_wait_multiply_level', String(all.tierRuleWaitMultiplyLevel)],
      ['tier_rule_no_agent_no_wait', String(all.tierRuleNoAgentNoWait)],
      ['discard_abandoned_after', all.discardAbandonedAfterSeconds],
      ['abandoned_resume_allowed', String(all.abandonedResumeAllowed)],
      ['max_wait_time', all.maxWaitSeconds],
      ['max_wait_time_with_no_agent', all.maxWaitWithNoAgentSeconds],
      ['max_wait_time_with_no_agent_time_reached', all.maxWaitWithNoAgentTimeReachedSeconds],
      ['record_template', all.recordTemplate],
      ['calls_answered', this.callsAnswered],
      ['calls_abandoned', this.callsAbandoned],
      ['ring_progressively_delay', all.ringProgressivelyDelaySeconds],
      ['skip_agents_with_external_calls', String(all.skipAgentsWithExternalCalls)],
      ['agent_no_answer_status', all.agentNoAnswerStatus],
    ];
  }
}

/** The queues that are loaded. One that is asked for is loaded when the settings have it. */
export class Queues {
  readonly #settings: () => CallCentreSettings;
  readonly #loaded = new Map<string, Queue>();

  constructor(settings: () => CallCentreSettings) {
    this.#settings = settings;
    this.loadAll();
  }

  get all(): readonly Queue[] {
    return [...this.#loaded.values()];
  }

  /** Loads all afresh. */
  loadAll(): void {
    this.#loaded.clear();
    for (const { name } of this.#settings().queues) this.load(name);
  }

  get(name: string): Queue | undefined {
    return this.#loaded.get(name) ?? this.load(name);
  }

  /** Loads one afresh; undefined when the settings have none of that name. */
  load(name: string): Queue | undefined {
    const settings = this.#settings().queues.find((one) => one.name === name);
    if (settings === undefined) return undefined;
    const queue = new Queue(settings);
    this.#loaded.set(name, queue);
    return queue;
  }

  unload(name: string): void {
    this.#loaded.delete(name);
  }
}
