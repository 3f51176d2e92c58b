// The port of the engine: what sits on top of it (the control protocol) implements this.
import type { ClientExchange } from './client-exchange.js';
import type { Dialog } from './dialog/dialog.js';
import type { SipMessage } from './message/sip-message.js';
import type { ServerExchange } from './server-exchange.js';
import type { Flow, LocalAddress } from './transport/transport.js';

/** Who takes a new request of a method: some application, none of those that are there, or there is none at all. */
export type Admission =
  | { readonly kind: 'taken' }
  | { readonly kind: 'method-not-served'; readonly allow: readonly string[] }
  | { readonly kind: 'no-application' };

/**
 * Why the engine ended a dialog by itself: no ACK came; the answer crossed our CANCEL; nobody refreshed the session; the peer
 * knows the dialog no more; it was too old; its application is gone; the engine stops.
 */
export type DialogEndReason =
  'ack-timeout' | 'cancel-race' | 'session-expired' | 'peer-gone' | 'age' | 'application-lost' | 'stopping';

/** A request that the engine sent by itself. */
export interface EngineRequest {
  readonly request: SipMessage;
  readonly local: LocalAddress;
}

/** Every call is synchronous and comes from the event loop, never from inside a call into the engine's `respond`. */
export interface EngineUser {
  admit(method: string): Admission;
  /** A new request. The user answers it with `respond` or `proxy`, now or later. */
  onRequest(exchange: ServerExchange): void;
  /** An INVITE that is still open was cancelled; the engine has answered both. */
  onCancel(exchange: ServerExchange, cancel: SipMessage, flow: Flow): void;
  /** The engine gave a request its final response in the user's place: it was cancelled (487), refused, or left open. */
  onClosed?(exchange: ServerExchange, response: SipMessage): void;
  /** The first ACK to a 2xx of ours. */
  onAck(dialog: Dialog, inviteId: string, ack: SipMessage, flow: Flow): void;
  /** A response above 100. Without a flow it is one that the engine made up: 408, 503. */
  onResponse(exchange: ClientExchange, response: SipMessage, flow: Flow | undefined): void;
  /** The engine ended a dialog by itself with this BYE. */
  onDialogEnded(dialog: Dialog, bye: EngineRequest, reason: DialogEndReason): void;
  /** A request inside a proxied dialog passed through us by its Route. */
  onRouted(request: SipMessage): void;
}
