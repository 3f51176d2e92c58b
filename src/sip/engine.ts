// The engine: its parts behind one door. What sits on top implements `EngineUser` and sees neither sockets nor transactions.
import type { ClientExchange } from './client-exchange.js';
import type { DialogHint } from './dialog/dialog-store.js';
import type { Dialog } from './dialog/dialog.js';
import type { HeldOutcome } from './dialog/reliable-provisionals.js';
import { routeInDialog } from './dialog-requests.js';
import type { DialogRoute } from './dialog-requests.js';
import type { EngineCounters } from './engine-counters.js';
import type { EngineUser } from './engine-user.js';
import type { GuardCounters } from './guard/source-guard.js';
import type { SipMessage } from './message/sip-message.js';
import { nextHop } from './next-hop.js';
import type { NextHop, NextHopFault } from './next-hop.js';
import type { ProxyOptions } from './proxy/proxy-options.js';
import type { ServerExchange } from './server-exchange.js';
import { cancelFor } from './transaction/generated-requests.js';
import type { HeaderField } from './transaction/generated-requests.js';
import type { TransactionCounters } from './transaction/transaction-layer.js';
import type { TransactionOutcomes } from './transaction/transaction-outcomes.js';
import { parseListenAddress } from './transport/listen-address.js';
import type { SipResolver } from './transport/resolver/index.js';
import type { TransportCounters } from './transport/transport-counters.js';
import type { Flow, LocalAddress } from './transport/transport.js';
import type { RespondResult } from './uas-core.js';
import type { SipEngineOptions } from './engine-options.js';
import { EngineParts } from './engine-parts.js';

export class SipEngine {
  readonly counters: EngineCounters;
  readonly #options: SipEngineOptions;
  readonly #parts: EngineParts;
  readonly #retryAfter: string;

  constructor(options: SipEngineOptions) {
    this.#options = options;
    this.#parts = new EngineParts(options, () => this.isIdle);
    this.counters = this.#parts.counters;
    this.#retryAfter = String(this.#parts.limits.retryAfterSeconds);
  }

  /** Sets the one on top. Before that, every request is answered 503. */
  use(user: EngineUser): void {
    this.#parts.user = user;
  }

  /** Opens the sockets. @throws SipTransportError SIP_PORT_IN_USE, SIP_LISTEN_ADDRESS, SIP_TLS_CERTIFICATE */
  async start(): Promise<void> {
    const { listen, advertised } = this.#options;
    const addresses = listen.flatMap((one) =>
      typeof one === 'string'
        ? parseListenAddress(one, advertised)
        : parseListenAddress(one.uri, one.advertised ?? advertised),
    );
    await this.#parts.transport.listen(addresses);
  }

  /**
   * Reads the files of TLS again. Connections from now on have them, those that are open live on.
   * @throws SipTransportError SIP_TLS_CERTIFICATE; what was there before stays
   */
  async reloadCertificates(): Promise<void> {
    await this.#parts.transport.reloadCertificates();
  }

  /** When our certificate ends; undefined without TLS. */
  get certificateEnd(): Date | undefined {
    return this.#parts.transport.certificateEnd;
  }

  /**
   * From now on new requests outside dialogs get 503 with Retry-After, OPTIONS among them, so that peers go elsewhere; calls go on.
   * Resolves when nothing is open any more (`isIdle`), or after `deadlineMs`. `stop` is what follows.
   */
  async drain(deadlineMs: number): Promise<void> {
    await this.#parts.drain.begin(deadlineMs);
  }

  get isDraining(): boolean {
    return this.#parts.drain.hasBegun;
  }

  /** No request waits for an answer, ours or a peer's, and no dialog is up. Proxied calls that are up are not known here. */
  get isIdle(): boolean {
    if (this.#parts.dialogs.size > 0 || this.#parts.proxy.openContexts > 0) return false;
    for (const _ of this.#parts.uac.exchanges()) return false;
    for (const { phase } of this.#parts.uas.exchanges()) if (phase === 'open') return false;
    return true;
  }

  /** Answers what is open or being proxied with 503, ends dialogs with BYE, closes the sockets. Proxied calls that are up go on. */
  async stop(): Promise<void> {
    this.#parts.drain.end();
    this.#parts.largeRequests.close();
    for (const exchange of [...this.#parts.uas.exchanges()]) this.#parts.uas.abandon(exchange);
    for (const exchange of [...this.#parts.uac.exchanges()]) this.#parts.uac.cancel(exchange, []);
    this.#parts.proxy.close(this.#retryAfter);
    for (const dialog of [...this.#parts.dialogs]) {
      if (dialog.state === 'confirmed') this.#parts.endings.end(dialog, 'stopping');
    }
    // One turn, so that what was just sent leaves the sockets before they close.
    await new Promise((resolve) => setImmediate(resolve));
    this.#parts.transactions.close();
    this.#parts.resolver.close();
    await this.#parts.transport.close();
    for (const dialog of [...this.#parts.dialogs]) dialog.end();
  }

  /** Closes the sockets without a word to anybody, as a process that dies does. */
  async abort(): Promise<void> {
    const closed = this.#parts.transport.close();
    this.#parts.largeRequests.close();
    this.#parts.proxy.close(this.#retryAfter);
    this.#parts.transactions.close();
    this.#parts.resolver.close();
    for (const exchange of [...this.#parts.uas.exchanges()]) exchange.settle('closed');
    for (const dialog of [...this.#parts.dialogs]) {
      dialog.end();
      this.#parts.dialogs.delete(dialog);
    }
    await closed;
  }

  /** Addresses as peers see them: advertised, else concrete. */
  get localAddresses(): readonly LocalAddress[] {
    return this.#parts.transport.listenAddresses.map(({ protocol, address, port }) => {
      const anyPeer = address.includes(':') ? '::1' : '127.0.0.1';
      const peer = address === '0.0.0.0' || address === '::' ? anyPeer : address;
      const flow = { protocol, localAddress: peer, localPort: port, remoteAddress: peer, remotePort: 5060 };
      return this.#parts.transport.localFor({ protocol, address: peer, port: 5060, flow });
    });
  }

  /** TCP and TLS connections, handshakes under way among them. */
  get openConnections(): number {
    return this.#parts.transport.connectionCount;
  }

  /** Connections refused because of the limits, since the start. */
  get refusedConnections(): number {
    return this.#parts.transport.refusedConnections;
  }

  get openTransactions(): number {
    return this.#parts.transactions.openTransactions;
  }

  get openDialogs(): number {
    return this.#parts.dialogs.size;
  }

  /** Retransmissions absorbed, requests merged, refused for overload. */
  get transactionCounters(): Readonly<TransactionCounters> {
    return this.#parts.transactions.counters;
  }

  /** What was refused to single sources. */
  get guardCounters(): Readonly<GuardCounters> {
    return this.#parts.guard.counters;
  }

  /** Names looked up, targets that failed. */
  get resolver(): SipResolver {
    return this.#parts.resolver;
  }

  /** Requests sent over TCP for their size, and those of them that went over UDP after all. */
  get largeRequests(): { readonly movedToTcp: number; readonly fellBack: number } {
    return this.#parts.largeRequests;
  }

  /** How transactions ended, and what was sent or came more than once. */
  get outcomes(): TransactionOutcomes {
    return this.#parts.transactions.outcomes;
  }

  /** Messages, bytes and connections; `opened` counts connections since the start. */
  get wire(): { readonly counters: TransportCounters; readonly opened: number } {
    const { counters, openedConnections } = this.#parts.transport;
    return { counters, opened: openedConnections };
  }

  /** Requests inside dialogs that were not forwarded, for their Route had not been written by us. */
  get refusedRoutes(): number {
    return this.#parts.proxy.refusedRoutes;
  }

  get openProxies(): number {
    return this.#parts.proxy.openContexts;
  }

  /** Requests of either side that something is still kept for: 0 when all of them are over. */
  get openExchanges(): number {
    return this.#parts.uas.openExchanges + this.#parts.uac.openExchanges;
  }

  /** A request from the network, by its id. */
  exchange(id: string): ServerExchange | undefined {
    return this.#parts.uas.exchange(id);
  }

  /** A request of ours without a final response, by its id. */
  clientExchange(id: string): ClientExchange | undefined {
    return this.#parts.uac.exchange(id);
  }

  /** @param hint which one it is among the early dialogs of a fork, that have one id */
  dialog(id: string, hint?: DialogHint): Dialog | undefined {
    return hint === undefined ? this.#parts.dialogs.byId(id) : this.#parts.dialogs.meant(id, hint);
  }

  /** @param onHeld told later, when the result is `held`, whether the response was sent */
  respond(exchange: ServerExchange, response: SipMessage, onHeld?: HeldOutcome): RespondResult {
    return this.#parts.uas.respond(exchange, response, onHeld);
  }

  /** Answers in the user's place with a plain response. */
  close(exchange: ServerExchange, status: number): void {
    this.#parts.uas.close(exchange, status);
  }

  /** 503 with Retry-After: whoever should answer is gone. */
  abandon(exchange: ServerExchange): void {
    this.#parts.uas.abandon(exchange);
  }

  /** Proxies a request. From then on the proxy answers it. */
  proxy(exchange: ServerExchange, options: ProxyOptions): void {
    this.#parts.uas.handOver(exchange);
    exchange.proxying = this.#parts.proxy.proxy(exchange.server, options);
  }

  /** Where a request outside dialogs would go. */
  nextHop(uri: string): NextHop | NextHopFault {
    return nextHop(uri, this.#parts.reach, { refuseMyself: true });
  }

  /** Where a request inside the dialog goes. */
  route(dialog: Dialog): DialogRoute | NextHopFault {
    return routeInDialog(dialog, this.#parts.reach);
  }

  /** Runs `work` now, or when the session's refresh that is under way has its answer. @returns false when it never will */
  whenQuiet(dialog: Dialog, work: () => void): boolean {
    return this.#parts.sessions.whenQuiet(dialog, work);
  }

  /** Sends a request, inside a dialog when one is given. Nothing is reported before this has returned. */
  send(request: SipMessage, hop: NextHop, owner: unknown, dialog?: Dialog): ClientExchange {
    return this.#parts.uac.send(request, hop, owner, dialog);
  }

  ack(dialog: Dialog, ack: SipMessage, hop: NextHop): void {
    this.#parts.uac.ack(dialog, ack, hop);
  }

  /** @returns false when it has a final response or was cancelled before */
  cancel(exchange: ClientExchange, headers: readonly HeaderField[]): boolean {
    return this.#parts.uac.cancel(exchange, headers);
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
    this.#parts.endings.end(dialog, 'stopping', header);
  }

  /** Those who have a request to answer, wait for an answer, or talk in a dialog. */
  owners(): ReadonlySet<unknown> {
    const owners = new Set<unknown>();
    for (const { phase, owner } of this.#parts.uas.exchanges()) {
      if (phase === 'open' || phase === 'proxied') owners.add(owner);
    }
    for (const { owner } of this.#parts.uac.exchanges()) owners.add(owner);
    for (const { owner } of this.#parts.dialogs) owners.add(owner);
    return owners;
  }

  /** New requests that the owner was given and has said nothing about. */
  untouched(owner: unknown): readonly ServerExchange[] {
    return [...this.#parts.uas.exchanges()].filter(
      (one) => one.owner === owner && one.phase === 'open' && !one.isInDialog && !one.hasResponded,
    );
  }

  /** The owner is gone: 503 for what it should answer, CANCEL for what it asked, BYE for what it talks in. */
  releaseOwner(owner: unknown): void {
    for (const exchange of [...this.#parts.uas.exchanges()])
      if (exchange.owner === owner) this.#parts.uas.abandon(exchange);
    for (const exchange of [...this.#parts.uac.exchanges()]) {
      if (exchange.owner !== owner) continue;
      exchange.owner = undefined;
      this.#parts.uac.cancel(exchange, []);
    }
    for (const dialog of [...this.#parts.dialogs]) {
      if (dialog.owner === owner) this.#parts.endings.release(dialog);
    }
  }

  /** Our side of a flow, as the peer sees it. */
  localOf(flow: Flow): LocalAddress {
    const { protocol, remoteAddress, remotePort } = flow;
    return this.#parts.transport.localFor({ protocol, address: remoteAddress, port: remotePort, flow });
  }

  /** Our side of a request of ours; undefined while its target is looked up. */
  localTo(exchange: ClientExchange): LocalAddress | undefined {
    const target = exchange.transaction?.target;
    return target === undefined ? undefined : this.#parts.transport.localFor(target);
  }
}
