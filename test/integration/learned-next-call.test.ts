// What is recorded of one call decides the next: real router, stand-in centres, real SIP calls; on both stores and both databases, and
// over two routers that share them.
import t from 'tap';
import type { Test } from 'tap';
import { waitUntil } from '../support/child-process.js';
import { IvrStage } from '../support/ivr-stage.js';
import { LiveStage, twoAgentOffers } from '../support/live-stage.js';
import {
  accountOf,
  environment,
  importPeople,
  importRows,
  oneFamily,
  phoneOf,
  publish,
  recordsReady,
  Shop,
  succeeds,
} from '../support/next-call.js';
import { PostgresServer } from '../support/postgres-server.js';
import { askAt } from '../support/records-client.js';
import { RedisServer } from '../support/redis-server.js';

t.setTimeout(300_000);

const hour = 3_600_000;

async function openShop(t: Test, env: Readonly<Record<string, string>> = {}): Promise<Shop> {
  const stage = await IvrStage.open({
    records: true,
    customers: 0,
    env: { ...environment, ...env },
    edit: oneFamily,
  });
  t.teardown(() => stage.close());
  await recordsReady(stage.router);
  const generation = await publish(stage.router);
  await importPeople(stage.router);
  return new Shop(stage, generation);
}

/** Each customer's first call has the best offer; what the next has depends on what was said of it. */
async function proveNextCalls(t: Test, shop: Shop): Promise<void> {
  const { router } = shop.stage;
  const offers = async (person: Parameters<Shop['call']>[0]) => (await shop.call(person)).offer;

  await t.test('declined: another offer, for every generation', async (t) => {
    const first = await shop.call('decliner');
    t.match(first, { offer: 'ACME-PLATINUM', reason: 'offer' });
    await shop.dispose(first, 'declined');
    t.equal(await offers('decliner'), 'ACME-SAVER');
    await publish(router);
    t.equal(await offers('decliner'), 'ACME-SAVER', 'nor by the next generation');
    await succeeds(router, ['generations', 'swap', shop.generation, '--partner', 'acme']);
    t.equal(await offers('decliner'), 'ACME-SAVER', 'nor by the one before');
  });

  await t.test('accepted: no offer of that family', async (t) => {
    const first = await shop.call('buyer');
    t.equal(first.offer, 'ACME-PLATINUM');
    await shop.dispose(first, 'accepted');
    t.equal(await offers('buyer'), undefined);
  });

  await t.test('callback: another offer until the time asked for, then that one first', async (t) => {
    const first = await shop.call('busy');
    t.equal(first.offer, 'ACME-PLATINUM');
    await shop.dispose(first, 'callback', { callbackAt: new Date(Date.now() + hour).toISOString() });
    t.equal(await offers('busy'), 'ACME-SAVER');
    const soon = new Date(Date.now() + 1500).toISOString();
    const path = `/v1/dispositions/${first.decisionId}/ACME-PLATINUM`;
    const answer = await shop.learns(() => shop.ask('PUT', path, { code: 'callback', callbackAt: soon }));
    t.equal(answer.status, 200, JSON.stringify(answer.body));
    await waitUntil('the time has come', () => Date.now() > Date.parse(soon));
    const next = await shop.call('busy');
    t.equal(next.offer, 'ACME-PLATINUM');
    const [line] = await router.recordsOf(next.decisionId, 'decision');
    const candidates = line?.['candidates'] as readonly Record<string, unknown>[];
    t.match(
      candidates.find(({ offerCode }) => offerCode === 'ACME-PLATINUM'),
      { propensity: 0.5, isBoosted: true },
    );
  });

  await t.test('declined, corrected to not-presented: offered again', async (t) => {
    const first = await shop.call('corrected');
    await shop.dispose(first, 'declined');
    t.equal(await offers('corrected'), 'ACME-SAVER');
    const path = `/v1/dispositions/${first.decisionId}/ACME-PLATINUM`;
    const answer = await shop.learns(() => shop.ask('PUT', path, { code: 'not-presented' }));
    t.match(answer, { status: 200, body: { disposition: { revision: 2 } } });
    t.equal(await offers('corrected'), 'ACME-PLATINUM');
  });

  await t.test('a service alert: service first, from the next call to its end', async (t) => {
    t.equal(await offers('troubled'), 'ACME-PLATINUM');
    const alert = { partner: 'acme', alert: 'outage-1', account: accountOf('troubled') };
    const opened = await shop.learns(() => shop.ask('POST', '/v1/service-alerts', alert));
    t.equal(opened.status, 201, JSON.stringify(opened.body));
    t.match(await shop.call('troubled'), { offer: 'ACME-SERVICE', reason: 'service-alert' });
    const closed = await shop.learns(() => shop.ask('POST', '/v1/service-alerts/acme/outage-1/close'));
    t.equal(closed.status, 200, JSON.stringify(closed.body));
    t.equal(await offers('troubled'), 'ACME-PLATINUM');
  });

  await t.test('service alerts that another process imports', async (t) => {
    t.equal(await offers('imported'), 'ACME-PLATINUM');
    const row = `outage-2,${accountOf('imported')},2026-01-01T00:00:00Z`;
    await shop.learns(() => importRows(router, 'alerts', ['alert,account,openedAt', row]));
    t.equal(await offers('imported'), 'ACME-SERVICE');
    await shop.learns(() => shop.ask('DELETE', '/v1/service-alerts/acme/outage-2'));
    t.equal(await offers('imported'), 'ACME-PLATINUM');
  });
}

/** By keys, while nothing can be recorded: the router itself knows. */
async function proveKeys(t: Test, shop: Shop): Promise<void> {
  const first = await shop.call('listener', { keys: '2' });
  t.equal(first.offer, 'ACME-TRAVEL');
  t.equal((await shop.call('listener')).offer, undefined, 'plain service');
}

void t.test('LMDB, and records in the data directory', async (t) => {
  const shop = await openShop(t);
  await proveNextCalls(t, shop);
  await t.test('declined by keys', (t) => proveKeys(t, shop));
});

void t.test('Redis and PostgreSQL', async (t) => {
  const redis = await RedisServer.start();
  t.teardown(() => redis.stop());
  const postgres = await PostgresServer.start();
  t.teardown(() => postgres.stop());
  const env = { REDIS_URL: redis.url, DATABASE_URL: postgres.url };

  await t.test('one router', async (t) => {
    const shop = await openShop(t, env);
    await proveNextCalls(t, shop);
    await t.test('declined by keys while the database is down, and after it is back', async (t) => {
      await postgres.kill();
      await proveKeys(t, shop);
      await postgres.restart();
      await recordsReady(shop.stage.router);
      await waitUntil('the disposition of the keys is recorded', async () => {
        const rows = await postgres.sql(
          `SELECT FROM proffer.dispositions WHERE customer = 'listener' AND source = 'ivr' AND code = 'declined'`,
        );
        return rows.length === 1;
      });
      t.equal((await shop.call('listener')).offer, undefined);
    });
  });

  await t.test('two routers: what one has learned the other applies', async (t) => {
    const stage = await LiveStage.open(t, {
      routers: 2,
      records: true,
      customers: 0,
      env: { ...environment, ...env },
      staff: {
        east: { ann: ['acme-sales'], eve: ['service'] },
        west: { wanda: ['acme-sales'], will: ['service'] },
      },
      edit: twoAgentOffers,
    });
    const [first, second] = stage.routers;
    if (first === undefined || second === undefined) throw new Error('two routers are wanted');
    for (const router of stage.routers) await recordsReady(router);
    /** The decision of a call over a router; with an offer, once an agent has presented it. */
    const callOver = async (router: typeof first): Promise<Record<string, unknown>> => {
      for (const centre of ['east', 'west'] as const) await stage.untilFree(centre, 'acme-sales', 1);
      const call = await stage.call(phoneOf('shared'), `+18005550100@${router.sip}`);
      const line = await stage.recordOf(call, ({ type }) => type === 'decision', router);
      if (line['offer'] !== undefined)
        await stage.recordOf(call, ({ state }) => state === 'confirmed', router);
      call.hangUp();
      await stage.untilIdle();
      return line;
    };
    const offerOver = async (router: typeof first): Promise<string | undefined> =>
      ((await callOver(router))['offer'] as { offerCode?: string } | undefined)?.offerCode;

    t.equal(await offerOver(second), 'ACME-PLATINUM', 'the second router has it in its cache now');
    const { decisionId } = await callOver(first);
    const given = { decisionId, offer: 'ACME-PLATINUM', code: 'declined' };
    t.equal((await askAt(() => first.http)('POST', '/v1/dispositions', given)).status, 201);
    await waitUntil('the other applies it', async () => (await offerOver(second)) === 'ACME-SAVER');
    t.equal(await offerOver(first), 'ACME-SAVER');
    const other = await callOver(second);
    const elsewhere = { decisionId: other['decisionId'], offer: 'ACME-SAVER', code: 'declined' };
    await waitUntil(
      'a disposition given to the router that did not have the call',
      async () => (await askAt(() => first.http)('POST', '/v1/dispositions', elsewhere)).status === 201,
    );
    await waitUntil('both apply it', async () => {
      const offers = [await offerOver(first), await offerOver(second)];
      return offers.every((offer) => offer === undefined);
    });
  });
});
