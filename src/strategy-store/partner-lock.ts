// The lock of one partner: one load, swap or drop at a time. Renewed while it is held, left to expire by a process that dies.
import { hostname } from 'node:os';
import { pid } from 'node:process';
import { randomHex, TimerSet } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { LoadInProgressError } from './errors.js';
import type { StrategySink } from './port.js';

export interface PartnerLockDeps {
  readonly sink: StrategySink;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long it outlives a holder that died, in milliseconds. It is renewed three times as often. */
  readonly ttlMs: number;
}

export class PartnerLock {
  readonly partner: string;
  /** Who holds it, in words; unique. */
  readonly owner = `${hostname()} process ${pid} ${randomHex(4)}`;
  readonly #deps: PartnerLockDeps;
  readonly #timers: TimerSet;
  #isLost = false;
  #isReleased = false;

  /** @throws LoadInProgressError when another one holds it; StoreUnavailableError */
  static async take(partner: string, deps: PartnerLockDeps): Promise<PartnerLock> {
    const lock = new PartnerLock(partner, deps);
    const answer = await deps.sink.lock(partner, lock.owner, deps.ttlMs);
    if (answer.kind === 'held') throw new LoadInProgressError(partner, answer.owner, answer.expiresInMs);
    lock.#renewLater();
    return lock;
  }

  private constructor(partner: string, deps: PartnerLockDeps) {
    this.partner = partner;
    this.#deps = deps;
    this.#timers = new TimerSet(deps.clock);
  }

  /** Known to be somebody else's now; the swap itself asks the store. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Never rejects: a lock that cannot be given back expires. */
  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#timers.cancelAll();
    try {
      await this.#deps.sink.unlock(this.partner, this.owner);
    } catch (error) {
      this.#deps.log.debug({ err: error, partner: this.partner }, 'strategy lock left to expire');
    }
  }

  #renewLater(): void {
    const { sink, ttlMs } = this.#deps;
    this.#timers.start('strategy-lock-renewal', ttlMs / 3, () => {
      sink.renew(this.partner, this.owner, ttlMs).then(
        (isOurs) => {
          if (!isOurs) this.#isLost = true;
          else if (!this.#isReleased) this.#renewLater();
        },
        () => {
          if (!this.#isReleased) this.#renewLater();
        },
      );
    });
  }
}
