// Generations on their page: compared, rolled back once the words are typed, and refused in words.
import t from 'tap';
import { hasNoSeriousFault } from '../../support/accessibility.js';
import { madeUpGenerations } from '../../support/analysis-stage.js';
import { chromiumMissing, openBrowser, openPage } from '../../support/browser.js';
import { serveConsole, supervisor } from '../../support/console-stage.js';

t.test('compare and roll back', { skip: chromiumMissing() ?? false }, async (t) => {
  const { area, published } = madeUpGenerations();
  const { url } = await serveConsole(t, [area], { ...supervisor, role: 'admin' });
  const browser = await openBrowser(t);
  const page = await openPage(t, browser, { allowed: /409/ });
  await page.goto(`${url}/generations`);
  await page.getByRole('button', { name: 'Compare generation 11' }).click();
  const changes = page.getByRole('region', { name: 'From generation 11 to generation 12' });
  await changes.getByText('9,300 (9.5%)').waitFor();
  await changes.getByRole('row', { name: /ACME-TRAVEL 41,000 48,200 9,100 1,900/ }).waitFor();
  await changes.getByRole('img', { name: /gained or lost each offer/ }).waitFor();
  await hasNoSeriousFault(t, page, 'light');

  const dialog = page.getByRole('dialog');
  const button = dialog.getByRole('button', { name: 'Make current' });
  await page.getByRole('button', { name: 'Make current … generation 10' }).click();
  await dialog.getByText(/older than its maximum age/).waitFor();
  await dialog.getByRole('textbox').fill('acme 1');
  t.ok(await button.isDisabled(), 'not before the words are typed');
  await dialog.getByRole('textbox').fill('acme 10');
  await button.click();
  await dialog.getByText(/its checksum is another/).waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Make current … generation 11' }).click();
  await dialog.getByRole('textbox').fill('acme 11');
  await hasNoSeriousFault(t, page, 'dark');
  await button.click();
  await page.getByText('Generation 11 of acme is current').waitFor();
  await page.getByRole('row', { name: /^11 Current/ }).waitFor();
  t.strictSame(published, [11]);
});
