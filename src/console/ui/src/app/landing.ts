// Where each role starts, and the place that somebody was at before they went away to log in.
import type { Role } from '../../../access/principal.js';

const landings: Readonly<Record<Role, string>> = {
  agent: '/desk',
  supervisor: '/board',
  admin: '/board',
  analyst: '/reports',
};

const key = 'place';

/** Before the pages are left for the page of an identity provider. */
export function keepPlace(): void {
  sessionStorage.setItem(key, location.pathname + location.search);
}

/** Where to go from `/`: the place that was kept, else the first page of the role. */
export function landingOf(role: Role): string {
  const kept = sessionStorage.getItem(key);
  return kept !== null && kept.startsWith('/') && kept !== '/' ? kept : landings[role];
}

export function forgetPlace(): void {
  sessionStorage.removeItem(key);
}
