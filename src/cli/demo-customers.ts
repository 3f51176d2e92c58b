// Demonstration customers at the first start: loaded when the strategy store has no generation at all.
import { SingleBar } from 'cli-progress';
import type { Settings } from '../config/index.js';
import { errorMessage } from '../kernel/index.js';
import { AppError } from '../kernel/index.js';
import { DEMO_PARTNERS, publishDemo } from '../strategy-store/index.js';
import type { StrategyStore } from '../strategy-store/index.js';

/**
 * Loads `demo.customers` customers, unless the store holds anything, the partners are not those of the shipped settings, or
 * Redis is not there, is full, or is being loaded by another router (the router starts all the same and says so).
 */
export async function loadDemoCustomers(settings: Settings, store: StrategyStore): Promise<void> {
  const { customers } = settings.process.demo;
  if (customers === 0 || !hasDemoPartners(settings)) return;
  try {
    if ((await store.writer.generations()).length > 0) return;
    const bar = new SingleBar({
      format: 'loading demonstration customers {bar} {percentage} % {partner}',
      hideCursor: true,
      noTTYOutput: false,
      stream: process.stderr,
    });
    bar.start(customers, 0, { partner: '' });
    const result = await publishDemo(store.writer, { customers }, (partner, written) =>
      bar.update(written, { partner }),
    );
    bar.update(customers, { partner: '' });
    bar.stop();
    const generations = result.published
      .map(({ partner, strategies }) => `${strategies} of ${partner}`)
      .join(', ');
    if (generations !== '') process.stdout.write(`demonstration customers loaded: ${generations}\n`);
    for (const { partner, error } of result.failed) {
      process.stderr.write(`demonstration customers of ${partner} not loaded: ${errorMessage(error)}\n`);
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`demonstration customers not loaded: ${error.message}\n`);
  }
}

/** The partners of the demonstration customers are there. */
export function hasDemoPartners(settings: Settings): boolean {
  const partners = new Set(settings.partners.partners.map(({ partner }) => partner));
  return DEMO_PARTNERS.every((partner) => partners.has(partner));
}
