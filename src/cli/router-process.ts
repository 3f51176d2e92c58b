// One router as a process: every part of it, started in order and stopped in reverse.
import { accessSync, constants } from 'node:fs';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { CallRouter, DrachtioGateway, NdjsonFiles, routedMethods } from '../calls/index.js';
import { SettingsWatcher, watchedDirectory } from '../config/index.js';
import type { Environment, Settings } from '../config/index.js';
import { HttpServer } from '../console/index.js';
import type { FirstAdmin, PartReadiness } from '../console/index.js';
import { ControlServer } from '../control/index.js';
import { AppError, errorMessage, Lifecycle, makeDirectory, randomHex } from '../kernel/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import { MessageTrace, SipEngine } from '../sip/index.js';
import type { Flow } from '../sip/index.js';
import { openStrategyStore } from '../strategy-store/index.js';
import type { StrategyStore } from '../strategy-store/index.js';
import { CertificateWatch } from './certificate-watch.js';
import { ConsoleSide } from './console-side.js';
import { engineBounds } from './engine-bounds.js';
import { observeNames } from './dns-metrics.js';
import { observeFeeds } from './feed-metrics.js';
import { httpUrl } from './http-url.js';
import { learnFromIvr } from './ivr-learning.js';
import { LiveCentres } from './live-centres.js';
import { LocalDoor, routerDoor } from './local-door.js';
import { observeEngine, observeStore } from './process-metrics.js';
import { tellProvisioning } from './provisioning-news.js';
import { decisionFiles, RecordsSide } from './records-side.js';
import { observeLedger } from './reservation-metrics.js';
import { routeKey } from './route-key.js';
import { observeSip } from './sip-metrics.js';

export interface RouterProcessOptions {
  readonly settings: Settings;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Logger;
  /** The SIP side died and could not be revived: the process should end, for its supervisor to start it anew. */
  readonly onDead: () => void;
  /** Longest time that calls have to end in when it stops, in milliseconds. Default 5,000. */
  readonly drainMs?: number;
  /** The first admin of the console was added, with a password that nobody learns again. */
  readonly onFirstAdmin?: (admin: FirstAdmin) => void;
  /** Who may log in with a password of the documents, each time the records are ready. */
  readonly onDemonstrationPeople?: (agents: readonly string[]) => void;
}

/** Thrown when the data directory cannot be made or written. */
export class DataDirectoryError extends AppError {
  constructor(directory: string, cause: unknown) {
    super(
      'DATA_DIRECTORY',
      `data directory ${directory} cannot be written: ${errorMessage(cause)}; set PROFFER_DATA_DIR`,
      { cause, fields: { directory } },
    );
  }
}

/** Thrown when a drachtio-server is to be used and no secret is given. */
export class DrachtioSecretError extends AppError {
  constructor() {
    super('DRACHTIO_SECRET_MISSING', 'DRACHTIO_SECRET is not set; it is the secret of the drachtio-server');
  }
}

/** A call of a trunk that is redirected within this time gets no 100, which spares a message. RFC 3261 17.2.1 allows 200 ms. */
const redirectTryingMs = 100;

/** Longest time that one part has to start or to stop in; the router has that of its calls besides. */
const stopDeadlineMs = 10_000;
const defaultDrainMs = 5000;

export class RouterProcess {
  readonly registry = new Registry();
  readonly store: StrategyStore;
  readonly centres: LiveCentres;
  /** Undefined where the settings say `records.kind: none`. */
  readonly records: RecordsSide | undefined;
  readonly router: CallRouter;
  readonly console: ConsoleSide;
  readonly watcher: SettingsWatcher;
  readonly http: HttpServer;
  readonly engine: SipEngine | undefined;
  readonly #certificates: CertificateWatch | undefined;
  /** Undefined with a drachtio-server, and where the settings keep no messages. */
  readonly trace: MessageTrace | undefined;
  readonly #options: RouterProcessOptions;
  readonly #drainMs: number;
  #isStarted = false;
  readonly #lifecycle: Lifecycle;
  readonly #localDoor: LocalDoor;

  /** @throws DataDirectoryError, StoreOpenError, DrachtioSecretError */
  static async open(options: RouterProcessOptions): Promise<RouterProcess> {
    const { settings, environment, clock, log } = options;
    ensureWritable(environment.dataDir);
    const { strategyStore, routing } = settings.process;
    const store = await openStrategyStore(strategyStore, environment, {
      clock,
      log,
      storeDeadlineMs: routing.storeDeadlineMs,
    });
    try {
      const router = new RouterProcess(options, store);
      // A database takes a moment; the demonstration customers, say, are loaded meanwhile.
      router.records?.records.begin();
      return router;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  private constructor(options: RouterProcessOptions, store: StrategyStore) {
    const { settings, environment, clock, log } = options;
    this.#options = options;
    this.store = store;
    this.#drainMs = options.drainMs ?? defaultDrainMs;
    this.#lifecycle = new Lifecycle(clock, stopDeadlineMs + this.#drainMs);
    collectDefaultMetrics({ register: this.registry, prefix: 'proffer_' });
    observeStore(this.registry, store.reader);
    const { engine, gateway, trace } = this.#sipSide();
    this.engine = engine;
    this.trace = trace;
    if (engine !== undefined) {
      observeEngine(this.registry, engine);
      observeSip(this.registry, engine);
      observeNames(this.registry, engine.resolver);
    }
    const { tls } = settings.process.sip;
    this.#certificates =
      engine === undefined || tls === undefined
        ? undefined
        : new CertificateWatch({ files: tls, user: engine, clock, log });
    const { decisionLog, http } = settings.process;
    const { registry } = this;
    this.records =
      settings.process.records.kind === 'none'
        ? undefined
        : new RecordsSide({ settings, environment, store, registry, clock, log });
    const { records } = this;
    this.centres = new LiveCentres({ settings, environment, clock, log }, gateway.srf);
    this.router = new CallRouter({
      settings,
      gateway,
      store: store.reader,
      records: new NdjsonFiles({
        ...decisionFiles(environment),
        maxFileBytes: decisionLog.maxFileBytes,
        maxFiles: decisionLog.maxFiles,
        maxWaitingBytes: decisionLog.maxSpoolBytes,
        ...(records === undefined ? {} : { taken: () => records.spool.taken }),
      }),
      registry,
      ledger: this.centres.ledger,
      ivr: { bank: this.centres.bank, matcher: records?.matcher ?? store.digits },
      ...(records === undefined
        ? {}
        : {
            onExposure: (line) =>
              learnFromIvr(line, { router: this.router, learned: store.learned, clock, log }),
          }),
      clock,
      log,
    });
    records?.join(this.router, this.centres);
    this.centres.join(this.router);
    observeFeeds(this.registry, this.centres.feeds);
    if (this.centres.ledger !== undefined) observeLedger(this.registry, this.centres.ledger);
    const { router, centres } = this;
    this.#localDoor = new LocalDoor(
      () => routerDoor(environment.dataDir),
      () => httpUrl(http.host, this.http.port),
    );
    this.console = new ConsoleSide({
      settings,
      environment,
      router,
      centres,
      store,
      records,
      onFirstAdmin: options.onFirstAdmin,
      onDemonstrationPeople: options.onDemonstrationPeople,
      registry,
      trace,
      localDoor: this.#localDoor.authenticator,
      watcher: () => this.watcher,
      clock,
      log,
    });
    this.http = new HttpServer({
      ...http,
      registry: this.registry,
      readiness: () => this.readiness(),
      log,
      ...this.console.http,
    });
    this.watcher = new SettingsWatcher({
      settings,
      files: watchedDirectory(environment.configDir, environment),
      clock,
      onListenerError: (error) => log.error({ err: error }, 'settings could not be applied'),
    });
  }

  /** Starts every part; what had started is stopped again when one fails. @throws what the failing part throws */
  async start(): Promise<void> {
    const { engine, router, http, watcher, store, centres, records } = this;
    const { environment, clock, log } = this.#options;
    const parts: Part[] = [
      { name: 'strategy store', start: () => undefined, stop: () => store.close() },
      ...(records?.parts ?? []),
      ...(engine === undefined
        ? []
        : [{ name: 'sip engine', start: () => engine.start(), stop: () => engine.stop() }]),
      ...(this.#certificates === undefined ? [] : [this.#certificates]),
      // Before the router, so that calls that are there when it drains keep their ports.
      ...centres.parts,
      { name: 'router', start: () => router.start(), stop: () => router.stop(this.#drainMs) },
      ...this.console.parts,
      http,
      this.#localDoor,
      { name: 'settings', start: () => watcher.start(), stop: () => watcher.stop() },
      // Stopped first: new requests, OPTIONS of peers that watch us among them, get 503 while calls have the router's time to end.
      ...(engine === undefined
        ? []
        : [{ name: 'sip drain', start: () => undefined, stop: () => engine.drain(0) }]),
    ];
    watcher.events.on('changed', ({ settings }) => {
      router.applySettings(settings);
      centres.applySettings(settings);
      records?.applySettings(settings);
      void tellProvisioning(settings, {
        dataDir: environment.dataDir,
        clock,
        log,
        commands: centres.feeds,
      });
    });
    this.#isStarted = true;
    await this.#lifecycle.start(parts);
  }

  /** @returns failures of parts that did not stop in order */
  async stop(): Promise<readonly unknown[]> {
    // A router that was opened and never started holds its store and its records, and nothing else.
    if (!this.#isStarted) {
      await this.records?.records.stop();
      await this.store.close();
    }
    return this.#lifecycle.stop();
  }

  /** Reads settings and certificates again, changed or not (SIGHUP). */
  async reload(): Promise<void> {
    await Promise.all([this.watcher.reload(), this.#certificates?.check(true)]);
  }

  /** What /readyz says: an INVITE reaches us when the SIP link works; a store or a feed that is down only costs offers. */
  readiness(): readonly PartReadiness[] {
    const circuit = this.store.reader.circuitState;
    return [
      this.router.isReady
        ? { part: 'sip', state: 'ready' }
        : { part: 'sip', state: 'down', detail: 'no INVITE would reach the router' },
      circuit === 'closed'
        ? { part: 'strategy store', state: 'ready' }
        : { part: 'strategy store', state: 'degraded', detail: `${this.store.describe()} does not answer` },
      ...(this.records === undefined ? [] : [this.records.readiness()]),
      ...this.centres.feeds.feeds.map(({ status: { centre, state, reason } }) =>
        state === 'live'
          ? ({ part: `feed of ${centre}`, state: 'ready' } as const)
          : ({ part: `feed of ${centre}`, state: 'degraded', detail: reason ?? state } as const),
      ),
    ];
  }

  #sipSide(): SipSide {
    const { settings, environment, clock, log, onDead } = this.#options;
    const { sip } = settings.process;
    const common = { clock, log, watchdogIntervalMs: sip.watchdogIntervalMs, onDead };
    if (sip.engine === 'drachtio') {
      if (environment.drachtioSecret === undefined) throw new DrachtioSecretError();
      const target = { kind: 'connect', ...sip.drachtio, secret: environment.drachtioSecret } as const;
      return { engine: undefined, gateway: new DrachtioGateway({ ...common, target }), trace: undefined };
    }
    const isTrusted = ({ protocol, remoteAddress }: Pick<Flow, 'protocol' | 'remoteAddress'>): boolean =>
      this.router.isTrunk({ protocol, address: remoteAddress });
    const trace =
      sip.trace.keepBytes === 0
        ? undefined
        : new MessageTrace({ ...sip.trace, clock, isStranger: (flow) => !isTrusted(flow) });
    const engine = new SipEngine({
      listen: sip.listen,
      ...(sip.tls === undefined ? {} : { tls: sip.tls }),
      dns: sip.dns,
      routeKey: routeKey(environment.dataDir),
      // No call waits to learn what its centre can do.
      largeRequestsOverTcp: sip.largeRequestsOverTcp ? 'when-known' : false,
      clock,
      log,
      ...engineBounds(sip),
      tryingDelayMs: ({ protocol, remoteAddress }) =>
        this.router.redirects({ protocol, address: remoteAddress }) ? redirectTryingMs : 0,
      isTrusted,
      ...(trace === undefined ? {} : { tap: trace }),
      screen: ({ protocol, remoteAddress, peerIdentities }) =>
        this.router.mayAnswer({ protocol, address: remoteAddress, identities: peerIdentities }),
    });
    const secret = randomHex(16);
    const link = new ControlServer(engine, { secret, clock, log }).link({
      methods: routedMethods,
      isBrief: true,
    });
    const gateway = new DrachtioGateway({ ...common, target: { kind: 'attach', link, secret } });
    return { engine, gateway, trace };
  }
}

interface SipSide {
  readonly engine: SipEngine | undefined;
  readonly gateway: DrachtioGateway;
  readonly trace: MessageTrace | undefined;
}

function ensureWritable(directory: string): void {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new DataDirectoryError(directory, error);
  }
}
