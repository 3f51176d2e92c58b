// The API command `callcenter_config` of mod_callcenter, with its answers to the letter.
import type { ApiCommandSource } from '../event-socket/api-commands.js';
import { fireInfo } from './centre-context.js';
import { agentRow, tierRow } from './agent.js';
import type { Agent, Row } from './agent.js';
import { memberRow } from './member.js';
import type { ConfigHost } from './config-host.js';
import { leadingInteger } from './roster.js';
import type { ChangeResult, Roster } from './roster.js';
import { runJson } from './callcenter-json.js';
import { splitArguments } from './split-arguments.js';

const ok = '+OK\n';
const invalid = '-ERR Invalid!\n';
const usage = '-USAGE: \ncallcenter_config <target> <args>\n';
const unknownError = '-ERR Unknown Error!\n';
const noQueue = '-ERR Invalid Queue not found!\n';

type Texts = Partial<Readonly<Record<ChangeResult, string>>>;

const agentTexts: Texts = {
  'agent-exists': '-ERR Agent already exist!\n',
  'invalid-status': '-ERR Invalid Agent Status!\n',
  'invalid-state': '-ERR Invalid Agent State!\n',
  'invalid-type': '-ERR Invalid Agent Type!\n',
  'invalid-key': '-ERR Invalid Agent Update KEY!\n',
  'agent-not-found': '-ERR Agent not found!\n',
};

const tierTexts: Texts = {
  'agent-not-found': '-ERR Agent not found!\n',
  'queue-not-found': '-ERR Queue not found!\n',
  'tier-exists': '-ERR Tier already exist!\n',
  'invalid-state': '-ERR Invalid Tier State!\n',
  'invalid-key': '-ERR Invalid Tier Update KEY!\n',
};

function answer(result: ChangeResult, texts: Texts): string {
  return result === 'ok' ? ok : (texts[result] ?? unknownError);
}

/** Rows below their column names; nothing at all for no rows. */
export function listText(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return ok;
  const lines = rows.map((row) => row.map(([, value]) => value ?? '').join('|'));
  return [first.map(([column]) => column).join('|'), ...lines, ok].join('\n');
}

export class CallcenterConfig implements ApiCommandSource {
  readonly #host: ConfigHost;

  constructor(host: ConfigHost) {
    this.#host = host;
  }

  run(command: string, args: string): string | undefined {
    if (command === 'json') return runJson(this.#host, args);
    if (command !== 'callcenter_config') return undefined;
    if (args === '') return usage;
    const [section = '', action, ...rest] = splitArguments(args);
    if (action === undefined) return invalid;
    const verb = action.toLowerCase();
    switch (section.toLowerCase()) {
      case 'agent':
        return this.#agent(verb, rest);
      case 'tier':
        return this.#tier(verb, rest);
      case 'queue':
        return this.#queue(verb, rest);
      default:
        return '';
    }
  }

  #agent(verb: string, [first, second, third, ...more]: readonly string[]): string {
    const { roster } = this.#host;
    switch (verb) {
      case 'add':
        if (first === undefined || second === undefined) return invalid;
        return answer(roster.add(first, second), {
          ...agentTexts,
          'invalid-type': '-ERR Agent type invalid!\n',
        });
      case 'del':
        if (first === undefined) return invalid;
        roster.remove(first);
        return ok;
      case 'reload':
        if (first === undefined) return invalid;
        this.#host.importAgents(first);
        return ok;
      case 'set':
        if (first === undefined || second === undefined || third === undefined) return invalid;
        return answer(roster.set(first, second, third), agentTexts);
      case 'get':
        return first === undefined || second === undefined ? invalid : this.#agentGet(first, second);
      case 'list':
        if (second !== undefined || more.length > 0) return invalid;
        return listText(this.#agentsNamed(first).map(agentRow));
      default:
        return '';
    }
  }

  #agentsNamed(name: string | undefined): readonly Agent[] {
    const { roster } = this.#host;
    if (name === undefined) return roster.agents;
    const agent = roster.agent(name);
    return agent === undefined ? [] : [agent];
  }

  /** Also fired as an event, as if the whole centre had asked. */
  #agentGet(key: string, name: string): string {
    const agent = this.#host.roster.agent(name);
    if (agent === undefined) return answer('agent-not-found', agentTexts);
    const lower = key.toLowerCase();
    if (lower !== 'status' && lower !== 'state' && lower !== 'uuid') return answer('invalid-key', agentTexts);
    const value = agent[lower] ?? '';
    const header = lower === 'uuid' ? 'UUID' : `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`;
    fireInfo(this.#host.context, 'cc_agent_get:970', [
      ['CC-Agent', name],
      ['CC-Action', `agent-${key}-get`],
      [`CC-Agent-${header}`, value],
    ]);
    return value;
  }

  #tier(verb: string, words: readonly string[]): string {
    const { roster } = this.#host;
    const [first, second, third, fourth] = words;
    switch (verb) {
      case 'add':
        return first === undefined || second === undefined
          ? invalid
          : this.#tierAdd(first, second, words.slice(2));
      case 'set':
        if (first === undefined || second === undefined || third === undefined || fourth === undefined)
          return invalid;
        return this.#tierSet(first, roster.tier(second, third), fourth);
      case 'del':
        if (first === undefined || second === undefined) return invalid;
        roster.removeTier(first, second);
        return ok;
      case 'reload':
        if (first === undefined) return invalid;
        if (first.toLowerCase() === 'all') this.#host.importTiers();
        else this.#host.importTiers(first, second);
        return ok;
      case 'list':
        return listText(roster.tiers.map(tierRow));
      default:
        return '';
    }
  }

  #tierAdd(queue: string, agent: string, [level, position]: readonly string[]): string {
    if (this.#host.queues.get(queue) === undefined) return answer('queue-not-found', tierTexts);
    const result = this.#host.roster.addTier(
      queue,
      agent,
      level === undefined ? 1 : leadingInteger(level),
      position === undefined ? 1 : leadingInteger(position),
    );
    return answer(result, tierTexts);
  }

  #tierSet(key: string, tier: ReturnType<Roster['tier']>, value: string): string {
    if (tier === undefined) return unknownError;
    // The real module says so of the agent when it is the queue that is not there.
    if (this.#host.queues.get(tier.queue) === undefined) return answer('agent-not-found', tierTexts);
    return answer(this.#host.roster.setTier(tier, key, value), tierTexts);
  }

  #queue(verb: string, words: readonly string[]): string {
    const { queues } = this.#host;
    const [first] = words;
    switch (verb) {
      case 'load':
        return first === undefined ? invalid : this.#queueLoad(first);
      case 'unload':
        if (first === undefined) return invalid;
        queues.unload(first);
        return ok;
      case 'reload':
        if (first === undefined) return invalid;
        queues.unload(first);
        return this.#queueLoad(first);
      case 'list':
        if (first === undefined) return listText(queues.all.map((queue) => queue.row()));
        return this.#rowsOf(words, (rows) => listText(rows));
      case 'count':
        if (first === undefined) return `${queues.all.length}\n`;
        return this.#rowsOf(words, (rows) => `${rows.length}\n`);
      default:
        return '';
    }
  }

  #queueLoad(name: string): string {
    if (this.#host.queues.load(name) === undefined) return noQueue;
    this.#host.importAgents();
    this.#host.importTiers();
    return ok;
  }

  /** `agents QUEUE [STATUS [STATE]]`, `members [QUEUE]`, `tiers QUEUE` */
  #rowsOf(
    [kind = '', queue, status, state]: readonly string[],
    format: (rows: readonly Row[]) => string,
  ): string {
    const { roster, members, context } = this.#host;
    switch (kind.toLowerCase()) {
      case 'agents': {
        const agents = roster.tiersOf(queue ?? '').map((tier) => tier.agent);
        const wanted = agents.filter(
          (one) => (status ?? one.status) === one.status && (state ?? one.state) === one.state,
        );
        return format(wanted.map(agentRow));
      }
      case 'members':
        return format(members.list(queue).map((one) => memberRow(one, context.stamp.epoch())));
      case 'tiers':
        return format(roster.tiersOf(queue ?? '').map(tierRow));
      default:
        return invalid;
    }
  }
}
