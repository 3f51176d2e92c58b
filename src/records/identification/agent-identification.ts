// The same look-up for an agent who types an account number: counted per agent, audited, not held back.
import { errorMessage } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import type { CtiPairs } from '../../offers/index.js';
import type { Sql } from '../database/sql.js';
import type { Identify, OnIdentified } from './identify.js';
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

export interface AgentIdentificationOptions {
  readonly identify: Identify;
  /** Undefined while there is no database to ask. */
  readonly database: () => Sql | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onIdentified?: OnIdentified;
}

export class AgentIdentification {
  readonly #options: AgentIdentificationOptions;

  constructor(options: AgentIdentificationOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async identify({ partner, account, secret, agent }: AgentQuery): Promise<AgentAnswer> {
    const { identify, clock, log, onIdentified } = this.#options;
    const database = this.#options.database();
    const startedAt = clock.now();
    if (!identify.hasKey)
      return { kind: 'unavailable', message: 'PROFFER_IDENTITY_KEY is not set at the router' };
    if (database === undefined) return unavailable;
    try {
      const answer = await identify.ask(database, { partner, account, secret, by: { agent } });
      onIdentified?.('agent', answer, clock.now() - startedAt);
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
      onIdentified?.('agent', { match: 'failure', reason: 'failure' }, clock.now() - startedAt);
      log.warn({ reason: errorMessage(error) }, 'records could not identify for an agent');
      return unavailable;
    }
  }
}

const unavailable: AgentAnswer = { kind: 'unavailable', message: 'the records database does not answer' };
