// The engine as a process: started in order, drained on the first signal, ended at once by a second one.
import { createHash } from 'node:crypto';
import { constants } from 'node:os';
import type { EngineSettings } from '../../config/index.js';
import { ControlServer } from '../../control/index.js';
import { createLogger, errorMessage, Lifecycle, systemClock } from '../../kernel/index.js';
import type { Logger, Part } from '../../kernel/index.js';
import { MessageTrace, SipEngine } from '../../sip/index.js';
import type { SipEngineOptions } from '../../sip/index.js';
import { httpUrl } from '../http-url.js';
import { engineDoor, ensureOwnFolder, LocalDoor } from '../local-door.js';
import type { EngineHttpOptions } from './engine-http.js';
import { trustedSources } from './trusted-sources.js';

/** What `proffer engine` ends with. A second signal ends it with 128 and the number of the signal. */
export const engineExit = {
  /** Stopped by a signal; every call had ended. */
  stopped: 0,
  /** It could not start (a port in use, say), or broke. */
  failed: 1,
  /** A flag, a variable or the settings file is wrong. */
  settings: 2,
  /** Stopped by a signal; calls that were left when the time was over were ended. */
  cut: 3,
} as const;

export interface RunOptions {
  readonly drainMs: number;
  /** Of the latest SIP messages, for `proffer trace --engine`; 0 keeps none. */
  readonly traceBytes: number;
  /** Numbers, names and bodies are shown in traces and logs. */
  readonly isPersonalShown: boolean;
  /** The line that says where it listens is JSON. */
  readonly isJson: boolean;
}

/** @returns the exit code. Rejects with an AppError when it cannot start. */
export async function runEngine(settings: EngineSettings, options: RunOptions): Promise<number> {
  const log = createLogger({ level: settings.logLevel, personalData: options.isPersonalShown });
  const trace = options.traceBytes === 0 ? undefined : new MessageTrace({ keepBytes: options.traceBytes });
  const isTrusted = trustedSources(settings.trustedNets);
  const engine = new SipEngine({
    listen: settings.contacts.map(({ uri, externalIp }) =>
      externalIp === undefined ? uri : { uri, advertised: externalIp },
    ),
    log,
    timers: settings.timers,
    ...(isTrusted === undefined ? {} : { isTrusted }),
    // Of the secret, so that proxied calls live on when the process is started anew.
    routeKey: createHash('sha256').update(`record-route ${settings.secret}`).digest('hex'),
    ...sipTls(settings),
    ...(settings.spammers === undefined ? {} : { spammers: settings.spammers }),
    ...(trace === undefined ? {} : { tap: trace }),
  });
  const control = new ControlServer(engine, { ...controlOptions(settings), log });
  const where = { port: 0, tlsPort: 0 };
  const side = { settings, engine, control, trace, isPersonalShown: options.isPersonalShown, log };
  const http = await httpParts(side, () => where.port);
  const { admin } = settings;
  const parts: Part[] = [
    { name: 'sip engine', start: () => engine.start(), stop: () => engine.stop() },
    {
      name: 'control port',
      start: async () => {
        where.port = await control.listen(admin.port, admin.address);
        if (admin.tlsPort !== undefined)
          where.tlsPort = await control.listenTls(admin.tlsPort, admin.address);
      },
      stop: () => control.close(),
    },
    ...http.parts,
  ];
  const lifecycle = new Lifecycle(systemClock, 10_000);
  const signals = new Signals(log, [control, engine]);
  await lifecycle.start(parts);
  process.stdout.write(`${whereLine(settings, engine, { ...where, http: http.port() }, options.isJson)}\n`);
  await signals.first;
  log.info({ dialogs: engine.openDialogs, deadlineMs: options.drainMs }, 'engine drains');
  await engine.drain(options.drainMs);
  const isCut = !engine.isIdle;
  // The engine first, so that its BYEs still reach the applications: the reverse of the order in which they were started.
  await engine.stop();
  for (const failure of await lifecycle.stop()) log.error({ err: failure }, 'part did not stop');
  return isCut ? engineExit.cut : engineExit.stopped;
}

function sipTls({ tls }: EngineSettings): Pick<SipEngineOptions, 'tls'> {
  if (tls === undefined) return {};
  const { certificate, key, authorities, mustShowCertificate } = tls;
  return {
    tls: {
      certificate,
      key,
      ...(authorities === undefined ? {} : { authorities }),
      clientCertificates: mustShowCertificate ? 'require' : 'ignore',
    },
  };
}

function controlOptions(settings: EngineSettings): ConstructorParameters<typeof ControlServer>[1] {
  const { secret, handlers, tls, outboundProxy, preservedHeaderNames, hasCdrs } = settings;
  return {
    secret,
    handlers,
    outboundProxy,
    preservedHeaderNames,
    hasCdrs,
    rules: {
      autoRespond: settings.autoRespond,
      refusesRegisterWithoutDomain: settings.refusesRegisterWithoutDomain,
    },
    ...(tls === undefined ? {} : { tls }),
  };
}

class Signals {
  readonly first: Promise<void>;

  /** @param certificates what has some, to be read anew */
  constructor(log: Logger, certificates: readonly { reloadCertificates(): Promise<void> }[]) {
    this.first = new Promise((resolve) => {
      let isStopping = false;
      for (const name of ['SIGINT', 'SIGTERM'] as const) {
        process.on(name, () => {
          if (isStopping) process.exit(128 + constants.signals[name]);
          isStopping = true;
          resolve();
        });
      }
    });
    process.on('SIGHUP', () => {
      Promise.all(certificates.map((one) => one.reloadCertificates())).then(
        () => log.info('certificates read anew'),
        (error: unknown) => log.error({ err: error }, 'certificates cannot be read, the old ones stay'),
      );
    });
    process.on('uncaughtException', (error) => {
      log.fatal({ err: error }, 'uncaught exception');
      process.stderr.write(`proffer: ${errorMessage(error)}\n`);
      process.exit(engineExit.failed);
    });
    process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  }
}

interface HttpParts {
  readonly parts: readonly Part[];
  /** Undefined where there is none. */
  port(): number | undefined;
}

/** Loaded when it is asked for: without it the engine starts in half the time. */
async function httpParts(
  side: Pick<EngineHttpOptions, 'engine' | 'control' | 'trace' | 'isPersonalShown' | 'log'> & {
    readonly settings: EngineSettings;
  },
  controlPort: () => number,
): Promise<HttpParts> {
  const { settings, control, trace } = side;
  if (settings.metrics === undefined && trace === undefined) return { parts: [], port: () => undefined };
  const { openEngineHttp } = await import('./engine-http.js');
  const path = (): string => engineDoor(controlPort());
  const host = settings.metrics?.host ?? '127.0.0.1';
  const door = new LocalDoor(path, () => httpUrl(host, http.port));
  const takesCalls = (): boolean => control.applications > 0 || settings.handlers.length > 0;
  const http = openEngineHttp({ ...side, localDoor: door.authenticator, takesCalls });
  const doorPart: Part = {
    name: door.name,
    start: () => {
      // An engine takes calls whether or not its messages can be shown.
      try {
        ensureOwnFolder(path());
        door.start();
      } catch (error) {
        side.log.warn({ reason: errorMessage(error) }, 'proffer trace --engine will not find this engine');
      }
    },
    stop: () => door.stop(),
  };
  return { parts: [http, ...(trace === undefined ? [] : [doorPart])], port: () => http.port };
}

/** The one line on standard output that says that it is ready, and where. */
function whereLine(
  { admin, metrics }: EngineSettings,
  engine: SipEngine,
  ports: { port: number; tlsPort: number; http: number | undefined },
  isJson: boolean,
): string {
  const sip = engine.localAddresses.map((one) => `${one.protocol}/${one.hostPort}`);
  const host = admin.address.includes(':') ? `[${admin.address}]` : admin.address;
  const applications = `${host}:${ports.port}`;
  const tls = ports.tlsPort === 0 ? undefined : `${host}:${ports.tlsPort}`;
  const scraped = metrics === undefined ? undefined : `http://${metrics.host}:${ports.http ?? 0}/metrics`;
  if (isJson) return JSON.stringify({ sip, applications, applicationsTls: tls, metrics: scraped });
  return [
    `SIP on ${sip.join(', ')}`,
    `applications on ${applications}${tls === undefined ? '' : `, over TLS on ${tls}`}`,
    ...(scraped === undefined ? [] : [`metrics on ${scraped}`]),
  ].join('; ');
}
