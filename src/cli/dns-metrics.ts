// Metrics of name resolution, and of the targets that failed.
import type { Registry } from 'prom-client';
import type { SipResolver } from '../sip/index.js';
import { counter, gauge, labelledCounter } from './process-metrics.js';

/** Questions to DNS by outcome, what serves when it is down, targets that are avoided. */
export function observeNames(registry: Registry, resolver: SipResolver): void {
  const { counters, failed: targets } = resolver;
  labelledCounter(
    registry,
    ['proffer_sip_dns_queries_total', 'outcome'],
    'questions put to DNS, by outcome',
    () => {
      const { answered, negative, failed, timedOut } = counters;
      return Object.entries({ answered, negative, failed, timeout: timedOut });
    },
  );
  counter(
    registry,
    'proffer_sip_dns_stale_total',
    'times that an address served after its time',
    () => counters.stale,
  );
  counter(
    registry,
    'proffer_sip_dns_unresolved_total',
    'requests whose target had no address',
    () => counters.unresolved,
  );
  gauge(registry, 'proffer_sip_dns_entries', 'names and records kept in memory', () => resolver.entries);
  gauge(
    registry,
    'proffer_sip_targets_avoided',
    'servers that failed lately and are tried last',
    () => targets.size,
  );
  counter(
    registry,
    'proffer_sip_target_failures_total',
    'servers left for the next one of their name: refused, silent or 503',
    () => targets.failures,
  );
}
