// Metrics of the parts that count by themselves, read when Prometheus asks.
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { SipEngine } from '../sip/index.js';
import type { CachedStrategyReader } from '../strategy-store/index.js';

/** Open transactions and dialogs, requests by method, refusals by status, malformed messages. */
export function observeEngine(registry: Registry, engine: SipEngine): void {
  gauge(
    registry,
    'proffer_sip_transactions_open',
    'SIP transactions that have not terminated',
    () => engine.openTransactions,
  );
  gauge(registry, 'proffer_sip_dialogs_open', 'SIP dialogs of our own legs', () => engine.openDialogs);
  gauge(
    registry,
    'proffer_sip_proxies_open',
    'proxied requests without a final response',
    () => engine.openProxies,
  );
  gauge(
    registry,
    'proffer_sip_connections_open',
    'TCP and TLS connections of SIP, TLS handshakes under way among them',
    () => engine.openConnections,
  );
  gauge(
    registry,
    'proffer_sip_certificate_end_seconds',
    'when the TLS certificate of SIP ends, in Unix time; 0 without TLS',
    () => (engine.certificateEnd?.getTime() ?? 0) / 1000,
  );
  counter(
    registry,
    'proffer_sip_connections_refused_total',
    'SIP connections refused because their number was at its limit',
    () => engine.refusedConnections,
  );
  labelledCounter(
    registry,
    ['proffer_sip_large_requests_total', 'transport'],
    'requests too large for UDP, by what they went over in the end',
    () => {
      const { movedToTcp, fellBack } = engine.largeRequests;
      return Object.entries({ tcp: movedToTcp - fellBack, udp: fellBack });
    },
  );
  counter(
    registry,
    'proffer_sip_malformed_total',
    'messages that could not be read',
    () => engine.counters.malformed,
  );
  counter(
    registry,
    'proffer_sip_implausible_total',
    'requests with the tags of a dialog that came from where its peer cannot be',
    () => engine.counters.implausible,
  );
  counter(
    registry,
    'proffer_sip_routes_refused_total',
    'requests inside dialogs by a Route of ours that we had not written for their call',
    () => engine.refusedRoutes,
  );
  counter(
    registry,
    'proffer_sip_prack_timeouts_total',
    'reliable provisional responses of ours that got no PRACK',
    () => engine.counters.prackTimeouts,
  );
  counter(
    registry,
    'proffer_sip_session_refreshes_total',
    'sessions that the engine refreshed by itself',
    () => engine.counters.sessionRefreshes,
  );
  counter(
    registry,
    'proffer_sip_sessions_expired_total',
    'calls that were ended because nobody refreshed them, or a refresh failed',
    () => engine.counters.sessionsExpired,
  );
  counter(
    registry,
    'proffer_sip_ack_timeouts_total',
    '2xx responses of ours that got no ACK',
    () => engine.counters.ackTimeouts,
  );
  observeProtection(registry, engine);
  labelledCounter(
    registry,
    ['proffer_sip_requests_received_total', 'method'],
    'requests received, retransmissions not counted, by method',
    () => engine.counters.requestsIn,
  );
  labelledCounter(
    registry,
    ['proffer_sip_requests_refused_total', 'status'],
    'requests that the engine refused by itself, by status',
    () => engine.counters.refused,
  );
}

/** What was refused to whoever sends too much or is no caller at all. */
function observeProtection(registry: Registry, engine: SipEngine): void {
  counter(
    registry,
    'proffer_sip_spam_dropped_total',
    'requests of scanners, told by their headers',
    () => engine.counters.spam,
  );
  counter(
    registry,
    'proffer_sip_overloaded_total',
    'requests refused 503 because of a limit of open transactions or of one source',
    () => engine.transactionCounters.overloaded,
  );
  counter(
    registry,
    'proffer_sip_responses_withheld_total',
    'responses to unknown UDP sources not sent, because more would have gone out than came in',
    () => engine.guardCounters.withheld,
  );
  labelledCounter(
    registry,
    ['proffer_sip_sources_limited_total', 'limit'],
    'messages, requests and connections of single sources refused, by the limit',
    () => {
      const { messages, connections, invites, transactions } = engine.guardCounters;
      return Object.entries({ messages, connections, invites, transactions });
    },
  );
}

/** The cache in front of the strategy store and its circuit breaker. */
export function observeStore(registry: Registry, reader: CachedStrategyReader): void {
  const { counters } = reader;
  counter(
    registry,
    'proffer_store_cache_hits_total',
    'look-ups answered from memory',
    () => counters.cacheHits,
  );
  counter(
    registry,
    'proffer_store_reads_total',
    'look-ups that asked the store',
    () => counters.storeLookups,
  );
  counter(
    registry,
    'proffer_store_read_seconds_total',
    'time spent asking the store',
    () => counters.storeLookupMs / 1000,
  );
  counter(registry, 'proffer_store_hits_total', 'look-ups that found one customer', () => counters.hits);
  counter(
    registry,
    'proffer_store_misses_total',
    'look-ups of numbers that nobody has',
    () => counters.misses,
  );
  counter(
    registry,
    'proffer_store_failures_total',
    'look-ups that the store did not answer',
    () => counters.failures,
  );
  gauge(registry, 'proffer_store_circuit_open', '1 while the store is not asked because it failed', () =>
    reader.circuitState === 'closed' ? 0 : 1,
  );
  observeLearned(registry, reader);
  const byPartner = { labelNames: ['partner'], registers: [registry] };
  new Gauge({
    ...byPartner,
    name: 'proffer_strategies_age_seconds',
    help: 'age of the strategies that look-ups read, by partner',
    collect() {
      this.reset();
      for (const { partner, ageMs } of reader.ages()) this.set({ partner }, ageMs / 1000);
    },
  });
  new Gauge({
    ...byPartner,
    name: 'proffer_strategies_outdated',
    help: '1 while the strategies of a partner are older than their maxAge and no offer is made from them',
    collect() {
      this.reset();
      for (const { partner, isOutdated } of reader.ages()) this.set({ partner }, isOutdated ? 1 : 0);
    },
  });
}

/** What was learned of customers since the ranking, as look-ups read it. */
function observeLearned(registry: Registry, reader: CachedStrategyReader): void {
  gauge(
    registry,
    'proffer_strategy_learned_entries',
    'customers of whom something was learned since the ranking',
    () => reader.learnedFigures.entries,
  );
  gauge(
    registry,
    'proffer_strategy_learned_loaded',
    '1 when all that was learned is read; look-ups are served without it before',
    () => (reader.learnedFigures.isLoaded ? 1 : 0),
  );
  gauge(
    registry,
    'proffer_strategy_learned_revision',
    'last revision of the records database that look-ups know',
    () => reader.learnedFigures.revision,
  );
  counter(
    registry,
    'proffer_strategy_learned_dropped_total',
    'learned states that found no room in memory',
    () => reader.learnedFigures.dropped,
  );
  counter(
    registry,
    'proffer_strategy_learned_malformed_total',
    'values of the store that are no learned states',
    () => reader.learnedFigures.malformed,
  );
}

/** A gauge without labels that is read when it is asked for. */
export function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

/** A counter without labels that counts elsewhere. */
export function counter(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

/** A counter with one label that counts elsewhere. @param read totals by value of the label */
export function labelledCounter(
  registry: Registry,
  [name, label]: readonly [name: string, label: string],
  help: string,
  read: () => Iterable<readonly [value: string | number, total: number]>,
): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, total] of read()) this.inc({ [label]: String(value) }, total);
    },
  });
}
