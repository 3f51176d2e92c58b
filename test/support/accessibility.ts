// axe-core over a page that a test has opened.
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import type { Test } from 'tap';

const grave: readonly unknown[] = ['serious', 'critical'];

/** Animations that end have ended; those that turn for ever are let be. */
const settled = `Promise.allSettled(document.getAnimations()
  .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
  .map((one) => one.finished))`;

/** Fails the test for each fault that axe-core calls serious or critical; shown with the elements that have it. */
export async function hasNoSeriousFault(t: Test, page: Page, name = 'accessibility'): Promise<void> {
  // Colours on their way to others are judged wrongly.
  await page.evaluate(settled);
  await page.evaluate(axe.source);
  const results = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  const faults = results.violations
    .filter(({ impact }) => grave.includes(impact))
    .map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 300)).join(' | ')}`,
    );
  t.strictSame(faults, [], `${name}: no serious fault`);
}
