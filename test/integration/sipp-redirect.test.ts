// Redirecting trunks, with SIPp against the real process over UDP and TCP.
import t from 'tap';
import { CallStage } from '../support/call-stage.js';
import { sumOf } from '../support/metrics-text.js';
import { sippVariants } from '../support/drachtio-server.js';
import { sippMissing } from '../support/sipp.js';
import type { SippResult } from '../support/sipp.js';

const skip = sippMissing() ?? false;

const contactsOf = (run: SippResult): string =>
  run.messages
    .find((one) => one.status === 302)
    ?.all('Contact')
    .join() ?? '';

for (const { transport, isOnDrachtio, name, missing } of sippVariants) {
  void t.test(`redirect over ${name}`, { skip: missing ?? skip }, async (t) => {
    const stage = await CallStage.open({ transport, isOnDrachtio });
    t.teardown(() => stage.close());
    await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });

    await t.test('302 lists the destinations of the best offer first and carries its data', async (t) => {
      const { run, decision, outcome, arrivals } = await stage.call('redirect', { scenario: 'uac-redirect' });
      t.equal(run.exitCode, 0, run.errors);
      t.equal(arrivals.length, 0, 'the carrier moves the call, not we');
      const response = run.messages.find((one) => one.status === 302);
      const contacts = response?.all('Contact').flatMap((one) => one.split(',')) ?? [];
      t.match(contacts[0], new RegExp(`acme-sales@127\\.0\\.0\\.1:${stage.ports.east}`));
      t.match(contacts[0], /X-Offer-ID=ACME-PLATINUM/);
      t.match(contacts.at(-1), new RegExp(`overflow@127\\.0\\.0\\.1:${stage.ports.overflow}`));
      const q = contacts.map((one) => Number(/;q=([0-9.]+)/.exec(one)?.[1] ?? 'NaN'));
      t.same(
        q,
        q.toSorted((a, b) => b - a),
        'q falls from Contact to Contact (RFC 3261 20.10)',
      );
      t.equal(response?.header('X-Decision-ID'), decision?.['decisionId']);
      t.match(decision, {
        action: 'redirect',
        trunk: 'redirect',
        partner: 'acme',
        lookup: { kind: 'hit' },
        arm: 'offer',
      });
      t.match(outcome, { result: 'success', destination: 'east/acme-sales', offer: 'ACME-PLATINUM' });
    });

    await t.test('the carrier that follows it reaches the queue', async (t) => {
      const { run, arrivals } = await stage.call('redirect', { scenario: 'uac-redirect-follow' });
      t.equal(run.exitCode, 0, run.errors);
      t.match(arrivals[0]?.invite.uri, /^sip:acme-sales@/);
    });

    await t.test('an offer for an IVR program goes to the IVR bank', async (t) => {
      const { run } = await stage.call('redirect', { scenario: 'uac-redirect', caller: '+15550100002' });
      t.equal(run.exitCode, 0, run.errors);
      const response = run.messages.find((one) => one.status === 302);
      t.match(response?.header('Contact'), /sip:offer-ivr@/);
      t.match(response?.header('Contact'), /X-Offer-ID=ACME-TRAVEL/);
    });

    await t.test('an INVITE with a text stream (RFC 4103) goes to agents who take text', async (t) => {
      const text = await stage.call('redirect', { scenario: 'uac-text', called: '+18005550200' });
      t.equal(text.run.exitCode, 0, text.run.errors);
      t.match(contactsOf(text.run), /^<sip:digital@[^>]*X-Offer-ID=BOR-TV/, 'the offer that text presents');
      t.notMatch(contactsOf(text.run), /sip:(borealis-sales|service)@/);
      t.match(text.decision, { medium: 'text', offer: { offerCode: 'BOR-TV', presentation: 'text' } });
      const sound = await stage.call('redirect', { scenario: 'uac-redirect', called: '+18005550200' });
      t.equal(sound.run.exitCode, 0, sound.run.errors);
      t.match(contactsOf(sound.run), /X-Offer-ID=BOR-FIBRE/);
      t.notMatch(contactsOf(sound.run), /sip:digital@/);
      t.equal(sound.decision?.['medium'], undefined);
    });

    await t.test('calls are counted by trunk, action, offer, arm and result', async (t) => {
      const samples = await stage.router.metrics();
      const labels = {
        trunk: 'redirect',
        action: 'redirect',
        offer: 'ACME-PLATINUM',
        arm: 'offer',
        result: 'success',
      };
      t.equal(sumOf(samples, 'proffer_calls_total', labels), 2);
    });
  });
}
