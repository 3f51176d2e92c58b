// Reports on their page: every tab can be read, and its table taken as a file that no spreadsheet runs.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { hasNoSeriousFault } from '../../support/accessibility.js';
import { madeUpReports, triedCalls } from '../../support/analysis-stage.js';
import { chromiumMissing, openBrowser, openPage } from '../../support/browser.js';
import { serveConsole } from '../../support/console-stage.js';

t.test('reports, models and rankings', { skip: chromiumMissing() ?? false }, async (t) => {
  const { url } = await serveConsole(t, [madeUpReports(), triedCalls(() => undefined)]);
  const browser = await openBrowser(t);
  const page = await openPage(t, browser);
  await page.goto(`${url}/reports`);
  await page
    .getByRole('row', { name: /ACME-PLATINUM Agent 520 470 88 .* 19% \(15% to 23%\) 10,604 4:00/ })
    .waitFor();
  await page.getByRole('row', { name: /^All .*1,010 911 161/ }).waitFor();
  await page
    .getByRole('img', { name: /What became of each offer/ })
    .locator('canvas')
    .waitFor();
  await hasNoSeriousFault(t, page, 'offers, light');

  await page.getByText('30 days', { exact: true }).click();
  const [request] = await Promise.all([
    page.waitForRequest(/reports\/agents\?/),
    page.getByRole('tab', { name: 'Agents' }).click(),
  ]);
  const from = Date.parse(new URL(request.url()).searchParams.get('from') ?? '');
  t.ok(Date.now() - from > 29 * 86_400_000, 'the period stays when the tab is another');
  await page.getByRole('cell', { name: '=HYPERLINK("http://evil.example")' }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download CSV' }).click(),
  ]);
  t.equal(download.suggestedFilename(), 'proffer-agents.csv');
  const [head, row] = readFileSync(await download.path(), 'utf8').split('\r\n');
  t.match(head, /^\uFEFFCentre,Agent,Calls,/);
  t.match(row, /^east,"'=HYPERLINK\(""http:\/\/evil\.example""\)",401,290,61,0\.21/);

  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('tab', { name: 'Arms' }).click();
  await page
    .getByRole('row', { name: /Value a call 1\.60 0\.80 −0\.80 \(−3\.20 to \+1\.60\) Includes zero/ })
    .waitFor();
  await hasNoSeriousFault(t, page, 'arms, dark');
  await page.getByRole('tab', { name: 'Models' }).click();
  await page.getByRole('button', { name: 'Show bank-marketing' }).click();
  await page
    .getByRole('img', { name: /Lift of each tenth/ })
    .locator('canvas')
    .waitFor();
  await page.getByRole('row', { name: /poutcome = success 1\.420 4\.14/ }).waitFor();
  await hasNoSeriousFault(t, page, 'models, dark');
  await page.getByRole('tab', { name: 'Rankings' }).click();
  await page.getByRole('button', { name: /^Show 20261126/ }).click();
  await page.getByRole('row', { name: /ACME-SAVER ACME-TRAVEL 5,210 outranked/ }).waitFor();
});
