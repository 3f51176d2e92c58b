// The agent desktop in a browser: a call arrives, its icons light, the script opens, the disposition is stored and corrected, and what
// is not live is not taken for live.
import t from 'tap';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import type { Test } from 'tap';
import { hasNoSeriousFault } from '../../support/accessibility.js';
import { chromiumMissing, openBrowser, openPage } from '../../support/browser.js';
import { waitUntil } from '../../support/child-process.js';
import { annAtEast, deskCall, DeskServer, serviceOffer } from '../../support/desk-stage.js';

const options = { skip: chromiumMissing() ?? false };

let opened: Promise<Browser> | undefined;
/** One for all tests of this file. */
const browser = () => (opened ??= openBrowser(t));

const icon = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name}`) });

async function openDesk(t: Test, more: Parameters<typeof openPage>[2] = {}) {
  const server = await DeskServer.open(t);
  const page = await openPage(t, await browser(), more);
  await page.goto(`${server.url}/desk`);
  return { server, page };
}

t.test(
  'a call, by keyboard alone: it rings, lights, is read, recorded with a note, and corrected',
  options,
  async (t) => {
    const { server, page } = await openDesk(t);
    await page.getByText('No call', { exact: true }).waitFor();
    await hasNoSeriousFault(t, page, 'no call');
    server.show({ calls: [deskCall()] });
    await page.getByRole('heading', { name: 'Ringing' }).waitFor();
    await page.getByText('+1555•••••01').first().waitFor();
    await page
      .getByRole('status')
      .getByText('Sales offer: Platinum card, first year free.')
      .waitFor({ state: 'attached' });
    t.equal(await icon(page, 'Sales offer').getAttribute('aria-disabled'), 'false');
    t.equal(await icon(page, 'Service offer').getAttribute('aria-disabled'), 'true');
    await page.keyboard.press('3');
    t.strictSame(server.asked, [], 'nothing is recorded before the call is answered');

    server.show({
      calls: [deskCall({ state: 'talking', waitedMs: 31_000, presented: ['ACME-TRAVEL:declined'] })],
    });
    await page.getByRole('heading', { name: 'Talking' }).waitFor();
    await page.keyboard.press('v');
    await page.keyboard.press('s');
    await page.getByText('Good day Maria Lopez, this is Ann Archer of Acme Bank.').waitFor();
    t.equal(await icon(page, 'Sales offer').getAttribute('aria-pressed'), 'true');
    t.equal(
      await page.evaluate('document.activeElement.textContent'),
      'Platinum card, first year free',
      'focus is in it',
    );
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Travel insurance' })
      .getByText('declined', { exact: true })
      .waitFor();
    await hasNoSeriousFault(t, page, 'talking');

    await page.keyboard.press('3');
    await page.getByLabel('Note (this code needs one)').waitFor();
    await waitUntil(
      'the note has the focus',
      async () => (await page.locator('textarea:focus').count()) === 1,
    );
    await page.keyboard.type('1 fee too many');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Platinum card, first year free: Complained').waitFor();
    await page.getByText('Note: 1 fee too many').waitFor();
    const said = { code: 'complained', note: '1 fee too many', agent: 'east/ann' };
    t.strictSame(server.asked, [
      { method: 'POST', path: '/dispositions', body: { decisionId: 'd-1', offer: 'ACME-PLATINUM', ...said } },
    ]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('New disposition for Platinum card').waitFor();
    await page.keyboard.press('1');
    await page.getByText('Platinum card, first year free: Accepted').waitFor();
    await page.getByText(/revision 2$/).waitFor();
    t.match(server.asked[1], {
      method: 'PUT',
      path: '/dispositions/d-1/ACME-PLATINUM',
      body: { code: 'accepted', note: '1 fee too many' },
    });
    await page.keyboard.press('b');
    await page.getByText('On break asked for, waiting for the centre').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Open the sales offer').waitFor();
  },
);

t.test(
  'the script of a service alert opens first; another offer is presented; the call goes elsewhere',
  options,
  async (t) => {
    const { server, page } = await openDesk(t, { colorScheme: 'dark', allowed: /409/ });
    server.show({ calls: [deskCall({ state: 'talking', service: serviceOffer })] });
    await page
      .getByText('Start with this script: the customer has an open service alert. The sales')
      .waitFor();
    await page.getByText('I can see that something is wrong with your account.').waitFor();
    await hasNoSeriousFault(t, page, 'dark');
    await page.getByRole('button', { name: 'Present this: Saver account' }).click();
    await page.getByText('With the saver account it earns').waitFor();
    t.match(server.asked.pop(), { path: '/desk/calls/d-1/presented', body: { offer: 'ACME-SAVER' } });
    await page.getByRole('button', { name: 'Saver account at the welcome rate', pressed: true }).waitFor();
    t.equal(
      await page.getByRole('button', { name: /^Present this: Travel/ }).count(),
      0,
      'nor what is not allowed',
    );

    server.routeAnswer = { status: 409, body: { code: 'refused', message: 'the centre refused: NO_AGENT' } };
    const send = async () => {
      await page.getByLabel('To', { exact: true }).selectOption({ label: 'west/service' });
      await page.getByRole('button', { name: 'Send …' }).click();
      await page.getByRole('button', { name: 'Send it' }).click();
    };
    await send();
    await page.getByText('The call stays with you. the centre refused: NO_AGENT').waitFor();
    server.routeAnswer = { status: 200, body: { kind: 'routed' } };
    await send();
    await page.getByText('The call is on its way to west/service.').waitFor();
    t.match(server.asked.at(-1), { path: '/calls/d-1/route', body: { queue: 'west/service' } });
    await page.getByText('All 5 values of this call').click();
    await page.getByRole('rowheader', { name: 'tier' }).waitFor();
  },
);

t.test(
  'while the link is down nothing looks live, and a disposition gets through all the same',
  options,
  async (t) => {
    const server = await DeskServer.open(t);
    server.show({ calls: [deskCall({ state: 'talking' })] });
    const page = await openPage(t, await browser(), {
      allowed: /Failed to load resource|net::ERR_FAILED/,
    });
    const links: WebSocketRoute[] = [];
    let isDown = false;
    await page.routeWebSocket(/\/v1\/live/, (link) => {
      if (isDown) return void link.close({ code: 1012 });
      link.connectToServer();
      links.push(link);
    });
    await page.goto(`${server.url}/desk`);
    await page.getByRole('heading', { name: 'Talking', exact: true }).waitFor();
    isDown = true;
    await links[0]?.close({ code: 1012 });
    await page.getByText(/^Not live since \d/).waitFor();
    await page.getByRole('heading', { name: 'Last known: Talking' }).waitFor();
    t.equal(await page.getByLabel('Time in this state').count(), 0, 'no clock runs');
    t.ok(await page.getByRole('button', { name: 'Present this: Saver' }).isDisabled());
    let lost = 0;
    await page.route('**/v1/dispositions', (route) => (lost++ === 0 ? route.abort() : route.continue()));
    await page.getByRole('button', { name: 'Declined' }).click();
    await page.getByText('Declined is not stored yet, trying again.').waitFor();
    await page.getByText('Platinum card, first year free: Declined').waitFor();
    t.equal(server.stored.length, 1);
    isDown = false;
    server.show({ calls: [] });
    await page.evaluate("window.dispatchEvent(new Event('online'))");
    await page.getByText('No call', { exact: true }).waitFor();
    t.equal(await page.getByText(/^Not live since/).count(), 0);
  },
);

t.test(
  'calls that are over wait for their disposition, in another browser and at 200 %, in Spanish',
  options,
  async (t) => {
    const server = await DeskServer.open(t);
    const open = (decisionId: string) => ({
      decisionId,
      offer: 'ACME-SAVER',
      offerName: 'Saver account',
      partner: 'acme',
      presentation: 'agent',
      queue: 'east/acme-sales',
      confirmedAt: Date.now() - 400_000,
      endedAt: Date.now() - 130_000,
      autoWrapAt: Date.now() + 170_000,
      autoWrapCode: 'presented',
    });
    server.open = [open('d-0')];
    server.show({ calls: [deskCall({ state: 'over' })], agents: [annAtEast], undispositioned: 2 });
    const page = await openPage(t, await browser(), {
      locale: 'es-ES',
      viewport: { width: 640, height: 720 },
    });
    await page.goto(`${server.url}/desk`);
    await page.getByRole('heading', { name: 'Llamada terminada' }).waitFor();
    t.notOk(
      await page.evaluate('document.documentElement.scrollWidth > innerWidth'),
      'nothing scrolls sideways',
    );
    await hasNoSeriousFault(t, page, '640 px');
    await page.getByRole('button', { name: 'Registrar el resultado de Saver account' }).click();
    server.open = [];
    await page.keyboard.press('2');
    await page.getByText('El resultado de Saver account está guardado.').waitFor();
    t.match(server.stored, [{ decisionId: 'd-0', offer: 'ACME-SAVER', code: 'declined' }]);
    await page.getByText('Todo lo que presentó tiene su resultado.').waitFor();
    await page.getByRole('button', { name: 'Call back' }).click();
    await page.getByLabel('Llamar el').fill('2027-01-15T10:30');
    await page.getByRole('button', { name: 'Guardar Call back' }).click();
    await page.getByText(/^Llamar: 15 ene 2027/).waitFor();
    await page.getByRole('button', { name: 'Descartar' }).click();
    await page.getByText('Sin llamada', { exact: true }).waitFor();
  },
);

t.test('whoever types a note goes on typing it when another call rings', options, async (t) => {
  const { server, page } = await openDesk(t);
  server.show({ calls: [deskCall({ state: 'over' })] });
  await page.getByLabel('Note').click();
  await page.keyboard.type('wants ');
  server.show({ calls: [deskCall({ state: 'over' }), deskCall({ decisionId: 'd-2', queue: 'service' })] });
  await page.getByRole('button', { name: /^Ringing/ }).waitFor();
  await page.keyboard.type('2 cards');
  t.equal(await page.getByLabel('Note').inputValue(), 'wants 2 cards');
  t.strictSame(server.asked, []);
  await page.getByRole('button', { name: /^Ringing/ }).click();
  await page.getByRole('heading', { name: 'Ringing' }).waitFor();
  await page.getByRole('button', { name: /^Call over/ }).click();
  t.equal(await page.getByLabel('Note').inputValue(), 'wants 2 cards', 'and finds it again');
});
