// How often account numbers and secrets may be tried: by caller number and by account, over time. In memory, and bounded.
import type { Clock } from '../../kernel/index.js';

export interface TryLimitsOptions {
  readonly clock: Clock;
  /** Tries of one caller number in a window; default 10. */
  readonly triesByCaller?: number;
  /** Wrong tries at one account in a window; default 5. */
  readonly triesByAccount?: number;
  /** Default 15 minutes. */
  readonly windowMs?: number;
  /** Callers, and as many accounts, that are remembered; above it the oldest is forgotten. Default 20,000. */
  readonly maxKeys?: number;
}

export interface Tried {
  readonly partner: string;
  /** E.164; undefined for a caller without a number. */
  readonly caller: string | undefined;
  readonly account: string;
}

interface Tries {
  readonly since: number;
  count: number;
}

/** Counts in windows that begin with a key's first try. */
class Counts {
  readonly #tries = new Map<string, Tries>();
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #maxKeys: number;

  constructor(limit: number, windowMs: number, maxKeys: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#tries.size;
  }

  isUsedUp(key: string, now: number): boolean {
    const tries = this.#tries.get(key);
    return tries !== undefined && now - tries.since < this.#windowMs && tries.count >= this.#limit;
  }

  add(key: string, now: number): void {
    const tries = this.#tries.get(key);
    if (tries !== undefined && now - tries.since < this.#windowMs) {
      tries.count += 1;
      return;
    }
    // Out and in again, so that the order stays that of the windows' beginnings.
    this.#tries.delete(key);
    const [oldest] = this.#tries.keys();
    if (this.#tries.size >= this.#maxKeys && oldest !== undefined) this.#tries.delete(oldest);
    this.#tries.set(key, { since: now, count: 1 });
  }

  forget(key: string): void {
    this.#tries.delete(key);
  }
}

export class TryLimits {
  readonly #clock: Clock;
  readonly #callers: Counts;
  readonly #accounts: Counts;

  constructor(options: TryLimitsOptions) {
    const {
      clock,
      triesByCaller = 10,
      triesByAccount = 5,
      windowMs = 15 * 60_000,
      maxKeys = 20_000,
    } = options;
    this.#clock = clock;
    this.#callers = new Counts(triesByCaller, windowMs, maxKeys);
    this.#accounts = new Counts(triesByAccount, windowMs, maxKeys);
  }

  get size(): number {
    return this.#callers.size + this.#accounts.size;
  }

  /** Counts a try; false when it is one too many and must not be matched. */
  take({ partner, caller, account }: Tried): boolean {
    const now = this.#clock.now();
    const byAccount = accountKey(partner, account);
    const byCaller = caller === undefined ? undefined : `${partner} ${caller}`;
    if (this.#accounts.isUsedUp(byAccount, now)) return false;
    if (byCaller !== undefined && this.#callers.isUsedUp(byCaller, now)) return false;
    this.#accounts.add(byAccount, now);
    if (byCaller !== undefined) this.#callers.add(byCaller, now);
    return true;
  }

  /** The try was right: what was tried at the account before no longer counts. */
  succeeded({ partner, account }: Pick<Tried, 'partner' | 'account'>): void {
    this.#accounts.forget(accountKey(partner, account));
  }
}

function accountKey(partner: string, account: string): string {
  return `${partner} ${account}`;
}
