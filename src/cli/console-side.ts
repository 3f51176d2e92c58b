// What a router process has of the console: its areas of the API, who may come in, the pages.
import type { Registry } from 'prom-client';
import {
  generationsApi,
  LiveHub,
  liveApi,
  liveSocketApi,
  observeHub,
  offerPagesApi,
  reportsApi,
  traceApi,
  tryCallApi,
} from '../console/index.js';
import type {
  AnyLiveTopic,
  ApiArea,
  Authenticator,
  FirstAdmin,
  HttpServerOptions,
  LiveOperations,
  ReportsOperations,
  SipTraces,
} from '../console/index.js';
import type { CallRouter } from '../calls/index.js';
import type { Environment, Settings, SettingsWatcher } from '../config/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import type { MessageTrace } from '../sip/index.js';
import type { StrategyStore } from '../strategy-store/index.js';
import { AccessSide, tokenSide } from './access-side.js';
import { BoardSide } from './board-side.js';
import { CallIds } from './call-ids.js';
import { ContactsSide } from './contacts-side.js';
import { DeskSide } from './desk-side.js';
import { GenerationJobRunner } from './generation-jobs.js';
import { generationsOperations } from './generations-operations.js';
import type { LiveCentres } from './live-centres.js';
import { liveOperations } from './live-operations.js';
import { offerPages } from './offer-pages.js';
import type { OfferPages } from './offer-pages.js';
import type { RecordsSide } from './records-side.js';
import { reportsOperations } from './reports-operations.js';
import { SettingsSide } from './settings-side.js';
import { sipTraces } from './sip-traces.js';
import { tryCallOperations } from './try-call-operations.js';

export interface ConsoleSideParts {
  readonly settings: Settings;
  readonly environment: Environment;
  readonly router: CallRouter;
  readonly centres: LiveCentres;
  readonly store: StrategyStore;
  /** Undefined where there are no records: nobody logs in, and the pages are not served. */
  readonly records: RecordsSide | undefined;
  /** The first admin was added, with a password that nobody learns again. */
  readonly onFirstAdmin?: ((admin: FirstAdmin) => void) | undefined;
  /** Who may log in with a password of the documents. */
  readonly onDemonstrationPeople?: ((agents: readonly string[]) => void) | undefined;
  readonly registry: Registry;
  /** Undefined where no SIP messages are kept. */
  readonly trace: MessageTrace | undefined;
  /** Opens the API beside tokens, people and keys. */
  readonly localDoor: Authenticator;
  /** Made after the console. */
  readonly watcher: () => SettingsWatcher;
  readonly clock: Clock;
  readonly log: Logger;
}

export class ConsoleSide {
  readonly hub: LiveHub;
  readonly #pages: OfferPages;
  readonly #desk: DeskSide;
  readonly #live: LiveOperations;
  readonly #parts: ConsoleSideParts;
  readonly #jobs: GenerationJobRunner;
  readonly #contacts: ContactsSide;
  /** No setting is changed without a line of the audit, which the records keep. */
  readonly #settings: SettingsSide | undefined;
  readonly #board: BoardSide;
  readonly #traces: SipTraces;
  /** Who may come in; undefined where there are no records to say it. */
  readonly access: AccessSide | undefined;

  constructor(parts: ConsoleSideParts) {
    this.#parts = parts;
    const { router, centres, environment, records, clock, log, registry } = parts;
    this.#live = liveOperations({
      router,
      centres,
      onStatusSet: (centre, agent, status) => records?.statusSet(centre, agent, status),
      clock,
      log,
    });
    const database = records?.records.database;
    this.#pages = offerPages({ environment, router, database, clock, log });
    this.#desk = new DeskSide({
      router,
      centres,
      records,
      setStatus: (centre, agent, status) => this.#live.setAgentStatus(centre, agent, status),
      isCallerShown: () => router.settings.process.console.callerShown === 'full',
      hasPage: this.#pages.hasPage,
      audit: { write: async (...line) => this.access?.audit.write(...line) },
      clock,
      log,
    });
    this.#jobs = new GenerationJobRunner(clock);
    this.#contacts = new ContactsSide(parts);
    this.#board = new BoardSide({ ...parts, live: this.#live });
    this.#traces = sipTraces({
      trace: parts.trace,
      settings: () => router.settings,
      callIds: new CallIds(router),
      trunkOf: (address, protocol) => router.plan.trunks.find(address, protocol)?.trunk,
    });
    this.#settings = database && new SettingsSide({ ...parts, database });
    const topics: readonly AnyLiveTopic[] = [
      this.#desk.desk,
      ...this.#board.topics,
      ...(this.#settings === undefined ? [] : [this.#settings.topic]),
    ];
    this.hub = new LiveHub({ topics, clock, log });
    observeHub(registry, this.hub);
    if (records === undefined) return;
    this.access = new AccessSide({
      settings: () => router.settings,
      environment,
      records: records.records,
      onFirstAdmin: parts.onFirstAdmin,
      onDemonstrationPeople: parts.onDemonstrationPeople,
      hub: this.hub,
      clock,
      log,
    });
  }

  /** For the HTTP server. */
  get http(): Pick<HttpServerOptions, 'areas' | 'authenticators' | 'hasPages'> {
    const { environment, router, store, records, localDoor, clock } = this.#parts;
    return {
      areas: [
        liveApi(this.#live, records?.owners, this.access?.audit),
        this.#desk.area,
        ...this.#board.areas,
        traceApi(this.#traces, records?.owners),
        tryCallApi(tryCallOperations({ router, store, environment, clock })),
        liveSocketApi({
          hub: this.hub,
          sessions: this.access?.sessions,
          publicUrl: () => this.#parts.router.settings.process.console.publicUrl,
        }),
        ...(records?.areas ?? []),
        ...(records === undefined ? [] : [reportsApi(this.#reports(records))]),
        ...(this.access?.areas ?? []),
        ...this.#auditedAreas(),
        ...(this.#settings === undefined ? [] : [this.#settings.area]),
        ...this.#contacts.areas,
      ],
      authenticators: [...tokenSide(environment), localDoor, ...(this.access?.authenticators ?? [])],
      hasPages: records !== undefined,
    };
  }

  #reports(records: RecordsSide): ReportsOperations {
    const { environment, router } = this.#parts;
    return reportsOperations({
      settings: () => router.settings,
      environment,
      database: () => records.ready,
    });
  }

  /** Areas that leave lines in the audit: there is none without records. */
  #auditedAreas(): readonly ApiArea[] {
    const { settings, environment, store, clock, log } = this.#parts;
    if (this.access === undefined) return [];
    const { audit } = this.access;
    return [
      offerPagesApi({ operations: this.#pages.operations, audit, log }),
      generationsApi(
        generationsOperations({ store, jobs: this.#jobs, settings, environment, audit, clock, log }),
      ),
    ];
  }

  /** In the order in which they start: after the records and the router. */
  get parts(): readonly Part[] {
    return [
      ...(this.access?.parts ?? []),
      ...(this.#settings === undefined ? [] : [this.#settings.part]),
      this.#contacts.part,
      this.#jobs,
      this.#desk.part,
      this.hub,
    ];
  }
}
