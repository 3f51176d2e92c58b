// Who asks: a person who logged in, a system with the token of the environment, or a partner's system with an API key.

/** What a person may do. In the order in which people expect them; none includes another by itself. */
export const roles = ['agent', 'supervisor', 'admin', 'analyst'] as const;
export type Role = (typeof roles)[number];

export type Principal =
  | {
      readonly kind: 'person';
      /** The name that is logged in with; of proffer.agents. */
      readonly agent: string;
      /** The name people read. */
      readonly name: string;
      readonly role: Role;
      /** Partners that the person may see; empty: all. */
      readonly partners: readonly string[];
      /** Agents of mod_callcenter that this person is, as centre/agent. */
      readonly centreAgents: readonly string[];
      /** Of the session; nothing secret. */
      readonly session: string;
    }
  /** Showed PROFFER_API_TOKEN: may do all that any role may. */
  | { readonly kind: 'token' }
  /** Showed an API key, which belongs to one partner. */
  | { readonly kind: 'api-key'; readonly key: string; readonly partner: string };

/** Who may use a route: anybody, or people of these roles (and the token); API keys only where it says so. */
export type Access = 'public' | { readonly roles: readonly Role[]; readonly apiKeys?: boolean };

/** Access for people of these roles. */
export function only(...allowed: readonly Role[]): { readonly access: Access } {
  return { access: { roles: allowed } };
}

/** Access for everybody who is known, whatever the role. */
export const everyRole: { readonly access: Access } = { access: { roles } };

/** Whoever asks, as the audit names them. */
export function actorOf(principal: Principal): string {
  switch (principal.kind) {
    case 'person':
      return principal.agent;
    case 'token':
      return 'api-token';
    case 'api-key':
      return `api-key:${principal.key}`;
  }
}

/** May they see what belongs to the partner? */
export function seesPartner(principal: Principal, partner: string): boolean {
  switch (principal.kind) {
    case 'person':
      return principal.partners.length === 0 || principal.partners.includes(partner);
    case 'token':
      return true;
    case 'api-key':
      return principal.partner === partner;
  }
}

/** Is the call, with the agent of a centre, theirs? True for everyone but agents. */
export function seesAgentOf(
  principal: Principal,
  centre: string | undefined,
  agent: string | undefined,
): boolean {
  if (principal.kind !== 'person' || principal.role !== 'agent') return true;
  if (centre === undefined || agent === undefined) return false;
  return principal.centreAgents.includes(`${centre}/${agent}`);
}
