// Requests that are too large for UDP go over TCP: RFC 3261 18.1.1. A peer that takes no connection gets them over UDP after
// all, and is remembered, so that it costs one attempt and not one a call; or no call at all, where peers are asked beforehand.
import type { Clock, Timer } from '../../kernel/index.js';
import { errorCode } from '../../kernel/index.js';
import type { ListenAddress, Target } from './transport.js';

/** 18.1.1, for a path whose MTU is not known. */
const LARGEST_OVER_UDP = 1300;
/** Time for the connection to come about: what a call loses, once, to a peer that drops packets to its TCP port. */
const CONNECT_MS = 500;
const REMEMBER_MS = 600_000;
const REMEMBERED = 4096;

/** The connection did not come about, so nothing was sent; what breaks later is no reason to send twice. */
const noConnection: ReadonlySet<string | undefined> = new Set([
  'SIP_CONNECT_FAILED',
  'SIP_CONNECT_TIMEOUT',
  'SIP_TOO_MANY_CONNECTIONS',
]);

/** Opens a connection that nothing waits for. */
export type AskForTcp = (target: Target, onError: (error: Error) => void) => void;

export class LargeRequests {
  readonly #clock: Clock;
  readonly #ask: AskForTcp | undefined;
  /** Peers that took a connection, until when that is believed; and those that are being asked. */
  readonly #withTcp = new Map<string, number>();
  readonly #asked = new Map<string, Timer>();
  readonly #own: () => readonly ListenAddress[];
  /** Peers without TCP, by `address port`, and until when that is believed. */
  readonly #withoutTcp = new Map<string, number>();
  /** Requests sent over TCP for their size. */
  movedToTcp = 0;
  /** Those that went over UDP after all. */
  fellBack = 0;

  /**
   * @param own where we listen: without TCP there the peer could not answer 18.1.1 in kind, and UDP is used
   * @param ask Deviation from 18.1.1: with it no request waits to learn whether a peer has TCP. What is sent to a peer that is not
   *   known goes over UDP, and the peer is asked beside.
   */
  constructor(clock: Clock, own: () => readonly ListenAddress[], ask?: AskForTcp) {
    this.#clock = clock;
    this.#own = own;
    this.#ask = ask;
  }

  /** The same peer over TCP when a request of so many bytes should go there; undefined: leave it where it is. */
  targetFor(target: Target, bytes: number): Target | undefined {
    if (bytes <= LARGEST_OVER_UDP || target.protocol !== 'udp') return undefined;
    const isV6 = target.address.includes(':');
    if (!this.#own().some(({ protocol, address }) => protocol === 'tcp' && address.includes(':') === isV6)) {
      return undefined;
    }
    const until = this.#withoutTcp.get(keyOf(target));
    if (until !== undefined && until > this.#clock.now()) return undefined;
    this.movedToTcp += 1;
    const tcp: Target = { ...target, protocol: 'tcp', connectTimeoutMs: CONNECT_MS };
    if (this.#ask === undefined || this.#isKnown(tcp, this.#ask)) return tcp;
    this.fellBack += 1;
    return undefined;
  }

  /** Nobody is waited for any more. */
  close(): void {
    for (const timer of this.#asked.values()) timer.cancel();
    this.#asked.clear();
  }

  /** Whether a request that was to go over TCP should go over UDP now; a peer without TCP is remembered. */
  fallsBack(target: Target, error: Error): boolean {
    const code = errorCode(error);
    if (!noConnection.has(code)) return false;
    this.fellBack += 1;
    if (code === 'SIP_TOO_MANY_CONNECTIONS') return true;
    this.#withTcp.delete(keyOf(target));
    this.#remember(this.#withoutTcp, keyOf(target));
    return true;
  }

  #isKnown(tcp: Target, ask: AskForTcp): boolean {
    const key = keyOf(tcp);
    if ((this.#withTcp.get(key) ?? 0) > this.#clock.now()) return true;
    if (this.#asked.has(key) || this.#asked.size >= REMEMBERED) return false;
    // A connection that fails does so before.
    const answered = (known: Map<string, number>) => (): void => {
      const timer = this.#asked.get(key);
      if (timer === undefined) return;
      timer.cancel();
      this.#asked.delete(key);
      this.#remember(known, key);
    };
    this.#asked.set(key, this.#clock.after(2 * CONNECT_MS, 'ask-for-tcp', answered(this.#withTcp)));
    ask(tcp, answered(this.#withoutTcp));
    return false;
  }

  #remember(known: Map<string, number>, key: string): void {
    known.delete(key);
    known.set(key, this.#clock.now() + REMEMBER_MS);
    const oldest = known.keys().next();
    if (known.size > REMEMBERED && oldest.done !== true) known.delete(oldest.value);
  }
}

function keyOf({ address, port }: Target): string {
  return `${address} ${port}`;
}
