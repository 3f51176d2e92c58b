// What is asked of the proxy for one request, and what it reports.
import type { SipMessage } from '../message/sip-message.js';
import type { HeaderField } from '../transaction/generated-requests.js';
import type { Flow } from '../transport/transport.js';

export interface ProxyOptions {
  /**
   * SIP URIs, in order. The header part of one (`sip:queue@host?X-Offer-ID=1`) is not sent in the Request-URI: its headers
   * replace or are added to those of the copy for that target (RFC 3261 19.1.1).
   */
  readonly targets: readonly string[];
  /** Stay in the way of the dialog (RFC 3261 16.6 step 4); for REGISTER add Path (RFC 3327). */
  readonly recordRoute: boolean;
  /** Try the Contacts of a 3xx instead of passing it up. */
  readonly followRedirects: boolean;
  /** All targets at once; else one after the other. */
  readonly parallel: boolean;
  /** A target that has sent nothing at all by then is left. Milliseconds; default: not before timer B or F. */
  readonly provisionalTimeoutMs?: number | undefined;
  /** A target that has sent no final response by then is cancelled and left. Milliseconds; default: timer C. */
  readonly finalTimeoutMs?: number | undefined;
  /**
   * Value of Retry-After. With it the caller gets 503 and this header when no target was there to answer (silence, closed port,
   * 5xx), so that it uses its next route.
   */
  readonly retryAfter?: string | undefined;
  /**
   * Headers that replace those of the same name, or are added; an empty value takes the header off. From and To keep their tags. Those that a proxy or the
   * transaction owns (Via, Route, Record-Route, Call-ID, CSeq, RSeq, Content-Length) are left out.
   */
  readonly headers: readonly HeaderField[];
  /** Each target's final response as received, our Via on top, until `onDone`. To be read at once. */
  onResponse(response: SipMessage, flow: Flow): void;
  /** Called once, possibly before `proxy` returns. */
  onDone(outcome: ProxyOutcome): void;
}

/** How a proxied request ended for the caller. */
export type ProxyOutcome =
  /** A 2xx was passed up; further ones may follow it. */
  | { readonly kind: 'answered'; readonly status: number }
  /** The best of the responses was passed up, or 408 when none came. */
  | { readonly kind: 'failed'; readonly status: number }
  /** No target could be sent to; the caller got `status`. */
  | { readonly kind: 'unreachable'; readonly status: number }
  /** The caller cancelled and got 487. */
  | { readonly kind: 'cancelled' }
  /** The request must not be forwarded (RFC 3261 16.3); the caller got `status`. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string };

/** One proxied request. */
export interface ProxyContext {
  /** The caller has cancelled: RFC 3261 16.10. The CANCEL itself is answered by whoever got it. */
  cancel(extraHeaders?: readonly HeaderField[]): void;
  /** `onDone` was called. */
  readonly isDone: boolean;
}
