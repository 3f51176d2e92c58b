// A centre as it is, against what the settings ask: queues, agents, tiers.
import pc from 'picocolors';
import { queueKeys, stepsInWords, tierKey } from '../freeswitch/index.js';
import { textTable } from '../kernel/index.js';
import type { CentreView } from './centres-session.js';

/** Who keeps an agent or a tier: `proffer` what we added, `hand` what is there otherwise. */
export type Keeper = 'proffer' | 'hand';

export interface QueueStatus {
  readonly queue: string;
  readonly strategy: string;
  readonly steps: string;
  /** `as asked`, `not loaded`, or what differs. */
  readonly state: string;
}

export interface AgentStatusRow {
  readonly agent: string;
  readonly status: string;
  readonly state: string;
  readonly queues: number;
  /** Undefined while it is only in the settings. */
  readonly keeper: Keeper | undefined;
}

export interface TierStatus {
  readonly queue: string;
  readonly agent: string;
  /** Undefined while it is only in the settings. */
  readonly level: number | undefined;
  readonly position: number | undefined;
  readonly asked: { readonly level: number; readonly position: number } | undefined;
  readonly keeper: Keeper | undefined;
}

export interface CentreStatus {
  readonly centre: string;
  readonly address: string;
  readonly queues: readonly QueueStatus[];
  readonly agents: readonly AgentStatusRow[];
  readonly tiers: readonly TierStatus[];
  /** Queues of the centre that ask for no skills, and so are no concern of ours. */
  readonly otherQueues: readonly string[];
}

/** What is there and what is asked for, side by side. */
export function centreStatus(view: CentreView): CentreStatus {
  const { desired, actual } = view;
  const asked = new Set(desired.queues.map((one) => one.name));
  return {
    centre: view.centre,
    address: view.address,
    queues: desired.queues.map((one) => ({
      queue: one.name,
      strategy: one.parameters.strategy,
      steps: stepsInWords(one.steps),
      state: queueState(view, one.name),
    })),
    agents: agentRows(view),
    tiers: tierRows(view, asked),
    otherQueues: [...actual.queues.keys()].filter((name) => !asked.has(name)).sort(),
  };
}

function queueState({ desired, actual }: CentreView, name: string): string {
  const parameters = desired.queues.find((one) => one.name === name)?.parameters;
  const found = actual.queues.get(name);
  if (found === undefined || parameters === undefined) return 'not loaded';
  const differs = queueKeys.filter((key) => found[key] !== parameters[key]);
  return differs.length === 0 ? 'as asked' : differs.map((key) => `${key} is ${found[key]}`).join(', ');
}

/** `agent-2` before `agent-10`. */
const byNumberToo = new Intl.Collator('en', { numeric: true });

function agentRows({ desired, actual, ledger }: CentreView): readonly AgentStatusRow[] {
  const names = new Set([...desired.agents.map((one) => one.name), ...actual.agents.keys()]);
  const queues = new Map<string, number>();
  for (const { agent } of actual.tiers.values()) queues.set(agent, (queues.get(agent) ?? 0) + 1);
  return [...names].sort(byNumberToo.compare).map((agent) => {
    const found = actual.agents.get(agent);
    return {
      agent,
      status: found?.status ?? 'not there',
      state: found?.state ?? '',
      queues: queues.get(agent) ?? 0,
      keeper: found === undefined ? undefined : keeperOf(ledger.agents.has(agent)),
    };
  });
}

/** Tiers in queues that ask for skills; those of other queues are no concern of ours, but when we added them. */
function tierRows(
  { desired, actual, ledger }: CentreView,
  asked: ReadonlySet<string>,
): readonly TierStatus[] {
  const wanted = new Map(desired.tiers.map((one) => [tierKey(one), one]));
  const there = [...actual.tiers].filter(([key, one]) => asked.has(one.queue) || ledger.tiers.has(key));
  const all = new Map([...wanted, ...there]);
  const rows = [...all].map(([key, { queue, agent }]) => {
    const found = actual.tiers.get(key);
    const wish = wanted.get(key);
    return {
      queue,
      agent,
      level: found?.level,
      position: found?.position,
      asked: wish === undefined ? undefined : { level: wish.level, position: wish.position },
      keeper: found === undefined ? undefined : keeperOf(ledger.tiers.has(key)),
    };
  });
  return rows.sort(byPlace);
}

function byPlace(a: TierStatus, b: TierStatus): number {
  const [x, y] = [a, b].map((one) => one.asked ?? { level: one.level ?? 0, position: one.position ?? 0 });
  if (a.queue !== b.queue) return a.queue < b.queue ? -1 : 1;
  return (x?.level ?? 0) - (y?.level ?? 0) || (x?.position ?? 0) - (y?.position ?? 0);
}

function keeperOf(isOurs: boolean): Keeper {
  return isOurs ? 'proffer' : 'hand';
}

const queueColumns = [{ head: 'QUEUE' }, { head: 'STRATEGY' }, { head: 'STATE' }, { head: 'STEPS' }];
const agentColumns = [
  { head: 'AGENT' },
  { head: 'STATUS' },
  { head: 'STATE' },
  { head: 'TIERS', isNumber: true },
  { head: 'KEPT BY' },
];
const tierColumns = [
  { head: 'TIER IN' },
  { head: 'AGENT' },
  { head: 'LEVEL', isNumber: true },
  { head: 'POSITION', isNumber: true },
  { head: 'ASKED' },
  { head: 'KEPT BY' },
];

/** Three tables; a line in yellow where the centre is not as asked. */
export function statusLines(status: CentreStatus): readonly string[] {
  const { queues, agents, tiers, otherQueues } = status;
  const others =
    otherQueues.length === 0 ? [] : [pc.dim(`  queues without steps: ${otherQueues.join(', ')}`)];
  return [
    `${pc.bold(status.centre)}  ${pc.dim(status.address)}`,
    ...table(
      queueColumns,
      queues.map((one) => [one.queue, one.strategy, one.state, one.steps]),
      queues.map((one) => one.state === 'as asked'),
    ),
    ...others,
    ...table(
      agentColumns,
      agents.map((one) => [one.agent, one.status, one.state, String(one.queues), one.keeper ?? '-']),
      agents.map((one) => one.keeper !== undefined),
    ),
    ...table(tierColumns, tiers.map(tierCells), tiers.map(isAsAsked)),
  ];
}

function tierCells(one: TierStatus): readonly string[] {
  const { level, position, asked, keeper } = one;
  const wish = asked === undefined ? 'no tier' : `level ${asked.level}, position ${asked.position}`;
  return [
    one.queue,
    one.agent,
    level === undefined ? '-' : String(level),
    position === undefined ? '-' : String(position),
    isAsAsked(one) ? 'as it is' : wish,
    keeper ?? '-',
  ];
}

function isAsAsked({ level, position, asked }: TierStatus): boolean {
  return asked !== undefined && asked.level === level && asked.position === position;
}

function table(
  columns: Parameters<typeof textTable>[0],
  rows: readonly (readonly string[])[],
  isGood: readonly boolean[],
): readonly string[] {
  if (rows.length === 0) return [];
  const [head = '', ...lines] = textTable(columns, rows);
  return ['', pc.dim(head), ...lines.map((line, index) => (isGood[index] === true ? line : pc.yellow(line)))];
}
