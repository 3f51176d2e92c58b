// What is around every page: where one can go by role, languages, colours, keys, and what is said when there is no page.
import t from 'tap';
import { madeUpReports, triedCalls } from '../../support/analysis-stage.js';
import { hasNoSeriousFault } from '../../support/accessibility.js';
import { chromiumMissing, openBrowser, openPage } from '../../support/browser.js';
import { serveConsole, supervisor } from '../../support/console-stage.js';
import { storyAreas } from './story-fakes.js';

t.test('the shell', { skip: chromiumMissing() ?? false }, async (t) => {
  const browser = await openBrowser(t);

  t.test('leads to the pages of the role, says where one is, and keeps language and colours', async (t) => {
    const { url } = await serveConsole(t, [madeUpReports(), triedCalls(() => undefined)], {
      ...supervisor,
      role: 'analyst',
    });
    const page = await openPage(t, browser, { colorScheme: 'light' });
    await page.goto(url);
    const here = page.locator('[aria-current=page]');
    await here.waitFor();
    t.equal(await here.textContent(), 'Reports', 'an analyst starts there');
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    t.strictSame(await links.allTextContents(), ['Calls', 'Reports', 'Generations', 'Try a call']);
    await hasNoSeriousFault(t, page, 'light');

    await links.filter({ hasText: 'Try a call' }).click();
    await page.locator('h1:focus').waitFor();
    t.match(await page.title(), /^.+ · Proffer$/);

    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByRole('menuitemradio', { name: 'Español' }).click();
    await page.getByRole('link', { name: 'Informes' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Colores' }).click();
    await page.getByRole('menuitemradio', { name: 'Oscuro' }).click();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByRole('link', { name: 'Informes' }).waitFor();
    t.equal(await page.locator('html').getAttribute('lang'), 'es');
    t.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'dark');
    await hasNoSeriousFault(t, page, 'dark');
  });

  t.test('says so where there is no page, or none for the role', async (t) => {
    const { url } = await serveConsole(t, []);
    const page = await openPage(t, browser);
    await page.goto(`${url}/nowhere`);
    await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
    await page.getByRole('link', { name: 'Go to your first page' }).click();
    await page.waitForURL(`${url}/board`);
    await page.goto(`${url}/people`);
    await page.getByRole('heading', { level: 1, name: 'This page is not for your role' }).waitFor();
    t.equal(await page.title(), 'This page is not for your role · Proffer');
  });

  t.test('works by keyboard on a narrow screen', async (t) => {
    const { url } = await serveConsole(t, storyAreas());
    const page = await openPage(t, browser, { viewport: { width: 640, height: 700 } });
    await page.goto(`${url}/board`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Tab');
    t.equal(await page.locator(':focus').textContent(), 'Skip to the content');
    await page.keyboard.press('Enter');
    t.equal(await page.locator('main:focus').count(), 1);

    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await keys.getByText('Show the keyboard shortcuts').waitFor();
    await hasNoSeriousFault(t, page, 'keys');
    await keys.getByRole('switch', { name: 'Use keyboard shortcuts' }).uncheck();
    await page.keyboard.press('Escape');
    await keys.waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    t.equal(await keys.count(), 0, 'single keys can be turned off');

    await page.getByRole('button', { name: 'Pages' }).click();
    await page.getByRole('link', { name: 'Calls' }).click();
    await page.waitForURL(`${url}/calls`);
    t.equal(
      await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'),
      true,
      'nothing scrolls sideways',
    );
  });
});
