// The engine as a process: started in order, drained on the first signal, ended at once by a second one.
import { constants } from 'node:os';
import type { EngineSettings } from '../../config/index.js';
import type { HttpServer } from '../../console/index.js';
import { ControlServer } from '../../control/index.js';
import { createLogger, errorMessage, Lifecycle, systemClock } from '../../kernel/index.js';
import type { Logger, Part } from '../../kernel/index.js';
import { SipEngine } from '../../sip/index.js';
import type { SipEngineOptions } from '../../sip/index.js';

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

interface RunOptions {
  readonly drainMs: number;
  /** The line that says where it listens is JSON. */
  readonly isJson: boolean;
}

/** @returns the exit code. Rejects with an AppError when it cannot start. */
export async function runEngine(settings: EngineSettings, options: RunOptions): Promise<number> {
  const log = createLogger({ level: settings.logLevel, personalData: false });
  const engine = new SipEngine({
    listen: settings.contacts.map(({ uri, externalIp }) =>
      externalIp === undefined ? uri : { uri, advertised: externalIp },
    ),
    log,
    timers: settings.timers,
    ...sipTls(settings),
    ...(settings.spammers === undefined ? {} : { spammers: settings.spammers }),
  });
  const control = new ControlServer(engine, { ...controlOptions(settings), log });
  const metrics = await metricsServer(settings, engine, control, log);
  const where = { port: 0, tlsPort: 0 };
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
    ...(metrics === undefined ? [] : [metrics]),
  ];
  const lifecycle = new Lifecycle(systemClock, 10_000);
  const signals = new Signals(log, [control, engine]);
  await lifecycle.start(parts);
  process.stdout.write(
    `${whereLine(settings, engine, { ...where, metrics: metrics?.port }, options.isJson)}\n`,
  );
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

/** Loaded when it is asked for: without it the engine starts in half the time. */
async function metricsServer(
  settings: EngineSettings,
  engine: SipEngine,
  control: ControlServer,
  log: Logger,
): Promise<HttpServer | undefined> {
  if (settings.metrics === undefined) return undefined;
  const { openMetrics } = await import('./engine-metrics.js');
  const takesCalls = (): boolean => control.applications > 0 || settings.handlers.length > 0;
  return openMetrics({ ...settings.metrics, engine, control, takesCalls, log });
}

/** The one line on standard output that says that it is ready, and where. */
function whereLine(
  { admin, metrics }: EngineSettings,
  engine: SipEngine,
  ports: { port: number; tlsPort: number; metrics: number | undefined },
  isJson: boolean,
): string {
  const sip = engine.localAddresses.map((one) => `${one.protocol}/${one.hostPort}`);
  const host = admin.address.includes(':') ? `[${admin.address}]` : admin.address;
  const applications = `${host}:${ports.port}`;
  const tls = ports.tlsPort === 0 ? undefined : `${host}:${ports.tlsPort}`;
  const scraped = metrics === undefined ? undefined : `http://${metrics.host}:${ports.metrics ?? 0}/metrics`;
  if (isJson) return JSON.stringify({ sip, applications, applicationsTls: tls, metrics: scraped });
  return [
    `SIP on ${sip.join(', ')}`,
    `applications on ${applications}${tls === undefined ? '' : `, over TLS on ${tls}`}`,
    ...(scraped === undefined ? [] : [`metrics on ${scraped}`]),
  ].join('; ');
}
