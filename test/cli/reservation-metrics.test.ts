import { Registry } from 'prom-client';
import t from 'tap';
import { observeLedger } from '../../src/cli/reservation-metrics.js';
import type { RedisLedger } from '../../src/reservations/index.js';

t.test('claims by result, what is held and by whom, and the circuit', async (t) => {
  const ledger = {
    counters: { granted: 3, taken: 2, failures: 1, claimMs: 1500, lost: 4, countFailures: 5 },
    own: 2,
    others: new Map([
      ['east/sales', 1],
      ['west/sales', 2],
    ]),
    circuitState: 'half-open',
  };
  const registry = new Registry();
  observeLedger(registry, ledger as unknown as RedisLedger);
  const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('proffer_'));
  t.same(lines, [
    'proffer_reservation_claims_total{result="granted"} 3',
    'proffer_reservation_claims_total{result="taken"} 2',
    'proffer_reservation_claims_total{result="failure"} 1',
    'proffer_reservation_claim_seconds_total 1.5',
    'proffer_reservations_lost_total 4',
    'proffer_reservation_reads_failed_total 5',
    'proffer_reservations_shared{holder="own"} 2',
    'proffer_reservations_shared{holder="others"} 3',
    'proffer_reservation_circuit_open 1',
  ]);
});
