// The supervisor board in a browser: figures, stream, tables beside charts, and what is not live any more.
import t from 'tap';
import { hasNoSeriousFault } from '../../support/accessibility.js';
import { chromiumMissing, openBrowser, openPage } from '../../support/browser.js';
import { serveConsole, supervisor } from '../../support/console-stage.js';
import { callLine, decisionId, liveFakes } from './board-fakes.js';

t.test(
  'a supervisor sees the board and holds the stream',
  { skip: chromiumMissing() ?? false },
  async (t) => {
    const live = liveFakes(t, [callLine()]);
    const { url } = await serveConsole(t, [], supervisor, live.area);
    const browser = await openBrowser(t);
    const page = await openPage(t, browser, { allowed: /WebSocket|ERR_CONNECTION/ });
    await page.goto(`${url}/board`);
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor();

    const queue = page
      .getByRole('table', { name: 'Queues and IVR programs' })
      .getByRole('row', { name: /east\/acme-sales/ });
    await queue.waitFor();
    t.match(await queue.innerText(), /3\s+1:14\s+0:41/, 'waiting, longest and expected wait');
    t.match(await queue.innerText(), /4 talking.*83\s?%/s);
    await page.getByText(/of the last 200 calls of a queue/).waitFor();
    const west = page.getByRole('listitem').filter({ hasText: 'Centre west' });
    t.match(await west.innerText(), /down.*connection refused/s);
    t.match(await page.getByRole('listitem').filter({ hasText: 'carrier-b' }).innerText(), /quiet/);

    const stream = page.getByRole('table', { name: 'Calls' });
    const first = stream.getByRole('row').nth(1);
    t.equal(await first.getByRole('link').getAttribute('href'), `/calls/${decisionId}`);
    live.call(callLine({ decisionId: 'second', offer: 'ACME-SAVER' }));
    await stream.getByText('ACME-SAVER').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    live.call(callLine({ decisionId: 'third', offer: 'ACME-TRAVEL' }));
    await page.getByText('Paused: 1 newer call.').waitFor();
    t.equal(await stream.getByText('ACME-TRAVEL').count(), 0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await stream.getByText('ACME-TRAVEL').waitFor();

    const offers = page.getByRole('table', { name: 'Value by offer' });
    t.match(await offers.getByRole('row', { name: /ACME-PLATINUM/ }).innerText(), /3,120\.50/);
    await page.getByLabel('State of the agents').selectOption('on-break');
    const agents = page.getByRole('table', { name: 'Agents' });
    t.equal(await agents.getByRole('row').count(), 2, 'the head and Carl');

    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await hasNoSeriousFault(t, page, colorScheme);
    }
    live.hub.stop();
    await page.getByText(/^Not live: as of/).waitFor();
    await hasNoSeriousFault(t, page, 'not live');
  },
);
