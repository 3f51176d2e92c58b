// The stored procedure proffer.identify: account number and secret in, key-value pairs out. Secrets leave here only as hashes.
import { mask } from '../../kernel/index.js';
import type { CtiPairs, StrategyFlags } from '../../offers/index.js';
import type { Sql } from '../database/sql.js';
import type { HashKind, IdentityKeys } from '../secrets.js';

export interface TryBounds {
  /** Wrong tries of one caller in a window. */
  readonly triesByCaller: number;
  /** Wrong secrets at one account in a window, whoever tries. */
  readonly triesByAccount: number;
  /** Look-ups of one agent in a window, right ones too. */
  readonly triesByAgent: number;
  readonly windowSeconds: number;
}

export const defaultTryBounds: TryBounds = {
  triesByCaller: 10,
  triesByAccount: 5,
  triesByAgent: 300,
  windowSeconds: 900,
};

export interface IdentifyQuestion {
  readonly partner: string;
  /** As entered. */
  readonly account: string;
  /** As entered: the secret of the account or the customer's social security number. Undefined: the account alone is asked for. */
  readonly secret: string | undefined;
  /** Whose tries are counted; `caller` is E.164, undefined for one without a number. An agent's look-up is audited. */
  readonly by: { readonly caller: string | undefined } | { readonly agent: string };
}

interface Found extends CtiPairs {
  readonly reason: string;
  readonly serviceOfferValue?: number;
}

/** What it says is in the migration; `reason` is for traces and metrics, never for the caller. */
export type IdentifyAnswer =
  | (Found & {
      readonly match: 'person';
      readonly by: 'secret' | 'ssn';
      readonly customerRef: string;
      readonly phones: readonly string[];
      readonly flags: Omit<StrategyFlags, 'serviceAlert'>;
    })
  | (Found & { readonly match: 'account' })
  | { readonly match: 'none'; readonly reason: 'no-such-account' | 'account-closed' | 'no-accounts' }
  | {
      readonly match: 'blocked';
      readonly reason: 'caller-tries' | 'account-tries';
      readonly retryAfterSeconds: number;
    };

/** For metrics and traces: who asked, what came of it, in milliseconds. */
export type OnIdentified = (
  asker: 'caller' | 'agent',
  answer: { readonly match: IdentifyAnswer['match'] | 'failure'; readonly reason: string },
  ms: number,
) => void;

/** What jsonb and text columns take: neither NUL nor half a surrogate pair, and bounded. */
const maxLength = 128;

export class Identify {
  readonly #keys: IdentityKeys;
  readonly #bounds: TryBounds;

  /** @param keys with a current key: without one nobody is identified */
  constructor(keys: IdentityKeys, bounds = defaultTryBounds) {
    this.#keys = keys;
    this.#bounds = bounds;
  }

  get hasKey(): boolean {
    return this.#keys.currentId !== undefined;
  }

  /** @throws RecordsUnavailableError, StatementRefusedError */
  async ask(database: Sql, question: IdentifyQuestion): Promise<IdentifyAnswer> {
    const isAgent = 'agent' in question.by;
    const procedure = isAgent ? 'proffer.identify_for_agent' : 'proffer.identify';
    const [row] = await database.query<{ answer: IdentifyAnswer }>(
      `SELECT ${procedure}($1::jsonb) AS answer`,
      [JSON.stringify(this.parameters(question))],
    );
    return row?.answer ?? { match: 'none', reason: 'no-such-account' };
  }

  /** What the procedure is given. */
  parameters({ partner, account, secret, by }: IdentifyQuestion): Readonly<Record<string, unknown>> {
    const { triesByCaller, triesByAccount, triesByAgent, windowSeconds } = this.#bounds;
    const isAgent = 'agent' in by;
    const who = isAgent ? by.agent : by.caller;
    const number = storable(account);
    return {
      partner: storable(partner),
      account: number,
      secrets: this.#candidates('secret', [partner, number], secret),
      ssns: this.#candidates('ssn', [partner], secret),
      caller: who === undefined ? null : this.#key(isAgent ? 'agent' : 'caller', [partner, who]),
      tried: this.#key('tried', [partner, number]),
      callerTries: isAgent ? triesByAgent : triesByCaller,
      accountTries: triesByAccount,
      windowSeconds,
      ...(isAgent ? { agent: storable(by.agent), subject: mask(number) } : {}),
    };
  }

  #candidates(kind: HashKind, parts: readonly string[], secret: string | undefined) {
    if (secret === undefined) return [];
    return (
      this.#keys
        // An agent types what the customer says, in groups.
        .candidates(kind, [...parts, secret.replaceAll(/[\s.-]/g, '')])
        .map(({ key, hash }) => ({ key, hash: hash.toString('hex') }))
    );
  }

  /** Half of the hash tells keys apart well enough. */
  #key(kind: HashKind, parts: readonly string[]): string | null {
    return this.#keys.hash(kind, parts)?.hash.toString('hex', 0, 16) ?? null;
  }
}

function storable(text: string): string {
  return text
    .slice(0, 2 * maxLength)
    .replace(/[\0\p{Cs}]/gu, '')
    .slice(0, maxLength);
}

/** What goes with the call. */
export function pairsOf(answer: Extract<IdentifyAnswer, { match: 'person' | 'account' }>): CtiPairs {
  const { customerRef, offerCode, offerUrl, serviceOfferCode, serviceOfferUrl } = answer;
  return {
    ...(customerRef === undefined ? {} : { customerRef }),
    ...(offerCode === undefined || offerUrl === undefined ? {} : { offerCode, offerUrl }),
    ...(serviceOfferCode === undefined || serviceOfferUrl === undefined
      ? {}
      : { serviceOfferCode, serviceOfferUrl }),
  };
}
