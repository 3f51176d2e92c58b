// A proxy on a recording wire and a fake clock. Alice calls; her proxy is ours; the callees live at 192.0.2.11 and up.
import { silentLogger } from '../../../src/kernel/index.js';
import { createResponse } from '../../../src/sip/message/create-message.js';
import type { SipMessage } from '../../../src/sip/message/sip-message.js';
import type { ProxyContext, ProxyOptions, ProxyOutcome } from '../../../src/sip/proxy/proxy-options.js';
import { StatefulProxy } from '../../../src/sip/proxy/stateful-proxy.js';
import { TransactionLayer } from '../../../src/sip/transaction/transaction-layer.js';
import { SipResolver } from '../../../src/sip/transport/resolver/index.js';
import type { Flow, Target } from '../../../src/sip/transport/transport.js';
import { FakeClock } from '../../support/fake-clock.js';
import { alice, aliceRequest, answer, FakeWire } from '../transaction/fake-wire.js';
import type { Sent } from '../transaction/fake-wire.js';

export const bob = 'sip:bob@192.0.2.11';
export const carol = 'sip:carol@192.0.2.12';
export const dave = 'sip:dave@192.0.2.13';
export const addressOf = (uri: string): string => /@([^:;?]+)/.exec(uri)?.[1] ?? '';

export class ProxyBench {
  readonly clock = new FakeClock();
  readonly wire = new FakeWire(this.clock);
  readonly outcomes: ProxyOutcome[] = [];
  /** Status of every final response that was reported. */
  readonly reported: number[] = [];
  /** Methods of requests inside dialogs that went on. */
  readonly forwarded: string[] = [];
  readonly layer: TransactionLayer;
  readonly proxy: StatefulProxy;
  context: ProxyContext | undefined;
  options: Partial<ProxyOptions>;
  /** Names that are looked up; those not here do not resolve. */
  readonly names = new Map<string, Promise<readonly Target[]> | readonly Target[]>();

  readonly #resolver = new SipResolver({ listenAddresses: () => this.wire.listenAddresses });

  constructor({ routeKey, ...options }: Partial<ProxyOptions> & { routeKey?: string } = {}) {
    this.options = options;
    this.layer = new TransactionLayer({
      clock: this.clock,
      log: silentLogger,
      transport: this.wire,
      user: {
        onRequest: (request, server) => {
          if (request.method === 'CANCEL') {
            server.respond(
              createResponse(request, server.cancels === undefined ? 481 : 200, undefined, server.toTag),
            );
            if (server.cancels !== undefined) this.context?.cancel();
            return;
          }
          if (server.isInvite) server.respond(createResponse(request, 100));
          this.context = this.proxy.proxy(server, {
            targets: [bob],
            recordRoute: false,
            followRedirects: false,
            parallel: false,
            headers: [],
            onResponse: (response) => this.reported.push(response.statusCode),
            onDone: (outcome) => this.outcomes.push(outcome),
            ...this.options,
          });
        },
        onAck: (ack, flow) => this.proxy.forwardInDialog(ack, flow),
        onStrayResponse: (response) => this.proxy.forwardResponse(response),
        takeStateless: (request, flow) => this.proxy.forwardInDialog(request, flow),
      },
    });
    this.proxy = new StatefulProxy({
      clock: this.clock,
      log: silentLogger,
      layer: this.layer,
      transport: this.wire,
      ...(routeKey === undefined ? {} : { routeKey }),
      onForwarded: ({ method }) => this.forwarded.push(method),
      resolve: (uri) => {
        const literal = this.#resolver.literal(uri);
        return literal === null ? (this.names.get(uri.host) ?? []) : [literal];
      },
    });
  }

  /** Alice sends an INVITE. */
  invite(words: Parameters<typeof aliceRequest>[1] = {}): this {
    this.layer.receive(aliceRequest('INVITE', { uri: 'sip:1000@127.0.0.1', ...words }), alice);
    return this;
  }

  aliceSends(method: string, words: Parameters<typeof aliceRequest>[1] = {}): this {
    this.layer.receive(aliceRequest(method, { uri: 'sip:1000@127.0.0.1', ...words }), alice);
    return this;
  }

  /** Everything sent to the address of a URI, of one method when given. */
  sentTo(uri: string, method?: string): Sent[] {
    return this.wire.sent.filter(
      ({ target, message }) =>
        target.address === addressOf(uri) &&
        (method === undefined || message.method === method) &&
        message.isRequest,
    );
  }

  /** Methods of the requests sent to a URI. */
  methodsTo(uri: string): string[] {
    return this.sentTo(uri).map(({ message }) => message.method);
  }

  /** The callee answers the last request of that method. */
  from(uri: string, status: number, words: { tag?: string; extra?: string; method?: string } = {}): this {
    const request = this.sentTo(uri, words.method ?? 'INVITE').at(-1);
    if (request === undefined) throw new Error(`nothing was sent to ${uri}`);
    const response = answer(request.message, status, words.tag ?? `tag-${addressOf(uri)}`, words.extra);
    this.layer.receive(response, this.flowOf(uri));
    return this;
  }

  /** A callee that gets a CANCEL answers it and its INVITE. */
  cancelled(uri: string): this {
    return this.from(uri, 200, { method: 'CANCEL' }).from(uri, 487);
  }

  flowOf(uri: string): Flow {
    return { ...alice, remoteAddress: addressOf(uri), remotePort: 5060 };
  }

  /** Responses that Alice got to her INVITE, without 100 and without repetitions. */
  get upstream(): SipMessage[] {
    const seen = new Set<string>();
    return this.wire.sent
      .filter(({ target, message, text }) => {
        const isNew = !seen.has(text);
        if (target.address === alice.remoteAddress) seen.add(text);
        return (
          target.address === alice.remoteAddress && !message.isRequest && message.statusCode > 100 && isNew
        );
      })
      .map(({ message }) => message)
      .filter(({ method }) => method !== 'CANCEL');
  }

  get statuses(): number[] {
    return this.upstream.map(({ statusCode }) => statusCode);
  }

  /** Lets everything run out. */
  runOut(): this {
    this.clock.advance(10 * 185_000);
    return this;
  }

  get isClean(): boolean {
    return (
      this.layer.openTransactions === 0 && this.clock.running.length === 0 && this.proxy.openContexts === 0
    );
  }
}
