// An IVR's result corrects the customer's strategy at once: the records database learns of it a moment later, or in an hour, when it is
// down.
import type { CallRouter, ExposureLine } from '../calls/index.js';
import { errorMessage } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { learnedFromIvr } from '../offers/index.js';
import type { StrategyStore } from '../strategy-store/index.js';

export interface IvrLearningParts {
  readonly router: Pick<CallRouter, 'live' | 'settings'>;
  readonly learned: Pick<StrategyStore['learned'], 'add'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Never throws, never waits. */
export function learnFromIvr(line: ExposureLine, { router, learned, clock, log }: IvrLearningParts): void {
  const { decisionId, kind, state, result } = line;
  if (kind !== 'ivr' || state !== 'concluded' || result === undefined) return;
  const call = router.live.get(decisionId);
  if (call?.customer === undefined) return;
  const { partner, customer } = call;
  const { partners, offers } = router.settings;
  const dispositions = partners.partners.find((one) => one.partner === partner)?.dispositions;
  if (dispositions === undefined) return;
  const at = clock.wallNow();
  for (const entry of learnedFromIvr({ offerCode: line.offer, result, at }, dispositions, offers)) {
    learned.add(partner, customer, entry, entry.until).catch((error: unknown) => {
      log.warn({ decisionId, reason: errorMessage(error) }, 'result of an IVR not learned at once');
    });
  }
}
