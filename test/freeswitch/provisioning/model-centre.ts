// A mod_callcenter in memory: the commands that provisioning uses, answered as FreeSWITCH answers them.
import type { SwitchCommands } from '../../../src/freeswitch/index.js';

export interface ModelAgent {
  type: string;
  contact: string;
  status: string;
  state: string;
  max_no_answer: string;
  wrap_up_time: string;
  reject_delay_time: string;
  busy_delay_time: string;
  no_answer_delay_time: string;
}

export interface ModelQueue {
  strategy: string;
  tier_rules_apply: string;
  tier_rule_wait_second: string;
  tier_rule_wait_multiply_level: string;
  tier_rule_no_agent_no_wait: string;
}

export interface ModelTier {
  level: number;
  position: number;
}

export const plainQueue: ModelQueue = {
  strategy: 'longest-idle-agent',
  tier_rules_apply: 'false',
  tier_rule_wait_second: '0',
  tier_rule_wait_multiply_level: 'false',
  tier_rule_no_agent_no_wait: 'true',
};

/** The connection went away. */
export class ModelGoneError extends Error {}

export class ModelCentre implements SwitchCommands {
  readonly agents = new Map<string, ModelAgent>();
  /** By queue, then agent. */
  readonly tiers = new Map<string, Map<string, ModelTier>>();
  /** What is loaded. */
  readonly queues = new Map<string, ModelQueue>();
  /** What callcenter.conf says now. */
  readonly xml = new Map<string, ModelQueue>();
  /** State of each member by queue. */
  readonly members = new Map<string, readonly string[]>();
  readonly commands: string[] = [];
  reloadAnswer = '+OK [Success]\n';
  /** Thrown for the command with this number, counted from now. */
  goneAfter = Infinity;
  /** Whether the command that fails was carried out all the same. */
  isCarriedOut = false;
  /** Answers in place of the model's, by the beginning of the command. */
  readonly answers = new Map<string, string>();

  async run(command: string): Promise<string> {
    this.commands.push(command);
    await Promise.resolve();
    if (this.goneAfter-- <= 0) {
      if (this.isCarriedOut) this.answer(command);
      throw new ModelGoneError('the connection is gone');
    }
    const answer = [...this.answers].find(([start]) => command.startsWith(start));
    return answer?.[1] ?? this.answer(command);
  }

  /** Carries a command out. */
  answer(command: string): string {
    if (command === 'reloadxml') return this.reloadAnswer;
    if (command.startsWith('xml_locate')) return this.#xmlText();
    const [, section = '', action = '', ...words] = command.split(' ');
    if (section === 'agent') return this.#agent(action, words);
    if (section === 'tier') return this.#tier(action, words);
    return this.#queue(action, words);
  }

  addAgent(name: string, agent: Partial<ModelAgent> = {}): void {
    this.agents.set(name, {
      type: 'callback',
      contact: '',
      status: 'Logged Out',
      state: 'Waiting',
      max_no_answer: '0',
      wrap_up_time: '0',
      reject_delay_time: '0',
      busy_delay_time: '0',
      no_answer_delay_time: '0',
      ...agent,
    });
  }

  addTier(queue: string, agent: string, level = 1, position = 1): void {
    const tiers = this.tiers.get(queue) ?? new Map<string, ModelTier>();
    tiers.set(agent, { level, position });
    this.tiers.set(queue, tiers);
  }

  /** Everything that a person could see, to be compared. */
  state(): unknown {
    return {
      agents: Object.fromEntries([...this.agents].sort()),
      tiers: [...this.tiers]
        .flatMap(([queue, tiers]) => [...tiers].map(([agent, tier]) => ({ queue, agent, ...tier })))
        .sort((a, b) => `${a.queue}|${a.agent}`.localeCompare(`${b.queue}|${b.agent}`)),
      queues: Object.fromEntries([...this.queues].sort()),
    };
  }

  #agent(action: string, words: readonly string[]): string {
    const [first = '', second = '', third = ''] = words;
    if (action === 'list') return this.#agentList();
    if (action === 'add') {
      if (this.agents.has(first)) return '-ERR Agent already exist!\n';
      this.addAgent(first, { type: second });
      return '+OK\n';
    }
    if (action === 'del') {
      this.agents.delete(first);
      for (const tiers of this.tiers.values()) tiers.delete(first);
      return '+OK\n';
    }
    const agent = this.agents.get(second);
    if (agent === undefined) return '-ERR Agent not found!\n';
    if (!(first in agent)) return '-ERR Invalid Agent Update KEY!\n';
    agent[first as keyof ModelAgent] = third;
    return '+OK\n';
  }

  #tier(action: string, words: readonly string[]): string {
    if (action === 'list') return this.#tierList();
    if (action === 'add') {
      const [queue = '', agent = '', level = '1', position = '1'] = words;
      if (!this.#isLoaded(queue)) return '-ERR Queue not found!\n';
      if (!this.agents.has(agent)) return '-ERR Agent not found!\n';
      if (this.tiers.get(queue)?.has(agent) === true) return '-ERR Tier already exist!\n';
      this.addTier(queue, agent, Number(level), Number(position));
      return '+OK\n';
    }
    if (action === 'del') {
      const [queue = '', agent = ''] = words;
      this.tiers.get(queue)?.delete(agent);
      return '+OK\n';
    }
    const [key = '', queue = '', agent = '', value = ''] = words;
    const tier = this.tiers.get(queue)?.get(agent);
    if (tier === undefined) return '-ERR Unknown Error!\n';
    if (!this.agents.has(agent) || !this.#isLoaded(queue)) return '-ERR Agent not found!\n';
    if (key !== 'level' && key !== 'position') return '-ERR Invalid Tier Update KEY!\n';
    tier[key] = Number(value);
    return '+OK\n';
  }

  #queue(action: string, words: readonly string[]): string {
    if (action === 'unload') {
      this.queues.delete(words[0] ?? '');
      return '+OK\n';
    }
    if (words[0] === 'members') {
      const members = this.members.get(words[1] ?? '') ?? [];
      return lines(
        'queue|uuid|cid_name|state|score',
        members.map((state, at) => `q|${at}|A|B ${at}|${state}|1`),
      );
    }
    const rows = [...this.queues].map(([name, one]) =>
      [name, one.strategy, 'tone|music', one.tier_rules_apply, one.tier_rule_wait_second]
        .concat(one.tier_rule_wait_multiply_level, one.tier_rule_no_agent_no_wait, '60')
        .join('|'),
    );
    const head =
      'name|strategy|moh_sound|tier_rules_apply|tier_rule_wait_second|tier_rule_wait_multiply_level|tier_rule_no_agent_no_wait|discard_abandoned_after';
    return `${[head, ...rows, '+OK'].join('\n')}\n`;
  }

  /** A queue that is named and not loaded is loaded, when the XML has it. */
  #isLoaded(queue: string): boolean {
    const inXml = this.xml.get(queue);
    if (!this.queues.has(queue) && inXml !== undefined) this.queues.set(queue, { ...inXml });
    return this.queues.has(queue);
  }

  #agentList(): string {
    const rows = [...this.agents].map(([name, one]) =>
      [name, 'single_box', '', one.type, one.contact, one.status, one.state, one.max_no_answer]
        .concat(one.wrap_up_time, one.reject_delay_time, one.busy_delay_time, one.no_answer_delay_time, '0')
        .join('|'),
    );
    return lines(
      'name|instance_id|uuid|type|contact|status|state|max_no_answer|wrap_up_time|reject_delay_time|busy_delay_time|no_answer_delay_time|calls_answered',
      rows,
    );
  }

  #tierList(): string {
    const rows = [...this.tiers].flatMap(([queue, tiers]) =>
      [...tiers].map(([agent, one]) => `${queue}|${agent}|Ready|${one.level}|${one.position}`),
    );
    return lines('queue|agent|state|level|position', rows);
  }

  #xmlText(): string {
    const queues = [...this.xml].map(([name, one]) => {
      const params = Object.entries(one).map(
        ([key, value]) => `<param name="${key.replaceAll('_', '-')}" value="${value}"></param>`,
      );
      return `<queue name="${name}">${params.join('\n')}</queue>`;
    });
    return `<configuration name="callcenter.conf"><settings></settings><queues>${queues.join('\n')}</queues></configuration>`;
  }
}

/** A list without rows has no heading. */
function lines(head: string, rows: readonly string[]): string {
  return `${[...(rows.length === 0 ? [] : [head]), ...rows, '+OK'].join('\n')}\n`;
}
