// One real browser among the desktops of the console benchmark: when its screen showed each call. The person at it has several seats,
// so that there are calls enough; their calls stand side by side on the page, and the nth that appears is the nth that was offered.
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

/** Runs in the page: keeps when how many calls were painted, by the clock of the machine. */
const watch = `
  globalThis.shownCalls = [];
  const count = () => document.querySelectorAll('[role="group"][aria-label="Your calls"] button').length;
  let last = 0;
  new MutationObserver(() => {
    if (count() <= last) return;
    const now = (last = count());
    // After the frame that paints it.
    requestAnimationFrame(() => setTimeout(() => {
      globalThis.shownCalls.push([now, performance.timeOrigin + performance.now()]);
    }, 0));
  }).observe(document.body, { childList: true, subtree: true });
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

  /** @param offered when each call was offered to one of the seats @returns milliseconds until each was painted, but for the first */
  async delays(offered: readonly number[]): Promise<readonly number[]> {
    const shown = await this.#page.evaluate<[number, number][]>('globalThis.shownCalls');
    return offered.slice(1).flatMap((at, index) => {
      const found = shown.find(([count]) => count >= index + 2);
      return found === undefined ? [] : [found[1] - at];
    });
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}
