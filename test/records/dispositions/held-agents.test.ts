import { Dispositions, HeldAgents } from '../../../src/records/index.js';
import { systemClock } from '../../../src/kernel/index.js';
import { openShop, placeCall } from '../../support/records-shop.js';
import { onEachDatabase } from '../../support/records-stage.js';

onEachDatabase('who is held is kept by router, and what is recorded is told', async (t, { database }) => {
  await openShop(database);
  const until = Date.now() + 60_000;
  const held = new HeldAgents(database, () => Promise.resolve('router-1'));
  const one = {
    centre: 'east',
    agent: '1001',
    decisionId: 'd1',
    offer: 'PLATINUM',
    statusBefore: undefined,
    until,
  };
  await held.save([one, { ...one, decisionId: 'd2', statusBefore: 'Available' }], []);
  await held.save([{ ...one, statusBefore: 'Available' }], [{ ...one, decisionId: 'd2' }]);
  t.same(await held.load(), [{ ...one, statusBefore: 'Available' }]);
  t.same(await new HeldAgents(database, () => Promise.resolve('router-2')).load(), []);
  await placeCall(database, { decisionId: 'd1', at: Date.now() - 1000 });
  await placeCall(database, { decisionId: 'd2', at: Date.now() - 1000, kind: 'ivr' });
  await database.query("SELECT proffer.record_ivr_result('d2', 'PLATINUM', 'accepted', now())");
  const keys = ['d1', 'd2', 'd3'].map((decisionId) => ({ decisionId, offer: 'PLATINUM' }));
  t.same(await held.settled(keys), []);
  await new Dispositions({ database, clock: systemClock }).record({
    decisionId: 'd1',
    offer: 'PLATINUM',
    code: 'declined',
  });
  t.same(await held.settled(keys), keys.slice(0, 1));
});
