// What the API tells of people, API keys and the audit. Times are milliseconds since the Unix epoch.
import type { Role } from '../access/principal.js';

export interface PersonView {
  /** The name that is logged in with. */
  readonly agent: string;
  /** The name people read. */
  readonly name: string;
  readonly role: Role;
  /** Partners that the person may see; empty: all. */
  readonly partners: readonly string[];
  /** Agents of mod_callcenter that this person is, as centre/agent. */
  readonly centreAgents: readonly string[];
  readonly isActive: boolean;
  readonly hasPassword: boolean;
  readonly lastLoginAt: number | null;
}

export interface ApiKeyView {
  readonly key: string;
  readonly partner: string;
  readonly name: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly lastUsedAt: number | null;
  readonly isActive: boolean;
}

export interface AuditEntryView {
  /** `before` of the next page. */
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}
