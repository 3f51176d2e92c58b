// The same look-up for an agent who types an account number: counted per agent, audited, not held back.
import { errorMessage } from '../../kernel/index.js';
import type { Logger } from '../../kernel/index.js';
import type { CtiPairs } from '../../offers/index.js';
import type { Sql } from '../database/sql.js';
import type { Identify } from './identify.js';
import { pairsOf } from './identify.js';

export interface AgentQuery {
  readonly partner: string;
  readonly account: string;
  /** Undefined: answered as for a match of the account. */
  readonly secret?: string | undefined;
  readonly agent: string;
}

export type AgentAnswer =
  | {
      readonly kind: 'identified';
      readonly match: 'person' | 'account';
      /** `offer`, or why there is no sales offer; `wrong-secret`, `no-secret`. */
      readonly reason: string;
      readonly pairs: CtiPairs;
    }
  | { readonly kind: 'unknown-account' | 'account-closed' }
  | { readonly kind: 'too-many-tries'; readonly retryAfterSeconds: number }
  | { readonly kind: 'unavailable'; readonly message: string };

export class AgentIdentification {
  readonly #identify: Identify;
  readonly #database: () => Sql | undefined;
  readonly #log: Logger;

  /** @param database undefined while there is none to ask */
  constructor(identify: Identify, database: () => Sql | undefined, log: Logger) {
    this.#identify = identify;
    this.#database = database;
    this.#log = log;
  }

  /** Never rejects. */
  async identify({ partner, account, secret, agent }: AgentQuery): Promise<AgentAnswer> {
    const database = this.#database();
    if (!this.#identify.hasKey)
      return { kind: 'unavailable', message: 'PROFFER_IDENTITY_KEY is not set at the router' };
    if (database === undefined) return unavailable;
    try {
      const answer = await this.#identify.ask(database, { partner, account, secret, by: { agent } });
      switch (answer.match) {
        case 'person':
        case 'account':
          return {
            kind: 'identified',
            match: answer.match,
            reason: answer.reason,
            pairs: pairsOf(answer),
          };
        case 'none':
          return { kind: answer.reason === 'account-closed' ? 'account-closed' : 'unknown-account' };
        case 'blocked':
          return { kind: 'too-many-tries', retryAfterSeconds: answer.retryAfterSeconds };
      }
    } catch (error) {
      this.#log.warn({ reason: errorMessage(error) }, 'records could not identify for an agent');
      return unavailable;
    }
  }
}

const unavailable: AgentAnswer = { kind: 'unavailable', message: 'the records database does not answer' };
