/** A row of proffer.agents, without the password. */
export interface Person {
  readonly agent: string;
  readonly name: string;
  readonly role: 'agent' | 'supervisor' | 'admin' | 'analyst';
  /** Partners that the person may see; empty: all. */
  readonly partners: readonly string[];
  /** Agents of mod_callcenter that this person is, as centre/agent. */
  readonly centreAgents: readonly string[];
  readonly isActive: boolean;
  readonly hasPassword: boolean;
  /** The password was given out by somebody else. */
  readonly mustChangePassword: boolean;
  /** Milliseconds since the Unix epoch; null: never. */
  readonly lastLoginAt: number | null;
}
