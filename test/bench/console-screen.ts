// One real browser among the desktops of the console benchmark: when its screen showed each call. The person at it has several seats,
// so that there are calls enough; the page shows whole numbers of callers, by which each is found again.
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

/** Runs in the page: keeps when each caller's number was first painted, by the clock of the machine. */
const watch = `
  globalThis.shownCallers = {};
  const seen = new Set();
  new MutationObserver(() => {
    const numbers = document.querySelector('main').textContent.match(/\\+155501[0-9]{5}/g) ?? [];
    const fresh = numbers.filter((one) => !seen.has(one));
    if (fresh.length === 0) return;
    for (const one of fresh) seen.add(one);
    // After the frame that paints them.
    requestAnimationFrame(() => setTimeout(() => {
      for (const one of fresh) globalThis.shownCallers[one] = performance.timeOrigin + performance.now();
    }, 0));
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
`;

export class Screen {
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  /** The desk of who has this session. */
  static async open(url: string, token: string): Promise<Screen> {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    const context = await browser.newContext({ locale: 'en-US' });
    await context.addCookies([{ name: 'proffer_session', value: token, url }]);
    const page = await context.newPage();
    await page.goto(`${url}/desk`);
    await page.getByText('No call', { exact: true }).waitFor();
    await page.evaluate(watch);
    return new Screen(browser, page);
  }

  /** @param offered when each caller was offered to one of the seats @returns milliseconds until each was painted; NaN: never */
  async delays(offered: ReadonlyMap<string, number>): Promise<readonly number[]> {
    const shown = await this.#page.evaluate<Readonly<Record<string, number>>>('globalThis.shownCallers');
    return [...offered].map(([caller, at]) => (shown[caller] ?? NaN) - at);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}
