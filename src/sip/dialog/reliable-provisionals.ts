// Reliable provisional responses to one INVITE, on the side that sends them: RFC 3262 3. One is sent at a time; what has to
// wait for its PRACK (the next one, and a 2xx while an offer or answer is under way) is held here in order.
import { randomHex, TimerSet } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { SipMessage } from '../message/sip-message.js';

export interface ReliableOptions {
  readonly clock: Clock;
  /** RFC 3261 T1, in ms. */
  readonly t1: number;
  /** Number of the CSeq of the INVITE. */
  readonly cseq: number;
  /** Sends a response, for the first time or again. */
  readonly send: (response: SipMessage) => void;
  /** A response that was held goes out: it is to be treated as if it were given now. */
  readonly release: (response: SipMessage) => void;
  /** No PRACK came within 64*T1. */
  readonly onTimeout: () => void;
}

/** Told when a held response was sent, or never will be. */
export type HeldOutcome = (isSent: boolean) => void;

interface Held {
  readonly response: SipMessage;
  readonly done: HeldOutcome;
}

/** idle: nothing under way; sent: waits for its PRACK; acknowledged: the PRACK waits for the user's answer. */
type Phase = 'idle' | 'sent' | 'acknowledged';

const option = '100rel';

/** The peer can acknowledge provisional responses. */
export function offersReliable(request: SipMessage): boolean {
  return names(request, 'supported') || requiresReliable(request);
}

export function requiresReliable(message: SipMessage): boolean {
  return names(message, 'require');
}

function names(message: SipMessage, header: string): boolean {
  if (!message.has(header)) return false;
  return message.list(header).some((tag) => tag.toLowerCase() === option);
}

export class ReliableProvisionals {
  readonly #options: ReliableOptions;
  readonly #timers: TimerSet;
  readonly #held: Held[] = [];
  /** 3: the first number is random, of 1 to 2^31 - 1. Half of that leaves room to count. */
  #lastNumber = (Number.parseInt(randomHex(4), 16) >>> 2) + 1;
  #outstanding = 0;
  #hasSession = false;
  #phase: Phase = 'idle';

  constructor(options: ReliableOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
  }

  /** Makes a response a reliable one: 7.1, 7.2. */
  number(response: SipMessage): void {
    this.#lastNumber += 1;
    response.set('RSeq', String(this.#lastNumber));
    if (!requiresReliable(response)) response.append('Require', option);
  }

  /** A reliable response must wait for the PRACK of the one before. */
  get isBusy(): boolean {
    return this.#phase !== 'idle' || this.#held.length > 0;
  }

  /** 3: a 2xx must wait while a session description is not acknowledged. */
  get holdsAnswer(): boolean {
    return this.isBusy && (this.#hasSession || this.#held.some(({ response }) => response.body !== ''));
  }

  /** A final response waits already. */
  get hasFinal(): boolean {
    return (this.#held.at(-1)?.response.statusCode ?? 0) >= 200;
  }

  hold(response: SipMessage, done: HeldOutcome): void {
    this.#held.push({ response, done });
  }

  /** It was sent: repeated from T1 on, doubling, until its PRACK or 64*T1. */
  sent(response: SipMessage): void {
    const { t1, onTimeout } = this.#options;
    this.#phase = 'sent';
    this.#outstanding = Number(response.get('rseq'));
    this.#hasSession = response.body !== '';
    this.#repeat(response, t1);
    this.#timers.start('prack-timeout', 64 * t1, () => {
      this.stop();
      onTimeout();
    });
  }

  /** @returns false when the PRACK acknowledges nothing that is outstanding (3: 481) */
  acknowledge(prack: SipMessage): boolean {
    const match = /^(\d+)\s+(\d+)\s+INVITE$/.exec(prack.get('rack') ?? '');
    if (this.#phase !== 'sent' || match === null) return false;
    if (Number(match[1]) !== this.#outstanding || Number(match[2]) !== this.#options.cseq) return false;
    this.#timers.cancelAll();
    this.#phase = 'acknowledged';
    return true;
  }

  /** The PRACK has its answer: what waited goes out, up to the next reliable response. */
  answered(): void {
    if (this.#phase !== 'acknowledged') return;
    this.#phase = 'idle';
    const next = this.#held.shift();
    if (next === undefined) return;
    this.#options.release(next.response);
    next.done(true);
  }

  /** A 2xx was sent: nothing is repeated any more, but a PRACK that is late is still taken (3). */
  finish(): void {
    this.#timers.cancelAll();
    this.#drop();
  }

  /** The INVITE is over. */
  stop(): void {
    this.#timers.cancelAll();
    this.#phase = 'idle';
    this.#drop();
  }

  #drop(): void {
    for (const { done } of this.#held.splice(0)) done(false);
  }

  #repeat(response: SipMessage, ms: number): void {
    this.#timers.start('resend-1xx', ms, () => {
      this.#options.send(response);
      this.#repeat(response, 2 * ms);
    });
  }
}
