// What the tables of a centre say, in our words: agents with their tiers, queues, members, channels.
import type { AgentTier } from '../../callcenter/index.js';
import { stateOf, statusOf } from './agent-table.js';
import type { AgentRow } from './agent-table.js';
import type { CentreNames } from './centre-names.js';
import { parseCentreTable, wholeNumber } from './centre-table.js';
import type { TableRow } from './centre-table.js';
import type { CentreTime } from './centre-time.js';
import type { MemberRow } from './member-table.js';
import type { QueueRow } from './queue-state.js';

/** Rows that were understood, and the number of those that were not. */
export interface Read<T> {
  readonly rows: readonly T[];
  readonly malformed: number;
}

/** Tiers of one agent that are taken in. */
const MAX_TIERS = 1000;
/** A tier in another state is offered nothing; a tier that is not told is ready. */
const openTierStates: ReadonlySet<string> = new Set(['Ready', 'No Answer', '']);

export class CentreRows {
  readonly #names: CentreNames;
  readonly #time: CentreTime;

  constructor(names: CentreNames, time: CentreTime) {
    this.#names = names;
    this.#time = time;
  }

  /** Of `agent list` and `tier list`. Agents of other domains are left out. */
  agents(agentList: string, tierList: string): Read<AgentRow> {
    const tiers = this.#tiers(tierList);
    const table = parseCentreTable(agentList, ['contact']);
    const rows = table.rows.flatMap((row) => {
      const agent = this.#names.idOf(row.get('name'));
      return agent === undefined ? [] : [this.#agent(agent, row, tiers.byAgent.get(agent) ?? [])];
    });
    return { rows, malformed: table.malformed + tiers.malformed };
  }

  /** Of `queue list`. */
  queues(queueList: string): Read<QueueRow> {
    const table = parseCentreTable(queueList, ['moh_sound']);
    const rows = table.rows.flatMap((row) => {
      const queue = this.#names.idOf(row.get('name'));
      if (queue === undefined) return [];
      const hasTierRules = row.get('tier_rules_apply') === 'true';
      return [
        { queue, hasTierRules, skipsExternalCalls: row.get('skip_agents_with_external_calls') === 'true' },
      ];
    });
    return { rows, malformed: table.malformed };
  }

  /** Of `queue list members`: those that wait or talk; the caller's name and number may hold anything. */
  members(memberList: string): Read<MemberRow> {
    const table = parseCentreTable(memberList, ['cid_number', 'cid_name']);
    const rows = table.rows.flatMap((row): readonly MemberRow[] => {
      const state = row.get('state');
      const stage =
        state === 'Waiting' || state === 'Trying' ? 'waiting' : state === 'Answered' ? 'bridged' : undefined;
      const uuid = row.get('uuid') ?? '';
      const sessionUuid = row.get('session_uuid') ?? '';
      if (stage === undefined || uuid === '' || sessionUuid === '') return [];
      const joined = wholeNumber(row.get('rejoined_epoch')) || wholeNumber(row.get('joined_epoch'));
      return [{ uuid, sessionUuid, stage, joinedAt: this.#time.past(joined) }];
    });
    return { rows, malformed: table.malformed };
  }

  #agent(agent: string, row: TableRow, tiers: readonly TierOfAgent[]): AgentRow {
    const ms = (column: string): number => Math.max(0, wholeNumber(row.get(column))) * 1000;
    const delays = {
      wrapUpMs: ms('wrap_up_time'),
      rejectMs: ms('reject_delay_time'),
      busyMs: ms('busy_delay_time'),
      noAnswerMs: ms('no_answer_delay_time'),
    };
    const bridgeEndEpoch = wholeNumber(row.get('last_bridge_end'));
    // The first second that is greater than last_bridge_end + wrap_up_time.
    const wrapUpEpoch = bridgeEndEpoch + delays.wrapUpMs / 1000 + 1;
    const changes = ['last_status_change', 'last_bridge_start', 'last_bridge_end', 'last_offered_call'];
    return {
      agent,
      status: statusOf(row.get('status')),
      state: stateOf(row.get('state')),
      delays,
      bridgeEndEpoch,
      wrapUpUntil: bridgeEndEpoch === 0 ? 0 : (this.#time.at(wrapUpEpoch) ?? 0),
      restUntil: this.#time.at(wholeNumber(row.get('ready_time'))) ?? 0,
      hasExternalCalls: wholeNumber(row.get('external_calls_count')) > 0,
      tiers: tiers.map((one) => one.tier),
      closedTiers: new Set(tiers.filter((one) => !one.isOpen).map((one) => one.tier.queue)),
      since: this.#time.past(Math.max(...changes.map((column) => wholeNumber(row.get(column))))),
    };
  }

  #tiers(tierList: string): {
    readonly byAgent: ReadonlyMap<string, readonly TierOfAgent[]>;
    readonly malformed: number;
  } {
    const table = parseCentreTable(tierList, []);
    const byAgent = new Map<string, TierOfAgent[]>();
    for (const row of table.rows) {
      const queue = this.#names.idOf(row.get('queue'));
      const agent = this.#names.idOf(row.get('agent'));
      if (queue === undefined || agent === undefined) continue;
      const tier = {
        queue,
        level: wholeNumber(row.get('level')),
        position: wholeNumber(row.get('position')),
      };
      const list = byAgent.get(agent) ?? [];
      if (list.length < MAX_TIERS) list.push({ tier, isOpen: openTierStates.has(row.get('state') ?? '') });
      byAgent.set(agent, list);
    }
    return { byAgent, malformed: table.malformed };
  }
}

interface TierOfAgent {
  readonly tier: AgentTier;
  readonly isOpen: boolean;
}

/** Of `show channels as json`. */
export interface Channels {
  /** Of every channel. */
  readonly uuids: ReadonlySet<string>;
  /** Calls from outside, by dialled number. */
  readonly inboundByDestination: ReadonlyMap<string, number>;
}

/** Undefined for what is not the answer of `show channels as json`. */
export function parseChannels(text: string): Channels | undefined {
  const answer = jsonObject(text);
  if (answer === undefined || typeof answer['row_count'] !== 'number') return undefined;
  const rows: readonly unknown[] = Array.isArray(answer['rows']) ? answer['rows'] : [];
  const uuids = new Set<string>();
  const inboundByDestination = new Map<string, number>();
  for (const row of rows) {
    if (typeof row !== 'object' || row === null) continue;
    const { uuid, direction, dest } = row as Readonly<Record<string, unknown>>;
    if (typeof uuid === 'string') uuids.add(uuid);
    if (direction !== 'inbound' || typeof dest !== 'string') continue;
    inboundByDestination.set(dest, (inboundByDestination.get(dest) ?? 0) + 1);
  }
  return { uuids, inboundByDestination };
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
