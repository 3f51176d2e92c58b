// Bounds of the sockets, so that no peer can take what others need.
import { defaultMessageLimits } from '../message/limits.js';
import type { MessageLimits } from '../message/limits.js';

export interface TransportLimits {
  readonly message: MessageLimits;
  /** SO_RCVBUF of a UDP socket, in bytes; the kernel caps it at net.core.rmem_max. Default 4 MiB. */
  readonly udpReceiveBuffer: number;
  /** SO_SNDBUF of a UDP socket, in bytes; capped at net.core.wmem_max. Default 1 MiB. */
  readonly udpSendBuffer: number;
  /** TCP and TLS connections in all, either direction. Default 4096. */
  readonly maxConnections: number;
  /** TCP and TLS connections to and from one address. Default 256. */
  readonly maxConnectionsPerPeer: number;
  /** Time for a connection to come about, TLS handshake included. Default 4000. */
  readonly connectTimeoutMs: number;
  /** Time for a peer that connects to complete its TLS handshake. Default 5000. */
  readonly tlsHandshakeTimeoutMs: number;
  /** TLS handshakes of peers that are under way at one time; each counts as a connection of its peer too. Default 512. */
  readonly maxTlsHandshakes: number;
  /** A connection that carried no whole message for so long is closed. Default 600,000. */
  readonly idleTimeoutMs: number;
  /**
   * A connection that we opened is pinged (RFC 5626 3.5.1) when it has been silent for 80 to 100 % of this. Default 120,000.
   */
  readonly pingIntervalMs: number;
  /** A peer that has answered pings before and leaves one unanswered for so long is gone. Default 10,000. */
  readonly pongTimeoutMs: number;
  /** Time for a message that has begun to arrive to be whole. Default 10,000. */
  readonly partialMessageTimeoutMs: number;
  /** Bytes that may wait in one connection's send queue. Default 1 MiB. */
  readonly sendQueueBytes: number;
}

export const defaultTransportLimits: TransportLimits = {
  message: defaultMessageLimits,
  udpReceiveBuffer: 4 * 1024 * 1024,
  udpSendBuffer: 1024 * 1024,
  maxConnections: 4096,
  maxConnectionsPerPeer: 256,
  connectTimeoutMs: 4000,
  tlsHandshakeTimeoutMs: 5000,
  maxTlsHandshakes: 512,
  idleTimeoutMs: 600_000,
  pingIntervalMs: 120_000,
  pongTimeoutMs: 10_000,
  partialMessageTimeoutMs: 10_000,
  sendQueueBytes: 1024 * 1024,
};
