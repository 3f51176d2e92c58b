// What a router process has of the records: the database and its upkeep. Calls never wait for any of it.
import type { Environment, Settings } from '../config/index.js';
import type { PartReadiness } from '../console/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import { Records, Upkeep } from '../records/index.js';
import { observeRecords, statementHistogram } from './records-metrics.js';
import type { Registry } from 'prom-client';

export interface RecordsSideOptions {
  readonly settings: Settings;
  readonly environment: Environment;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

export class RecordsSide {
  readonly records: Records;
  readonly upkeep: Upkeep;

  constructor({ settings, environment, registry, clock, log }: RecordsSideOptions) {
    const statements = statementHistogram(registry);
    this.records = new Records({
      settings,
      environment,
      clock,
      log,
      onStatement: (milliseconds, end) => statements.observe({ end }, milliseconds / 1000),
    });
    this.upkeep = new Upkeep({
      database: this.records.database,
      kind: this.records.kind,
      onReady: (listener) => this.records.onReady(listener),
      retention: () => settings.process.records,
      clock,
      log,
    });
    observeRecords(registry, this.records, this.upkeep);
  }

  /** In the order in which they start; all of them before the router, so that they are there until it has drained. */
  get parts(): readonly Part[] {
    return [this.records, this.upkeep];
  }

  applySettings(settings: Settings): void {
    this.records.applySettings(settings);
  }

  /** Without records calls are served all the same: never more than degraded. */
  readiness(): PartReadiness {
    const { state, place } = this.records;
    if (state.kind === 'ready') return { part: 'records', state: 'ready' };
    const detail = state.kind === 'down' ? state.reason : `the database at ${place} is not ready yet`;
    return { part: 'records', state: 'degraded', detail };
  }

  /** Where they are, for people. */
  describe(): string {
    const { state, place, kind } = this.records;
    const where = kind === 'embedded' ? place : `PostgreSQL at ${place}`;
    if (state.kind === 'ready') return where;
    return `${where} (${state.kind === 'down' ? `unavailable: ${state.reason}` : 'not ready yet'})`;
  }
}
