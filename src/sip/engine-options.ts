// How the engine is set up. What is left out has a default.
import type { Clock, Logger } from '../kernel/index.js';
import type { EngineLimits } from './engine-limits.js';
import type { GuardLimits } from './guard/guard-limits.js';
import type { SpammerRules } from './guard/spam-filter.js';
import type { BaseTimers } from './transaction/timer-values.js';
import type { TransportLimits } from './transport/limits.js';
import type { DnsOptions } from './transport/resolver/index.js';
import type { TlsFiles } from './transport/tls-files.js';
import type { TransportLayer, TransportLayerOptions } from './transport/transport-layer.js';
import type { Flow, WireTap } from './transport/transport.js';

export interface SipEngineOptions {
  /** Such as `sip:127.0.0.1:5060;transport=udp,tcp` and `sips:127.0.0.1:5061`. `advertised` as below, of this one alone. */
  readonly listen: readonly (string | { readonly uri: string; readonly advertised?: string })[];
  /** `host` or `host:port` written to Via and Contact in place of the address listened on. */
  readonly advertised?: string;
  /** What TLS works with. Without it nothing is sent or taken over TLS. */
  readonly tls?: TlsFiles;
  /**
   * Whether requests that are too large for UDP go over TCP (RFC 3261 18.1.1), to peers that take a connection. `when-known`: a
   * peer that is not known gets them over UDP and is asked beside, so that no request waits. Default true.
   */
  readonly largeRequestsOverTcp?: boolean | 'when-known';
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly timers?: Partial<BaseTimers>;
  readonly limits?: Partial<EngineLimits>;
  /** How names are looked up (RFC 3263). */
  readonly dns?: Partial<DnsOptions>;
  /**
   * Asked about the source of every new request outside a dialog, before anything is sent; false: it gets no answer at all,
   * not even a 100. Default: all are let in.
   */
  readonly screen?: (flow: Flow) => boolean;
  /** Bounds of one source. Default: no limit of rates; no more bytes to an unknown UDP source than came from it. */
  readonly guard?: Partial<GuardLimits>;
  /**
   * Sources whose requests inside any dialog are taken (trunks have several addresses), that the guard leaves alone, and, when this is given, whose requests are not looked at for spam. Default: this
   * machine's loopback.
   */
  readonly isTrusted?: (origin: Pick<Flow, 'protocol' | 'remoteAddress'>) => boolean;
  /** Default: known scanners get no answer. */
  readonly spammers?: SpammerRules;
  /**
   * Key of the mark in our Record-Route, without which nobody has requests inside dialogs forwarded. Default: a random one, so that
   * proxied calls end with the engine.
   */
  readonly routeKey?: string;
  readonly transportLimits?: Partial<TransportLimits>;
  /** Makes the transport in place of real sockets, for tests. */
  readonly transport?: (options: TransportLayerOptions) => TransportLayer;
  /** Sees every message on the wire, such as a `MessageTrace`. */
  readonly tap?: WireTap;
  /** In place of `limits.tryingDelayMs`: asked about the source of every new INVITE. */
  readonly tryingDelayMs?: (flow: Flow) => number;
}
