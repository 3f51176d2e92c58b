// Who callers are by the digits they enter, and whose account an agent types: by the records database, or the strategy store.
import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Environment, Settings } from '../config/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import type { DigitsMatcher } from '../offers/index.js';
import { AgentIdentification, Identify, IdentityKeys, RecordsDigitsMatcher } from '../records/index.js';
import type { OnIdentified, Sql } from '../records/index.js';
import type { StrategyStore } from '../strategy-store/index.js';

export interface IdentificationParts {
  readonly settings: Pick<Settings, 'process'>;
  readonly environment: Pick<Environment, 'identityKey' | 'previousIdentityKeys'>;
  readonly store: Pick<StrategyStore, 'reader' | 'digits'>;
  /** Undefined while the records database cannot be asked. */
  readonly database: () => Sql | undefined;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Identification {
  readonly matcher: DigitsMatcher;
  readonly agents: AgentIdentification;
}

export function identification(parts: IdentificationParts): Identification {
  const { settings, environment, store, database, registry, clock, log } = parts;
  const identify = new Identify(new IdentityKeys(environment.identityKey, environment.previousIdentityKeys));
  const common = { identify, database, clock, log, onIdentified: observed(registry) };
  return {
    matcher: new RecordsDigitsMatcher({
      ...common,
      reader: store.reader,
      store: store.digits,
      deadlineMs: settings.process.records.identifyDeadlineMs,
    }),
    agents: new AgentIdentification(common),
  };
}

function observed(registry: Registry): OnIdentified {
  const registers = [registry];
  const answers = new Counter({
    name: 'proffer_records_identifications_total',
    help: 'account numbers looked up in the records, by who asked, what matched and why no more',
    labelNames: ['asker', 'match', 'reason'],
    registers,
  });
  const seconds = new Histogram({
    name: 'proffer_records_identify_seconds',
    help: 'time of one such look-up, before the answer is held back',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 1.5, 5],
    registers,
  });
  return (asker, { match, reason }, ms) => {
    answers.inc({ asker, match, reason });
    seconds.observe(ms / 1000);
  };
}
