// Trying a call on its page: by form and by link, with what was weighed, and what it says when there is no such call.
import t from 'tap';
import type { Strategy } from '../../../src/offers/index.js';
import { hasNoSeriousFault } from '../../support/accessibility.js';
import { analysedStrategy, triedCalls } from '../../support/analysis-stage.js';
import { chromiumMissing, openBrowser, openPage } from '../../support/browser.js';
import { serveConsole } from '../../support/console-stage.js';

const caller = '+15550100001';
const known = (phone: string): Strategy | undefined => (phone === caller ? analysedStrategy() : undefined);

t.test('a call is tried', { skip: chromiumMissing() ?? false }, async (t) => {
  const { url } = await serveConsole(t, [triedCalls(known)]);
  const browser = await openBrowser(t);
  const page = await openPage(t, browser, { allowed: /422/ });
  await page.goto(`${url}/try-call`);
  await page.getByText('No call has been tried yet').waitFor();

  await page.getByLabel('Caller').fill(caller);
  await page.getByRole('combobox', { name: 'Dialled number' }).click();
  await page.getByRole('option', { name: '+18005550100' }).click();
  await page.getByText('All free', { exact: true }).click();
  await page.getByRole('button', { name: 'Try the call' }).click();
  const decision = page.getByRole('region', { name: 'The decision' });
  await decision.getByText(/customer A00104711 goes to east\/acme-sales with ACME-PLATINUM/).waitFor();
  const weighed = page.getByRole('table', { name: 'What was weighed' });
  await weighed.getByRole('row', { name: /ACME-SAVER.*Suppression.*declined/ }).waitFor();
  await weighed
    .getByRole('row', { name: /ACME-PLATINUM.*east\/acme-sales.*Chosen.*0\.420.*180\.00/ })
    .waitFor();
  await page.getByRole('row', { name: /offerUrl https:/ }).waitFor();
  await hasNoSeriousFault(t, page, 'light');

  await page.getByText('Chosen', { exact: true }).first().click();
  await page.getByLabel('The centre is up').first().uncheck();
  await page.getByRole('button', { name: 'Try the call' }).click();
  await decision.getByText(/goes to west\/acme-sales/).waitFor();
  t.match(new URL(page.url()).search, /from=%2B15550100001.*board=chosen.*down=east/);

  const spanish = await openPage(t, browser, { colorScheme: 'dark', locale: 'es-ES' });
  await spanish.goto(page.url());
  await spanish
    .getByRole('region', { name: 'La decisión' })
    .getByText(/west\/acme-sales/)
    .first()
    .waitFor();
  await hasNoSeriousFault(t, spanish, 'dark');

  await page.getByRole('combobox', { name: 'Dialled number' }).fill('+15559999');
  await page.getByRole('button', { name: 'Try the call' }).click();
  await page
    .getByRole('alert')
    .getByText(/to: \+15559999 reaches no partner/)
    .waitFor();
});
