// Debian's Chromium, driven by Playwright, for tests of pages.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import root from 'tap';
import type { Test } from 'tap';

// A browser starts first, beside what else the machine does.
root.setTimeout(300_000);

const executablePath = '/usr/bin/chromium';

/** Why tests with pages have to be skipped; undefined when they need not. */
export function chromiumMissing(): string | undefined {
  return existsSync(executablePath) ? undefined : 'chromium is not installed (apt-get install chromium)';
}

/** One browser for a test file; closed with it. */
export async function openBrowser(t: Test): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  t.teardown(() => browser.close());
  return browser;
}

/** A page in a context of its own. What the console of the browser says of errors fails the test. */
export async function openPage(
  t: Test,
  browser: Browser,
  options: BrowserContextOptions & { readonly allowed?: RegExp } = {},
): Promise<Page> {
  const { allowed, ...rest } = options;
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    reducedMotion: 'reduce',
    ...rest,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  const note = (text: string) => {
    if (allowed?.test(text) !== true) t.fail(`the browser complains: ${text}`);
  };
  page.on('pageerror', (error) => note(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') note(message.text());
  });
  t.teardown(() => context.close());
  return page;
}
