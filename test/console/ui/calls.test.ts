// Recorded calls in a browser: a list that is filtered and goes on, and the whole story of one call.
import t from 'tap';
import type { CallHistoryFilter } from '../../../src/console/index.js';
import { hasNoSeriousFault } from '../../support/accessibility.js';
import { chromiumMissing, openBrowser, openPage } from '../../support/browser.js';
import { serveConsole, supervisor } from '../../support/console-stage.js';
import { takePicture } from '../../support/console-pictures.js';
import { decisionId } from './board-fakes.js';
import { messagesKept, storyAreas } from './story-fakes.js';

t.test('recorded calls', { skip: chromiumMissing() ?? false }, async (t) => {
  const browser = await openBrowser(t);

  t.test('are filtered, go on page by page, and lead to the story of each', async (t) => {
    const asked: CallHistoryFilter[] = [];
    const { url } = await serveConsole(t, storyAreas(asked));
    const page = await openPage(t, browser);
    await page.goto(`${url}/calls`);
    await page.getByRole('status').getByText('50 calls').waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByRole('status').getByText('60 calls').waitFor();
    await page.getByLabel('Offer', { exact: true }).selectOption('ACME-PLATINUM');
    await page.getByLabel('Outcome').selectOption('answered');
    await page.getByLabel('Decision id or Call-ID').fill('  0@carrier ');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('status').getByText('30 calls').waitFor();
    t.match(asked.at(-1), { offer: 'ACME-PLATINUM', outcome: 'answered', id: '0@carrier' });
    t.match(page.url(), /offer=ACME-PLATINUM/, 'the list can be sent to somebody');
    await hasNoSeriousFault(t, page, 'list');

    await page.getByRole('row').nth(1).getByRole('link').click();
    await page.getByText(/because it is worth 30.10 there/).waitFor();
    await page.getByText('Attempt 1, east/acme-sales: 503 Service Unavailable').waitFor();
    await page.getByText('ACME-PLATINUM presented by wanda at west/acme-sales').waitFor();
    await page.getByText('The SIP messages of this call are not kept any more.').waitFor();
    await page.getByText(/0.300 s: west\/acme-sales to proffer: 200 OK/).waitFor({ state: 'attached' });
    const said = page.getByRole('table', { name: 'Dispositions' }).getByRole('row');
    t.match(await said.nth(1).innerText(), /2\s+Accepted\s+counts.*180\.00/s);
    t.match(await said.nth(2).innerText(), /1\s+Declined\s+replaced later/s);
    await page.getByText(/is not made until/).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await hasNoSeriousFault(t, page, colorScheme);
    }
  });

  t.test('show their SIP messages while those are kept, each to be read', async (t) => {
    const { url } = await serveConsole(t, storyAreas([], messagesKept));
    const page = await openPage(t, browser);
    await page.goto(`${url}/calls/${decisionId}`);
    const panel = page.getByRole('region', { name: 'SIP messages' });
    await panel.waitFor();
    t.equal(await panel.getByRole('button').count(), 9);
    t.equal(await page.getByText('As the decision log has it').count(), 0, 'in place of the other ladder');
    const invite = panel.getByRole('button', { name: '0.000 s: carrier-a to Proffer: INVITE (SDP)' });
    await invite.focus();
    await page.keyboard.press('Enter');
    await panel.getByText('From: "***" <sip:+*********01@192.0.2.9>;tag=1').waitFor();
    t.equal(await invite.getAttribute('aria-expanded'), 'true');
    await panel.getByRole('button', { name: '0.504 s: Proffer to east: INVITE (SDP, sent again)' }).waitFor();
    await panel.getByRole('button', { name: '0.800 s: not known to Proffer: 200 OK (SDP)' }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await hasNoSeriousFault(t, page, colorScheme);
    }
    await takePicture(page, 'call-messages', page.getByRole('heading', { name: 'SIP messages' }));
    await page.setViewportSize({ width: 640, height: 800 });
    const isWider = await page.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
    t.notOk(isWider, 'the ladder scrolls, not the page');
    await hasNoSeriousFault(t, page, 'narrow');
    await page.keyboard.press('Enter');
    await panel.getByText('Call-ID: 0@carrier').waitFor({ state: 'detached' });
  });

  t.test('that are not to be shown say so kindly', async (t) => {
    const { url } = await serveConsole(t, storyAreas(), { ...supervisor, role: 'agent' });
    const page = await openPage(t, browser, { allowed: /404/ });
    await page.clock.install();
    await page.goto(`${url}/calls/somebody-elses`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const words = page.getByText('There is no such call to show');
    while (!(await words.isVisible())) await page.clock.runFor(1000);
    await hasNoSeriousFault(t, page);
  });
});
