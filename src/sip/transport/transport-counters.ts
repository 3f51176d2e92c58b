// What the transport counts, for metrics.
import type { SipTransportErrorCode } from '../errors.js';
import type { Protocol } from './transport.js';

export type ByProtocol = Record<Protocol, number>;

const none = (): ByProtocol => ({ udp: 0, tcp: 0, tls: 0 });

/** A peer may not make a label a message: reasons beyond these many are counted as one. */
const mostReasons = 64;

export class TransportCounters {
  readonly messagesIn = none();
  readonly messagesOut = none();
  /** Of messages; what carries them is not counted. */
  readonly bytesIn = none();
  readonly bytesOut = none();
  /** Blank datagrams. */
  keepAlives = 0;
  /** Connections that peers made and that we took. */
  accepted = 0;
  /** Connections that ended, by why: `closed` in order, else the code of the error. */
  readonly closed = new Map<SipTransportErrorCode | 'closed' | 'OTHER', number>();
  /** Messages that could not be read, by what was wrong first. */
  readonly parseErrors = new Map<string, number>();

  unreadable(reason: string): void {
    const isKnown = this.parseErrors.has(reason) || this.parseErrors.size < mostReasons;
    const label = isKnown ? reason : 'other';
    this.parseErrors.set(label, (this.parseErrors.get(label) ?? 0) + 1);
  }

  connectionClosed(error: Error | null): void {
    const { code } = (error ?? {}) as { readonly code?: SipTransportErrorCode };
    const why = error === null ? 'closed' : (code ?? 'OTHER');
    this.closed.set(why, (this.closed.get(why) ?? 0) + 1);
  }
}
