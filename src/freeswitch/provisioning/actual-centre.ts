// What mod_callcenter of one centre has now.
import { agentKeys, queueKeys, tierKey } from './desired-centre.js';
import type { AgentAttributes, QueueParameters, TierPlace } from './desired-centre.js';
import { cell, list } from './lists.js';
import type { Row } from './lists.js';
import type { SwitchCommands } from './switch-commands.js';

export interface ActualAgent {
  readonly name: string;
  /** Chosen: Available, On Break, Logged Out and so on. */
  readonly status: string;
  /** Seen: Waiting, Receiving, In a queue call and so on. */
  readonly state: string;
  readonly attributes: AgentAttributes;
}

export interface ActualTier extends TierPlace {
  readonly state: string;
  readonly level: number;
  readonly position: number;
}

export interface ActualCentre {
  /** By name. */
  readonly agents: ReadonlyMap<string, ActualAgent>;
  /** By `tierKey`. */
  readonly tiers: ReadonlyMap<string, ActualTier>;
  /** Parameters by name of the queue; only queues that are loaded. */
  readonly queues: ReadonlyMap<string, QueueParameters>;
}

/** @throws ListAnswerError, and what the port throws */
export async function readActualCentre(commands: SwitchCommands): Promise<ActualCentre> {
  const agents = await list(commands, 'agent list');
  const tiers = await list(commands, 'tier list');
  const queues = await list(commands, 'queue list');
  return {
    agents: new Map(agents.map((row) => [cell(row, 'name'), actualAgent(row)])),
    tiers: new Map(tiers.map(actualTier).map((one) => [tierKey(one), one])),
    queues: new Map(queues.map((row) => [cell(row, 'name'), pick(row, queueKeys)])),
  };
}

function pick<K extends string>(row: Row, keys: readonly K[]): Readonly<Record<K, string>> {
  return Object.fromEntries(keys.map((key) => [key, cell(row, key)])) as Record<K, string>;
}

function actualAgent(row: Row): ActualAgent {
  return {
    name: cell(row, 'name'),
    status: cell(row, 'status'),
    state: cell(row, 'state'),
    attributes: pick(row, agentKeys),
  };
}

function actualTier(row: Row): ActualTier {
  return {
    queue: cell(row, 'queue'),
    agent: cell(row, 'agent'),
    state: cell(row, 'state'),
    level: Number(cell(row, 'level')),
    position: Number(cell(row, 'position')),
  };
}
