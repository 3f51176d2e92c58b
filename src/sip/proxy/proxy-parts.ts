// What the parts of the proxy share.
import type { Clock, Logger } from '../../kernel/index.js';
import type { SipMessage } from '../message/sip-message.js';
import type { SipUri } from '../message/sip-uri.js';
import type { TransactionLayer } from '../transaction/transaction-layer.js';
import type { FailedTargets } from '../transport/resolver/index.js';
import type { Target, Transport } from '../transport/transport.js';
import type { OwnAddresses } from './own-addresses.js';
import type { RouteCookies } from './route-cookies.js';

/**
 * Addresses of a URI in the order to try them; at once for an IP address. `random` (0 to 1) takes the place of chance where servers
 * share the load by weight. Throws, rejects or gives none when it leads nowhere.
 */
export type Resolve = (uri: SipUri, random?: () => number) => readonly Target[] | Promise<readonly Target[]>;

export interface ProxyParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly layer: TransactionLayer;
  readonly transport: Transport;
  readonly resolve: Resolve;
  /** Where targets are noted that failed (RFC 3263 4.3). */
  readonly failed?: FailedTargets | undefined;
  readonly own: OwnAddresses;
  /** A request inside a dialog other than ACK went on; none that was refused. */
  readonly onForwarded?: ((request: SipMessage) => void) | undefined;
  /** Undefined: whoever names our address in a Route is believed. */
  readonly cookies?: RouteCookies | undefined;
  /** Longer than three minutes (RFC 3261 16.6 step 11). Milliseconds. */
  readonly timerCMs: number;
  /** Targets of one request, those of redirections included. */
  readonly maxTargets: number;
}
