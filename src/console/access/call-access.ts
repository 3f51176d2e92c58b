// Which calls somebody may see: agents those that are or were theirs, everybody those of their partners. What may not be seen is not
// there: the answer is the same.
import { seesPartner } from './principal.js';
import type { Principal } from './principal.js';

/** Of a call: its partner, and whether one of the agents that were asked about has it or had it. */
export interface CallParties {
  readonly partner: string | undefined;
  readonly isTheirs: boolean;
}

/** Port: whose calls are. */
export interface CallOwners {
  /**
   * @param centreAgents as centre/agent
   * @returns undefined where no such call is known
   * @throws an error of code RECORDS_UNAVAILABLE
   */
  partiesOf(decisionId: string, centreAgents: readonly string[]): Promise<CallParties | undefined>;
}

/** Where nobody can say whose calls are, who needs to be told sees none. */
export const unknownOwners: CallOwners = { partiesOf: () => Promise.resolve(undefined) };

/** Sees every call, so that nobody has to look whose it is. */
export function seesAllCalls(principal: Principal): boolean {
  switch (principal.kind) {
    case 'person':
      return principal.role !== 'agent' && principal.partners.length === 0;
    case 'token':
      return true;
    case 'api-key':
      return false;
  }
}

/** May they see a call of which this is known? */
export function seesCallOf(principal: Principal, { partner, isTheirs }: CallParties): boolean {
  if (seesAllCalls(principal)) return true;
  if (principal.kind === 'person' && principal.role === 'agent' && !isTheirs) return false;
  return partner !== undefined && seesPartner(principal, partner);
}

/** May they see the call? False where it is not known. @throws as `partiesOf` does */
export async function seesCall(
  owners: CallOwners,
  principal: Principal | undefined,
  decisionId: string,
): Promise<boolean> {
  if (principal === undefined) return false;
  if (seesAllCalls(principal)) return true;
  const agents = principal.kind === 'person' ? principal.centreAgents : [];
  const parties = await owners.partiesOf(decisionId, agents);
  return parties !== undefined && seesCallOf(principal, parties);
}
