// What a router process has of access to the console: sessions, API keys, people and the audit, all of them in the records.
import { Passwords, sessionApi, Sessions, tokenAuthenticator } from '../console/index.js';
import type { ApiArea, Audit, Authenticator } from '../console/index.js';
import type { Environment, Settings } from '../config/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { AccessRecords, AuditTable } from '../records/index.js';
import type { RecordsDatabase } from '../records/index.js';

export interface AccessSideParts {
  readonly settings: () => Settings;
  readonly environment: Environment;
  readonly database: RecordsDatabase;
  readonly clock: Clock;
  readonly log: Logger;
}

export class AccessSide {
  readonly sessions: Sessions;
  readonly audit: Audit;
  readonly #parts: AccessSideParts;
  readonly #passwords = new Passwords();

  constructor(parts: AccessSideParts) {
    this.#parts = parts;
    const { settings, database, clock } = parts;
    this.audit = new AuditTable(database);
    this.sessions = new Sessions({
      records: new AccessRecords({ database, clock }),
      passwords: this.#passwords,
      settings: () => settings().process.console,
      clock,
    });
  }

  get authenticators(): readonly Authenticator[] {
    return [this.sessions];
  }

  get areas(): readonly ApiArea[] {
    const { settings } = this.#parts;
    return [sessionApi({ sessions: this.sessions, settings: () => settings().process.console })];
  }
}

/** Who comes in by the token of the environment. */
export function tokenSide({ apiToken }: Pick<Environment, 'apiToken'>): readonly Authenticator[] {
  return apiToken === undefined ? [] : [tokenAuthenticator(apiToken)];
}
