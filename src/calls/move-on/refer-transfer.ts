// Asks the trunk to move an answered call: REFER in the caller's dialog, NOTIFYs followed to the end (RFC 3515, RFC 5589 6).
import { TimerSet } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { Headers } from '../cti-headers.js';
import type { DialogRequest, SipDialog } from '../gateway.js';
import { isFinalReferState, notifyEvent, referTable } from './refer-machine.js';
import type { FinalReferState, ReferEvent, ReferState } from './refer-machine.js';

export interface ReferOptions {
  readonly caller: SipDialog;
  /** Value of Refer-To. */
  readonly referTo: string;
  /** CTI headers; they are on the REFER as well as in the Refer-To, since trunks keep the one or the other. */
  readonly headers: Headers;
  readonly clock: Clock;
  /** Silence after which the REFER has failed, in milliseconds. */
  readonly silenceMs: number;
  /** How long the target may be tried in all, in milliseconds. */
  readonly limitMs: number;
}

export interface ReferEnd {
  readonly state: FinalReferState;
  /** `403`, `notify 486`, `silence`, `bye`. */
  readonly reason: string;
}

/**
 * One REFER. Its owner hands it the NOTIFYs and the end of the caller's dialog; `done` is called exactly once. The Contact is the
 * engine's: with one of the application's, NOTIFYs of some peers go nowhere (field notes, row 11).
 */
export class ReferTransfer {
  readonly #done: (end: ReferEnd) => void;
  readonly #options: ReferOptions;
  readonly #timers: TimerSet;
  #state: ReferState = 'sent';

  constructor(options: ReferOptions, done: (end: ReferEnd) => void) {
    this.#options = options;
    this.#done = done;
    this.#timers = new TimerSet(options.clock);
    this.#timers.start('refer-limit', options.limitMs, () => this.#handle('timer-limit', 'limit'));
    this.#watchSilence();
    const content = { headers: { ...options.headers, 'Refer-To': options.referTo } };
    options.caller.request('REFER', content, ({ status }) => {
      this.#handle(status < 300 ? 'response-2xx' : 'response-failure', String(status));
    });
  }

  /** True when the request belongs to the subscription; it has been answered then. */
  takes(request: DialogRequest): boolean {
    if (request.method !== 'NOTIFY' || !/^\s*refer\b/i.test(request.header('event') ?? '')) return false;
    request.respond(200);
    const event = notifyEvent(request.body, request.header('subscription-state'));
    if (event !== undefined) this.#handle(event, `notify ${statusOf(request.body)}`);
    return true;
  }

  /** The caller's dialog has ended. */
  callerGone(): void {
    this.#handle('bye', 'bye');
  }

  /** Not wanted any more; `done` is not called. */
  dispose(): void {
    this.#timers.cancelAll();
    this.#state = 'failed';
  }

  #watchSilence(): void {
    this.#timers.start('refer-silence', this.#options.silenceMs, () => {
      this.#handle('timer-silence', 'silence');
    });
  }

  #handle(event: ReferEvent, reason: string): void {
    const next = referTable[this.#state][event];
    if (next === undefined) return;
    this.#state = next;
    if (!isFinalReferState(next)) {
      this.#watchSilence();
      // A ringing target is no silence: then the limit alone holds.
      if (next === 'progressing') this.#timers.cancel('refer-silence');
      return;
    }
    this.#timers.cancelAll();
    this.#done({ state: next, reason });
  }
}

function statusOf(body: string): string {
  return /^SIP\/2\.0 (\d{3})/.exec(body.trimStart())?.[1] ?? 'without a status';
}
