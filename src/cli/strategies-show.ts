// proffer strategies show.
import { AppError, systemClock } from '../kernel/index.js';
import type { FoundStrategy, StrategyStore } from '../strategy-store/index.js';
import { learnedStrategy } from './learned-strategy.js';
import type { LearnedStrategy } from './learned-strategy.js';
import { withStore } from './strategies-session.js';
import type { CommonOptions } from './strategies-session.js';
import { learnedText, strategyText } from './strategies-text.js';

export interface ShowOptions extends CommonOptions {
  readonly phone?: string;
  readonly customer?: string;
}

/** Thrown when the options of the command contradict each other or a number is none. */
export class UsageError extends AppError {
  constructor(message: string) {
    super('USAGE', message);
  }
}

/** Sets `process.exitCode`: 1 when there is no such strategy. @throws UsageError; what the store throws */
export async function show(options: ShowOptions): Promise<void> {
  const { phone, customer } = options;
  if ((phone === undefined) === (customer === undefined))
    throw new UsageError('name one of --phone and --customer');
  await withStore(options, async ({ store }) => {
    const found =
      phone === undefined
        ? await byCustomer(store, customer ?? '', options.partner)
        : await byPhone(store, e164(phone), options.partner);
    const shown = await Promise.all(found.map((one) => withLearned(store, one)));
    if (options.json === true) process.stdout.write(`${JSON.stringify({ found: shown }, null, 2)}\n`);
    else if (found.length > 0) process.stdout.write(`${shown.map(shownText).join('\n\n')}\n`);
    else {
      const where = options.partner === undefined ? 'any partner' : options.partner;
      const whom = phone === undefined ? `customer ${customer ?? ''}` : e164(phone);
      process.stderr.write(`no strategy for ${whom} at ${where} in ${store.describe()}\n`);
    }
    process.exitCode = found.length > 0 ? 0 : 1;
  });
}

/** What is shown of one number: what is stored, and for a customer of whom something was learned, what holds now. */
type Shown = FoundStrategy & { readonly learned?: LearnedStrategy };

async function withLearned(store: StrategyStore, found: FoundStrategy): Promise<Shown> {
  const learned = found.kind === 'customer' ? await learnedStrategy(store, found.strategy) : undefined;
  return learned === undefined ? found : { ...found, learned };
}

function shownText(shown: Shown): string {
  const text = strategyText(shown);
  return shown.learned === undefined || shown.kind !== 'customer'
    ? text
    : `${text}\n${learnedText(shown.strategy, shown.learned, systemClock.wallNow())}`;
}

async function byPhone(
  store: StrategyStore,
  phone: string,
  partner: string | undefined,
): Promise<readonly FoundStrategy[]> {
  const found: FoundStrategy[] = [];
  for (const generation of await store.search.current(partner)) {
    const lookup = await store.reader.lookup(generation.partner, phone);
    if (lookup.kind === 'hit') found.push({ kind: 'customer', phone, strategy: lookup.strategy });
    else if (lookup.kind === 'ambiguous') {
      const { customers } = lookup;
      found.push({
        kind: 'ambiguous',
        phone,
        partner: generation.partner,
        generation: lookup.generation,
        customers,
      });
    } else if (lookup.kind === 'failure') {
      found.push({ kind: 'corrupt', phone, partner: generation.partner, reason: lookup.reason });
    }
  }
  return found;
}

async function byCustomer(
  store: StrategyStore,
  customer: string,
  partner: string | undefined,
): Promise<readonly FoundStrategy[]> {
  const found: FoundStrategy[] = [];
  for await (const one of store.search.byCustomer({ customer, partner })) found.push(one);
  return found;
}

/** Takes the separators that people type out of a number. @throws UsageError when what is left is not E.164 */
function e164(text: string): string {
  const phone = text.replace(/[\s().-]/g, '');
  if (!/^\+[1-9][0-9]{2,14}$/.test(phone)) {
    throw new UsageError(`${JSON.stringify(text)} is not a number in E.164 form, such as +15550100001`);
  }
  return phone;
}
