// An admin edits a queue, sees the difference, saves; a second one meets a conflict and takes the edit over; it is undone.
import t from 'tap';
import type { Page } from 'playwright-core';
import { hasNoSeriousFault } from '../../support/accessibility.js';
import { chromiumMissing, openBrowser, openPage } from '../../support/browser.js';
import { serveConsole } from '../../support/console-stage.js';
import type { Person } from '../../support/console-stage.js';
import { waitUntil } from '../../support/child-process.js';
import { openSettings } from '../../support/settings-stage.js';

const admin: Person = {
  kind: 'person',
  agent: 'ada',
  name: 'Ada Adams',
  role: 'admin',
  partners: [],
  centreAgents: [],
  session: 'session-of-the-test',
};

async function editWeight(page: Page, queue: RegExp, weight: string): Promise<void> {
  await page.getByRole('button', { name: queue }).first().click();
  await page.getByLabel('Weight').first().fill(weight);
}

t.test(
  'settings are edited, in conflict, and taken back',
  { skip: chromiumMissing() ?? false, timeout: 240_000 },
  async (t) => {
    const stage = openSettings(t);
    const { url } = await serveConsole(t, [stage.area], admin);
    const browser = await openBrowser(t);
    const first = await openPage(t, browser, { allowed: /409|422/ });
    const second = await openPage(t, browser, { allowed: /409|422/, colorScheme: 'dark' });
    await Promise.all([first.goto(`${url}/settings/queues`), second.goto(`${url}/settings/queues`)]);
    await editWeight(second, /^acme-sales/, '9');
    await second.getByText('Valid. Nothing is written yet.').waitFor();

    await editWeight(first, /^acme-sales/, '-1');
    await first
      .getByText(/-1 is not a number from 0 to 1000/)
      .first()
      .waitFor();
    t.ok(await first.getByRole('button', { name: 'Review and save' }).isDisabled());
    await hasNoSeriousFault(t, first);
    await first.getByLabel('Weight').first().fill('3');
    await first.getByLabel('Cost per call').first().fill('1.5');
    await first.getByRole('button', { name: 'Review and save' }).click();
    await first.getByRole('dialog').getByText('+        weight: 3').waitFor();
    await first.getByLabel('Why? (for the history)').fill('more calls here');
    await first.getByRole('button', { name: 'Save', exact: true }).click();
    await first.getByText('The router works with it from now on.').waitFor();
    t.match(stage.read('centres.yaml'), /skillLevel: 7\n {8}costPerCall: 1.5\n {8}weight: 3\n/);

    await second.getByRole('button', { name: 'Review and save' }).click();
    await second.getByRole('button', { name: 'Save', exact: true }).click();
    await second.getByText('ada saved a change', { exact: false }).waitFor();
    await second.getByText('+        weight: 3').waitFor();
    await hasNoSeriousFault(t, second);
    await second.getByRole('button', { name: 'Take my edit over' }).click();
    await second.getByText('Valid. Nothing is written yet.').waitFor();
    await second.getByRole('button', { name: 'Review and save' }).click();
    await second.getByRole('button', { name: 'Save', exact: true }).click();
    await second.getByText('The router works with it from now on.').waitFor();
    t.match(stage.read('centres.yaml'), /costPerCall: 1.5\n {8}weight: 9\n/, 'both edits are there');

    await second.getByRole('link', { name: 'History' }).click();
    await second.getByRole('button', { name: /^#2/ }).click();
    await second.getByRole('button', { name: 'Undo edit 2' }).click();
    await second.getByText('taken back by #3').waitFor();
    t.match(stage.read('centres.yaml'), /costPerCall: 1.5\n {8}weight: 3\n/);
    await hasNoSeriousFault(t, second);

    await first.getByRole('link', { name: 'Switches' }).click();
    await first.getByText('Travel insurance, three months free (ACME-TRAVEL)').waitFor();
    await first.getByRole('switch', { name: /ACME-TRAVEL/ }).click({ force: true });
    await hasNoSeriousFault(t, first);
    await first.getByRole('button', { name: 'Stop it' }).click();
    await first.getByText('is made to nobody', { exact: false }).first().waitFor();
    await waitUntil('the router stops the offer', () =>
      stage.watcher.settings.offers.offers.some((one) => one.offer === 'ACME-TRAVEL' && one.killSwitch),
    );
  },
);
