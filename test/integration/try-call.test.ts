// A call that is tried gets what the next real one gets, and leaves nothing behind: real router, live feeds, real SIP calls.
import t from 'tap';
import { waitUntil } from '../support/child-process.js';
import { LiveStage, platinumCaller, dialled, twoAgentOffers } from '../support/live-stage.js';
import { sumOf } from '../support/metrics-text.js';
import { apiToken, askAt } from '../support/records-client.js';

t.setTimeout(300_000);

interface Decided {
  readonly record: Record<string, unknown>;
}

t.test('a tried call and the next real one are decided alike, free agent or not', async (t) => {
  const stage = await LiveStage.open(t, {
    staff: { east: { ann: ['acme-sales'] }, west: { wanda: ['acme-sales'], wes: ['service'] } },
    env: { PROFFER_API_TOKEN: apiToken },
    edit: twoAgentOffers,
  });
  const ask = askAt(() => stage.router.http);
  const lookups = async () => sumOf(await stage.router.metrics(), 'proffer_store_lookups_total');
  const tried = async (): Promise<Record<string, unknown>> => {
    const answer = await ask('POST', '/v1/try-call', { from: platinumCaller, to: dialled.acme });
    t.equal(answer.status, 200, JSON.stringify(answer.body));
    return (answer.body as unknown as Decided).record;
  };
  const called = async () => {
    const held = await stage.call();
    const line = await stage.decisionOf(held);
    return { held, line };
  };
  const decided = ({
    offer,
    steps,
    reason,
    arm,
    generation,
    customer,
    candidates,
    seed,
  }: Record<string, unknown>) => ({
    offer,
    steps,
    reason,
    arm,
    generation,
    customer,
    candidates,
    seed,
  });

  const before = await lookups();
  const lines = stage.router.records().length;
  const dry = await tried();
  t.match(await tried(), decided(dry), 'trying changes nothing');
  t.equal(stage.router.records().length, lines, 'no record');
  t.equal(await lookups(), before, 'no look-up is counted');
  t.equal(sumOf(await stage.router.metrics(), 'proffer_reservations'), 0, 'no reservation');

  const first = await called();
  t.strictSame(decided(first.line), decided(dry));
  t.match(first.line, { offer: { offerCode: 'ACME-PLATINUM' } });

  await waitUntil('ann is busy', async () => (await stage.queueReading('east', 'acme-sales')).free === 0);
  const later = await tried();
  const second = await called();
  t.strictSame(decided(second.line)['steps'], decided(later)['steps'], 'by the live board');
  t.notSame(decided(later)['candidates'], decided(dry)['candidates']);
  first.held.hangUp();
  second.held.hangUp();
});
