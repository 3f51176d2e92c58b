// In-dialog requests, and the ACK to a 2xx, that come to us by our Record-Route are forwarded without state: RFC 3261 16.11.
// Better than drachtio-server: Max-Forwards is counted down.
import type { SipMessage } from '../message/sip-message.js';
import { parseSipUri } from '../message/sip-uri.js';
import type { SipUri } from '../message/sip-uri.js';
import { parseVia } from '../message/via.js';
import type { Via } from '../message/via.js';
import { respondStatelessly } from '../transaction/stateless-response.js';
import { textHash } from '../transaction/text-hash.js';
import { defaultPort } from '../transport/transport.js';
import type { Flow, Target } from '../transport/transport.js';
import { decrementMaxForwards } from './forwarded-request.js';
import { routeUri } from './own-addresses.js';
import type { ProxyParts } from './proxy-parts.js';

/** Where a request goes once our own Route entries are off. */
interface NextHop {
  readonly uri: SipUri;
  /** Route elements that stay. */
  readonly routes: readonly string[];
  readonly requestUri: string;
  /** The entry of ours that was on top. */
  readonly own: SipUri | null;
}

export class StatelessForwarding {
  /** Requests that came by a Route of ours that we had not written for their call. */
  refused = 0;
  readonly #parts: ProxyParts;

  constructor(parts: ProxyParts) {
    this.#parts = parts;
  }

  /**
   * Forwards a request inside a dialog whose topmost Route is ours.
   * @returns false when it is not such a request: it is for someone else in this process
   */
  forward(request: SipMessage, flow: Flow): boolean {
    const via = request.topVia();
    if (via === null || request.to()?.tag === undefined || !request.has('route')) return false;
    const hop = this.#nextHop(request, flow);
    if (hop === undefined) return false;
    if (!this.#isWritten(request, hop)) {
      this.refused += 1;
      if (request.method !== 'ACK') this.#respond(request, via, flow, 481);
      return true;
    }
    if (request.get('max-forwards')?.trim() === '0') {
      if (request.method !== 'ACK') this.#respond(request, via, flow, 483);
      return true;
    }
    decrementMaxForwards(request);
    request.requestUri = hop.requestUri;
    request.remove('route');
    for (const route of hop.routes) request.append('route', route);
    this.#send(request, via, flow, hop.uri);
    if (request.method !== 'ACK') this.#parts.onForwarded?.(request);
    return true;
  }

  /** Passes on the response to a request that was forwarded so; false when it is not one. */
  forwardResponse(response: SipMessage): boolean {
    const { branches } = this.#parts.layer;
    const [top, below] = response.list('via');
    const ours = top === undefined ? null : parseVia(top);
    const next = below === undefined ? null : parseVia(below);
    if (next === null || ours?.branch === undefined) return false;
    const digest = this.#digest(response, next);
    const plain = branches.stateless(digest);
    if (ours.branch !== plain && !ours.branch.startsWith(`${plain}.`)) return false;
    response.popFirst('via');
    const target = backTo(next, branches.suffixOf(ours.branch));
    // A dialog that takes the request vouches for its source.
    target.isLetIn = response.statusCode > 100 && response.statusCode < 300;
    this.#parts.transport.send(response, target, (error) => {
      this.#parts.log.debug({ err: error, callId: response.callId }, 'response not forwarded');
    });
    return true;
  }

  #isWritten({ callId }: SipMessage, { own }: NextHop): boolean {
    const { cookies } = this.#parts;
    return cookies === undefined || cookies.isFor(callId, own);
  }

  /** RFC 3261 16.4 and 16.6 steps 6 and 7; undefined when we are not on its route, or are the end of it. */
  #nextHop(request: SipMessage, flow: Flow): NextHop | undefined {
    const { own } = this.#parts;
    let routes = request.list('route');
    let { requestUri } = request;
    const target = request.uri();
    let ownUri = target;
    if (target?.params.has('lr') === true && own.isOurs(target, flow)) {
      // A strict router in front of us has put our Record-Route into the Request-URI and the target at the end of Route.
      const last = routes.at(-1);
      const address = last === undefined ? undefined : /<([^>]+)>/.exec(last)?.[1];
      if (address === undefined) return undefined;
      requestUri = address;
      routes = routes.slice(0, -1);
    } else {
      ownUri = routes[0] === undefined ? null : routeUri(routes[0]);
      if (ownUri === null || !own.isOurs(ownUri, flow)) return undefined;
    }
    while (routes[0] !== undefined && own.isOurRoute(routes[0], flow)) routes = routes.slice(1);
    const first = routes[0];
    if (first === undefined) {
      const uri = parseSipUri(requestUri);
      return uri === null || own.isOurs(uri, flow) ? undefined : { uri, routes, requestUri, own: ownUri };
    }
    const uri = routeUri(first);
    if (uri === null) return undefined;
    if (uri.params.has('lr')) return { uri, routes, requestUri, own: ownUri };
    // 16.6 step 6: the next hop is a strict router.
    const address = /<([^>]+)>/.exec(first)?.[1] ?? requestUri;
    return { uri, routes: [...routes.slice(1), `<${requestUri}>`], requestUri: address, own: ownUri };
  }

  #send(request: SipMessage, via: Via, flow: Flow, uri: SipUri): void {
    const failed = (error: unknown): void => {
      this.#parts.log.debug({ err: error, callId: request.callId }, 'request not forwarded');
      if (request.method === 'ACK') return;
      request.popFirst('via');
      this.#respond(request, via, flow, 503);
    };
    const sendTo = (targets: readonly Target[]): void => {
      const { layer } = this.#parts;
      const target = targets[0];
      const connection = flow.connectionId === undefined ? '' : `.${flow.connectionId.toString(36)}`;
      const branch = layer.branches.stateless(this.#digest(request, via)) + connection;
      if (target === undefined) {
        this.#parts.log.debug({ callId: request.callId }, 'request not forwarded: no address');
        if (request.method !== 'ACK') this.#respond(request, via, flow, 503);
        return;
      }
      layer.forward(request, target, branch, failed);
    };
    try {
      const found = this.#parts.resolve(uri, this.#choice(request.callId));
      if (found instanceof Promise) found.then(sendTo, () => sendTo([]));
      else sendTo(found);
    } catch {
      sendTo([]);
    }
  }

  /** RFC 3263 4: without state, whatever belongs to one call must take the same way. */
  #choice(callId: string): () => number {
    return () => (Number.parseInt(textHash(callId, this.#parts.layer.branches.seed), 36) % 65_536) / 65_536;
  }

  #respond(request: SipMessage, via: Via, flow: Flow, status: number): void {
    const { layer, transport, log } = this.#parts;
    respondStatelessly({ transport, log, branches: layer.branches }, { request, via, flow }, status);
  }

  /** What a request and the responses to it share, keyed, so that nobody else can have us send to a Via of theirs. */
  #digest(message: SipMessage, via: Via): string {
    const source = `${String(via.param('received'))} ${String(via.param('rport'))}`;
    const text = `${via.host}:${via.port ?? ''} ${via.branch ?? ''} ${source} ${message.callId} ${message.cseq()?.number ?? -1}`;
    return textHash(text, this.#parts.layer.branches.seed);
  }
}

/** RFC 3261 18.2.2, RFC 3581 4. @param connection its number in base 36, over TCP and TLS */
function backTo(via: Via, connection: string): Target {
  const received = via.param('received');
  const rport = via.param('rport');
  const address = (typeof received === 'string' ? received : via.host).replace(/^\[|\]$/g, '');
  const sourcePort = typeof rport === 'string' && rport !== '' ? Number(rport) : undefined;
  const protocol = via.transport === 'TLS' ? 'tls' : via.transport === 'TCP' ? 'tcp' : 'udp';
  const port = via.port ?? defaultPort(protocol);
  if (protocol === 'udp') return { protocol, address, port: sourcePort ?? port };
  if (connection === '') return { protocol, address, port };
  const flow: Flow = {
    protocol,
    localAddress: '',
    localPort: 0,
    remoteAddress: address,
    remotePort: sourcePort ?? port,
    connectionId: parseInt(connection, 36),
  };
  return { protocol, address, port, flow };
}
