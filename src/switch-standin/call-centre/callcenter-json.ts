// The JSON form of `callcenter_config`: the API command `json {...}` (mod_commands.c, mod_callcenter.c).
import { agentRow, tierRow } from './agent.js';
import type { Row } from './agent.js';
import type { ConfigHost } from './config-host.js';
import { memberRow } from './member.js';
import { prettyJson } from './pretty-json.js';
import type { Json } from './pretty-json.js';

type JsonObject = Readonly<Record<string, Json>>;

const missingQueue = 'Missing data attribute: queue_name';
const countsOfQueues = new Set(['calls_answered', 'calls_abandoned', 'ring_progressively_delay']);

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A column without a value is left out. */
function toObject(row: Row, isText: boolean): JsonObject {
  const entries = row.flatMap(([column, value]) =>
    value === undefined ? [] : [[column, isText ? String(value) : value] as const],
  );
  return Object.fromEntries(entries);
}

export function runJson(host: ConfigHost, text: string): string {
  if (text === '') return '-ERR No JSON supplied.\n';
  const request = parse(text);
  if (request === undefined) return '-ERR Parse error.\n';
  const isPretty = typeof request['format'] === 'string' && request['format'].toLowerCase() === 'pretty';
  const reply: JsonObject = { ...request, ...respond(host, request) };
  return `${isPretty ? prettyJson(reply) : JSON.stringify(reply)}\n`;
}

function respond(host: ConfigHost, request: JsonObject): JsonObject {
  const data = request['data'];
  if (request['command'] !== 'callcenter_config' || data === undefined) {
    const message = 'Invalid request or non-existant command';
    return { status: 'error', message, response: null };
  }
  const response = isObject(data) ? answer(host, data) : undefined;
  if (response === undefined || isObject(response)) {
    return { status: 'error', message: 'The command returned an error', response: response ?? null };
  }
  return { status: 'success', response };
}

/** A list; an object that says what is missing; undefined for what is not known. */
function answer(host: ConfigHost, data: JsonObject): readonly JsonObject[] | JsonObject | undefined {
  const { roster, queues, members, context } = host;
  const queue = typeof data['queue_name'] === 'string' ? data['queue_name'] : '';
  const ofQueue = (rows: () => readonly Row[]): readonly JsonObject[] | JsonObject =>
    queue === '' ? { error: missingQueue } : rows().map((row) => toObject(row, true));
  const now = context.stamp.epoch();
  switch (typeof data['arguments'] === 'string' ? data['arguments'].toLowerCase() : '') {
    case 'agent list':
      return roster.agents.map((one) => toObject(agentRow(one), true));
    case 'queue list':
      return queues.all.map((one) =>
        toObject(
          one.row().filter(([column]) => !countsOfQueues.has(column)),
          false,
        ),
      );
    case 'queue list agents':
      return ofQueue(() => roster.tiersOf(queue).map((tier) => agentRow(tier.agent)));
    case 'queue list members':
      return ofQueue(() => members.list(queue).map((one) => memberRow(one, now)));
    case 'queue list tiers':
      return ofQueue(() => roster.tiersOf(queue).map(tierRow));
    case 'member list':
      return members.list().map((one) => toObject(memberRow(one, now), true));
    case 'tier list':
      return roster.tiers.map((one) => toObject(tierRow(one), true));
    default:
      return undefined;
  }
}
