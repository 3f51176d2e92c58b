// Areas of the API for pages of the analysis: calls tried on the shipped settings, generations and reports that a test makes up.
import { join } from 'node:path';
import { compileRoutingPlan } from '../../src/calls/routing-plan.js';
import { tryCallOperations } from '../../src/cli/try-call-operations.js';
import { loadSettings } from '../../src/config/index.js';
import { tryCallApi } from '../../src/console/index.js';
import type { ApiArea } from '../../src/console/index.js';
import { systemClock } from '../../src/kernel/index.js';
import type { Strategy, StrategyLookup } from '../../src/offers/index.js';
import { noFlags } from '../../src/strategy-store/codec/flags.js';
import { repositoryRoot } from './repository-root.js';

const dayMs = 86_400_000;

/** One customer with three offers, one of them declined lately. */
export function analysedStrategy(wallNow = Date.now()): Strategy {
  return {
    partner: 'acme',
    customer: 'A00104711',
    generation: 12,
    arm: 'offer',
    flags: noFlags,
    offers: [
      { offerCode: 'ACME-PLATINUM', propensity: 0.42, value: 180 },
      { offerCode: 'ACME-TRAVEL', propensity: 0.31, value: 45 },
    ],
    suppressed: [
      {
        offerCode: 'ACME-SAVER',
        propensity: 0.2,
        value: 60,
        reason: 'declined',
        at: wallNow - dayMs,
        until: wallNow + 20 * dayMs,
      },
    ],
  };
}

/** Calls of the shipped settings, everybody up. @param strategyOf of a number; undefined: nobody is known */
export function triedCalls(strategyOf: (phone: string) => Strategy | undefined): ApiArea {
  const loaded = loadSettings(join(repositoryRoot, 'config'), {
    redisUrl: undefined,
    databaseUrl: undefined,
  } as Parameters<typeof loadSettings>[1]);
  if (!loaded.ok) throw new Error('the shipped settings do not load');
  const plan = compileRoutingPlan(loaded.settings);
  for (const { centre } of plan.decider.destinations) plan.board.setCentreHealth(centre, true);
  const clock = systemClock;
  const lookupOf = (phone: string): StrategyLookup => {
    const strategy = strategyOf(phone);
    return strategy === undefined ? { kind: 'miss' } : { kind: 'hit', strategy, ageMs: 0 };
  };
  return tryCallApi(
    tryCallOperations({
      router: {
        plan,
        settings: plan.settings,
        divertedShare: 0,
        lookAtBoard: () => plan.board.snapshot(clock.now(), clock.wallNow()),
      },
      store: {
        describe: () => 'LMDB in ./data/strategies',
        reader: { preview: (_, phone) => lookupOf(phone) },
      },
      environment: { dataDir: '/nowhere' },
      clock,
    }),
  );
}
