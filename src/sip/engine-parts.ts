// The parts of the engine wired together: transport, transactions, proxy, and the two cores above them (RFC 3261 section 5).
import { randomHex, silentLogger, systemClock } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { DialogEndings } from './dialog-endings.js';
import { DialogStore } from './dialog/dialog-store.js';
import { Drain } from './drain.js';
import type { EngineContext } from './engine-context.js';
import { EngineCounters } from './engine-counters.js';
import { defaultEngineLimits } from './engine-limits.js';
import type { EngineLimits } from './engine-limits.js';
import type { SipEngineOptions } from './engine-options.js';
import type { EngineUser } from './engine-user.js';
import { defaultGuardLimits } from './guard/guard-limits.js';
import { isLoopback, SourceGuard } from './guard/source-guard.js';
import { defaultSpammerRules, SpamFilter } from './guard/spam-filter.js';
import { Intake } from './intake.js';
import type { Reach } from './next-hop.js';
import { OwedAcks } from './owed-acks.js';
import { StatefulProxy } from './proxy/stateful-proxy.js';
import { ServerDialogs } from './server-dialogs.js';
import { SessionRefresh } from './session-refresh.js';
import { SessionTimers } from './session-timers.js';
import { Subscriptions } from './subscriptions.js';
import { defaultBaseTimers } from './transaction/timer-values.js';
import type { BaseTimers } from './transaction/timer-values.js';
import { TransactionLayer } from './transaction/transaction-layer.js';
import type { TransactionUser } from './transaction/transaction-layer.js';
import { LargeRequests } from './transport/large-requests.js';
import { SipResolver } from './transport/resolver/index.js';
import { TransportLayer } from './transport/transport-layer.js';
import { UacCore } from './uac-core.js';
import { UasCore } from './uas-core.js';

const nobody: EngineUser = {
  admit: () => ({ kind: 'no-application' }),
  onRequest: () => undefined,
  onCancel: () => undefined,
  onAck: () => undefined,
  onResponse: () => undefined,
  onDialogEnded: () => undefined,
  onRouted: () => undefined,
};

/** From the bottom to the top; each is given those that it works with, and hears of the ones above by what it calls. */
export class EngineParts {
  readonly counters = new EngineCounters();
  readonly log: Logger;
  readonly clock: Clock;
  readonly limits: EngineLimits;
  readonly timers: BaseTimers;
  readonly guard: SourceGuard;
  readonly transport: TransportLayer;
  readonly resolver: SipResolver;
  readonly largeRequests: LargeRequests;
  readonly transactions: TransactionLayer;
  readonly proxy: StatefulProxy;
  readonly dialogs = new DialogStore();
  readonly drain: Drain;
  readonly reach: Reach;
  readonly endings: DialogEndings;
  readonly sessions: SessionTimers;
  readonly uac: UacCore;
  readonly uas: UasCore;
  /** The one on top. */
  user = nobody;
  readonly #intake: Intake;

  /** @param isIdle nothing is open any more */
  constructor(options: SipEngineOptions, isIdle: () => boolean) {
    this.clock = options.clock ?? systemClock;
    this.limits = { ...defaultEngineLimits, ...options.limits };
    this.timers = { ...defaultBaseTimers, ...options.timers };
    this.log = options.log ?? silentLogger;
    this.guard = new SourceGuard({
      limits: { ...defaultGuardLimits, ...options.guard },
      clock: this.clock,
      isTrusted: options.isTrusted ?? isLoopback,
      onSilenced: (address) => this.log.debug({ peer: address }, 'source sends too much and is not heard'),
    });
    this.transport = this.#openTransport(options);
    this.resolver = new SipResolver({
      clock: this.clock,
      listenAddresses: () => this.transport.listenAddresses,
      dns: options.dns ?? {},
    });
    this.largeRequests = new LargeRequests(
      this.clock,
      () => this.transport.listenAddresses,
      options.largeRequestsOverTcp === 'when-known' ? (...asked) => this.transport.ask(...asked) : undefined,
    );
    this.transactions = new TransactionLayer({
      ...(options.largeRequestsOverTcp === false ? {} : { largeRequests: this.largeRequests }),
      clock: this.clock,
      log: this.log,
      transport: this.transport,
      timers: this.timers,
      limits: this.limits,
      guard: this.guard,
      backup: (uri) => this.resolver.resolve(uri),
      user: this.#transactionUser(),
    });
    this.proxy = new StatefulProxy({
      clock: this.clock,
      log: this.log,
      layer: this.transactions,
      transport: this.transport,
      resolve: (uri, random) => this.resolver.resolve(uri, random),
      failed: this.resolver.failed,
      routeKey: options.routeKey ?? randomHex(16),
      onForwarded: (request) => this.user.onRouted(request),
    });
    this.#intake = new Intake({
      screen: options.screen,
      isTrusted: options.isTrusted,
      log: this.log,
      counters: this.counters,
      spam: new SpamFilter(options.spammers ?? defaultSpammerRules),
      transport: this.transport,
      transactions: this.transactions,
      proxy: this.proxy,
    });
    this.reach = { transport: this.transport, resolver: this.resolver };
    this.drain = new Drain(this.clock, isIdle);
    const context = this.#context(options);
    const acks = new OwedAcks(context);
    this.endings = new DialogEndings(context, acks);
    this.sessions = new SessionTimers(context, this.endings, new SessionRefresh(context, acks));
    const subscriptions = new Subscriptions(context, this.endings);
    const parts = { acks, endings: this.endings, sessions: this.sessions, subscriptions };
    this.uac = new UacCore(context, parts);
    this.uas = new UasCore(context, { ...parts, dialogs: new ServerDialogs(context, parts) });
  }

  #openTransport(options: SipEngineOptions): TransportLayer {
    const open = options.transport ?? ((parts) => new TransportLayer(parts));
    return open({
      log: this.log,
      clock: this.clock,
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      guard: this.guard,
      ...(options.transportLimits === undefined ? {} : { limits: options.transportLimits }),
      ...(options.tap === undefined ? {} : { tap: options.tap }),
      onMessage: (message, flow) => this.transactions.receive(message, flow),
      onBadMessage: (result, flow) => this.#intake.badMessage(result, flow),
    });
  }

  #transactionUser(): TransactionUser {
    return {
      onRequest: (request, server) => this.uas.receive(request, server),
      onAck: (ack, flow) => {
        const known = this.uas.acknowledge(ack, flow);
        // The tags of one of our dialogs are known to its peer, who has them from its own address alone.
        if (known === 'proof') this.guard.prove(flow);
        else if (known === 'unknown' && !this.proxy.forwardInDialog(ack, flow))
          this.transactions.outcomes.strayAcks += 1;
      },
      onStrayResponse: (response) => {
        if (!this.proxy.forwardResponse(response)) this.uac.stray(response);
      },
      takeStateless: (request, flow) => this.#intake.takeStateless(request, flow),
    };
  }

  #context({ isTrusted, tryingDelayMs }: SipEngineOptions): EngineContext {
    const currentUser = (): EngineUser => this.user;
    const { clock, log, limits, timers, transport, resolver, transactions, dialogs, counters, drain } = this;
    return {
      ...{ clock, log, limits, timers, transport, resolver, transactions, dialogs, counters, drain },
      isTrusted,
      tryingDelayMs,
      get user() {
        return currentUser();
      },
    };
  }
}
