// A 2xx to INVITE that waits for its ACK: RFC 3261 13.3.1.4.
import { TimerSet } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';

export interface AcceptedInviteOptions {
  readonly clock: Clock;
  /** RFC 3261 timers, in ms. */
  readonly t1: number;
  readonly t2: number;
  /** Number of the CSeq of the INVITE. */
  readonly cseq: number;
  /** Handle of the INVITE for the user of the engine. */
  readonly inviteId: string;
  /** Sends the 2xx again. */
  readonly resend: () => void;
  /** No ACK came within 64*T1: the session is to be ended. */
  readonly onTimeout: () => void;
}

/** Repeats the 2xx at T1, doubling up to T2, whatever the transport, until the ACK comes or 64*T1 have passed. */
export class AcceptedInvite {
  readonly cseq: number;
  readonly inviteId: string;
  /** Undefined when it is over: it would hold the whole INVITE and its answer for as long as the call lasts. */
  #options: AcceptedInviteOptions | undefined;
  readonly #timers: TimerSet;

  constructor(options: AcceptedInviteOptions) {
    this.cseq = options.cseq;
    this.inviteId = options.inviteId;
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
    this.#scheduleResend(options, options.t1, options.clock.now() + options.t1);
    this.#timers.start('ack-timeout', 64 * options.t1, () => {
      this.stop();
      options.onTimeout();
    });
  }

  /** @returns true for the first ACK, false for one that came again */
  acknowledge(): boolean {
    const isFirst = this.isWaiting;
    this.stop();
    return isFirst;
  }

  get isWaiting(): boolean {
    return this.#options !== undefined;
  }

  stop(): void {
    this.#options = undefined;
    this.#timers.cancelAll();
  }

  /** @param due counted from the first one, so that timers that fire late do not add up */
  #scheduleResend(options: AcceptedInviteOptions, ms: number, due: number): void {
    this.#timers.start('resend-2xx', Math.max(0, due - options.clock.now()), () => {
      options.resend();
      const next = Math.min(2 * ms, options.t2);
      this.#scheduleResend(options, next, due + next);
    });
  }
}
