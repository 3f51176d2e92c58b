// Says in the log when changed settings ask for changes at a centre: agents and tiers are changed by `proffer centres apply` alone.
import { derivedQueues } from '../callcenter/index.js';
import type { Settings } from '../config/index.js';
import { desiredCentre, LedgerFile, planCentre, planSummary, readActualCentre } from '../freeswitch/index.js';
import { errorMessage } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';

export interface ProvisioningNewsParts {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly commands: { command(centre: string, line: string): Promise<string> };
}

/** Plans every centre that has an event socket against what is there now. Never rejects; a centre that is not reached is left out. */
export async function tellProvisioning(settings: Settings, parts: ProvisioningNewsParts): Promise<void> {
  const { dataDir, clock, log, commands } = parts;
  const derived = derivedQueues(settings);
  const date = new Date(clock.wallNow()).toISOString().slice(0, 10);
  for (const centre of settings.centres.centres) {
    if (centre.eventSocket === undefined) continue;
    const { centre: name } = centre;
    try {
      const actual = await readActualCentre({ run: (command) => commands.command(name, command) });
      const plan = planCentre(
        desiredCentre(centre, derived, date),
        actual,
        new LedgerFile(dataDir, name).read(),
      );
      const summary = planSummary(plan);
      if (summary !== undefined) log.warn({ centre: name }, summary);
    } catch (error) {
      log.debug({ centre: name, reason: errorMessage(error) }, 'centre could not be planned');
    }
  }
}
