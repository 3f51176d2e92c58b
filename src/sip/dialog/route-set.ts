// Route sets and how a request inside a dialog follows them: RFC 3261 12.1 and 12.2.1.1.
import { parseNameAddr } from '../message/name-addr.js';
import { parseSipUri } from '../message/sip-uri.js';
import type { SipMessage } from '../message/sip-message.js';

/** The caller's side keeps the order of Record-Route reversed (12.1.2), the called side as it came (12.1.1). */
export function routeSetOf(message: SipMessage, role: 'uac' | 'uas'): readonly string[] {
  if (!message.has('record-route')) return [];
  const routes = message.list('record-route');
  return role === 'uas' ? routes : [...routes].reverse();
}

/** URI of the first Contact, or undefined when there is none that can be used (`*`, malformed). */
export function contactUri(message: SipMessage): string | undefined {
  const first = message.list('contact')[0];
  return first === undefined ? undefined : parseNameAddr(first)?.uri;
}

export interface RoutedRequest {
  readonly requestUri: string;
  readonly routes: readonly string[];
  /** URI of the element that the request is sent to. */
  readonly nextHop: string;
}

/** Where a request goes and what it carries, given the remote target and the route set (12.2.1.1). */
export function routeTo(remoteTarget: string, routes: readonly string[]): RoutedRequest {
  const [first, ...others] = routes;
  if (first === undefined) return { requestUri: remoteTarget, routes: [], nextHop: remoteTarget };
  const uri = parseNameAddr(first)?.uri ?? first;
  if (parseSipUri(uri)?.params.has('lr') === true) {
    return { requestUri: remoteTarget, routes, nextHop: uri };
  }
  // A strict router takes its own URI as Request-URI and finds the target at the end of Route.
  return { requestUri: uri, routes: [...others, `<${remoteTarget}>`], nextHop: uri };
}
