import { systemClock } from '../../../src/kernel/index.js';
import { AgentDesk } from '../../../src/records/desk/desk-records.js';
import { Dispositions } from '../../../src/records/dispositions/dispositions.js';
import { hour, openShop, placeCall } from '../../support/records-shop.js';
import { onEachDatabase } from '../../support/records-stage.js';

onEachDatabase('an agent’s day, and what is still to be recorded', async (t, { database }) => {
  await openShop(database);
  const now = Date.now();
  const since = now - hour;
  await placeCall(database, { decisionId: 'd0', at: since - hour, endedAt: since - hour + 60_000 });
  await placeCall(database, { decisionId: 'd1', at: now - 50_000, endedAt: now - 40_000 });
  await placeCall(database, { decisionId: 'd2', at: now - 30_000, endedAt: now - 20_000 });
  await placeCall(database, { decisionId: 'd2', at: now - 29_000, offer: 'TRAVEL' });
  await placeCall(database, { decisionId: 'd3', at: now - 10_000, customer: 'c2' });
  await placeCall(database, { decisionId: 'd4', at: now - 10_000, agent: '1002', endedAt: now });
  await placeCall(database, { decisionId: 'd5', at: now - 10_000, state: 'reserved' });
  await database.query(
    `INSERT INTO proffer.agents (agent, name, role, centre_agents) VALUES ('ann', 'Ann', 'agent', '{east/1001}'),
       ('bob', 'Bob', 'agent', '{west/1001}')`,
  );
  const dispositions = new Dispositions({ database, clock: systemClock });
  for (const [decisionId, offer, code] of [
    ['d1', 'PLATINUM', 'accepted'],
    ['d2', 'PLATINUM', 'declined'],
    ['d2', 'TRAVEL', 'callback'],
  ] as const) {
    const callbackAt = code === 'callback' ? now + hour : undefined;
    const answer = await dispositions.record({ decisionId, offer, code, agent: 'ann', callbackAt });
    t.equal(answer.kind, 'recorded', `${decisionId} ${offer}`);
  }
  let drained = 0;
  const desk = new AgentDesk({
    database,
    clock: systemClock,
    drain: () => {
      drained += 1;
      return Promise.resolve(true);
    },
  });
  t.same(await desk.today('ann', since), {
    since,
    calls: 2,
    talkSeconds: 120,
    averageHandlingSeconds: 60,
    presented: 4,
    accepted: 1,
    declined: 1,
    callbacks: 1,
    undispositioned: 2,
  });
  t.match(
    await desk.today('bob', since),
    { calls: 0, averageHandlingSeconds: null, presented: 0 },
    'of another centre',
  );
  const open = await desk.undispositioned('ann');
  t.match(open, [
    {
      decisionId: 'd0',
      offer: 'PLATINUM',
      offerName: 'Platinum',
      partner: 'acme',
      presentation: 'agent',
      queue: 'sales',
      endedAt: since - hour + 60_000,
      autoWrapAt: since - hour + 360_000,
      autoWrapCode: 'presented',
    },
    { decisionId: 'd3', endedAt: null, autoWrapAt: null, autoWrapCode: 'presented' },
  ]);
  t.equal(open.length, 2);
  t.equal(await desk.countUndispositioned('ann'), 2);
  t.equal(drained, 3);
});
