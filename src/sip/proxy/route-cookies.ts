// What makes a Record-Route of ours hard to make up: RFC 3261 16.12.1 leaves open who may send by our Route, and peers trust our
// address. So a request inside a dialog is forwarded only by a route that we have written for its call.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SipUri } from '../message/sip-uri.js';

const parameter = 'pk';
/** Hexadecimal digits, for case may change on the way: 80 bits. */
const length = 20;

export class RouteCookies {
  readonly #key: string;

  /** @param key kept over restarts, so that proxied calls live on */
  constructor(key: string) {
    this.#key = key;
  }

  /** A URI parameter, with its semicolon. */
  parameterFor(callId: string): string {
    return `;${parameter}=${this.#cookie(callId)}`;
  }

  /** Whether we wrote this URI for the call. */
  isFor(callId: string, uri: SipUri | null): boolean {
    const shown = uri?.params.get(parameter);
    if (typeof shown !== 'string' || !/^[0-9a-f]{20}$/i.test(shown)) return false;
    return timingSafeEqual(Buffer.from(shown.toLowerCase()), Buffer.from(this.#cookie(callId)));
  }

  #cookie(callId: string): string {
    return createHmac('sha256', this.#key).update(callId).digest('hex').slice(0, length);
  }
}
