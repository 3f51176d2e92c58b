// Dispositions over HTTP at a router that takes calls: the database in every kind of trouble, every kind of bad input, and an agent who
// owes one. Real router process, stand-in centres, PostgreSQL.
import { Client } from 'pg';
import t from 'tap';
import type { Test } from 'tap';
import { hasWordsForEveryRoute, unfinishedRoutes } from '../support/api-document.js';
import type { ApiDocument } from '../support/api-document.js';
import { waitUntil } from '../support/child-process.js';
import { dialled, LiveStage, platinumCaller, twoAgentOffers } from '../support/live-stage.js';
import { sumOf } from '../support/metrics-text.js';
import { PostgresServer } from '../support/postgres-server.js';
import { apiToken, askAt } from '../support/records-client.js';
import type { SettingsDraft } from '../support/router-settings.js';

t.setTimeout(300_000);

let postgres: PostgresServer;
let stage: LiveStage;
const ask = askAt(() => stage.router.http);

/** A role as an operator would make it: no superuser, whom no limit would hold up. */
const role = 'app';
const password = 'as-the-operator-says';

/** All calls are of one customer, so Acme withholds nothing. Borealis wants dispositions before the next call. */
function settings(draft: SettingsDraft): void {
  twoAgentOffers(draft);
  for (const partner of draft.partners.partners ?? []) {
    if (partner.partner === 'acme') {
      for (const code of partner.dispositions?.codes ?? []) delete code.coolOffDays;
    } else partner.dispositions = { ...partner.dispositions, requiredBeforeNextCall: true };
  }
}

t.before(async () => {
  postgres = await PostgresServer.start({ settings: { synchronous_commit: 'on' } });
  await postgres.sql(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
  await postgres.sql(`CREATE DATABASE records OWNER ${role}`);
});
t.teardown(() => postgres.stop());

const url = (): string => `postgres://${role}:${password}@127.0.0.1:${postgres.port}/records`;

/** As the superuser, whom no limit and no setting of the database holds up. */
async function rows(sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: postgres.url.replace(/\/postgres$/, '/records') });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

interface Presented {
  readonly decisionId: string;
  readonly offer: string;
  readonly agent: string;
}

/** A call that an agent presents an offer on, and then ends. */
async function present(partner: keyof typeof dialled = 'acme'): Promise<Presented> {
  const call = await stage.call(platinumCaller, `${dialled[partner]}@${stage.router.sip}`);
  const { decisionId, offer, agent } = await stage
    .recordOf(call, ({ state }) => state === 'confirmed')
    .catch(async (error: unknown) => {
      throw new Error(JSON.stringify(await stage.decisionOf(call)), { cause: error });
    });
  call.hangUp();
  await stage.untilIdle();
  return { decisionId: String(decisionId), offer: String(offer), agent: String(agent) };
}

interface Trouble {
  readonly name: string;
  begin(): Promise<void>;
  end(): Promise<void>;
}

const disconnect = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`;
let holder: Client | undefined;
const troubles: readonly Trouble[] = [
  { name: 'down', begin: () => postgres.kill(), end: () => postgres.restart() },
  {
    name: 'read-only',
    begin: async () => {
      await postgres.sql(`ALTER DATABASE records SET default_transaction_read_only = on; ${disconnect}`);
    },
    end: async () => {
      await postgres.sql(`ALTER DATABASE records RESET default_transaction_read_only; ${disconnect}`);
    },
  },
  {
    name: 'at its connection limit',
    begin: async () => {
      await postgres.sql(`ALTER ROLE ${role} CONNECTION LIMIT 0; ${disconnect}`);
    },
    end: async () => {
      await postgres.sql(`ALTER ROLE ${role} CONNECTION LIMIT -1`);
    },
  },
  {
    name: 'slow: somebody locks the table',
    begin: async () => {
      holder = new Client({ connectionString: postgres.url.replace(/\/postgres$/, '/records') });
      await holder.connect();
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE proffer.dispositions IN ACCESS EXCLUSIVE MODE');
    },
    end: async () => {
      await holder?.end();
    },
  },
];

async function proveTrouble(t: Test, trouble: Trouble): Promise<void> {
  const before = await present();
  await trouble.begin();
  const given = { ...before, code: 'declined' };
  const answer = await ask('POST', '/v1/dispositions', given);
  t.match(answer, { status: 503, body: { code: 'records-unavailable' } });
  t.ok(Number(answer.headers.get('retry-after')) > 0);
  const meanwhile = [await present(), await present(), await present()];
  t.same(
    meanwhile.map(({ offer }) => offer),
    Array<string>(3).fill('ACME-PLATINUM'),
  );
  t.equal(await stage.router.httpStatus('/readyz'), 200);
  await trouble.end();
  for (const one of [before, ...meanwhile]) {
    await waitUntil(
      'it is taken',
      async () => (await ask('POST', '/v1/dispositions', { ...one, code: 'declined' })).status < 300,
      20_000,
    );
  }
  const ids = [before, ...meanwhile].map(({ decisionId }) => `'${decisionId}'`).join();
  t.match(
    await rows(`SELECT code, revision FROM proffer.dispositions WHERE decision_id IN (${ids})`),
    Array<object>(4).fill({ code: 'declined', revision: 1 }),
  );
}

/** Each writes what it can where it is taken as more than text. */
const hostile = [
  "'; DROP TABLE proffer.dispositions; --",
  "') ; UPDATE proffer.dispositions SET code = 'accepted'; --",
  '$1',
  '{"$gt":""}',
  "\\'; SELECT pg_sleep(30); --",
  `${'x'.repeat(30)}'||(SELECT version())||'`,
];

async function refusals(t: Test): Promise<void> {
  const call = await present();
  const good = { ...call, code: 'declined', note: 'said no' };
  const post = (more: object) => ask('POST', '/v1/dispositions', { ...good, ...more });
  const none = () => rows(`SELECT FROM proffer.dispositions WHERE decision_id = '${call.decisionId}'`);

  t.match(await post({ decisionId: '00000000-0000-4000-8000-000000000000' }), {
    status: 404,
    body: { code: 'unknown-call' },
  });
  const unknown = await post({ code: 'sold-out' });
  t.match(unknown, { status: 422, body: { code: 'unknown-code' } });
  t.ok((unknown.body['codes'] as string[]).includes('declined'));
  t.match(await post({ offer: 'ACME-NOTHING' }), { status: 422, body: { code: 'unknown-offer' } });
  t.match(await post({ offer: 'ACME-SAVER' }), { status: 409, body: { code: 'not-presented' } });
  t.match(await post({ agent: 'eve' }), { status: 403, body: { code: 'not-your-call' } });
  t.match(await post({ agent: `west/${call.agent}` }), { status: 403, body: { code: 'not-your-call' } });
  t.match(await post({ code: 'complained', note: ' ' }), { status: 422, body: { code: 'note-required' } });
  t.match(await post({ note: 'x'.repeat(1_000_000) }), { status: 413, body: { code: 'body-too-large' } });
  t.match(await post({ note: 'x'.repeat(4001) }), {
    status: 400,
    body: { code: 'bad-request', field: 'note' },
  });
  t.match(await post({ code: 'callback' }), { status: 422, body: { code: 'callback-time-required' } });
  const past = { code: 'callback', callbackAt: '2020-01-01T00:00:00Z' };
  t.match(await post(past), { status: 422, body: { code: 'callback-time-past' } });
  t.match(await ask('POST', '/v1/dispositions', good, 'wrong'), { status: 401 });
  t.equal((await none()).length, 0, 'nothing was written');

  for (const text of hostile) {
    for (const field of ['decisionId', 'offer', 'code', 'agent', 'callbackAt'] as const) {
      const { status } = await post({ [field]: text });
      t.ok(status >= 400 && status < 500, `${field} ${text}: ${status}`);
    }
    const alert = { partner: text, alert: text, account: text, offer: text, detail: text };
    const { status } = await ask('POST', '/v1/service-alerts', alert);
    t.ok(status >= 400 && status < 500, `alert ${text}: ${status}`);
  }
  t.equal((await none()).length, 0, 'nothing was written, and the table is there');
  const note = hostile.join('\n');
  t.match(await post({ note }), { status: 201, body: { kind: 'recorded', disposition: { revision: 1 } } });
  t.match(await post({ note }), { status: 200, body: { kind: 'unchanged' } });
  t.match(await post({ note, code: 'accepted' }), { status: 409, body: { code: 'already-recorded' } });
  t.match(
    await rows(`SELECT code, note FROM proffer.dispositions WHERE decision_id = '${call.decisionId}'`),
    [{ code: 'declined', note }],
  );
}

async function atOnce(t: Test): Promise<void> {
  const same = await present();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => ask('POST', '/v1/dispositions', { ...same, code: 'declined' })),
  );
  t.same(answers.map(({ status }) => status).sort(), [...Array<number>(19).fill(200), 201]);
  const other = await present();
  // None that withholds the offer from the calls of further tests.
  const codes = ['declined', 'no-answer', 'presented', 'not-presented'];
  const mixed = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      ask('POST', '/v1/dispositions', { ...other, code: codes[at % codes.length] }),
    ),
  );
  t.same(mixed.map(({ status }) => status).sort(), [
    ...Array<number>(4).fill(200),
    201,
    ...Array<number>(15).fill(409),
  ]);
  const code = (mixed.find(({ status }) => status === 201)?.body['disposition'] as { code: string }).code;
  t.same(
    await rows(
      `SELECT code, revision FROM proffer.dispositions WHERE decision_id IN ('${same.decisionId}', '${other.decisionId}')
       ORDER BY code <> '${code}', decision_id = '${same.decisionId}'`,
    ).then((all) => all.map((one) => one['revision'])),
    [1, 1],
  );
}

/** Waits until the centre says so of bob. */
async function bobIs(status: 'Available' | 'On Break'): Promise<void> {
  await waitUntil(`bob is ${status}`, async () => {
    const list = await stage.centre('west').runApi('callcenter_config', 'agent list');
    const line = list.split('\n').find((one) => one.startsWith('bob@default|')) ?? '';
    return line.includes(`|${status}|`);
  });
}

async function duty(t: Test): Promise<void> {
  await bobIs('Available');
  const call = await present('borealis');
  t.match(call, { offer: 'BOR-FIBRE', agent: 'bob' });
  await bobIs('On Break');
  await stage.untilFree('west', 'borealis-sales', 0);
  t.match((await ask('GET', '/v1/dispositions?open=true&agent=bob')).body, {
    open: [{ decisionId: call.decisionId, offer: 'BOR-FIBRE', agent: 'bob' }],
  });
  t.equal((await ask('POST', '/v1/dispositions', { ...call, code: 'not-presented' })).status, 201);
  await bobIs('Available');
  await stage.untilFree('west', 'borealis-sales', 1);
  t.match((await ask('GET', '/v1/dispositions?open=true&agent=bob')).body, { open: [] });
}

async function killedAfterTheAnswer(t: Test): Promise<void> {
  const call = await present('borealis');
  t.equal(call.offer, 'BOR-FIBRE');
  await bobIs('On Break');
  await waitUntil('the duty is on record', async () => {
    return (await rows('SELECT FROM proffer.held_agents WHERE status_before IS NOT NULL')).length === 1;
  });
  t.equal((await ask('POST', '/v1/dispositions', { ...call, code: 'declined' })).status, 201);
  await stage.killRouter();
  await stage.restartRouter();
  await bobIs('Available');
  await stage.untilFree('west', 'borealis-sales', 1);
  await waitUntil('it is learned', async () => {
    return sumOf(await stage.router.metrics(), 'proffer_learned_age_seconds') < 1;
  });
  const next = await stage.call(platinumCaller, `${dialled.borealis}@${stage.router.sip}`);
  t.not((await stage.decisionOf(next))['offer'], undefined);
  t.notMatch((await stage.decisionOf(next))['offer'], { offerCode: 'BOR-FIBRE' });
  next.hangUp();
  await stage.untilIdle();
}

/** A page that is written here is filled with what the records know of the caller, as far as the settings allow it. */
async function offerPage(t: Test): Promise<void> {
  const path = '/v1/offers/ACME-PLATINUM/page';
  const page = { language: 'en', markdown: 'Hi {{customer.name}} of {{customer.city}}', version: null };
  t.match(await ask('PUT', path, page), { status: 200 });
  const { decisionId } = await present();
  await waitUntil('the call is on record', async () => {
    const added = await rows(`
      INSERT INTO proffer.customers (partner, customer, name, attributes)
      SELECT partner, customer, 'Ann *Lee*', '{"city": "Leeds"}' FROM proffer.contacts WHERE contact = '${decisionId}'
      ON CONFLICT (partner, customer) DO UPDATE SET name = excluded.name, attributes = excluded.attributes RETURNING 1`);
    return added.length === 1;
  });
  t.match(await ask('GET', `${path}?decision=${decisionId}`), {
    status: 200,
    body: { markdown: 'Hi Ann \\*Lee\\* of \\_\\_\\_\\_\\_\\_', blanks: ['customer.city'] },
  });
  const offers = (await ask('GET', '/v1/offers')).body['offers'] as { offer: string; hasPage: boolean }[];
  t.strictSame(
    offers.filter(({ hasPage }) => hasPage).map(({ offer }) => offer),
    ['ACME-PLATINUM'],
  );
  t.match(await rows(`SELECT actor, subject FROM proffer.audit WHERE action = 'offer-page-saved'`), [
    { actor: 'api-token', subject: 'ACME-PLATINUM' },
  ]);
}

void t.test('a router that takes calls', async (t) => {
  stage = await LiveStage.open(t, {
    records: true,
    customers: 50,
    env: { PROFFER_API_TOKEN: apiToken, DATABASE_URL: url() },
    staff: {
      east: { ann: ['acme-sales'], abe: ['acme-sales'], amy: ['acme-sales'], eve: ['service'] },
      west: { bob: ['borealis-sales'], will: ['service'] },
    },
    edit: settings,
  });
  const isUp = async () => sumOf(await stage.router.metrics(), 'proffer_records_up') === 1;
  await waitUntil('the records are ready', isUp, 30_000);
  await stage.untilFree('east', 'acme-sales', 3);
  await t.test('the document of the API tells of every route', async (t) => {
    const { body } = await ask('GET', '/docs/json');
    hasWordsForEveryRoute(t, body as unknown as ApiDocument, unfinishedRoutes);
  });
  await t.test('bad input: a clear answer, and nothing written', refusals);
  await t.test('many at once: one is recorded', atOnce);
  await t.test('the page of an offer is filled for the caller', offerPage);
  await t.test('who owes a disposition is On Break until it is recorded', duty);
  await t.test('SIGKILL right after the answer: the agent is free, the offer not made', killedAfterTheAnswer);
  for (const trouble of troubles) {
    await t.test(`the database is ${trouble.name}: 503, and calls are unaffected`, async (t) => {
      await waitUntil('the records are ready', isUp, 30_000);
      await proveTrouble(t, trouble);
    });
  }
});
