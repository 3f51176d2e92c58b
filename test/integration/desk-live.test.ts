// Agents' desks at a router that takes calls: what two agents see of one call, over their own live links. Real router process,
// stand-in centres, PostgreSQL.
import t from 'tap';
import type { Test } from 'tap';
import { Passwords } from '../../src/console/access/password.js';
import { Browser } from '../support/access-stage.js';
import { waitUntil } from '../support/child-process.js';
import { DeskClient } from '../support/desk-client.js';
import { LiveStage, twoAgentOffers } from '../support/live-stage.js';
import { PostgresServer } from '../support/postgres-server.js';

t.setTimeout(300_000);

const offer = 'ACME-PLATINUM';

const password = 'a password of their own';
let postgres: PostgresServer;

/** Somebody who is an agent of a centre logs in. */
async function deskOf(
  t: Test,
  { router }: LiveStage,
  agent: string,
  centreAgent: string,
): Promise<DeskClient> {
  const hash = await new Passwords().hash(password);
  await postgres.sql(
    `INSERT INTO proffer.agents (agent, name, role, centre_agents, password_hash, must_change_password)
       VALUES ('${agent}', '${agent}', 'agent', '{${centreAgent}}', '${hash}', false)`,
  );
  const browser = new Browser(router.http);
  t.equal((await browser.logIn(agent, password)).status, 200);
  const desk = new DeskClient(browser);
  t.teardown(() => desk.close());
  return desk;
}

t.test('two agents, one call', async (t) => {
  postgres = await PostgresServer.start();
  t.teardown(() => postgres.stop());
  const stage = await LiveStage.open(t, {
    staff: {
      east: { ann: { queues: ['acme-sales'], behaviour: 'answers-late' }, eve: { queues: ['service'] } },
      west: { bob: { queues: ['acme-sales'] } },
    },
    env: { DATABASE_URL: postgres.url },
    edit: twoAgentOffers,
  });
  const ann = await deskOf(t, stage, 'anna', 'east/ann');
  const bob = await deskOf(t, stage, 'robert', 'west/bob');
  await ann.until('her agent is there', ({ agents: [agent] }) => agent?.status === 'Available');
  await bob.until('no call', ({ calls }) => calls.length === 0);

  const held = await stage.call();
  const first = await ann.call('she talks', ({ state }) => state === 'talking');
  t.same(ann.story, ['ringing sales', 'talking sales']);
  t.match(first, {
    partner: 'acme',
    partnerName: /acme/i,
    queue: 'acme-sales',
    caller: '**********01',
    sales: { offer, url: /^http/, name: /./ },
    service: undefined,
    presented: [],
    isStale: false,
    isElsewhere: false,
    pairs: { decisionId: first.decisionId, offerCode: offer, userToUser: /encoding=hex/ },
  });
  t.ok(first.waitedMs !== undefined && first.joinedAt !== undefined && first.session !== '');

  await t.test('what else the caller may be offered, and what is presented as well', async (t) => {
    const id = first.decisionId;
    const { status, body } = await ann.browser.ask('GET', `/v1/desk/calls/${id}/offers?language=en`);
    t.equal(status, 200);
    const { offers } = body as { offers: { offer: string; reasons: string[]; presentations: object[] }[] };
    t.ok(offers.length >= 2);
    t.match(offers[0]?.reasons.join(), /likely because .* of customers like this one/);
    t.match(offers.find((one) => one.offer === 'ACME-SAVER')?.presentations, [
      { isReachable: true, why: '' },
    ]);
    t.equal((await bob.browser.ask('GET', `/v1/desk/calls/${id}/offers`)).status, 404, 'not his call');
    const present = { offer: 'ACME-TRAVEL' };
    t.equal((await ann.browser.ask('POST', `/v1/desk/calls/${id}/presented`, present)).status, 204);
    await stage.untilExposures(held, ['reserved', 'confirmed by ann', 'reserved', 'confirmed by ann']);
  });

  await t.test('the network goes, and what is shown is not live until it is back', async (t) => {
    ann.network(false);
    await waitUntil('the link is down', () => ann.link.state === 'down');
    t.equal(ann.state, undefined);
    t.match(ann.link.snapshot('desk').data?.calls, [{ state: 'talking' }], 'still to be seen, not as live');
    ann.network(true);
    const back = await ann.call('she is back', ({ state }) => state === 'talking');
    t.equal(back.decisionId, first.decisionId);
  });

  await t.test('a status is pending until the centre shows it', async (t) => {
    const asked = await ann.browser.ask('PUT', '/v1/desk/status', { status: 'On Break' });
    t.match(asked, {
      status: 202,
      body: { agents: [{ agent: 'ann', change: { kind: 'pending', status: 'On Break' } }] },
    });
    await ann.until(
      'on a break',
      ({ agents: [agent] }) => agent?.status === 'On Break' && agent.change === undefined,
    );
  });

  await t.test('after a transfer the second agent sees what the first presented', async (t) => {
    const path = `/v1/calls/${first.decisionId}/route`;
    t.equal((await ann.browser.ask('POST', path, { offer: 'ACME-SAVER' })).status, 200);
    const second = await bob.call('he talks', ({ state }) => state === 'talking');
    t.match(second, {
      decisionId: first.decisionId,
      sales: { offer: 'ACME-SAVER' },
      presented: [`${offer}:agent`, 'ACME-TRAVEL:agent'],
      isElsewhere: false,
    });
    await ann.call('it is over for her', ({ state }) => state === 'over');
  });

  await t.test('what is recorded leaves the desk', async (t) => {
    const { decisionId } = first;
    for (const one of [offer, 'ACME-TRAVEL']) {
      const given = { decisionId, offer: one, code: 'declined', agent: 'anna' };
      const answer = await ann.browser.ask('POST', '/v1/dispositions', given);
      t.equal(answer.status, 201, JSON.stringify(answer.body));
    }
    await ann.until(
      'nothing is left',
      ({ calls, undispositioned }) => calls.length === 0 && undispositioned === 0,
    );
    t.match((await ann.browser.ask('GET', '/v1/desk/today')).body, { calls: 1, presented: 2, declined: 2 });

    held.hangUp();
    await bob.call('it is over for him', ({ state }) => state === 'over');
    await bob.until('he owes one', ({ undispositioned }) => undispositioned === 1);
    t.equal((await bob.browser.ask('DELETE', `/v1/desk/calls/${decisionId}`)).status, 204);
    await bob.until('it is off his desk', ({ calls }) => calls.length === 0);
    t.match((await bob.browser.ask('GET', '/v1/desk/undispositioned')).body, {
      open: [{ decisionId, offer: 'ACME-SAVER', offerName: /./ }],
    });
  });

  await t.test('a centre that is down shows nothing as live', async () => {
    await stage.call('+15550100099', `+18005550100@${stage.router.sip}`);
    await stage.killCentre('west');
    await bob.until('his status is unknown', ({ agents: [agent] }) => agent?.status === undefined);
    await ann.until('hers is not', ({ agents: [agent] }) => agent?.status === 'On Break');
  });

  await t.test('who logs out has no live link', async (t) => {
    t.equal((await bob.browser.ask('DELETE', '/v1/session')).status, 204);
    await waitUntil('the link is down', () => bob.link.state === 'down');
    bob.link.wake();
    await bob.refused;
    t.equal(bob.state, undefined);
  });
});
