import type { Role } from './principal.js';

/** What GET /v1/session tells the person who is logged in. */
export interface SessionView {
  readonly agent: string;
  readonly name: string;
  readonly role: Role;
  /** Partners that the person may see; empty: all. */
  readonly partners: readonly string[];
  /** Agents of mod_callcenter that this person is, as centre/agent. */
  readonly centreAgents: readonly string[];
  /** Goes with every request that changes something, as X-CSRF-Token. */
  readonly csrfToken: string;
  /** The password was given out by somebody else and has to be changed before anything else. */
  readonly mustChangePassword: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}
