// Proxying trunks: where calls land, failover, CANCEL, copies of the INVITE; SIPp against the real process.
import t from 'tap';
import { CallStage, decisionIdOf, pathOf } from '../support/call-stage.js';
import { sippVariants } from '../support/drachtio-server.js';
import { sippMissing } from '../support/sipp.js';

const skip = sippMissing() ?? false;
const provisionalTimeoutMs = 500;

for (const { transport, isOnDrachtio, name, missing } of sippVariants) {
  void t.test(`proxy over ${name}`, { skip: missing ?? skip }, async (t) => {
    const stage = await CallStage.open({
      transport,
      isOnDrachtio,
      edit: (draft) => {
        draft.proffer.routing = { ...draft.proffer.routing, provisionalTimeoutMs };
      },
    });
    t.teardown(() => stage.close());
    // Over TCP SIPp cannot be hung up on by somebody else than who called it: see uac-answered.xml.
    const answered = transport === 'udp' ? 'uac-call' : 'uac-answered';

    await t.test('a call lands at the queue of the best offer with the offer on it', async (t) => {
      await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
      const story = await stage.call('proxy', { scenario: answered });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.same(pathOf(story), ['east/acme-sales']);
      const invite = story.arrivals[0]?.invite;
      const decisionId = story.decision?.['decisionId'];
      t.equal(invite?.header('X-Decision-ID'), decisionId);
      t.equal(decisionIdOf(invite), decisionId, 'User-to-User carries the decision id in hexadecimal');
      t.equal(invite?.header('X-Offer-ID'), 'ACME-PLATINUM');
      t.equal(invite?.header('X-Offer-URL'), 'https://scripts.example.com/acme/platinum');
      t.match(invite?.header('Call-Info'), /^<https:\/\/scripts\.example\.com\/acme\/platinum>;purpose=/);
      t.equal(invite?.header('Record-Route'), undefined, 'no dialog stays with us');
      t.equal(invite?.header('Max-Forwards'), '69', 'one less than it came with (RFC 3261 16.6)');
      t.match(story.outcome, {
        result: 'success',
        destination: 'east/acme-sales',
        offer: 'ACME-PLATINUM',
        status: 200,
      });
      const provisional = story.run.messages.find((one) => one.direction === 'received');
      t.equal(provisional?.status, 100, '100 comes first');
    });

    for (const [scenario, status] of [
      ['uas-busy', 486],
      ['uas-unavailable', 503],
    ] as const) {
      await t.test(`${status}: the next destination gets the call`, async (t) => {
        await stage.set({ east: scenario, west: 'uas-answer', overflow: 'uas-answer' });
        const story = await stage.call('proxy', { scenario: answered });
        t.equal(story.run.exitCode, 0, story.run.errors);
        t.equal(pathOf(story)[0], 'east/acme-sales');
        t.match(pathOf(story).at(-1), /^west\//);
        t.match(story.attempts[0], { destination: 'east/acme-sales', status });
        t.match(story.outcome, { result: 'success' });
      });
    }

    await t.test('a destination that says nothing is left after provisionalTimeoutMs', async (t) => {
      await stage.set({ east: 'uas-silent', west: 'uas-answer', overflow: 'uas-answer' });
      const story = await stage.call('proxy', { scenario: answered });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.equal(pathOf(story)[0], 'east/acme-sales');
      t.match(pathOf(story).at(-1), /^west\//);
    });

    await t.test('centres that refuse everything: the overflow URI takes the call', async (t) => {
      await stage.set({ east: 'uas-busy', west: 'uas-unavailable', overflow: 'uas-answer' });
      const story = await stage.call('proxy', { scenario: answered });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.equal(pathOf(story).at(-1), 'overflow/overflow');
      t.match(story.outcome, { result: 'success', destination: 'overflow' });
    });

    await t.test('centres that are down are not tried', async (t) => {
      await stage.set({ west: 'uas-answer', overflow: 'uas-answer' });
      const story = await stage.call('proxy', { scenario: answered });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.same(pathOf(story), ['west/acme-sales']);
    });

    await t.test('nothing can take it: 503 with Retry-After', async (t) => {
      await stage.set({});
      const { run, outcome } = await stage.call('proxy', { scenario: 'uac-no-answer' });
      // The proxy of a drachtio-server answers by itself, as RFC 3261 16.7 has it for a search without any response.
      if (isOnDrachtio) t.ok(run.messages.some(({ status }) => status === 408));
      else t.equal(run.exitCode, 0, run.errors);
      t.not(outcome?.['result'], 'success');
    });

    await t.test('603 ends the search', async (t) => {
      await stage.set({ east: 'uas-decline', west: 'uas-answer', overflow: 'uas-answer' });
      const story = await stage.call('proxy', { scenario: 'uac-decline' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.same(pathOf(story), ['east/acme-sales']);
    });

    await t.test('CANCEL while it rings reaches the destination', async (t) => {
      await stage.set({ east: 'uas-ring-no-answer', west: 'uas-answer', overflow: 'uas-answer' });
      const story = await stage.call('proxy', { scenario: 'uac-cancel-ringing' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.same(pathOf(story), ['east/acme-sales'], 'nobody else is tried');
      t.ok(stage.destination('east').messages.some((one) => one.method === 'CANCEL'));
      t.match(story.outcome, { reason: 'cancelled' });
    });

    await t.test('a quick CANCEL ends the call', async (t) => {
      const story = await stage.call('proxy', { scenario: 'uac-cancel-quick' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.match(story.outcome, { reason: 'cancelled' });
      t.ok(story.arrivals.length <= 1);
    });

    if (transport === 'udp') {
      await t.test('the same INVITE with another branch is 482 and the first call goes on', async (t) => {
        await stage.set({ east: 'uas-ring-answer', west: 'uas-answer', overflow: 'uas-answer' });
        const story = await stage.call('proxy', { scenario: 'uac-merged' });
        t.equal(story.run.exitCode, 0, story.run.errors);
        t.same(pathOf(story), ['east/acme-sales']);
      });

      await t.test('copies of the INVITE make no second call', async (t) => {
        const story = await stage.call('proxy', { scenario: 'uac-retransmit', args: ['-nr'] });
        t.equal(story.run.exitCode, 0, story.run.errors);
        t.same(pathOf(story), ['east/acme-sales']);
      });

      await t.test('re-INVITE and BYE pass between the ends', async (t) => {
        await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
        const story = await stage.call('proxy', { scenario: 'uac-reinvite' });
        t.equal(story.run.exitCode, 0, story.run.errors);
      });

      await t.test('what a caller brings under our header names does not arrive', async (t) => {
        const story = await stage.call('proxy', { scenario: 'uac-spoofed' });
        t.equal(story.run.exitCode, 0, story.run.errors);
        const invite = story.arrivals[0]?.invite;
        t.same(invite?.all('X-Offer-ID'), ['ACME-PLATINUM']);
        t.same(invite?.all('X-Decision-ID'), [story.decision?.['decisionId']]);
        t.equal(invite?.all('User-to-User').length, 1);
        t.equal(invite?.all('Call-Info').length, 1);
        t.notMatch(invite?.text, /evil\.example\/script/);
        t.same(invite?.all('P-Asserted-Identity'), [], 'a folded header does not become one of its own');
      });

      await t.test('the called side may hang up', async (t) => {
        await stage.set({ east: 'uas-callee-bye', west: 'uas-answer', overflow: 'uas-answer' });
        const story = await stage.call('proxy', { scenario: 'uac-callee-bye' });
        t.equal(story.run.exitCode, 0, story.run.errors);
      });
    }
  });
}
