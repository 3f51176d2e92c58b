// What the records know of contacts that are not phone calls, and of the numbers of a customer.
import type { Clock } from '../../kernel/index.js';
import type { Sql } from '../database/sql.js';
import { byDeadline } from '../deadline.js';

/** A contact that some router decided. Times are milliseconds since the Unix epoch. */
export interface RecordedWebContact {
  readonly contactId: string;
  readonly partner: string;
  readonly medium: 'web' | 'chat' | 'text';
  readonly customer?: string;
  readonly createdAt: number;
  readonly offer?: string;
  readonly presentation?: string;
  readonly reason: string;
  readonly failOpen?: readonly string[];
  readonly destination: string;
  /** The state of its exposure, and what it ended with. */
  readonly exposure?: 'reserved' | 'confirmed' | 'concluded' | 'released';
  readonly result?: string;
  /** The disposition that holds. */
  readonly code?: string;
}

export interface RecordedContactsOptions {
  readonly database: Sql;
  readonly clock: Clock;
  /** What is answered by then or given up, in milliseconds. Default 2000. */
  readonly deadlineMs?: number;
  /** Brings the lines of this router into the database; false when that was not done in time. */
  readonly drain: (deadlineMs: number) => Promise<boolean>;
}

const drainMs = 1000;
/** Of one customer; those of a household are fewer. */
const maxPhones = 8;

export class RecordedContacts {
  readonly #options: RecordedContactsOptions;

  constructor(options: RecordedContactsOptions) {
    this.#options = options;
  }

  /** Undefined where nobody knows it. @throws RecordsUnavailableError */
  find(contactId: string): Promise<RecordedWebContact | undefined> {
    return this.#byDeadline(async () => {
      const found = await this.#read(contactId);
      if (found !== undefined) return found;
      return (await this.#options.drain(drainMs)) ? this.#read(contactId) : undefined;
    });
  }

  /** @throws RecordsUnavailableError */
  async phonesOf(partner: string, customer: string): Promise<readonly string[]> {
    const rows = await this.#byDeadline(() =>
      this.#options.database.query<{ phone: string }>(
        `SELECT phone FROM proffer.phones WHERE partner = $1 AND customer = $2 ORDER BY phone LIMIT ${maxPhones}`,
        [partner, customer],
      ),
    );
    return rows.map(({ phone }) => phone);
  }

  async #read(contactId: string): Promise<RecordedWebContact | undefined> {
    const rows = await this.#options.database.query<{ contact: RecordedWebContact | null }>(
      'SELECT proffer.recorded_contact($1) AS contact',
      [contactId],
    );
    return rows[0]?.contact ?? undefined;
  }

  #byDeadline<Result>(work: () => Promise<Result>): Promise<Result> {
    const { clock, deadlineMs = 2000 } = this.#options;
    return byDeadline(clock, deadlineMs, work());
  }
}
