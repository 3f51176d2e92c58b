// Sessions and log-ins in the records database: 0008-access.sql says what each statement does.
import type { Clock } from '../../kernel/index.js';
import type { Sql } from '../database/sql.js';
import { byDeadline } from '../deadline.js';
import type { Person } from './person.js';

/** How long somebody who asks waits for the database, in milliseconds. */
const defaultDeadlineMs = 3000;

export interface StoredSession {
  /** Names it where it may be seen; not the token. */
  readonly session: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  readonly person: Person;
}

export interface LoginTry {
  readonly agent: string;
  readonly source: string;
  readonly accountTries: number;
  readonly sourceTries: number;
  readonly windowSeconds: number;
}

export type BegunLogin =
  /** `passwordHash`: null for a name that nobody has, or who has no password or may not come in. */
  | { readonly kind: 'try'; readonly passwordHash: string | null }
  | { readonly kind: 'blocked'; readonly retryAfterSeconds: number };

export interface NewSession {
  readonly agent: string;
  readonly tokenHash: Buffer;
  readonly session: string;
  readonly seconds: number;
  readonly source: string;
  readonly by: 'password' | 'oidc';
  /** That the password matched. */
  readonly passwordHash?: string;
}

export interface AccessRecordsOptions {
  readonly database: Sql;
  readonly clock: Clock;
  /** Default 3000. */
  readonly deadlineMs?: number;
}

/** Every method throws RecordsUnavailableError when the database does not serve. */
export class AccessRecords {
  readonly #options: AccessRecordsOptions;

  constructor(options: AccessRecordsOptions) {
    this.#options = options;
  }

  async beginLogin(login: LoginTry): Promise<BegunLogin> {
    return this.#one<BegunLogin>('SELECT proffer.begin_login($1) AS value', [JSON.stringify(login)]);
  }

  async noteWrongLogin(agent: string, source: string): Promise<void> {
    await this.#one('SELECT proffer.note_wrong_login($1, $2) AS value', [agent, source]);
  }

  /** Undefined: the person may not come in any more, or the password was changed meanwhile. */
  async openSession({ tokenHash, ...rest }: NewSession): Promise<StoredSession | undefined> {
    const answer = await this.#one<{ readonly session?: StoredSession }>(
      'SELECT proffer.open_session($1) AS value',
      [JSON.stringify({ ...rest, tokenHash: tokenHash.toString('hex') })],
    );
    return answer.session;
  }

  async findSession(tokenHash: Buffer, idleSeconds: number): Promise<StoredSession | undefined> {
    const found = await this.#one<StoredSession | null>('SELECT proffer.find_session($1, $2) AS value', [
      tokenHash,
      idleSeconds,
    ]);
    return found ?? undefined;
  }

  async closeSession(tokenHash: Buffer): Promise<void> {
    await this.#one('SELECT proffer.close_session($1) AS value', [tokenHash]);
  }

  /** Null: nobody of that name has a password. */
  async passwordHash(agent: string): Promise<string | null> {
    return this.#one<string | null>(
      'SELECT (SELECT password_hash FROM proffer.agents WHERE agent = $1 AND is_active) AS value',
      [agent],
    );
  }

  /** The other sessions of the person end. False: the password is another one by now. */
  async changePassword(change: {
    readonly agent: string;
    readonly session: string;
    readonly from: string;
    readonly to: string;
  }): Promise<boolean> {
    return this.#one<boolean>('SELECT proffer.change_password($1) AS value', [JSON.stringify(change)]);
  }

  async findApiKey(
    key: string,
    secretHash: Buffer,
  ): Promise<{ readonly key: string; readonly partner: string } | undefined> {
    const found = await this.#one<{ readonly key: string; readonly partner: string } | null>(
      'SELECT proffer.find_api_key($1, $2) AS value',
      [key, secretHash],
    );
    return found ?? undefined;
  }

  async #one<Value>(text: string, values: readonly unknown[]): Promise<Value> {
    const { database, clock, deadlineMs = defaultDeadlineMs } = this.#options;
    const [row] = await byDeadline(clock, deadlineMs, database.query<{ value: Value }>(text, values));
    return (row as { value: Value }).value;
  }
}
