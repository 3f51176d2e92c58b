// The engine: transport, transactions, dialogs and proxy wired together behind one door. What sits on top implements
// `EngineUser` and sees neither sockets nor transactions.
import { randomHex, silentLogger, systemClock } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import type { ClientExchange } from './client-exchange.js';
import { DialogStore } from './dialog/dialog-store.js';
import type { DialogHint } from './dialog/dialog-store.js';
import type { Dialog } from './dialog/dialog.js';
import type { HeldOutcome } from './dialog/reliable-provisionals.js';
import { DialogEndings } from './dialog-endings.js';
import { routeInDialog } from './dialog-requests.js';
import type { DialogRoute } from './dialog-requests.js';
import { Drain } from './drain.js';
import type { EngineContext } from './engine-context.js';
import { count, EngineCounters } from './engine-counters.js';
import { defaultEngineLimits } from './engine-limits.js';
import type { EngineLimits } from './engine-limits.js';
import type { EngineUser } from './engine-user.js';
import { defaultGuardLimits } from './guard/guard-limits.js';
import type { GuardLimits } from './guard/guard-limits.js';
import { isLoopback, SourceGuard } from './guard/source-guard.js';
import type { GuardCounters } from './guard/source-guard.js';
import { defaultSpammerRules, SpamFilter } from './guard/spam-filter.js';
import type { SpammerRules } from './guard/spam-filter.js';
import { createResponse } from './message/create-message.js';
import type { Refused } from './message/parse-result.js';
import type { SipMessage } from './message/sip-message.js';
import { nextHop } from './next-hop.js';
import type { NextHop, NextHopFault, Reach } from './next-hop.js';
import { OwedAcks } from './owed-acks.js';
import type { ProxyOptions } from './proxy/proxy-options.js';
import { StatefulProxy } from './proxy/stateful-proxy.js';
import { isKnownMethod } from './request-rules.js';
import { ServerDialogs } from './server-dialogs.js';
import type { ServerExchange } from './server-exchange.js';
import { SessionRefresh } from './session-refresh.js';
import { SessionTimers } from './session-timers.js';
import { Subscriptions } from './subscriptions.js';
import { cancelFor } from './transaction/generated-requests.js';
import type { HeaderField } from './transaction/generated-requests.js';
import { responseTarget } from './transaction/response-target.js';
import { defaultBaseTimers } from './transaction/timer-values.js';
import type { BaseTimers } from './transaction/timer-values.js';
import type { TransactionCounters } from './transaction/transaction-layer.js';
import { TransactionLayer } from './transaction/transaction-layer.js';
import type { TransactionOutcomes } from './transaction/transaction-outcomes.js';
import { parseListenAddress } from './transport/listen-address.js';
import type { TransportLimits } from './transport/limits.js';
import { SipResolver } from './transport/resolver/index.js';
import type { DnsOptions } from './transport/resolver/index.js';
import { LargeRequests } from './transport/large-requests.js';
import type { TransportCounters } from './transport/transport-counters.js';
import { TransportLayer } from './transport/transport-layer.js';
import type { TlsFiles } from './transport/tls-files.js';
import type { TransportLayerOptions } from './transport/transport-layer.js';
import type { Flow, LocalAddress, WireTap } from './transport/transport.js';
import { UacCore } from './uac-core.js';
import { UasCore } from './uas-core.js';
import type { RespondResult } from './uas-core.js';

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

const nobody: EngineUser = {
  admit: () => ({ kind: 'no-application' }),
  onRequest: () => undefined,
  onCancel: () => undefined,
  onAck: () => undefined,
  onResponse: () => undefined,
  onDialogEnded: () => undefined,
  onRouted: () => undefined,
};

export class SipEngine {
  readonly counters = new EngineCounters();
  readonly #options: SipEngineOptions;
  readonly #log: Logger;
  readonly #transport: TransportLayer;
  readonly #resolver: SipResolver;
  readonly #largeRequests: LargeRequests;
  readonly #transactions: TransactionLayer;
  readonly #dialogs = new DialogStore();
  readonly #proxy: StatefulProxy;
  readonly #guard: SourceGuard;
  readonly #spam: SpamFilter;
  readonly #uas: UasCore;
  readonly #uac: UacCore;
  readonly #endings: DialogEndings;
  readonly #sessions: SessionTimers;
  readonly #reach: Reach;
  readonly #drain: Drain;
  readonly #retryAfter: string;
  #user: EngineUser = nobody;

  constructor(options: SipEngineOptions) {
    this.#options = options;
    const clock = options.clock ?? systemClock;
    const limits = { ...defaultEngineLimits, ...options.limits };
    const timers = { ...defaultBaseTimers, ...options.timers };
    this.#log = options.log ?? silentLogger;
    this.#retryAfter = String(limits.retryAfterSeconds);
    this.#guard = new SourceGuard({
      limits: { ...defaultGuardLimits, ...options.guard },
      clock,
      isTrusted: options.isTrusted ?? isLoopback,
      onSilenced: (address) => this.#log.debug({ peer: address }, 'source sends too much and is not heard'),
    });
    this.#spam = new SpamFilter(options.spammers ?? defaultSpammerRules);
    const openTransport = options.transport ?? ((parts) => new TransportLayer(parts));
    this.#transport = openTransport({
      log: this.#log,
      clock,
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      guard: this.#guard,
      ...(options.transportLimits === undefined ? {} : { limits: options.transportLimits }),
      ...(options.tap === undefined ? {} : { tap: options.tap }),
      onMessage: (message, flow) => this.#transactions.receive(message, flow),
      onBadMessage: (result, flow) => this.#badMessage(result, flow),
    });
    this.#resolver = new SipResolver({
      clock,
      listenAddresses: () => this.#transport.listenAddresses,
      dns: options.dns ?? {},
    });
    this.#largeRequests = new LargeRequests(
      clock,
      () => this.#transport.listenAddresses,
      options.largeRequestsOverTcp === 'when-known' ? (...asked) => this.#transport.ask(...asked) : undefined,
    );
    this.#transactions = new TransactionLayer({
      ...(options.largeRequestsOverTcp === false ? {} : { largeRequests: this.#largeRequests }),
      clock,
      log: this.#log,
      transport: this.#transport,
      timers,
      limits,
      guard: this.#guard,
      backup: (uri) => this.#resolver.resolve(uri),
      user: {
        onRequest: (request, server) => this.#uas.receive(request, server),
        onAck: (ack, flow) => {
          const known = this.#uas.acknowledge(ack, flow);
          // The tags of one of our dialogs are known to its peer, who has them from its own address alone.
          if (known === 'proof') this.#guard.prove(flow);
          else if (known === 'unknown' && !this.#proxy.forwardInDialog(ack, flow))
            this.#transactions.outcomes.strayAcks += 1;
        },
        onStrayResponse: (response) => {
          if (!this.#proxy.forwardResponse(response)) this.#uac.stray(response);
        },
        takeStateless: (request, flow) => this.#takeStateless(request, flow),
      },
    });
    this.#proxy = new StatefulProxy({
      clock,
      log: this.#log,
      layer: this.#transactions,
      transport: this.#transport,
      resolve: (uri, random) => this.#resolver.resolve(uri, random),
      failed: this.#resolver.failed,
      routeKey: options.routeKey ?? randomHex(16),
      onForwarded: (request) => this.#user.onRouted(request),
    });
    this.#reach = { transport: this.#transport, resolver: this.#resolver };
    this.#drain = new Drain(clock, () => this.isIdle);
    const currentUser = (): EngineUser => this.#user;
    const context: EngineContext = {
      clock,
      log: this.#log,
      limits,
      timers,
      transport: this.#transport,
      resolver: this.#resolver,
      transactions: this.#transactions,
      dialogs: this.#dialogs,
      counters: this.counters,
      drain: this.#drain,
      isTrusted: options.isTrusted,
      tryingDelayMs: options.tryingDelayMs,
      get user() {
        return currentUser();
      },
    };
    const acks = new OwedAcks(context);
    this.#endings = new DialogEndings(context, acks);
    const sessions = new SessionTimers(context, this.#endings, new SessionRefresh(context, acks));
    this.#sessions = sessions;
    const subscriptions = new Subscriptions(context, this.#endings);
    const parts = { acks, endings: this.#endings, sessions, subscriptions };
    this.#uac = new UacCore(context, parts);
    this.#uas = new UasCore(context, { ...parts, dialogs: new ServerDialogs(context, parts) });
  }

  /** Sets the one on top. Before that, every request is answered 503. */
  use(user: EngineUser): void {
    this.#user = user;
  }

  /** Opens the sockets. @throws SipTransportError SIP_PORT_IN_USE, SIP_LISTEN_ADDRESS, SIP_TLS_CERTIFICATE */
  async start(): Promise<void> {
    const { listen, advertised } = this.#options;
    const addresses = listen.flatMap((one) =>
      typeof one === 'string'
        ? parseListenAddress(one, advertised)
        : parseListenAddress(one.uri, one.advertised ?? advertised),
    );
    await this.#transport.listen(addresses);
  }

  /**
   * Reads the files of TLS again. Connections from now on have them, those that are open live on.
   * @throws SipTransportError SIP_TLS_CERTIFICATE; what was there before stays
   */
  async reloadCertificates(): Promise<void> {
    await this.#transport.reloadCertificates();
  }

  /** When our certificate ends; undefined without TLS. */
  get certificateEnd(): Date | undefined {
    return this.#transport.certificateEnd;
  }

  /**
   * From now on new requests outside dialogs get 503 with Retry-After, OPTIONS among them, so that peers go elsewhere; calls go on.
   * Resolves when nothing is open any more (`isIdle`), or after `deadlineMs`. `stop` is what follows.
   */
  async drain(deadlineMs: number): Promise<void> {
    await this.#drain.begin(deadlineMs);
  }

  get isDraining(): boolean {
    return this.#drain.hasBegun;
  }

  /** No request waits for an answer, ours or a peer's, and no dialog is up. Proxied calls that are up are not known here. */
  get isIdle(): boolean {
    if (this.#dialogs.size > 0 || this.#proxy.openContexts > 0) return false;
    for (const _ of this.#uac.exchanges()) return false;
    for (const { phase } of this.#uas.exchanges()) if (phase === 'open') return false;
    return true;
  }

  /** Answers what is open or being proxied with 503, ends dialogs with BYE, closes the sockets. Proxied calls that are up go on. */
  async stop(): Promise<void> {
    this.#drain.end();
    this.#largeRequests.close();
    for (const exchange of [...this.#uas.exchanges()]) this.#uas.abandon(exchange);
    for (const exchange of [...this.#uac.exchanges()]) this.#uac.cancel(exchange, []);
    this.#proxy.close(this.#retryAfter);
    for (const dialog of [...this.#dialogs]) {
      if (dialog.state === 'confirmed') this.#endings.end(dialog, 'stopping');
    }
    // One turn, so that what was just sent leaves the sockets before they close.
    await new Promise((resolve) => setImmediate(resolve));
    this.#transactions.close();
    this.#resolver.close();
    await this.#transport.close();
    for (const dialog of [...this.#dialogs]) dialog.end();
  }

  /** Closes the sockets without a word to anybody, as a process that dies does. */
  async abort(): Promise<void> {
    const closed = this.#transport.close();
    this.#largeRequests.close();
    this.#proxy.close(this.#retryAfter);
    this.#transactions.close();
    this.#resolver.close();
    for (const exchange of [...this.#uas.exchanges()]) exchange.settle('closed');
    for (const dialog of [...this.#dialogs]) {
      dialog.end();
      this.#dialogs.delete(dialog);
    }
    await closed;
  }

  /** Addresses as peers see them: advertised, else concrete. */
  get localAddresses(): readonly LocalAddress[] {
    return this.#transport.listenAddresses.map(({ protocol, address, port }) => {
      const anyPeer = address.includes(':') ? '::1' : '127.0.0.1';
      const peer = address === '0.0.0.0' || address === '::' ? anyPeer : address;
      const flow = { protocol, localAddress: peer, localPort: port, remoteAddress: peer, remotePort: 5060 };
      return this.#transport.localFor({ protocol, address: peer, port: 5060, flow });
    });
  }

  /** TCP and TLS connections, handshakes under way among them. */
  get openConnections(): number {
    return this.#transport.connectionCount;
  }

  /** Connections refused because of the limits, since the start. */
  get refusedConnections(): number {
    return this.#transport.refusedConnections;
  }

  get openTransactions(): number {
    return this.#transactions.openTransactions;
  }

  get openDialogs(): number {
    return this.#dialogs.size;
  }

  /** Retransmissions absorbed, requests merged, refused for overload. */
  get transactionCounters(): Readonly<TransactionCounters> {
    return this.#transactions.counters;
  }

  /** What was refused to single sources. */
  get guardCounters(): Readonly<GuardCounters> {
    return this.#guard.counters;
  }

  /** Names looked up, targets that failed. */
  get resolver(): SipResolver {
    return this.#resolver;
  }

  /** Requests sent over TCP for their size, and those of them that went over UDP after all. */
  get largeRequests(): { readonly movedToTcp: number; readonly fellBack: number } {
    return this.#largeRequests;
  }

  /** How transactions ended, and what was sent or came more than once. */
  get outcomes(): TransactionOutcomes {
    return this.#transactions.outcomes;
  }

  /** Messages, bytes and connections; `opened` and `refused` are connections since the start. */
  get wire(): { readonly counters: TransportCounters; readonly opened: number; readonly refused: number } {
    const { counters, openedConnections, refusedConnections } = this.#transport;
    return { counters, opened: openedConnections, refused: refusedConnections };
  }

  /** Requests inside dialogs that were not forwarded, for their Route had not been written by us. */
  get refusedRoutes(): number {
    return this.#proxy.refusedRoutes;
  }

  get openProxies(): number {
    return this.#proxy.openContexts;
  }

  /** Requests of either side that something is still kept for: 0 when all of them are over. */
  get openExchanges(): number {
    return this.#uas.openExchanges + this.#uac.openExchanges;
  }

  /** A request from the network, by its id. */
  exchange(id: string): ServerExchange | undefined {
    return this.#uas.exchange(id);
  }

  /** A request of ours without a final response, by its id. */
  clientExchange(id: string): ClientExchange | undefined {
    return this.#uac.exchange(id);
  }

  /** @param hint which one it is among the early dialogs of a fork, that have one id */
  dialog(id: string, hint?: DialogHint): Dialog | undefined {
    return hint === undefined ? this.#dialogs.byId(id) : this.#dialogs.meant(id, hint);
  }

  /** @param onHeld told later, when the result is `held`, whether the response was sent */
  respond(exchange: ServerExchange, response: SipMessage, onHeld?: HeldOutcome): RespondResult {
    return this.#uas.respond(exchange, response, onHeld);
  }

  /** Answers in the user's place with a plain response. */
  close(exchange: ServerExchange, status: number): void {
    this.#uas.close(exchange, status);
  }

  /** 503 with Retry-After: whoever should answer is gone. */
  abandon(exchange: ServerExchange): void {
    this.#uas.abandon(exchange);
  }

  /** Proxies a request. From then on the proxy answers it. */
  proxy(exchange: ServerExchange, options: ProxyOptions): void {
    this.#uas.handOver(exchange);
    exchange.proxying = this.#proxy.proxy(exchange.server, options);
  }

  /** Where a request outside dialogs would go. */
  nextHop(uri: string): NextHop | NextHopFault {
    return nextHop(uri, this.#reach, { refuseMyself: true });
  }

  /** Where a request inside the dialog goes. */
  route(dialog: Dialog): DialogRoute | NextHopFault {
    return routeInDialog(dialog, this.#reach);
  }

  /** Runs `work` now, or when the session's refresh that is under way has its answer. @returns false when it never will */
  whenQuiet(dialog: Dialog, work: () => void): boolean {
    return this.#sessions.whenQuiet(dialog, work);
  }

  /** Sends a request, inside a dialog when one is given. Nothing is reported before this has returned. */
  send(request: SipMessage, hop: NextHop, owner: unknown, dialog?: Dialog): ClientExchange {
    return this.#uac.send(request, hop, owner, dialog);
  }

  ack(dialog: Dialog, ack: SipMessage, hop: NextHop): void {
    this.#uac.ack(dialog, ack, hop);
  }

  /** @returns false when it has a final response or was cancelled before */
  cancel(exchange: ClientExchange, headers: readonly HeaderField[]): boolean {
    return this.#uac.cancel(exchange, headers);
  }

  /** The CANCEL as `cancel` sends it. */
  cancelText(exchange: ClientExchange, headers: readonly HeaderField[]): string {
    return cancelFor(exchange.transaction?.request ?? exchange.request, headers);
  }

  /**
   * Ends a dialog with a BYE of our own.
   * @param header value of its Reason
   */
  endDialog(dialog: Dialog, header: string): void {
    this.#endings.end(dialog, 'stopping', header);
  }

  /** Those who have a request to answer, wait for an answer, or talk in a dialog. */
  owners(): ReadonlySet<unknown> {
    const owners = new Set<unknown>();
    for (const { phase, owner } of this.#uas.exchanges()) {
      if (phase === 'open' || phase === 'proxied') owners.add(owner);
    }
    for (const { owner } of this.#uac.exchanges()) owners.add(owner);
    for (const { owner } of this.#dialogs) owners.add(owner);
    return owners;
  }

  /** New requests that the owner was given and has said nothing about. */
  untouched(owner: unknown): readonly ServerExchange[] {
    return [...this.#uas.exchanges()].filter(
      (one) => one.owner === owner && one.phase === 'open' && !one.isInDialog && !one.hasResponded,
    );
  }

  /** The owner is gone: 503 for what it should answer, CANCEL for what it asked, BYE for what it talks in. */
  releaseOwner(owner: unknown): void {
    for (const exchange of [...this.#uas.exchanges()])
      if (exchange.owner === owner) this.#uas.abandon(exchange);
    for (const exchange of [...this.#uac.exchanges()]) {
      if (exchange.owner !== owner) continue;
      exchange.owner = undefined;
      this.#uac.cancel(exchange, []);
    }
    for (const dialog of [...this.#dialogs]) {
      if (dialog.owner === owner) this.#endings.release(dialog);
    }
  }

  /** Our side of a flow, as the peer sees it. */
  localOf(flow: Flow): LocalAddress {
    const { protocol, remoteAddress, remotePort } = flow;
    return this.#transport.localFor({ protocol, address: remoteAddress, port: remotePort, flow });
  }

  /** Our side of a request of ours; undefined while its target is looked up. */
  localTo(exchange: ClientExchange): LocalAddress | undefined {
    const target = exchange.transaction?.target;
    return target === undefined ? undefined : this.#transport.localFor(target);
  }

  #takeStateless(request: SipMessage, flow: Flow): boolean {
    if (request.to()?.tag === undefined && this.#options.screen?.(flow) === false) {
      this.counters.screened += 1;
      return true;
    }
    if (this.#isSpam(request, flow)) return true;
    if (!this.#proxy.forwardInDialog(request, flow)) return false;
    count(this.counters.requestsIn, isKnownMethod(request.method) ? request.method : 'OTHER');
    return true;
  }

  /** Only of new requests: a call that is up stays up whatever its user agent calls itself. */
  #isSpam(request: SipMessage, flow: Flow): boolean {
    if (request.to()?.tag !== undefined || this.#options.isTrusted?.(flow) === true) return false;
    const action = this.#spam.judge(request, flow.protocol !== 'udp');
    if (action === undefined) return false;
    this.counters.spam += 1;
    this.#log.debug({ peer: flow.remoteAddress, action }, 'request of a scanner');
    if (action === 'reject') this.#transactions.respondStatelessly(request, flow, 603);
    return true;
  }

  /** 400, or what the fault deserves, where a response can be formed. */
  #badMessage(result: Refused, flow: Flow): void {
    this.counters.malformed += 1;
    const { partial, status, reason } = result;
    this.#log.debug({ reason, peer: flow.remoteAddress }, 'malformed message');
    if (partial === null || partial.method === 'ACK' || this.#options.screen?.(flow) === false) return;
    const via = partial.topVia();
    const { protocol, remoteAddress, remotePort } = flow;
    // A Via that cannot be read leaves only the way that the request came.
    const target =
      via === null ? { protocol, address: remoteAddress, port: remotePort, flow } : responseTarget(via, flow);
    const response = createResponse(partial, status, reason, randomHex(8));
    this.#transport.send(response, target, (error) => {
      this.#log.debug({ err: error }, 'response to malformed request not sent');
    });
  }
}
