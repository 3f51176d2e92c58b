// Port: people and API keys, as the records keep them. Every method that asks them may reject with an error whose code is
// RECORDS_UNAVAILABLE. `actor`: who does it, for the audit, which the same statement writes.
import type { Role } from '../access/principal.js';
import type { ApiKeyView, AuditEntryView, PersonView } from './person-view.js';

export interface GivenPerson {
  readonly agent: string;
  readonly name: string;
  readonly role: Role;
  readonly partners: readonly string[];
  readonly centreAgents: readonly string[];
}

export interface PeopleOperations {
  /** By name. */
  list(): Promise<readonly PersonView[]>;
  /** The password has to be changed at the first log-in. */
  add(
    person: GivenPerson & { readonly passwordHash: string },
    actor: string,
  ): Promise<{ readonly kind: 'added'; readonly person: PersonView } | { readonly kind: 'already-there' }>;
  change(
    person: GivenPerson & { readonly isActive: boolean },
    actor: string,
  ): Promise<
    | { readonly kind: 'changed'; readonly person: PersonView }
    | { readonly kind: 'unknown-person' | 'last-admin' }
  >;
  /** False: there is nobody of that name. */
  givePassword(agent: string, passwordHash: string, actor: string): Promise<boolean>;
}

export interface ApiKeyOperations {
  /** Newest first, with those that ended. */
  apiKeys(): Promise<readonly ApiKeyView[]>;
  addApiKey(
    key: {
      readonly key: string;
      readonly secretHash: Buffer;
      readonly partner: string;
      readonly name: string;
    },
    actor: string,
  ): Promise<{ readonly kind: 'added'; readonly apiKey: ApiKeyView } | { readonly kind: 'unknown-partner' }>;
  /** False: there is no such key. */
  endApiKey(key: string, actor: string): Promise<boolean>;
}

export interface AuditOperations {
  /** Newest first; `before`: the id of the last that was seen. */
  list(limit: number, before?: number): Promise<readonly AuditEntryView[]>;
}

/** What the settings know. */
export interface KnownPlaces {
  readonly partners: readonly string[];
  readonly centres: readonly string[];
}
