// The first start: an admin with a one-time password where nobody is one, and people to try the console with where there are
// demonstration data. Idempotent; of two routers that start at the same time, one adds them.
import type { Logger, Part } from '../../kernel/index.js';
import { errorMessage } from '../../kernel/index.js';
import { oneTimePassword } from '../access/password.js';
import type { Passwords } from '../access/password.js';
import type { GivenPerson } from './people-operations.js';

export interface FirstAdmin {
  readonly agent: string;
  /** For the first log-in; nobody can be told again. */
  readonly password: string;
}

export interface DemonstrationPerson extends GivenPerson {
  /** As the documents have it. */
  readonly password: string;
}

/** Port: what is wanted and what is added; see 0008-access.sql. */
export interface FirstPeopleRecords {
  wanted(
    isDemonstration: boolean,
  ): Promise<{ readonly admin: boolean; readonly demonstration: boolean; readonly removal: boolean }>;
  addFirst(first: {
    readonly isDemonstration: boolean;
    readonly adminHash: string | undefined;
    readonly people: readonly (GivenPerson & { readonly passwordHash: string })[];
  }): Promise<{ readonly admin: string | null; readonly people: number; readonly removed: number }>;
  /** Names of those who may log in with a password of the documents. */
  demonstrationPeople(): Promise<readonly string[]>;
}

export interface FirstPeopleOptions {
  readonly records: FirstPeopleRecords;
  readonly passwords: Passwords;
  /** Calls back each time the database is ready; gives what removes the listener. */
  readonly onReady: (listener: () => void) => () => void;
  /** Undefined where there are no demonstration data: whoever came with them before goes. */
  readonly demonstration: readonly DemonstrationPerson[] | undefined;
  readonly onAdmin: (admin: FirstAdmin) => void;
  /** Who may log in with a password of the documents, each time the database is ready; not called where nobody may. */
  readonly onDemonstration?: ((agents: readonly string[]) => void) | undefined;
  readonly log: Logger;
}

export class FirstPeople implements Part {
  readonly name = 'first people';
  readonly #options: FirstPeopleOptions;
  #removeListener: () => void = () => undefined;
  #work: Promise<void> | undefined;

  constructor(options: FirstPeopleOptions) {
    this.#options = options;
  }

  start(): void {
    this.#removeListener = this.#options.onReady(() => void this.run());
  }

  async stop(): Promise<void> {
    this.#removeListener();
    await this.#work;
  }

  /** Never fails: what could not be done is done when the database is ready the next time. */
  run(): Promise<void> {
    this.#work ??= this.#add()
      .then(() => this.#tell())
      .catch((error: unknown) => {
        this.#options.log.warn({ reason: errorMessage(error) }, 'first people could not be added');
      })
      .finally(() => {
        this.#work = undefined;
      });
    return this.#work;
  }

  async #add(): Promise<void> {
    const { records, passwords, demonstration, onAdmin, log } = this.#options;
    const isDemonstration = demonstration !== undefined;
    const wanted = await records.wanted(isDemonstration);
    if (!wanted.admin && !wanted.demonstration && !wanted.removal) return;
    const password = oneTimePassword();
    // Always: what is removed may have been the only admin.
    const adminHash = await passwords.hash(password);
    const people = await Promise.all(
      (wanted.demonstration ? (demonstration ?? []) : []).map(async ({ password: known, ...person }) => ({
        ...person,
        passwordHash: await passwords.hash(known),
      })),
    );
    const added = await records.addFirst({ isDemonstration, adminHash, people });
    if (added.admin !== null) onAdmin({ agent: added.admin, password });
    if (added.people > 0) log.info({ people: added.people }, 'demonstration people added');
    if (added.removed > 0) log.info({ people: added.removed }, 'demonstration people removed');
  }

  async #tell(): Promise<void> {
    const { records, demonstration, onDemonstration } = this.#options;
    if (demonstration === undefined || onDemonstration === undefined) return;
    const agents = await records.demonstrationPeople();
    if (agents.length > 0) onDemonstration(agents);
  }
}
