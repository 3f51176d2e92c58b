// Calls with real-time text (RFC 4103), with SIPp against the real process.
import t from 'tap';
import { CallStage } from '../support/call-stage.js';
import { sippMissing } from '../support/sipp.js';

const skip = sippMissing() ?? false;

void t.test(
  'an INVITE with a text stream goes to agents who take text, others do not',
  { skip },
  async (t) => {
    const stage = await CallStage.open({
      edit: (draft) => {
        draft.proffer.decision = { ...draft.proffer.decision, controlArmPercent: 0 };
      },
    });
    t.teardown(() => stage.close());
    await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
    const called = '+18005550200';
    const contactsOf = (messages: Awaited<ReturnType<typeof stage.call>>['run']['messages']) =>
      messages
        .find((one) => one.status === 302)
        ?.all('Contact')
        .join() ?? '';

    const text = await stage.call('redirect', { scenario: 'uac-text', called });
    t.equal(text.run.exitCode, 0, text.run.errors);
    t.match(
      contactsOf(text.run.messages),
      /^<sip:digital@[^>]*X-Offer-ID=BOR-TV/,
      'the offer that text presents',
    );
    t.notMatch(contactsOf(text.run.messages), /sip:(borealis-sales|service)@/);
    t.match(text.decision, { medium: 'text', offer: { offerCode: 'BOR-TV', presentation: 'text' } });

    const unknown = await stage.call('redirect', { scenario: 'uac-text', called, caller: '+15550100099' });
    t.match(contactsOf(unknown.run.messages), /^<sip:digital@/, 'plain service of text');

    const sound = await stage.call('redirect', { scenario: 'uac-redirect', called });
    t.equal(sound.run.exitCode, 0, sound.run.errors);
    t.match(contactsOf(sound.run.messages), /X-Offer-ID=BOR-FIBRE/);
    t.notMatch(contactsOf(sound.run.messages), /sip:digital@/);
    t.equal(sound.decision?.['medium'], undefined);
  },
);
