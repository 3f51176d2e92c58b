// Port: sessions and log-ins, as the records keep them. Every method may reject with an error whose code is RECORDS_UNAVAILABLE.
import type { Role } from './principal.js';

export interface KnownPerson {
  readonly agent: string;
  readonly name: string;
  readonly role: Role;
  readonly partners: readonly string[];
  readonly centreAgents: readonly string[];
  readonly mustChangePassword: boolean;
}

export interface KnownSession {
  /** Names it where it may be seen; not the token. */
  readonly session: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  readonly person: KnownPerson;
}

export interface AccessRecords {
  /** Counts a try. `passwordHash`: null for a name that nobody has, or who has no password or may not come in. */
  beginLogin(login: {
    readonly agent: string;
    readonly source: string;
    readonly accountTries: number;
    readonly sourceTries: number;
    readonly windowSeconds: number;
  }): Promise<
    | { readonly kind: 'try'; readonly passwordHash: string | null }
    | { readonly kind: 'blocked'; readonly retryAfterSeconds: number }
  >;
  noteWrongLogin(agent: string, source: string): Promise<void>;
  /** Undefined: the person may not come in any more, or the password was changed meanwhile. */
  openSession(session: {
    readonly agent: string;
    readonly tokenHash: Buffer;
    readonly session: string;
    readonly seconds: number;
    readonly source: string;
    readonly by: 'password' | 'oidc';
    readonly passwordHash?: string;
  }): Promise<KnownSession | undefined>;
  findSession(tokenHash: Buffer, idleSeconds: number): Promise<KnownSession | undefined>;
  closeSession(tokenHash: Buffer): Promise<void>;
  passwordHash(agent: string): Promise<string | null>;
  /** False: the password is another one by now. */
  changePassword(change: {
    readonly agent: string;
    readonly session: string;
    readonly from: string;
    readonly to: string;
  }): Promise<boolean>;
  findApiKey(
    key: string,
    secretHash: Buffer,
  ): Promise<{ readonly key: string; readonly partner: string } | undefined>;
}
