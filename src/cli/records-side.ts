// What a router process has of the records: the database, its upkeep, the spool that fills it, what is learned from it, and who callers
// are by it. Calls never wait for any of it but callers who entered digits.
import path from 'node:path';
import type { Registry } from 'prom-client';
import type { CallRouter } from '../calls/index.js';
import type { Environment, Settings } from '../config/index.js';
import { decisionsApi, identifyApi, recordsApi } from '../console/index.js';
import type { ApiArea, CallOwners, PartReadiness } from '../console/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import type { DigitsMatcher } from '../offers/index.js';
import {
  AgentDesk,
  AuditTable,
  observeSpool,
  RecordedContacts,
  Records,
  SpoolFeed,
  Upkeep,
} from '../records/index.js';
import type { Sql } from '../records/index.js';
import type { StrategyStore } from '../strategy-store/index.js';
import { toldStory } from './board-calls.js';
import { callOwners } from './call-owners.js';
import { DispositionsSide } from './dispositions-side.js';
import { identification } from './identification.js';
import type { Identification } from './identification.js';
import type { LiveCentres } from './live-centres.js';
import { observeRecords, statementHistogram } from './records-metrics.js';

export interface RecordsSideOptions {
  readonly settings: Settings;
  readonly environment: Environment;
  readonly store: Pick<StrategyStore, 'reader' | 'digits' | 'learned'>;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The directory and the first part of the names of the decision files. */
export function decisionFiles({ dataDir }: Pick<Environment, 'dataDir'>) {
  return { directory: path.join(dataDir, 'decisions'), prefix: 'decisions' };
}

/** Made before the router, joined to it when it is there. */
export class RecordsSide {
  readonly records: Records;
  readonly upkeep: Upkeep;
  readonly spool: SpoolFeed;
  readonly contacts: RecordedContacts;
  readonly #options: RecordsSideOptions;
  readonly #identification: Identification;
  #router: CallRouter | undefined;
  #dispositions: DispositionsSide | undefined;
  #onRecorded: (decisionId: string, offer: string) => void = () => undefined;

  constructor(options: RecordsSideOptions) {
    const { settings, environment, store, registry, clock, log } = options;
    this.#options = options;
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
    const database = () => this.ready;
    this.spool = new SpoolFeed({
      ...decisionFiles(environment),
      database,
      source: this.#source(),
      clock,
      log,
    });
    observeSpool(registry, this.spool);
    this.contacts = new RecordedContacts({
      database: this.records.database,
      clock,
      drain: (deadlineMs) => this.spool.drain(deadlineMs),
    });
    this.#identification = identification({ settings, environment, store, database, registry, clock, log });
  }

  /** Who callers are by digits; where the records know no account of the partner, the strategy store says it. */
  get matcher(): DigitsMatcher {
    return this.#identification.matcher;
  }

  /** Undefined while it cannot be asked. */
  get ready(): Sql | undefined {
    return this.records.state.kind === 'ready' ? this.records.database : undefined;
  }

  join(router: CallRouter, centres: LiveCentres): void {
    const { store, registry, clock, log } = this.#options;
    this.#router = router;
    this.#dispositions = new DispositionsSide({
      database: this.records.database,
      sink: store.learned,
      router,
      control: centres.control,
      routerId: () => this.spool.id(),
      onRecorded: ({ decisionId, offer }) => this.#onRecorded(decisionId, offer),
      drain: (deadlineMs) => this.spool.drain(deadlineMs),
      registry,
      clock,
      log,
    });
    centres.follow(this.#dispositions.follower);
  }

  /** What the API under /v1 shows and takes of the records. */
  get areas(): readonly ApiArea[] {
    const operations = this.#dispositions?.operations;
    const { owners } = this;
    return [
      ...(operations === undefined
        ? []
        : [recordsApi(operations, owners, new AuditTable(this.records.database))]),
      identifyApi(this.#identification.agents),
      decisionsApi({ story: (id) => toldStory(this.records.database, id) }, owners),
    ];
  }

  /** Whose calls are. Undefined before a router is joined. */
  get owners(): CallOwners | undefined {
    const router = this.#router;
    if (router === undefined) return undefined;
    const { database } = this.records;
    const drain = (deadlineMs: number) => this.spool.drain(deadlineMs);
    return callOwners({ live: router.live, database, drain, clock: this.#options.clock });
  }

  /** What agents see of the records; `onRecorded` hears of every disposition that is recorded by this router. */
  desk(onRecorded: (decisionId: string, offer: string) => void): AgentDesk {
    const { clock } = this.#options;
    this.#onRecorded = onRecorded;
    return new AgentDesk({
      database: this.records.database,
      clock,
      drain: (deadlineMs) => this.spool.drain(deadlineMs),
    });
  }

  /** A person set an agent's status here. */
  statusSet(centre: string, agent: string, status: string): void {
    this.#dispositions?.duty.chose(centre, agent, status);
  }

  /** In the order in which they start; all of them before the router, so that they are there until it has drained. */
  get parts(): readonly Part[] {
    return [this.records, this.upkeep, this.spool, ...(this.#dispositions?.parts ?? [])];
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

  /** The decision log, as the spool asks it. */
  #source(): ConstructorParameters<typeof SpoolFeed>[0]['source'] {
    const log = () => this.#router?.decisionLog;
    return {
      flush: () => log()?.flush() ?? Promise.resolve(true),
      get isFull() {
        return log()?.isFull ?? false;
      },
      get dropped() {
        return log()?.dropped ?? 0;
      },
    };
  }
}
