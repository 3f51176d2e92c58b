// Somebody at the console in a browser of their own: logs in with the password that was given to them, and takes another.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Test } from 'tap';
import { hasNoSeriousFault } from './accessibility.js';
import { openPage } from './browser.js';

/** Nobody is logged in at first, and networks go. */
const expected = /status of 401|ERR_INTERNET_DISCONNECTED/;

export interface StoryPerson {
  readonly agent: string;
  /** Given to them by somebody else; works once. */
  readonly oneTime: string;
  readonly options?: BrowserContextOptions;
}

/** @returns their page, behind the log-in */
export async function arrive(t: Test, browser: Browser, url: string, who: StoryPerson): Promise<Page> {
  const { agent, oneTime, options = {} } = who;
  const page = await openPage(t, browser, { ...options, allowed: expected });
  // Beside two other tests on two cores, with the router, its database and SIPp.
  page.setDefaultTimeout(30_000);
  await page.goto(url);
  await page.getByLabel('User name').fill(agent);
  await hasNoSeriousFault(t, page, `${agent} logs in`);
  await page.getByLabel(/^Password/).fill(oneTime);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Choose your own password' }).waitFor();
  await hasNoSeriousFault(t, page, `${agent} has to choose a password`);
  const own = `what ${agent} alone knows`;
  await page.getByLabel('Present password').fill(oneTime);
  await page.getByLabel(/^New password(?!,)/).fill(own);
  await page.getByLabel('New password, once more').fill(own);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  return page;
}

export interface NewPerson {
  readonly agent: string;
  readonly name: string;
  /** `centre/agent` */
  readonly centreAgent: string;
}

/** An admin adds an agent on the page of people. @returns the one-time password that was shown */
export async function addAgent(page: Page, { agent, name, centreAgent }: NewPerson): Promise<string> {
  await page.getByRole('button', { name: 'Add somebody' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('User name').fill(agent);
  await form.getByLabel(/^Name/).fill(name);
  await form.getByLabel('Agents at centres').fill(centreAgent);
  await form.getByLabel('Agents at centres').press('Enter');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  const password = await page.getByLabel('One-time password', { exact: true }).inputValue();
  await page.getByRole('button', { name: 'I have noted it' }).click();
  await page.getByRole('row', { name: new RegExp(name) }).waitFor();
  return password;
}
