// Flood protection by source, before parsing, and no amplification: what pike does for Kamailio, and RFC 9000 8.1 for QUIC.
//
// A source is trusted (the predicate says so), a peer (it answered a request of ours), proved (an ACK of it carried a tag that we
// had sent to it) or none of these. Only the last two are counted against the limits; trusted ones and peers never are. To the
// last, over UDP, all responses together never have more bytes than came from it, until the user of the engine takes its request.
import type { Clock } from '../../kernel/index.js';
import type { Flow, Protocol } from '../transport/transport.js';
import type { GuardLimits } from './guard-limits.js';
import { sourceKey } from './source-key.js';
import { SourceTable } from './source-table.js';
import type { Source } from './source-table.js';
import { trimmedResponse } from './trimmed-response.js';

/** The part of a flow that says who it is. */
export type Origin = Pick<Flow, 'protocol' | 'remoteAddress'>;

export interface SourceGuardOptions {
  readonly limits: GuardLimits;
  readonly clock: Clock;
  /** Asked about an address at most once a window. */
  readonly isTrusted: (origin: Origin) => boolean;
  /** A source is not heard any more. Called once each time. */
  readonly onSilenced?: (address: string) => void;
}

/** What was refused, by the limit that did it. */
export interface GuardCounters {
  /** Messages of silenced sources, dropped unread. */
  messages: number;
  /** Connections of silenced sources, refused or ended. */
  connections: number;
  invites: number;
  transactions: number;
  /** Responses that would have been more than came in: not sent, or sent without what is optional. */
  withheld: number;
  trimmed: number;
}

/** The most credit that a source may save up, in bytes: one datagram's. */
const MAX_CREDIT = 65_536;
/** What a final response may have more than a 100: tag, Contact. */
const FINAL_MARGIN = 128;
const protocolBit: Readonly<Record<Protocol, number>> = { udp: 1, tcp: 2, tls: 4 };

export class SourceGuard {
  readonly counters: GuardCounters = {
    messages: 0,
    connections: 0,
    invites: 0,
    transactions: 0,
    withheld: 0,
    trimmed: 0,
  };
  readonly #options: SourceGuardOptions;
  readonly #limits: GuardLimits;
  readonly #clock: Clock;
  readonly #table: SourceTable;
  #lastAddress = '';
  #last: Source | undefined;

  constructor(options: SourceGuardOptions) {
    this.#options = options;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#table = new SourceTable(options.limits.sources);
  }

  /** Sources that are remembered. */
  get size(): number {
    return this.#table.size;
  }

  /** Counts a message; false: drop it unread and say nothing. */
  admits(address: string, protocol: Protocol, bytes: number): boolean {
    const now = this.#clock.now();
    const source = this.#sourceOf(address);
    if (this.#isExempt(source, address, protocol, now)) return true;
    if (now >= source.windowEnds) this.#roll(source, now);
    source.messages++;
    const { messagesPerWindow, quietMs } = this.#limits;
    if (messagesPerWindow > 0 && source.messages > messagesPerWindow) {
      if (source.silencedUntil <= now) this.#options.onSilenced?.(address);
      source.silencedUntil = now + quietMs;
    }
    if (source.silencedUntil > now) {
      this.counters.messages++;
      return false;
    }
    if (protocol === 'udp') source.credit = Math.min(source.credit + bytes, MAX_CREDIT);
    return true;
  }

  /** False: the source of a new connection is silenced. */
  admitsConnection(address: string, protocol: Protocol): boolean {
    const now = this.#clock.now();
    const source = this.#sourceOf(address);
    if (source.silencedUntil <= now || this.#isExempt(source, address, protocol, now)) return true;
    this.counters.connections++;
    return false;
  }

  /**
   * Counts a new request that a transaction is to be made for.
   * @param endsCalls it came inside a dialog, or is a CANCEL: it may go up to twice the limit of open transactions
   * @returns what to give to `leave` when the transaction has ended; undefined when nothing is counted; `limited`: answer 503
   */
  enter(
    { remoteAddress, protocol }: Origin,
    isInvite: boolean,
    endsCalls: boolean,
  ): Source | 'limited' | undefined {
    const { invitesPerWindow, openTransactions } = this.#limits;
    if (invitesPerWindow === 0 && openTransactions === 0) return undefined;
    const now = this.#clock.now();
    const source = this.#sourceOf(remoteAddress);
    if (this.#isExempt(source, remoteAddress, protocol, now)) return undefined;
    if (openTransactions > 0 && source.open >= (endsCalls ? 2 : 1) * openTransactions) {
      this.counters.transactions++;
      return 'limited';
    }
    if (isInvite && !endsCalls && invitesPerWindow > 0) {
      if (now >= source.windowEnds) this.#roll(source, now);
      if (++source.invites > invitesPerWindow) {
        this.counters.invites++;
        return 'limited';
      }
    }
    source.open++;
    return source;
  }

  leave(source: Source): void {
    source.open--;
  }

  /** Whether a proof of the address would tell anything new. */
  needsProof({ remoteAddress, protocol }: Origin): boolean {
    const now = this.#clock.now();
    const source = this.#sourceOf(remoteAddress);
    return source.provedUntil <= now && !this.#isExempt(source, remoteAddress, protocol, now);
  }

  /** The source sent what only somebody who reads our answers can know. */
  prove({ remoteAddress }: Origin): void {
    this.#sourceOf(remoteAddress).provedUntil = this.#clock.now() + this.#limits.provedMs;
  }

  /** The source answered a request of ours. */
  answered({ remoteAddress }: Origin): void {
    this.#sourceOf(remoteAddress).peerUntil = this.#clock.now() + this.#limits.provedMs;
  }

  /**
   * The response as it may go to a UDP source whose request nobody has taken: whole, trimmed, or not at all. A 100 goes only when
   * as much is left for the final response: without one the request is repeated, which is credit anew, and with one it is not.
   */
  fit(text: string, address: string): string | undefined {
    if (!this.#limits.isMetered) return text;
    const now = this.#clock.now();
    const source = this.#sourceOf(address);
    if (source.provedUntil > now || this.#isExempt(source, address, 'udp', now)) return text;
    if (text.startsWith('100', 8)) {
      if (source.credit >= 2 * text.length + FINAL_MARGIN) return this.#spend(source, text);
    } else {
      if (text.length <= source.credit) return this.#spend(source, text);
      const trimmed = trimmedResponse(text);
      if (trimmed.length <= source.credit) {
        this.counters.trimmed++;
        return this.#spend(source, trimmed);
      }
    }
    this.counters.withheld++;
    return undefined;
  }

  #spend(source: Source, text: string): string {
    source.credit -= text.length;
    return text;
  }

  #sourceOf(address: string): Source {
    // A flood comes from one address, and the calls for one message come in a row.
    if (address === this.#lastAddress && this.#last !== undefined) return this.#last;
    const source = this.#table.take(sourceKey(address));
    this.#lastAddress = address;
    this.#last = source;
    return source;
  }

  #isExempt(source: Source, address: string, protocol: Protocol, now: number): boolean {
    if (source.peerUntil > now) return true;
    const bit = protocolBit[protocol];
    if (source.trustUntil <= now || source.trustAddress !== address) {
      source.trustAddress = address;
      source.trustUntil = now + this.#limits.windowMs;
      source.trustAsked = 0;
      source.trusted = 0;
    }
    if ((source.trustAsked & bit) === 0) {
      source.trustAsked |= bit;
      if (this.#options.isTrusted({ remoteAddress: address, protocol })) source.trusted |= bit;
    }
    return (source.trusted & bit) !== 0;
  }

  #roll(source: Source, now: number): void {
    source.windowEnds = now + this.#limits.windowMs;
    source.messages = 0;
    source.invites = 0;
  }
}

/** Addresses that no packet from outside can have as its source: those of this machine's loopback (RFC 1122 3.2.1.3, RFC 4291 2.5.3). */
export function isLoopback({ remoteAddress }: Origin): boolean {
  return remoteAddress.startsWith('127.') || remoteAddress === '::1';
}
