// SIGKILL of a real router at random moments, while SIPp calls flow and dispositions of them are given over HTTP: every decision that is
// in the files and every disposition that was acknowledged is in the database, once. PostgreSQL dies once too.
import { Client } from 'pg';
import t from 'tap';
import type { Test } from 'tap';
import { waitUntil } from '../support/child-process.js';
import { embeddedProcessId, embeddedUrl } from '../support/embedded-cluster.js';
import { LiveStage, twoAgentOffers } from '../support/live-stage.js';
import { sumOf } from '../support/metrics-text.js';
import { PostgresServer } from '../support/postgres-server.js';
import { apiToken, askAt } from '../support/records-client.js';
import type { Answer } from '../support/records-client.js';
import type { SettingsDraft } from '../support/router-settings.js';
import { trunkAddress } from '../support/router-settings.js';
import { sippMissing, startCalls } from '../support/sipp.js';

const skip = sippMissing() ?? false;
t.setTimeout(300_000);

const codes = ['declined', 'presented', 'not-presented'] as const;
type Line = Record<string, unknown>;

/** Everybody calls for the same customer, so nothing that is recorded is to withhold an offer. */
function withoutCoolOff(draft: SettingsDraft): void {
  twoAgentOffers(draft);
  for (const { dispositions } of draft.partners.partners ?? []) {
    for (const code of dispositions?.codes ?? []) delete code.coolOffDays;
  }
}

async function openStage(t: Test, env: Readonly<Record<string, string>>): Promise<LiveStage> {
  const agents = (name: string, queue: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}${at}`, [queue]]));
  return LiveStage.open(t, {
    records: true,
    customers: 50,
    env: { PROFFER_API_TOKEN: apiToken, ...env },
    staff: {
      east: { ...agents('ann', 'acme-sales', 100), ...agents('eve', 'service', 10) },
      west: { ...agents('wanda', 'acme-sales', 20), ...agents('will', 'service', 10) },
    },
    edit: withoutCoolOff,
  });
}

/** Gives a disposition of whatever an agent has presented, again and again until it is acknowledged. */
class Desk {
  readonly #stage: LiveStage;
  /** Codes by decision and offer: what was given, and what was answered with 201, or with 200 after a lost answer. */
  readonly given = new Map<string, string>();
  readonly acknowledged = new Map<string, string>();
  /** Answers of 503. */
  readonly unavailable: Answer[] = [];
  /** What should not be answered, by decision and offer. */
  readonly wrong = new Map<string, string>();
  #isOpen = true;

  constructor(stage: LiveStage) {
    this.#stage = stage;
  }

  get waiting(): readonly Line[] {
    const isMine = ({ type, state }: Line) => type === 'exposure' && state === 'confirmed';
    return this.#stage.router
      .records()
      .filter(isMine)
      .filter((one) => !this.acknowledged.has(keyOf(one)) && !this.wrong.has(keyOf(one)));
  }

  async work(): Promise<void> {
    while (this.#isOpen || this.waiting.length > 0) {
      await Promise.all(this.waiting.slice(0, 5).map((line) => this.#give(line)));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Gives what is left and ends. */
  close(): void {
    this.#isOpen = false;
  }

  async #give(line: Line): Promise<void> {
    const { decisionId, offer } = line;
    const key = keyOf(line);
    const code = this.given.get(key) ?? codes[this.given.size % codes.length] ?? '';
    this.given.set(key, code);
    const answer = await askAt(() => this.#stage.router.http)('POST', '/v1/dispositions', {
      ...{ decisionId, offer, code },
    }).catch(() => undefined);
    if (answer === undefined) return;
    if (answer.status === 201 || answer.status === 200) this.acknowledged.set(key, code);
    else if (answer.status === 503) this.unavailable.push(answer);
    else this.wrong.set(key, `${answer.status} ${JSON.stringify(answer.body)}`);
  }
}

function keyOf(line: Line): string {
  return `${String(line['decisionId'])} ${String(line['offer'])}`;
}

async function seconds(least: number, most: number): Promise<void> {
  const ms = 1000 * (least + Math.random() * (most - least));
  await new Promise((resolve) => setTimeout(resolve, ms));
}

interface CrashPlan {
  readonly rounds: number;
  readonly databaseUrl: (stage: LiveStage) => string;
  /** Before the kill of a round. */
  readonly before?: (round: number, desk: Desk) => Promise<void>;
  /** After the router is back. */
  readonly after?: (round: number) => Promise<void>;
}

async function proveNothingIsLost(t: Test, stage: LiveStage, plan: CrashPlan): Promise<void> {
  const calls = startCalls({
    ...{ scenario: 'uac-call', remote: stage.router.sip, localAddress: trunkAddress.proxy },
    ...{ calls: 100_000, rate: 6, limit: 300, pauseMs: 500, timeoutSeconds: 120, traceMessages: false },
  });
  const desk = new Desk(stage);
  const working = desk.work();
  for (let round = 1; round <= plan.rounds; round++) {
    await seconds(1, 3);
    await plan.before?.(round, desk);
    await stage.killRouter();
    await stage.restartRouter();
    await plan.after?.(round);
  }
  await seconds(1, 2);
  calls.stop();
  await calls.ended;
  desk.close();
  await working;
  await waitUntil('all is taken over', async () => {
    const samples = await stage.router.metrics();
    const isIdle = sumOf(samples, 'proffer_spool_bytes_waiting') === 0;
    return isIdle && sumOf(samples, 'proffer_records_up') === 1;
  });
  t.same([...desk.wrong], []);
  t.ok(desk.acknowledged.size > 5 * plan.rounds, `${desk.acknowledged.size} dispositions`);
  const client = new Client({ connectionString: plan.databaseUrl(stage) });
  await client.connect();
  try {
    await compare(t, client, stage.router.records(), desk);
  } finally {
    await client.end();
  }
}

/** The tables against the files and what was answered. */
async function compare(t: Test, client: Client, lines: readonly Line[], desk: Desk): Promise<void> {
  const keysOf = async (sql: string): Promise<readonly string[]> => {
    const { rows } = await client.query<{ key: string }>(sql);
    return rows.map(({ key }) => key).sort();
  };
  const written = (type: string, key: (line: Line) => string): readonly string[] =>
    lines
      .filter((line) => line['type'] === type)
      .map(key)
      .sort();
  const decisions = written('decision', (line) => String(line['decisionId']));
  t.same(await keysOf('SELECT decision_id AS key FROM proffer.decisions'), decisions);
  t.equal(new Set(decisions).size, decisions.length);
  t.same(
    await keysOf(`SELECT decision_id || ' ' || attempt AS key FROM proffer.attempts`),
    written('attempt', (line) => `${String(line['decisionId'])} ${String(line['attempt'])}`),
  );
  t.same(
    await keysOf('SELECT decision_id AS key FROM proffer.outcomes'),
    written('outcome', (line) => String(line['decisionId'])),
  );
  t.same(await keysOf(`SELECT decision_id || ' ' || offer AS key FROM proffer.exposures`), [
    ...new Set(written('exposure', keyOf)),
  ]);
  t.same(await keysOf('SELECT line AS key FROM proffer.refused_lines'), []);
  t.same(
    await keysOf(
      `SELECT decision_id || ' ' || offer || ' ' || code || ' ' || revision AS key FROM proffer.dispositions`,
    ),
    [...desk.acknowledged].map(([key, code]) => `${key} ${code} 1`).sort(),
    'each disposition is there once, with its code, and no other',
  );
  t.comment(`${decisions.length} decisions, ${desk.acknowledged.size} dispositions`);
}

void t.test('PostgreSQL, which dies too', { skip }, async (t) => {
  // What it has acknowledged is to survive its death.
  const postgres = await PostgresServer.start({ settings: { synchronous_commit: 'on' } });
  t.teardown(() => postgres.stop());
  const stage = await openStage(t, { DATABASE_URL: postgres.url });
  const death = 2;
  await proveNothingIsLost(t, stage, {
    rounds: 3,
    databaseUrl: () => postgres.url,
    before: async (round, desk) => {
      if (round !== death) return;
      await postgres.kill();
      await waitUntil('dispositions are answered 503', () => desk.unavailable.length > 4);
      t.ok(desk.unavailable.every(({ headers }) => Number(headers.get('retry-after')) > 0));
    },
    after: async (round) => {
      if (round === death) await postgres.restart();
    },
  });
});

void t.test('embedded', { skip }, async (t) => {
  const stage = await openStage(t, {});
  await proveNothingIsLost(t, stage, {
    rounds: 2,
    databaseUrl: ({ router }) => embeddedUrl(router.dataDir),
    before: (round) => {
      // The process of the database dies first; else it sees its router gone and ends by itself.
      const database = embeddedProcessId(stage.router.dataDir);
      if (round > 1 && database !== undefined) process.kill(database, 'SIGKILL');
      return Promise.resolve();
    },
  });
});
