// Pages of offers in a browser: an admin writes one, is told of another who did, and an agent with another desktop reads it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { hasNoSeriousFault } from '../../support/accessibility.js';
import { chromiumMissing, openBrowser, openPage } from '../../support/browser.js';
import { supervisor } from '../../support/console-stage.js';
import { DeskServer } from '../../support/desk-stage.js';

const options = { skip: chromiumMissing() ?? false };

t.test('an admin writes a page, and neither of two texts is lost', options, async (t) => {
  const configDir = t.testdir({
    'offer-pages': { 'ACME-PLATINUM.md': '## Script\n\nHi {{customer.name}}\n' },
  });
  const person = { ...supervisor, role: 'admin' as const, agent: 'ada', name: 'Ada' };
  const server = await DeskServer.open(t, { configDir, person });
  const browser = await openBrowser(t);
  const page = await openPage(t, browser, { allowed: /409/ });
  await page.goto(`${server.url}/offer-pages`);
  await page.getByRole('button', { name: 'Write a page for A loan without a page' }).waitFor();
  await hasNoSeriousFault(t, page, 'list');
  await page.getByRole('button', { name: 'Edit the page of Platinum card' }).click();
  const text = page.getByLabel('Text (Markdown)');
  await text.fill('## Script\n\n> Hello **{{customer.name}}** <b>x</b> [l](javascript:alert(1))\n');
  await page.getByText('<b>x</b>').last().waitFor();
  t.equal(await page.locator('.offer-text a[href^="javascript"], .offer-text b').count(), 0);
  await hasNoSeriousFault(t, page, 'editor');
  const elsewhere = await fetch(`${server.url}/v1/offers/ACME-PLATINUM/page?raw=true`);
  const { version } = (await elsewhere.json()) as { version: string };
  await fetch(`${server.url}/v1/offers/ACME-PLATINUM/page`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ language: 'en', markdown: 'of another', version }),
  });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Somebody else changed this page meanwhile').waitFor();
  t.match(await text.inputValue(), /Hello/);
  await page.getByRole('button', { name: 'Save mine over it' }).click();
  await page.getByText('Saved. Agents read it from now on.').waitFor();
  await page.getByRole('tab', { name: 'Español' }).click();
  await text.fill('## Guion\n\nHola {{customer.name}}\n');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved. Agents read it from now on.').waitFor();
  const file = (name: string) => readFileSync(path.join(configDir, 'offer-pages', name), 'utf8');
  t.match(file('ACME-PLATINUM.md'), /Hello/);
  t.match(file('ACME-PLATINUM.es.md'), /Hola/);

  const reader = await openPage(t, browser, {
    locale: 'es-ES',
    colorScheme: 'dark',
    viewport: { width: 640, height: 720 },
  });
  await reader.goto(`${server.url}/offers/ACME-PLATINUM?decision=d-1`);
  await reader.getByText('Hola Maria Lopez').waitFor();
  await hasNoSeriousFault(t, reader, 'page of an offer, dark');
  await reader.goto(`${server.url}/offers/ACME-LOAN?decision=d-1`);
  const link = reader.getByRole('link', { name: 'Abrir en otra pestaña' });
  t.equal(await link.getAttribute('href'), 'https://scripts.example.com/ACME-LOAN?decision=d-1');
  t.equal(await reader.getByRole('button', { name: 'Mostrarlo aquí' }).count(), 1);
});
