// Metrics of the records database.
import { Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { purgedKinds } from '../records/index.js';
import type { Records, Upkeep } from '../records/index.js';
import { gauge, labelledCounter } from './process-metrics.js';

export function statementHistogram(registry: Registry): Histogram<'end'> {
  return new Histogram({
    name: 'proffer_records_statement_seconds',
    help: 'statements and transactions of the records database, waiting for a connection included, by their end',
    labelNames: ['end'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
}

export function observeRecords(registry: Registry, records: Records, upkeep: Upkeep): void {
  gauge(registry, 'proffer_records_up', '1 while the records database is ready', () =>
    records.state.kind === 'ready' ? 1 : 0,
  );
  new Gauge({
    name: 'proffer_records_connections',
    help: 'connections to the records database that are busy or idle, and statements waiting for one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const [state, count] of Object.entries(records.database.connections)) this.set({ state }, count);
    },
  });
  labelledCounter(
    registry,
    ['proffer_records_removed_total', 'kind'],
    'rows that retention removed or emptied, by kind',
    () => purgedKinds.map((kind) => [kind, upkeep.removed[kind]] as const),
  );
}
