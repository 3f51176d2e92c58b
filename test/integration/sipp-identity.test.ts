// Who calls: From in its forms, asserted identities, and the documented callers of the demonstration customers.
import t from 'tap';
import { CallStage, pathOf, userOf } from '../support/call-stage.js';
import { udpVariants } from '../support/drachtio-server.js';
import { sippMissing } from '../support/sipp.js';

const skip = sippMissing() ?? false;

for (const { isOnDrachtio, name, missing } of udpVariants) {
  void t.test(`callers over ${name}`, { skip: missing ?? skip }, async (t) => {
    const stage = await CallStage.open({ isOnDrachtio });
    t.teardown(() => stage.close());
    await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });

    const callers = [
      { caller: '+15550100001', queue: 'acme-sales', offer: 'ACME-PLATINUM', says: 'an offer by agents' },
      {
        caller: '+15550100002',
        queue: 'offer-ivr',
        offer: 'ACME-TRAVEL',
        says: 'an offer by an IVR program',
      },
      {
        caller: '+15550100003',
        queue: 'service',
        offer: 'ACME-SERVICE',
        says: 'a service alert comes first',
      },
      { caller: '+15550100004', queue: 'service', offer: undefined, says: 'a household number' },
      { caller: '+15550100005', queue: 'service', offer: undefined, says: 'opted out' },
      { caller: '+15550100006', queue: 'service', offer: undefined, says: 'no eligible offer' },
      { caller: '+15550100007', queue: 'service', offer: undefined, says: 'the control arm' },
      { caller: '+15550100099', queue: 'service', offer: undefined, says: 'nobody we know' },
    ];
    for (const { caller, queue, offer, says } of callers) {
      await t.test(`${caller}: ${says}`, async (t) => {
        const { run, arrivals, decision } = await stage.call('proxy', { scenario: 'uac-call', caller });
        t.equal(run.exitCode, 0, run.errors);
        t.equal(arrivals.length, 1);
        t.equal(userOf(arrivals[0]?.invite.uri ?? ''), queue);
        t.equal(arrivals[0]?.invite.header('X-Offer-ID'), offer);
        t.ok(arrivals[0]?.invite.header('X-Decision-ID'), 'every call carries its decision');
        t.equal((decision?.['offer'] as { offerCode?: string } | undefined)?.offerCode, offer);
        if (caller === '+15550100007') t.equal(decision?.['arm'], 'control');
        if (caller === '+15550100004') t.match(decision, { lookup: { kind: 'ambiguous' } });
        if (caller === '+15550100099') t.match(decision, { lookup: { kind: 'miss' } });
      });
    }

    await t.test('the same number at the other partner is another customer', async (t) => {
      const story = await stage.call('proxy', { scenario: 'uac-call', called: '+18005550200' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.same(pathOf(story), ['west/borealis-sales']);
      t.equal(story.arrivals[0]?.invite.header('X-Offer-ID'), 'BOR-FIBRE');
    });

    await t.test('tel: in From is the same caller', async (t) => {
      const story = await stage.call('proxy', { scenario: 'uac-tel-from' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.equal(story.arrivals[0]?.invite.header('X-Offer-ID'), 'ACME-PLATINUM');
      t.match(story.decision, { identity: { kind: 'number', source: 'From', confidence: 'claimed' } });
    });

    for (const caller of ['5550100001', '15550100001', '(555) 010-0001', '555-010-0001']) {
      await t.test(`a number in national form: ${caller}`, async (t) => {
        const written = caller.replaceAll(/[ ()]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
        const story = await stage.call('proxy', { scenario: 'uac-call', caller: written });
        t.equal(story.run.exitCode, 0, story.run.errors);
        t.equal(story.arrivals[0]?.invite.header('X-Offer-ID'), 'ACME-PLATINUM');
      });
    }

    await t.test('anonymous: plain service, nobody is looked up', async (t) => {
      const story = await stage.call('proxy', { scenario: 'uac-anonymous' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.equal(userOf(story.arrivals[0]?.invite.uri ?? ''), 'service');
      t.equal(story.arrivals[0]?.invite.header('X-Offer-ID'), undefined);
      t.match(story.decision, { identity: { kind: 'anonymous' } });
    });

    await t.test('something that is no number: plain service', async (t) => {
      const story = await stage.call('proxy', { scenario: 'uac-call', caller: 'bob' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.equal(userOf(story.arrivals[0]?.invite.uri ?? ''), 'service');
      t.match(story.decision, { identity: { kind: 'unparsable' } });
    });

    const asserted = { caller: '+15550100099', keys: { asserted: '+15550100001' }, scenario: 'uac-pai' };
    await t.test('P-Asserted-Identity of a trusted trunk is believed and goes on', async (t) => {
      const story = await stage.call('trusted', asserted);
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.equal(story.arrivals[0]?.invite.header('X-Offer-ID'), 'ACME-PLATINUM');
      t.match(story.decision, { identity: { source: 'P-Asserted-Identity', confidence: 'trusted' } });
      t.match(story.arrivals[0]?.invite.header('P-Asserted-Identity'), /\+15550100001/);
    });
    await t.test(
      'P-Asserted-Identity of any other trunk is neither believed nor passed on (RFC 3325 5)',
      async (t) => {
        const story = await stage.call('proxy', asserted);
        t.equal(story.run.exitCode, 0, story.run.errors);
        t.equal(userOf(story.arrivals[0]?.invite.uri ?? ''), 'service');
        t.match(story.decision, { identity: { source: 'From' }, lookup: { kind: 'miss' } });
        t.same(story.arrivals[0]?.invite.all('P-Asserted-Identity'), []);
      },
    );
    await t.test('a trusted trunk without the header: From serves', async (t) => {
      const story = await stage.call('trusted', { scenario: 'uac-call' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.match(story.decision, { identity: { source: 'From' } });
    });
  });
}
