// Callers identified by the records database, end to end: RFC 4733 keys, the stored procedure in PostgreSQL, and what the agent's leg
// carries; the same look-up for an agent over HTTP; and a database that goes down while a caller enters digits.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import type { Channel } from '../../src/switch-standin/channel/channel.js';
import { migrate } from '../../src/records/database/migrations.js';
import { waitUntil } from '../support/child-process.js';
import { asksForDigits } from '../support/ivr-drafts.js';
import { IvrStage } from '../support/ivr-stage.js';
import type { IvrStory, IvrTrunk } from '../support/ivr-stage.js';
import { sumOf } from '../support/metrics-text.js';
import { PostgresServer } from '../support/postgres-server.js';
import { addPerson, identityKey } from '../support/records-people.js';
import { databaseAt } from '../support/records-stage.js';

t.setTimeout(300_000);

const account = '98761234';
const troubled = '98765678';
const secret = '471147';
const wrongSecret = '903521';
const stranger = '+15550990001';
const token = 'a-token-of-sixteen-characters';

const folder = mkdtempSync(join(tmpdir(), 'proffer-records-'));
const strategies = join(folder, 'strategies.ndjson');
const ranked = (customer: string, phone: string) =>
  JSON.stringify({
    partner: 'acme',
    customer,
    phones: [phone],
    offers: [{ offer: 'ACME-PLATINUM', propensity: 0.4, value: 180 }],
  });
writeFileSync(strategies, `${ranked('A1', '+15550990099')}\n${ranked('A2', '+15550990098')}\n`);

const platinumUrl = 'https://scripts.example.com/acme/platinum';
const serviceUrl = 'https://scripts.example.com/acme/service';

let postgres: PostgresServer;
let stage: IvrStage;
t.before(async () => {
  postgres = await PostgresServer.start();
  await fill();
  stage = await IvrStage.open({
    env: {
      PROFFER_IDENTITY_KEY: identityKey,
      PROFFER_API_TOKEN: token,
      DATABASE_URL: postgres.url,
    },
    customers: 0,
    edit: asksForDigits,
  });
  const loaded = await stage.router.run(['strategies', 'load', strategies]);
  if (loaded.code !== 0) throw new Error(loaded.stdout + loaded.stderr);
});
t.teardown(async () => {
  rmSync(folder, { recursive: true });
  await stage.close();
  await postgres.stop();
});

/** The offers of the shipped settings and two customers; the account of the second has trouble. */
async function fill(): Promise<void> {
  const database = databaseAt(postgres.url, 'postgresql');
  await migrate(database);
  await database.query(`INSERT INTO proffer.partners (partner, name) VALUES ('acme', 'Acme')`);
  await database.query(
    `INSERT INTO proffer.products (product, name, family) VALUES ('platinum-card', 'Card', 'cards'), ('account-care', 'Care', 'care')`,
  );
  await database.query(
    `INSERT INTO proffer.offers (offer, partner, product, kind, name, value, url) VALUES
      ('ACME-PLATINUM', 'acme', 'platinum-card', 'sales', 'Platinum', 180, $1),
      ('ACME-SERVICE', 'acme', 'account-care', 'service', 'Service', 25, $2)`,
    [platinumUrl, serviceUrl],
  );
  await addPerson(database, {
    customer: 'A1',
    phones: ['+15550990099'],
    salesOffer: 'ACME-PLATINUM',
    accounts: [{ account, secret }],
  });
  await addPerson(database, {
    customer: 'A2',
    phones: ['+15550990098'],
    salesOffer: 'ACME-PLATINUM',
    accounts: [{ account: troubled, secret, alert: 'ACME-SERVICE' }],
  });
  await database.close();
}

/** Headers of the agent's leg that say what was decided and what is known of the caller. */
type Cti = Readonly<Record<string, string>>;

const names = [
  'X-Offer-ID',
  'X-Offer-URL',
  'X-Sales-Offer-ID',
  'X-Sales-Offer-URL',
  'X-Service-Offer-ID',
  'X-Service-Offer-URL',
  'X-Customer-Ref',
] as const;

function ctiOf(phone: Channel): Cti {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = phone.variables.get(`sip_h_${name}`);
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

async function enters(
  keys: string,
  { trunk = 'bridge', caller = stranger, meanwhile = () => Promise.resolve() }: EnterOptions = {},
): Promise<{ story: IvrStory; cti: Cti }> {
  const channel = await stage.answeredCall(trunk, { caller });
  await waitUntil('the question is heard', () => channel.media.counters.packetsIn > 3);
  await meanwhile();
  channel.media.sendKeys(keys, 20);
  const phone = await stage.agentPhone();
  const cti = ctiOf(phone);
  phone.hangup('NORMAL_CLEARING');
  await waitUntil('the caller is hung up on', () => channel.isHungUp);
  await stage.isClean();
  return { story: await stage.story(channel.variables.get('sip_call_id') ?? ''), cti };
}

interface EnterOptions {
  readonly trunk?: IvrTrunk;
  readonly caller?: string;
  readonly meanwhile?: () => Promise<void>;
}

async function counted(labels: Record<string, string>): Promise<number> {
  return sumOf(await stage.router.metrics(), 'proffer_records_identifications_total', labels);
}

const sales = { 'X-Sales-Offer-ID': 'ACME-PLATINUM', 'X-Sales-Offer-URL': platinumUrl };
const service = { 'X-Service-Offer-ID': 'ACME-SERVICE', 'X-Service-Offer-URL': serviceUrl };

void t.test('account and secret: the offer of the strategy, and the pairs on the agent’s leg', async (t) => {
  const { story, cti } = await enters(account + secret);
  t.strictSame(cti, {
    'X-Offer-ID': 'ACME-PLATINUM',
    'X-Offer-URL': platinumUrl,
    ...sales,
    'X-Customer-Ref': 'A1',
  });
  t.equal(story.decisions.length, 2);
  t.match(story.decisions[1], {
    identity: { source: 'digits', confidence: 'verified' },
    customer: 'A1',
    reason: 'offer',
    cti: { offerCode: 'ACME-PLATINUM' },
  });
  t.match(story.outcomes[0], { result: 'success', destination: /\/acme-sales$/ });
  t.equal(await counted({ match: 'person', reason: 'offer' }), 1);
});

void t.test('by re-INVITE too: the leg is ours then', async (t) => {
  const { cti } = await enters(account + secret, { trunk: 'reinvite' });
  t.match(cti, { ...sales, 'X-Customer-Ref': 'A1' });
});

void t.test('a wrong secret, an open alert: to the service offer, and nothing of the person', async (t) => {
  const { story, cti } = await enters((troubled + wrongSecret).repeat(2));
  t.strictSame(cti, { 'X-Offer-ID': 'ACME-SERVICE', 'X-Offer-URL': serviceUrl, ...service });
  const decision = story.decisions.at(-1);
  t.match(decision, {
    identity: { source: 'digits', confidence: 'claimed' },
    reason: 'service-alert',
    offer: { offerCode: 'ACME-SERVICE', kind: 'service' },
    cti: { serviceOfferCode: 'ACME-SERVICE' },
  });
  t.notOk('customer' in (decision ?? {}));
  t.match(story.outcomes[0], { result: 'success', offer: 'ACME-SERVICE', destination: /\/service$/ });
  t.equal(await counted({ match: 'account', reason: 'wrong-secret' }), 2);
});

void t.test('the right secret of that account: service first, both offers with the call', async (t) => {
  const { story, cti } = await enters(troubled + secret);
  t.strictSame(cti, {
    'X-Offer-ID': 'ACME-SERVICE',
    'X-Offer-URL': serviceUrl,
    ...sales,
    ...service,
    'X-Customer-Ref': 'A2',
  });
  t.match(story.decisions.at(-1), { customer: 'A2', reason: 'service-alert' });
});

void t.test('a wrong secret without an alert: plain service, no pairs', async (t) => {
  const { story, cti } = await enters((account + wrongSecret).repeat(2));
  t.strictSame(cti, {});
  t.match(story.outcomes[0], { result: 'success', destination: /\/service$/ });
  t.match(story.decisions.at(-1), { cti: {} });
});

async function ask(t: Test, body: object) {
  const response = await fetch(`${stage.router.http}/v1/identify`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ partner: 'acme', agent: 'jo', ...body }),
  });
  t.ok(response.headers.get('content-type')?.startsWith('application/json'));
  return { status: response.status, body: await response.json() };
}

void t.test('an agent asks for the same over HTTP', async (t) => {
  t.strictSame(await ask(t, { account: troubled }), {
    status: 200,
    body: {
      match: 'account',
      reason: 'no-secret',
      serviceOfferCode: 'ACME-SERVICE',
      serviceOfferUrl: serviceUrl,
    },
  });
  t.match(await ask(t, { account, secret }), { status: 200, body: { match: 'person', customerRef: 'A1' } });
  t.match(await ask(t, { account: '1' }), { status: 404, body: { code: 'unknown-account' } });
  t.equal(await counted({ asker: 'agent' }), 3);
});

void t.test(
  'the database goes down while the caller listens: plain service, and an agent is told',
  async (t) => {
    const { story, cti } = await enters(account + secret, { meanwhile: () => postgres.kill() });
    t.strictSame(cti, {});
    t.match(story.outcomes[0], { result: 'success', destination: /\/service$/ });
    t.equal(await counted({ match: 'failure' }), 1);
    t.match(await ask(t, { account }), { status: 503, body: { code: 'unavailable' } });
    await postgres.restart();
    await waitUntil('the database answers again', async () => (await ask(t, { account })).status === 200);
    const { cti: again } = await enters(account + secret);
    t.match(again, { 'X-Customer-Ref': 'A1' });
  },
);

void t.test('no digit is in a log or a record', (t) => {
  const text = stage.router.output + JSON.stringify(stage.router.records());
  t.match(text, /digits matched/, 'the log is that of these calls');
  for (const digits of [account, troubled, secret, wrongSecret]) t.notOk(text.includes(digits), digits);
  t.end();
});
