// A mod_callcenter of plain data that answers `callcenter_config` as a real one prints its tables, and makes its events.

export interface FakeAgent {
  name: string;
  status: string;
  state: string;
  contact?: string;
  wrapUpSeconds?: number;
  noAnswerDelaySeconds?: number;
  lastBridgeEnd?: number;
  readyTime?: number;
  lastStatusChange?: number;
  externalCalls?: number;
}

export interface FakeTier {
  queue: string;
  agent: string;
  state?: string;
  level?: number;
  position?: number;
}

export interface FakeMember {
  queue: string;
  uuid: string;
  sessionUuid: string;
  state: string;
  joinedEpoch: number;
  cidName?: string;
}

const agentColumns =
  'name|instance_id|uuid|type|contact|status|state|max_no_answer|wrap_up_time|reject_delay_time|busy_delay_time|' +
  'no_answer_delay_time|last_bridge_start|last_bridge_end|last_offered_call|last_status_change|no_answer_count|' +
  'calls_answered|talk_time|ready_time|external_calls_count';
const queueColumns =
  'name|strategy|moh_sound|time_base_score|tier_rules_apply|tier_rule_wait_second|tier_rule_wait_multiply_level|' +
  'tier_rule_no_agent_no_wait|discard_abandoned_after|abandoned_resume_allowed|max_wait_time|max_wait_time_with_no_agent|' +
  'max_wait_time_with_no_agent_time_reached|record_template|calls_answered|calls_abandoned|ring_progressively_delay|' +
  'skip_agents_with_external_calls|agent_no_answer_status';
const memberColumns =
  'queue|instance_id|uuid|session_uuid|cid_number|cid_name|system_epoch|joined_epoch|rejoined_epoch|bridge_epoch|' +
  'abandoned_epoch|base_score|skill_score|serving_agent|serving_system|state|score';

/** No heading when there are no rows, as mod_callcenter has it. */
const table = (columns: string, rows: readonly string[]): string =>
  rows.length === 0 ? '+OK\n' : `${[columns, ...rows].join('\n')}\n+OK\n`;

export class FakeCallcenter {
  agents: FakeAgent[] = [];
  tiers: FakeTier[] = [];
  queues: { name: string; tierRules?: boolean; skipsExternal?: boolean }[] = [];
  members: FakeMember[] = [];
  channels: { uuid: string; direction: string; dest: string }[] = [];
  /** The clock of the centre, in seconds. */
  epoch: () => number = () => 1_795_316_616;
  coreUuid = '955a574b-5287-4e38-92ed-33caf7b2cbec';
  sequence = 500;

  /** Makes its tables those of another one. */
  copy(other: FakeCallcenter): void {
    const { agents, tiers, queues, members, channels, coreUuid, sequence } = other;
    Object.assign(this, structuredClone({ agents, tiers, queues, members, channels, coreUuid, sequence }));
  }

  /** What `api <command>` answers. */
  answer(command: string): string {
    const members = /^callcenter_config queue list members (\S+)$/.exec(command)?.[1];
    if (members !== undefined) return this.#memberTable(members);
    switch (command) {
      case 'strepoch':
        return String(this.epoch());
      case 'global_getvar core_uuid':
        return this.coreUuid;
      case 'callcenter_config agent list':
        return table(agentColumns, this.agents.map(agentRow));
      case 'callcenter_config tier list':
        return table('queue|agent|state|level|position', this.tiers.map(tierRow));
      case 'callcenter_config queue list':
        return table(
          queueColumns,
          this.queues.map(
            ({ name, tierRules = false, skipsExternal = true }) =>
              `${name}|longest-idle-agent|tone_stream://%(200,1000,400)|queue|${tierRules}|5|true|true|60|false|0|0|5||0|0|0|${skipsExternal}|On Break`,
          ),
        );
      case 'show channels count':
        return `\n${this.channels.length} total.\n`;
      case 'show channels as json':
        return this.channels.length === 0
          ? '{"row_count": 0}\n'
          : JSON.stringify({ row_count: this.channels.length, rows: this.channels });
      default:
        return `-ERR ${command.split(' ')[0] ?? ''} Command not found!\n`;
    }
  }

  /** The body of an event of mod_callcenter, as `event plain` has it. */
  event(action: string, fields: Readonly<Record<string, string>>, sequence = ++this.sequence): string {
    const headers = {
      'Event-Subclass': 'callcenter::info',
      'Event-Name': 'CUSTOM',
      'Core-UUID': this.coreUuid,
      'Event-Date-Timestamp': `${this.epoch()}000000`,
      'Event-Sequence': String(sequence),
      ...fields,
      'CC-Action': action,
    };
    return eventBody(headers);
  }

  heartbeat(): string {
    return eventBody({
      'Event-Name': 'HEARTBEAT',
      'Core-UUID': this.coreUuid,
      'Event-Sequence': String(++this.sequence),
    });
  }

  #memberTable(queue: string): string {
    const rows = this.members.filter((one) => one.queue === queue).map(memberRow);
    return this.queues.some((one) => one.name === queue)
      ? table(memberColumns, rows)
      : '-ERR Invalid Queue not found!\n';
  }
}

function eventBody(headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${encodeURIComponent(value)}\n`);
  return `${lines.join('')}\n`;
}

/** A frame of the event socket around the body of an event. */
export function eventFrame(body: string): string {
  return `Content-Length: ${Buffer.byteLength(body)}\nContent-Type: text/event-plain\n\n${body}`;
}

function agentRow(one: FakeAgent): string {
  return [
    one.name,
    'single_box',
    '',
    'callback',
    one.contact ?? `user/${one.name}`,
    one.status,
    one.state,
    '3',
    String(one.wrapUpSeconds ?? 5),
    '5',
    '5',
    String(one.noAnswerDelaySeconds ?? 0),
    '0',
    String(one.lastBridgeEnd ?? 0),
    '0',
    String(one.lastStatusChange ?? 0),
    '0',
    '0',
    '0',
    String(one.readyTime ?? 0),
    String(one.externalCalls ?? 0),
  ].join('|');
}

function tierRow(one: FakeTier): string {
  return [one.queue, one.agent, one.state ?? 'Ready', one.level ?? 1, one.position ?? 1].join('|');
}

function memberRow(one: FakeMember): string {
  const name = one.cidName ?? 'Pat Doe';
  const joined = `${one.joinedEpoch}|${one.joinedEpoch}|0|0|0`;
  return `${one.queue}|single_box|${one.uuid}|${one.sessionUuid}|+15550001234|${name}|${joined}|0|0|||${one.state}|5`;
}
