// Which partners a board is of: boards of one scope are made once for everybody who looks.
import { seesPartner } from '../access/principal.js';
import type { Principal } from '../access/principal.js';

/** Partners in alphabetical order; undefined: all, and calls of none. */
export type BoardScope = readonly string[] | undefined;

export function scopeOf(principal: Principal): BoardScope {
  if (principal.kind === 'api-key') return [principal.partner];
  if (principal.kind === 'token' || principal.partners.length === 0) return undefined;
  return principal.partners.toSorted();
}

export function scopeKey(scope: BoardScope): string {
  return scope === undefined ? '*' : scope.join(' ');
}

export function isInScope(scope: BoardScope, partner: string | undefined): boolean {
  return scope === undefined || (partner !== undefined && scope.includes(partner));
}

/** What has no partner is for those alone who see all of them. */
export function seesCall(principal: Principal, partner: string | undefined): boolean {
  return partner === undefined ? scopeOf(principal) === undefined : seesPartner(principal, partner);
}
