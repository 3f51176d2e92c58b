// Whose a call is.
import type { Clock } from '../../kernel/index.js';
import type { Sql } from '../database/sql.js';
import { byDeadline } from '../deadline.js';

export interface CallParties {
  readonly partner: string | undefined;
  /** One of the agents that were asked about had it. */
  readonly isTheirs: boolean;
}

const deadlineMs = 3000;

/**
 * @param centreAgents as centre/agent
 * @returns undefined where there is no such call
 * @throws RecordsUnavailableError
 */
export async function callParties(
  { database, clock }: { readonly database: Sql; readonly clock: Clock },
  decisionId: string,
  centreAgents: readonly string[],
): Promise<CallParties | undefined> {
  if (decisionId.includes('\0')) return undefined;
  const [row] = await byDeadline(
    clock,
    deadlineMs,
    database.query<{ parties: { partner: string | null; isTheirs: boolean } | null }>(
      'SELECT proffer.call_parties($1, $2) AS parties',
      [decisionId, centreAgents],
    ),
  );
  const parties = row?.parties ?? undefined;
  return parties === undefined ? undefined : { ...parties, partner: parties.partner ?? undefined };
}
