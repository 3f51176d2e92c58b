// What a router process has of access to the console: sessions, API keys, people and the audit, all of them in the records.
import {
  ApiKeys,
  apiKeysApi,
  auditApi,
  FirstPeople,
  oidcApi,
  OidcProvider,
  Passwords,
  peopleApi,
  sessionApi,
  Sessions,
  tokenAuthenticator,
} from '../console/index.js';
import type { ApiArea, Audit, Authenticator, FirstAdmin, LiveHub } from '../console/index.js';
import type { Environment, Settings } from '../config/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import { AccessRecords, AuditTable, People } from '../records/index.js';
import type { Records } from '../records/index.js';
import { demonstrationPeople } from './demonstration-people.js';

export interface AccessSideParts {
  readonly settings: () => Settings;
  readonly environment: Environment;
  readonly records: Records;
  /** An admin was added, and this is the one time that anybody learns the password. */
  readonly onFirstAdmin?: ((admin: FirstAdmin) => void) | undefined;
  /** Who may log in with a password of the documents. */
  readonly onDemonstrationPeople?: ((agents: readonly string[]) => void) | undefined;
  /** Links that are open while somebody logs out or is changed. */
  readonly hub: Pick<LiveHub, 'endSession' | 'peopleChanged'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export class AccessSide {
  readonly sessions: Sessions;
  readonly keys: ApiKeys;
  readonly audit: Audit;
  readonly #parts: AccessSideParts;
  readonly #passwords = new Passwords();
  readonly #people: People;
  readonly #auditTable: AuditTable;
  readonly #firstPeople: FirstPeople;
  readonly #provider: OidcProvider;

  constructor(parts: AccessSideParts) {
    this.#parts = parts;
    const { records, environment, onFirstAdmin, onDemonstrationPeople, clock, log } = parts;
    const { database } = records;
    const settings = () => parts.settings().process.console;
    const accessRecords = new AccessRecords({ database, clock });
    this.#auditTable = new AuditTable(database);
    this.audit = this.#auditTable;
    this.#people = new People(database);
    this.sessions = new Sessions({ records: accessRecords, passwords: this.#passwords, settings, clock });
    this.keys = new ApiKeys({ records: accessRecords, settings, clock });
    this.#provider = new OidcProvider({ settings, secret: environment.oidcSecret, log });
    this.#firstPeople = new FirstPeople({
      records: this.#people,
      passwords: this.#passwords,
      onReady: (listener) => records.onReady(listener),
      demonstration: demonstrationPeople(parts.settings()),
      onAdmin: (admin) => onFirstAdmin?.(admin),
      onDemonstration: onDemonstrationPeople,
      log,
    });
  }

  get authenticators(): readonly Authenticator[] {
    return [this.keys, this.sessions];
  }

  get areas(): readonly ApiArea[] {
    const { settings, hub } = this.#parts;
    const people = this.#people;
    const { sessions } = this;
    const common = { sessions, settings: () => settings().process.console };
    return [
      sessionApi({ ...common, onLoggedOut: (session) => hub.endSession(session) }),
      oidcApi({ ...common, provider: this.#provider }),
      peopleApi({
        people,
        passwords: this.#passwords,
        known: () => ({
          partners: settings().partners.partners.map(({ partner }) => partner),
          centres: settings().centres.centres.map(({ centre }) => centre),
        }),
        onChanged: () => {
          sessions.forgetAll();
          hub.peopleChanged();
        },
      }),
      apiKeysApi({ keys: people, onEnded: () => this.keys.forgetAll() }),
      auditApi(this.#auditTable),
    ];
  }

  /** After the records. */
  get parts(): readonly Part[] {
    return [this.#firstPeople];
  }
}

/** Who comes in by the token of the environment. */
export function tokenSide({ apiToken }: Pick<Environment, 'apiToken'>): readonly Authenticator[] {
  return apiToken === undefined ? [] : [tokenAuthenticator(apiToken)];
}
