// Contacts that are not phone calls, against the real process: what a customer says on a web page decides the next contact and the next
// call of that customer.
import t from 'tap';
import { hasNoSeriousFault } from '../support/accessibility.js';
import { chromiumMissing, openBrowser, openPage } from '../support/browser.js';
import { CallStage } from '../support/call-stage.js';
import { waitUntil } from '../support/child-process.js';
import { recordsReady } from '../support/next-call.js';
import { apiToken, askAt } from '../support/records-client.js';
import { sippMissing } from '../support/sipp.js';

const skip = sippMissing() ?? chromiumMissing() ?? false;
const called = '+18005550200';
const phone = '+15550100001';

t.setTimeout(300_000);

void t.test(
  'declined on a web page: neither the next contact nor the next call is offered it',
  { skip },
  async (t) => {
    const stage = await CallStage.open({
      records: true,
      env: { PROFFER_API_TOKEN: apiToken },
      edit: (draft) => {
        draft.proffer.decision = { ...draft.proffer.decision, controlArmPercent: 0 };
        for (const offer of draft.offers.offers ?? []) {
          if (offer.offer === 'BOR-FIBRE') offer.killSwitch = true;
        }
      },
    });
    t.teardown(() => stage.close());
    const { router } = stage;
    await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
    await recordsReady(router);
    const ask = askAt(() => router.http);
    const contact = (medium: string) =>
      ask('POST', '/v1/contacts', {
        partner: 'borealis',
        medium,
        identity: { phone },
        context: { page: 'home' },
      });
    const callOffer = async (): Promise<unknown> => {
      const { decision } = await stage.call('redirect', { scenario: 'uac-redirect', called });
      return (decision?.['offer'] as { offerCode?: string } | undefined)?.offerCode;
    };

    t.equal(await callOffer(), 'BOR-TV', 'the call before');
    const chat = await contact('chat');
    t.match(chat.body, { offer: { offer: 'BOR-TV' }, target: { kind: 'chat', queue: 'west/digital' } });
    const web = await contact('web');
    t.equal(web.status, 201);
    t.match(web.body, {
      state: 'open',
      offer: { offer: 'BOR-TV', kind: 'sales' },
      presentation: 'web',
      target: { kind: 'page', url: 'https://www.example.com/borealis/tv' },
      reason: 'offer',
      failOpen: [],
      pairs: { page: 'home', offerCode: 'BOR-TV', decisionId: web.body['contactId'] },
    });
    const id = String(web.body['contactId']);
    const stateOf = async (): Promise<unknown> => (await ask('GET', `/v1/contacts/${id}`)).body['state'];

    const browser = await openBrowser(t);
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await openPage(t, browser, { colorScheme });
      await page.goto(`${router.http}/embed/example#${String(web.body['token'])}`);
      await page.getByRole('heading', { name: 'TV package, six months for three' }).waitFor();
      await waitUntil('it is presented', async () => (await stateOf()) === 'presented');
      await hasNoSeriousFault(t, page, colorScheme);
      if (colorScheme === 'light') continue;
      await page.getByRole('button', { name: 'No, thank you' }).click();
      await page.getByText('We will not offer it again for now').waitFor();
    }
    t.equal(await stateOf(), 'declined');

    t.match((await contact('web')).body, {
      offer: null,
      target: { kind: 'page', url: 'https://www.example.com/borealis/welcome' },
    });
    t.not(await callOffer(), 'BOR-TV', 'the call after');
    const recorded = await ask('GET', `/v1/dispositions/${id}`);
    t.match(recorded.body['dispositions'], [{ offer: 'BOR-TV', code: 'declined', source: 'web' }]);
    const shown = await router.run(['calls', 'show', id, '--replay', '--json']);
    t.equal(shown.code, 0, shown.stderr);
    t.match(JSON.parse(shown.stdout), {
      contact: { medium: 'web', partner: 'borealis' },
      exposures: [{ kind: 'web', state: 'concluded', result: 'declined', destination: 'page:BOR-TV.web' }],
      decisions: [{ replay: { kind: 'replayed', differences: [] } }],
    });
  },
);
