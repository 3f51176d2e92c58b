// What every `proffer strategies` command begins with: settings, environment and the open store.
import type { Environment, Settings } from '../config/index.js';
import { readSettings } from './read-settings.js';
import { silentLogger, systemClock } from '../kernel/index.js';
import { openStrategyStore } from '../strategy-store/index.js';
import type { KnownOffer, RowRules, StrategyStore } from '../strategy-store/index.js';

/** Options that all of the commands take. */
export interface CommonOptions {
  readonly config?: string;
  readonly partner?: string;
  readonly json?: boolean;
}

export interface Session {
  readonly settings: Settings;
  readonly environment: Environment;
  readonly store: StrategyStore;
}

/** Opens the store, has `work` done with it, and closes it whatever happens. @throws SettingsError, StoreOpenError */
export async function withStore<T>(
  options: CommonOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { settings, environment } = readSettings(options.config);
  const store = await openStore(settings, environment);
  try {
    return await work({ settings, environment, store });
  } finally {
    await store.close();
  }
}

/** The store as a command opens it, which ends soon. @throws StoreOpenError */
export function openStore(settings: Settings, environment: Environment): Promise<StrategyStore> {
  return openStrategyStore(settings.process.strategyStore, environment, {
    clock: systemClock,
    log: silentLogger,
    // A person waits here, not a call.
    storeDeadlineMs: Math.max(settings.process.routing.storeDeadlineMs, 2000),
    sweepIntervalMs: 0,
    appliesLearned: false,
  });
}

/** What each line is checked by: the partners and offers of the settings, the key of the environment. */
export function rulesOf({ settings, environment }: Pick<Session, 'settings' | 'environment'>): RowRules {
  const offers = new Map<string, KnownOffer>();
  for (const { offer, partner, kind } of settings.offers.offers) offers.set(offer, { partner, kind });
  const { partners } = settings.partners;
  return {
    partners: new Set(partners.map((one) => one.partner)),
    offers,
    affiliates: new Map(partners.map((one) => [one.partner, new Set(one.affiliates)])),
    identityKey: environment.identityKey,
  };
}
