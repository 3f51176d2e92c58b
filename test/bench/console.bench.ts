// What 500 desktops on live events cost, and how soon they see a call: `npm run bench:console [desktops] [calls a second]`. A router
// with records, two stand-in centres whose agents are the people at the desktops, SIPp's calls; desktops are WebSocket clients in a
// process of their own. Rounds without desktops before and after, in the same run. Event to client: from when the centre says that an
// agent has the call, as another client of its event socket hears it, until the agent's desktop has read the state that shows it. Event to
// screen: from when the call is offered to an agent until a desk in Chromium, of one person with several seats, has painted it.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import type { Test } from 'tap';
import { WebSocket } from 'ws';
import { hashOfToken, newToken } from '../../src/console/access/session-token.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { RecordsDatabase } from '../../src/records/database/records-database.js';
import { AccessRecords } from '../../src/records/people/access-records.js';
import { waitUntil } from '../support/child-process.js';
import { load } from '../support/live-load.js';
import { LiveStage, twoAgentOffers } from '../support/live-stage.js';
import type { Staff } from '../support/live-stage.js';
import { sumOf } from '../support/metrics-text.js';
import { PostgresServer } from '../support/postgres-server.js';
import { cpuMicros, processTree } from './calls/process-cpu.js';
import { Screen } from './console-screen.js';

const seconds = 9;
/** Agents in the east that the person at the screen is; logged out until that desk is open, for its calls to be counted from none. */
const screenSeats: ReadonlySet<string> = new Set(Array.from({ length: 12 }, (_, at) => `screen${at}`));
const now = (): number => performance.timeOrigin + performance.now();

/** Session of a call, and when it was seen to be talking, in milliseconds since the Unix epoch. */
type Sights = [session: string, at: number][];

/** The child: one WebSocket a token. Says how many are open, and when asked what they saw. */
async function desktops(): Promise<void> {
  const [{ url, tokens }] = (await once(process, 'message')) as [{ url: string; tokens: readonly string[] }];
  const seen = new Map<string, number>();
  let open = 0;
  for (const token of tokens) {
    const socket = new WebSocket(`${url}/v1/live?topics=desk`, {
      headers: { cookie: `proffer_session=${token}` },
    });
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text.startsWith('{"type":"hello"')) process.send?.({ open: (open += 1) });
      const [, session] = /"session":"([^"]+)","state":"talking"/.exec(text) ?? [];
      if (session !== undefined && !seen.has(session)) seen.set(session, now());
    });
    socket.on('error', (error) => process.send?.({ failure: error.message }));
  }
  process.on('message', () => process.send?.({ sights: [...seen] }));
}

interface Heard {
  /** When each call was given to an agent, by its session. */
  readonly given: Map<string, number>;
  /** When callers were offered to the seats of the screen, by their number. */
  readonly offered: Map<string, number>;
}

/** Hears one centre. */
async function listen(port: number, { given, offered }: Heard): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('auth ClueCon\n\nevent plain CUSTOM callcenter::info\n\n');
  let text = '';
  socket.on('data', (data) => {
    const at = now();
    text += data.toString('latin1');
    const events = text.split('Event-Name:');
    text = events.pop() ?? '';
    for (const event of [...events, text]) {
      const [, session = ''] = /CC-Member-Session-UUID: (\S+)/.exec(event) ?? [];
      const [, agent = ''] = /CC-Agent: ([^@%\s]+)/.exec(event) ?? [];
      if (event.includes('CC-Action: bridge-agent-start')) {
        if (session !== '' && !screenSeats.has(agent) && !given.has(session)) given.set(session, at);
      } else if (event.includes('CC-Action: agent-offering') && screenSeats.has(agent)) {
        const [, caller = ''] = /CC-Member-CID-Number: (\S+)/.exec(event) ?? [];
        const number = decodeURIComponent(caller);
        if (number !== '' && !offered.has(number)) offered.set(number, at);
      }
    }
  });
  return socket;
}

interface Round {
  readonly name: string;
  readonly calls: number;
  readonly failed: number;
  readonly decisionMicros: number;
  readonly cpuMsPerCall: number;
}

async function round(name: string, stage: LiveStage, rate: number): Promise<Round> {
  const { router } = stage;
  const pids = processTree(router.child.pid);
  const callers = Array.from({ length: 400 }, (_, at) => `+155501${String(at + 1).padStart(5, '0')}`);
  const before = await router.metrics();
  const cpu = cpuMicros(pids);
  const { statistics } = await load(router, callers, { calls: rate * seconds, rate });
  const cpuMs = (cpuMicros(pids) - cpu) / 1000;
  const after = await router.metrics();
  const grown = (metric: string): number => sumOf(after, metric) - sumOf(before, metric);
  const decisions = grown('proffer_decision_seconds_count');
  return {
    name,
    calls: statistics.successful,
    failed: statistics.failed,
    decisionMicros: (grown('proffer_decision_seconds_sum') / decisions) * 1e6,
    cpuMsPerCall: cpuMs / decisions,
  };
}

async function logIn(postgres: PostgresServer, seats: readonly string[]): Promise<readonly string[]> {
  await postgres.sql(
    `INSERT INTO proffer.agents (agent, name, role, centre_agents) SELECT 'p' || n, 'Person ' || n, 'agent', ARRAY[seat]
     FROM unnest(ARRAY['${seats.join("','")}']) WITH ORDINALITY AS s(seat, n)`,
  );
  const atScreen = [...screenSeats].map((agent) => `'east/${agent}'`);
  await postgres.sql(
    `INSERT INTO proffer.agents (agent, name, role, centre_agents)
     VALUES ('p${seats.length + 1}', 'Person at the screen', 'agent', ARRAY[${atScreen.join(',')}])`,
  );
  const database = new RecordsDatabase({
    url: postgres.url,
    kind: 'postgresql',
    place: 'the benchmark',
    maxConnections: 2,
    connectTimeoutMs: 5000,
    statementTimeoutMs: 20_000,
    log: silentLogger,
  });
  const records = new AccessRecords({ database, clock: systemClock });
  const tokens: string[] = [];
  for (const number of [...seats, 'screen'].keys()) {
    const token = newToken();
    const tokenHash = hashOfToken(token);
    const session = `bench-${number}`;
    await records.openSession({
      agent: `p${number + 1}`,
      tokenHash,
      session,
      seconds: 3600,
      source: '127.0.0.1',
      by: 'oidc',
    });
    tokens.push(token);
  }
  await database.close();
  return tokens;
}

/** The desktops are open, and show their desks. */
async function openDesktops(url: string, tokens: readonly string[]): Promise<ChildProcess> {
  const child = fork(fileURLToPath(import.meta.url), ['desktops']);
  let open = 0;
  child.on('message', (message: { open?: number; failure?: string }) => {
    open = message.open ?? open;
    if (message.failure !== undefined) process.stderr.write(`a desktop failed: ${message.failure}\n`);
  });
  child.send({ url, tokens });
  await waitUntil(`${tokens.length} desktops are open`, () => open === tokens.length, 30_000);
  return child;
}

async function sightsOf(child: ChildProcess): Promise<Sights> {
  const answer = new Promise<Sights>((resolve) => {
    child.on('message', ({ sights }: { sights?: Sights }) => {
      if (sights !== undefined) resolve(sights);
    });
  });
  child.send({});
  return answer;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

async function main(count: number, rate: number): Promise<void> {
  const ends: (() => unknown)[] = [];
  const t = { teardown: (end: () => unknown) => ends.push(end) } as unknown as Test;
  const postgres = await PostgresServer.start();
  ends.push(() => postgres.stop());
  try {
    const staffOf = (centre: string): Staff =>
      Object.fromEntries(
        Array.from({ length: Math.ceil(count / 2) }, (_, at) => [
          `${centre}${at}`,
          ['acme-sales', 'service'],
        ]),
      );
    const everybody = { east: staffOf('e'), west: staffOf('w') };
    const queues = ['acme-sales', 'service'];
    const atScreen = Object.fromEntries(
      [...screenSeats].map((agent) => [agent, { queues, status: 'Logged Out' } as const]),
    );
    const staff = { ...everybody, east: { ...everybody.east, ...atScreen } };
    const seats = Object.entries(everybody)
      .flatMap(([centre, agents]) => Object.keys(agents).map((agent) => `${centre}/${agent}`))
      .slice(0, count);
    const stage = await LiveStage.open(t, {
      staff,
      env: { DATABASE_URL: postgres.url },
      edit: (draft) => {
        twoAgentOffers(draft);
        draft.proffer.console = { callerShown: 'full' };
      },
    });
    const tokens = await logIn(postgres, seats);
    const heard: Heard = { given: new Map(), offered: new Map() };
    const listeners = await Promise.all(
      [stage.ports.eastSocket, stage.ports.westSocket].map((port) => listen(port, heard)),
    );
    await load(stage.router, ['+15550100001'], { calls: rate, rate });
    const rounds = [await round('no desktops', stage, rate)];
    const child = await openDesktops(stage.router.http.replace('http', 'ws'), tokens.slice(0, -1));
    const screen = await Screen.open(stage.router.http, tokens.at(-1) ?? '');
    for (const agent of screenSeats) stage.setStatus('east', agent, 'Available');
    heard.given.clear();
    heard.offered.clear();
    rounds.push(await round(`${count} desktops`, stage, rate));
    const sights = new Map(await sightsOf(child));
    const screenDelays = await screen.delays(heard.offered);
    await screen.close();
    child.kill();
    await once(child, 'exit');
    const expected = [...heard.given];
    for (const agent of screenSeats) stage.setStatus('east', agent, 'Logged Out');
    rounds.push(await round('no desktops', stage, rate));
    for (const one of listeners) one.destroy();
    report(
      rounds,
      expected.map(([session, at]) => (sights.get(session) ?? NaN) - at),
      screenDelays,
    );
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

function report(rounds: readonly Round[], delays: readonly number[], onScreen: readonly number[]): void {
  const table = new Table({
    head: ['round', 'calls', 'failed', 'decision, mean us', 'CPU of the router, ms a call'],
  });
  for (const { name, calls, failed, decisionMicros, cpuMsPerCall } of rounds) {
    table.push([name, calls, failed, decisionMicros.toFixed(0), cpuMsPerCall.toFixed(2)]);
  }
  const shown = delays.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b);
  const ms = (share: number, of = shown): string => quantile(of, share).toFixed(1);
  const painted = onScreen.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b);
  process.stdout.write(
    `${table.toString()}\nevent to client, ms: p50 ${ms(0.5)}, p99 ${ms(0.99)}, longest ${ms(1)}; ` +
      `${shown.length} of ${delays.length} calls were seen by the desktop of their agent\n` +
      `event to screen in Chromium, ms: p50 ${ms(0.5, painted)}, longest ${ms(1, painted)}; ` +
      `${painted.length} of ${onScreen.length} callers were seen\n`,
  );
}

if (process.argv[2] === 'desktops') await desktops();
else await main(Number(process.argv[2] ?? 500), Number(process.argv[3] ?? 50));
