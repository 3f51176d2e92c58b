// Metrics of the reservations that routers share, read when Prometheus asks.
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { RedisLedger } from '../reservations/index.js';
import { counter, gauge, labelledCounter } from './process-metrics.js';

/** Claims by result and the time they took, what was not sent, who holds how many, and the circuit. */
export function observeLedger(registry: Registry, ledger: RedisLedger): void {
  const { counters } = ledger;
  labelledCounter(
    registry,
    ['proffer_reservation_claims_total', 'result'],
    'claims of a free agent or port, by result',
    () => Object.entries({ granted: counters.granted, taken: counters.taken, failure: counters.failures }),
  );
  counter(
    registry,
    'proffer_reservation_claim_seconds_total',
    'time that claims took together',
    () => counters.claimMs / 1000,
  );
  counter(
    registry,
    'proffer_reservations_lost_total',
    'reservations and releases that Redis was not told or did not confirm',
    () => counters.lost,
  );
  counter(
    registry,
    'proffer_reservation_reads_failed_total',
    'readings of the reservations of others that failed',
    () => counters.countFailures,
  );
  new Gauge({
    name: 'proffer_reservations_shared',
    help: 'reservations in Redis, by who holds them: this router or another',
    labelNames: ['holder'],
    registers: [registry],
    collect() {
      this.set({ holder: 'own' }, ledger.own);
      let others = 0;
      for (const count of ledger.others.values()) others += count;
      this.set({ holder: 'others' }, others);
    },
  });
  gauge(registry, 'proffer_reservation_circuit_open', '1 while Redis is not asked because it failed', () =>
    ledger.circuitState === 'closed' ? 0 : 1,
  );
}
