// Requests that are too large for UDP go over TCP: RFC 3261 18.1.1. A peer that takes no connection gets them over UDP after
// all, and is remembered, so that it costs one attempt and not one a call.
import type { Clock } from '../../kernel/index.js';
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

export class LargeRequests {
  readonly #clock: Clock;
  readonly #own: () => readonly ListenAddress[];
  /** Peers without TCP, by `address port`, and until when that is believed. */
  readonly #withoutTcp = new Map<string, number>();
  /** Requests sent over TCP for their size. */
  movedToTcp = 0;
  /** Those that went over UDP after all. */
  fellBack = 0;

  /** @param own where we listen: without TCP there the peer could not answer 18.1.1 in kind, and UDP is used */
  constructor(clock: Clock, own: () => readonly ListenAddress[]) {
    this.#clock = clock;
    this.#own = own;
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
    return { ...target, protocol: 'tcp', connectTimeoutMs: CONNECT_MS };
  }

  /** Whether a request that was to go over TCP should go over UDP now; a peer without TCP is remembered. */
  fallsBack(target: Target, error: Error): boolean {
    const code = errorCode(error);
    if (!noConnection.has(code)) return false;
    this.fellBack += 1;
    if (code === 'SIP_TOO_MANY_CONNECTIONS') return true;
    const key = keyOf(target);
    this.#withoutTcp.delete(key);
    this.#withoutTcp.set(key, this.#clock.now() + REMEMBER_MS);
    const oldest = this.#withoutTcp.keys().next();
    if (this.#withoutTcp.size > REMEMBERED && oldest.done !== true) this.#withoutTcp.delete(oldest.value);
    return true;
  }
}

function keyOf({ address, port }: Target): string {
  return `${address} ${port}`;
}
