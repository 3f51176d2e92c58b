// People who log in and API keys of partners, in the records database: 0008-access.sql says what each statement does.
import type { Sql } from '../database/sql.js';
import type { Person } from './person.js';

export interface GivenPerson {
  readonly agent: string;
  readonly name: string;
  readonly role: Person['role'];
  readonly partners: readonly string[];
  readonly centreAgents: readonly string[];
}

export interface NewPerson extends GivenPerson {
  readonly passwordHash: string;
}

export type AddPersonAnswer =
  { readonly kind: 'added'; readonly person: Person } | { readonly kind: 'already-there' };
export type ChangePersonAnswer =
  { readonly kind: 'changed'; readonly person: Person } | { readonly kind: 'unknown-person' | 'last-admin' };

export interface StoredApiKey {
  readonly key: string;
  readonly partner: string;
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly createdBy: string;
  readonly lastUsedAt: number | null;
  readonly isActive: boolean;
}

export type AddApiKeyAnswer =
  { readonly kind: 'added'; readonly apiKey: StoredApiKey } | { readonly kind: 'unknown-partner' };

export interface PeopleWanted {
  readonly admin: boolean;
  readonly demonstration: boolean;
  readonly removal: boolean;
}

export interface FirstPeople {
  readonly isDemonstration: boolean;
  readonly adminHash: string | undefined;
  readonly people: readonly NewPerson[];
}

/** Every method throws RecordsUnavailableError when the database does not serve. `actor`: who does it, for the audit. */
export class People {
  readonly #database: Sql;

  constructor(database: Sql) {
    this.#database = database;
  }

  /** By name. */
  async list(): Promise<readonly Person[]> {
    const rows = await this.#database.query<{ person: Person }>(
      'SELECT proffer.person_json(a) AS person FROM proffer.agents a ORDER BY a.agent COLLATE "C"',
    );
    return rows.map(({ person }) => person);
  }

  /** The password has to be changed at the first log-in. */
  add(person: NewPerson, actor: string): Promise<AddPersonAnswer> {
    return this.#one('SELECT proffer.add_person($1, $2) AS value', [JSON.stringify(person), actor]);
  }

  /** What is not given stays. */
  change(
    person: { readonly agent: string; readonly isActive?: boolean } & Partial<GivenPerson>,
    actor: string,
  ): Promise<ChangePersonAnswer> {
    return this.#one('SELECT proffer.change_person($1, $2) AS value', [JSON.stringify(person), actor]);
  }

  /** Sessions of the person end. False: there is nobody of that name. */
  givePassword(agent: string, passwordHash: string, actor: string): Promise<boolean> {
    return this.#one('SELECT proffer.give_password($1, $2, $3) AS value', [agent, passwordHash, actor]);
  }

  wanted(isDemonstration: boolean): Promise<PeopleWanted> {
    return this.#one('SELECT proffer.people_wanted($1) AS value', [isDemonstration]);
  }

  /** @returns the admin that was added, or null; how many demonstration people were added and removed */
  addFirst({ isDemonstration: demonstration, adminHash, people }: FirstPeople): Promise<{
    readonly admin: string | null;
    readonly people: number;
    readonly removed: number;
  }> {
    const p = { demonstration, adminHash: adminHash ?? null, people };
    return this.#one('SELECT proffer.add_first_people($1) AS value', [JSON.stringify(p)]);
  }

  /** Names of those who may log in with a password of the documents. */
  async demonstrationPeople(): Promise<readonly string[]> {
    const rows = await this.#database.query<{ agent: string }>(
      'SELECT agent FROM proffer.agents WHERE is_demonstration AND is_active ORDER BY agent COLLATE "C"',
    );
    return rows.map(({ agent }) => agent);
  }

  /** Newest first, with those that ended. */
  async apiKeys(): Promise<readonly StoredApiKey[]> {
    const rows = await this.#database.query<{ key: StoredApiKey }>(
      'SELECT proffer.api_key_json(k) AS key FROM proffer.api_keys k ORDER BY k.created_at DESC, k.key',
    );
    return rows.map(({ key }) => key);
  }

  addApiKey(
    key: {
      readonly key: string;
      readonly secretHash: Buffer;
      readonly partner: string;
      readonly name: string;
    },
    actor: string,
  ): Promise<AddApiKeyAnswer> {
    const p = { ...key, secretHash: key.secretHash.toString('hex') };
    return this.#one('SELECT proffer.add_api_key($1, $2) AS value', [JSON.stringify(p), actor]);
  }

  /** False: there is no such key. */
  endApiKey(key: string, actor: string): Promise<boolean> {
    return this.#one('SELECT proffer.end_api_key($1, $2) AS value', [key, actor]);
  }

  async #one<Value>(text: string, values: readonly unknown[]): Promise<Value> {
    const [row] = await this.#database.query<{ value: Value }>(text, values);
    return (row as { value: Value }).value;
  }
}
