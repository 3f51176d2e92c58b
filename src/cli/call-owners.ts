// Whose calls are: what the router knows of those that are there now, what the records know of all.
import type { CallRouter } from '../calls/index.js';
import type { CallOwners } from '../console/index.js';
import type { Clock } from '../kernel/index.js';
import { callParties } from '../records/index.js';
import type { RecordsDatabase } from '../records/index.js';

export interface CallOwnersParts {
  readonly live: Pick<CallRouter['live'], 'get'>;
  readonly database: RecordsDatabase;
  /** Brings the lines of this router into the database. */
  readonly drain: (deadlineMs: number) => Promise<boolean>;
  readonly clock: Clock;
}

const drainMs = 500;

export function callOwners({ live: calls, database, drain, clock }: CallOwnersParts): CallOwners {
  return {
    partiesOf: async (decisionId, centreAgents) => {
      const live = calls.get(decisionId);
      const now =
        live === undefined
          ? undefined
          : {
              partner: live.partner,
              isTheirs:
                live.at?.agent !== undefined && centreAgents.includes(`${live.at.centre}/${live.at.agent}`),
            };
      // Without agents only the partner counts.
      if (now?.isTheirs === true || (now !== undefined && centreAgents.length === 0)) return now;
      const ask = () => callParties({ database, clock }, decisionId, centreAgents);
      const known = await ask();
      if (known !== undefined && (known.isTheirs || centreAgents.length === 0)) return known;
      // It may have ended a moment ago.
      await drain(drainMs).catch(() => false);
      return (await ask()) ?? now;
    },
  };
}
