// B2BUA trunks: a leg on each side, BYE from either, failover, CANCEL, re-INVITE; SIPp against the real process.
import t from 'tap';
import { CallStage, decisionIdOf, pathOf } from '../support/call-stage.js';
import { waitUntil } from '../support/child-process.js';
import { sumOf } from '../support/metrics-text.js';
import { sippVariants } from '../support/drachtio-server.js';
import { sippMissing } from '../support/sipp.js';

const skip = sippMissing() ?? false;

for (const { transport, isOnDrachtio, name, missing } of sippVariants) {
  void t.test(`b2bua over ${name}`, { skip: missing ?? skip }, async (t) => {
    const stage = await CallStage.open({
      transport,
      isOnDrachtio,
      edit: (draft) => {
        draft.proffer.routing = { ...draft.proffer.routing, provisionalTimeoutMs: 500 };
      },
    });
    t.teardown(() => stage.close());

    await t.test('the caller hangs up: BYE reaches the destination', async (t) => {
      await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
      const story = await stage.call('b2bua', { scenario: 'uac-call' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.same(pathOf(story), ['east/acme-sales']);
      const invite = story.arrivals[0]?.invite;
      t.not(invite?.header('Call-ID'), story.callId, 'the legs are two dialogs');
      t.equal(decisionIdOf(invite), story.decision?.['decisionId']);
      t.equal(invite?.header('X-Offer-ID'), 'ACME-PLATINUM');
      t.ok(
        stage
          .destination('east')
          .messages.some((one) => one.direction === 'received' && one.method === 'BYE'),
      );
      t.match(story.outcome, { result: 'success', destination: 'east/acme-sales' });
    });

    await t.test('the called side hangs up: BYE reaches the caller', async (t) => {
      await stage.set({ east: 'uas-callee-bye', west: 'uas-answer', overflow: 'uas-answer' });
      const story = await stage.call('b2bua', { scenario: 'uac-callee-bye' });
      t.equal(story.run.exitCode, 0, story.run.errors);
    });

    await t.test(
      'busy: the next destination gets the call, with the headers of its own attempt',
      async (t) => {
        await stage.set({ east: 'uas-busy', west: 'uas-answer', overflow: 'uas-answer' });
        const story = await stage.call('b2bua', { scenario: 'uac-call' });
        t.equal(story.run.exitCode, 0, story.run.errors);
        t.equal(pathOf(story)[0], 'east/acme-sales');
        const last = story.arrivals.at(-1);
        t.equal(last?.place, 'west');
        t.equal(decisionIdOf(last?.invite), story.decision?.['decisionId']);
      },
    );

    await t.test('a silent destination is left, and cannot answer later', async (t) => {
      await stage.set({ east: 'uas-silent', west: 'uas-answer', overflow: 'uas-answer' });
      const story = await stage.call('b2bua', { scenario: 'uac-call' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.equal(story.arrivals.at(-1)?.place, 'west');
    });

    await t.test('CANCEL while it rings ends both legs', async (t) => {
      await stage.set({ east: 'uas-ring-no-answer', west: 'uas-answer', overflow: 'uas-answer' });
      const story = await stage.call('b2bua', { scenario: 'uac-cancel-ringing' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.same(pathOf(story), ['east/acme-sales']);
      await waitUntil('the destination got the CANCEL', () =>
        stage.destination('east').messages.some((one) => one.method === 'CANCEL'),
      );
      t.match(story.outcome, { reason: 'cancelled' });
    });

    await t.test('a quick CANCEL leaves no leg behind', async (t) => {
      const story = await stage.call('b2bua', { scenario: 'uac-cancel-quick' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.match(story.outcome, { reason: 'cancelled' });
    });

    await t.test('a re-INVITE of the caller reaches the destination', async (t) => {
      await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
      const story = await stage.call('b2bua', { scenario: 'uac-reinvite' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      const invites = stage
        .destination('east')
        .messages.filter((one) => one.direction === 'received' && one.method === 'INVITE')
        .filter((one) => one.header('Call-ID') === story.arrivals[0]?.invite.header('Call-ID'));
      t.equal(new Set(invites.map((one) => one.header('CSeq'))).size, 2);
    });

    await t.test('no call is left when all have hung up', async (t) => {
      await waitUntil('no call in progress', async () => {
        return sumOf(await stage.router.metrics(), 'proffer_calls_in_progress') === 0;
      });
      t.pass();
    });
  });
}
