// Broken promises of the SIP engine. What a peer may do wrong is a value (`ParseResult`, a status), never one of these.
import { AppError } from '../kernel/index.js';
import type { AppErrorOptions } from '../kernel/index.js';

/** Thrown when code sets a header whose name is no token, or whose value holds CR, LF or a bare NUL. */
export class SipHeaderError extends AppError {
  constructor(header: string, problem: string) {
    super('SIP_HEADER_INVALID', `header ${JSON.stringify(header)} ${problem}`, { fields: { header } });
  }
}

export type SipTransportErrorCode =
  /** Thrown by `listen` when another process has the port. */
  | 'SIP_PORT_IN_USE'
  /** Thrown by `listen` and `parseListenAddress` when the address is not ours or not one at all. */
  | 'SIP_LISTEN_ADDRESS'
  /** Given to `onError` when no socket of the target's protocol and address family is open. */
  | 'SIP_NO_ROUTE'
  /** Given to `onError` when the network or the peer refused; `cause` has the system's error. */
  | 'SIP_SEND_FAILED'
  /** Given to `onError` when a connection was refused or broke before anything was sent; `cause` has the system's error. */
  | 'SIP_CONNECT_FAILED'
  /** Given to `onError` when a TLS peer's certificate is not that of the one we called, or no TLS came about with it. */
  | 'SIP_TLS_PEER'
  /** Thrown by `listen` and `reloadCertificates` when a file of certificates or keys cannot be used; the message names it. */
  | 'SIP_TLS_CERTIFICATE'
  /** Given to `onError` when a connection did not come about in time. */
  | 'SIP_CONNECT_TIMEOUT'
  /** Given to `onError` when a connection's send queue is full. */
  | 'SIP_SEND_QUEUE_FULL'
  /** Given to `onError` when connections are at their limit. */
  | 'SIP_TOO_MANY_CONNECTIONS'
  /** Given to `onError` when a message does not fit one datagram. */
  | 'SIP_MESSAGE_TOO_LARGE'
  /** Given to `onError` by a transport that is closed. */
  | 'SIP_TRANSPORT_CLOSED';

/** A socket could not be opened, or a message could not be sent. */
export class SipTransportError extends AppError {
  declare readonly code: SipTransportErrorCode;

  /** @param options fields of SIP_TLS_CERTIFICATE: `part`, the key of `TlsFiles` whose file it is */
  constructor(code: SipTransportErrorCode, message: string, options: AppErrorOptions = {}) {
    super(code, message, options);
  }
}

export type SipTargetErrorCode =
  /** The URI asks for a scheme or transport that is not supported (sips, tls, ws, sctp, tel). */
  | 'SIP_TARGET_UNSUPPORTED'
  /** The host name has no address, or the resolver failed (`cause`). */
  | 'SIP_TARGET_UNRESOLVED';

/** Thrown by `resolve` when a URI leads nowhere. */
export class SipTargetError extends AppError {
  declare readonly code: SipTargetErrorCode;

  constructor(code: SipTargetErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(code, message, options);
  }
}

/** Thrown when an engine is made with a DNS server that is no address. */
export class SipDnsServerError extends AppError {
  constructor(servers: readonly string[], cause: unknown) {
    super(
      'SIP_DNS_SERVER',
      `DNS servers must be addresses such as 10.0.0.2 or 10.0.0.2:53: ${servers.join(', ')}`,
      {
        cause,
        fields: { servers },
      },
    );
  }
}
