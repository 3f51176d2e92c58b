// What we added to a centre. mod_callcenter keeps no owner of anything, so the ledger alone says what may be changed and removed.
//
// The rules that keep it true at every moment, so that a crash between any two steps costs nothing:
//   - an agent or tier is entered before the command that adds it is sent, and taken out again when FreeSWITCH refuses;
//   - it is taken out after the command that removes it was answered.
// So everything of ours is in it always. It may hold a little more: additions that were entered and never sent. An entry that the
// centre does not have is dropped by the next apply, or is true again once that apply has added it.
import type { TierPlace } from './desired-centre.js';

export interface Ledger {
  /** Names of agents. */
  readonly agents: ReadonlySet<string>;
  /** By `tierKey`. */
  readonly tiers: ReadonlyMap<string, TierPlace>;
}

/** Keeps the ledger of one centre. */
export interface LedgerStore {
  /** An empty one when nothing was ever added. @throws LedgerError */
  read(): Ledger;
  /** Whole or not at all, and on the disk when it returns. @throws LedgerError */
  write(ledger: Ledger): void;
}

export const emptyLedger: Ledger = { agents: new Set(), tiers: new Map() };
