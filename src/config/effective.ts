// The environment over the files: the one place where a variable replaces a setting.
import { Value } from 'typebox/value';
import { formatListenAddress, listenUri, parseListenAddress } from './listen-address.js';
import type { ListenEntry } from './listen-address.js';
import type { ProcessSettings } from './schema/process.js';
import { EventSocketSchema } from './schema/centres.js';
import type { CentresSettings, EventSocketSettings } from './schema/centres.js';
import { environmentFile } from './problems.js';
import type { SettingsProblem } from './problems.js';
import type { Environment, Settings } from './settings.js';

const defaultEventSocket = Value.Default(EventSocketSchema, {}) as EventSocketSettings;

/**
 * The settings with what the environment replaces: PROFFER_SIP_PORT the port of every listen address (of TLS by the next),
 * PROFFER_HTTP_PORT the HTTP port, REDIS_URL selects the Redis store, DRACHTIO_HOST the drachtio engine, FREESWITCH_ESL the event
 * sockets of centres.
 */
export function effectiveSettings(settings: Settings, environment: Environment): Settings {
  return {
    ...settings,
    process: effectiveProcess(settings.process, environment),
    centres: effectiveCentres(settings.centres, environment),
  };
}

function effectiveCentres(settings: CentresSettings, { freeswitchEsl }: Environment): CentresSettings {
  if (freeswitchEsl === undefined) return settings;
  const centres = settings.centres.map((centre, index) => {
    const replaced = freeswitchEsl.find((one) =>
      one.centre === undefined ? index === 0 : one.centre === centre.centre,
    );
    if (replaced === undefined) return centre;
    const { host, port } = replaced;
    return { ...centre, eventSocket: { ...defaultEventSocket, ...centre.eventSocket, host, port } };
  });
  return { ...settings, centres };
}

function effectiveProcess(settings: ProcessSettings, environment: Environment): ProcessSettings {
  const { sip, http, strategyStore } = settings;
  return {
    ...settings,
    sip: {
      ...sip,
      engine: environment.drachtioHost === undefined ? sip.engine : 'drachtio',
      listen: sip.listen.map((one) => withPort(one, environment.sipPort)),
      drachtio: {
        host: environment.drachtioHost ?? sip.drachtio.host,
        port: environment.drachtioPort ?? sip.drachtio.port,
      },
    },
    http: { ...http, port: environment.httpPort ?? http.port },
    strategyStore: {
      ...strategyStore,
      kind: environment.redisUrl === undefined ? strategyStore.kind : 'redis',
    },
  };
}

/** TLS cannot have the port of TCP; by custom it has the next. */
function withPort(entry: ListenEntry, port: number | undefined): ListenEntry {
  const address = parseListenAddress(listenUri(entry));
  if (port === undefined || typeof address === 'string') return entry;
  const isNext = port !== 0 && address.transports.includes('tls');
  const uri = formatListenAddress({ ...address, port: isNext ? port + 1 : port });
  return typeof entry === 'string' ? uri : { ...entry, uri };
}

/** What the settings need from the environment and do not find there, and what the two make together. */
export function environmentProblems(
  settings: Settings,
  environment: Environment,
): readonly SettingsProblem[] {
  const problems: SettingsProblem[] = [];
  const say = (field: string, message: string): void => {
    problems.push({ file: environmentFile, line: 0, column: 0, field, message });
  };
  const { sip, strategyStore } = settings.process;
  if (strategyStore.kind === 'redis' && environment.redisUrl === undefined) {
    say('REDIS_URL', 'is not set, but strategyStore.kind is redis; such as redis://127.0.0.1:6379');
  }
  if (sip.engine === 'drachtio' && environment.drachtioSecret === undefined) {
    say(
      'DRACHTIO_SECRET',
      'is not set, but the SIP engine is a drachtio-server; its admin secret belongs here',
    );
  }
  if (settings.process.reservations.shared === 'redis' && environment.redisUrl === undefined) {
    say('REDIS_URL', 'is not set, but reservations.shared is redis; such as redis://127.0.0.1:6379');
  }
  for (const { centre } of environment.freeswitchEsl ?? []) {
    if (centre === undefined || settings.centres.centres.some((one) => one.centre === centre)) continue;
    say('FREESWITCH_ESL', `${JSON.stringify(centre)} is no centre of centres.yaml`);
  }
  if (
    environment.sipPort !== undefined &&
    environment.sipPort !== 0 &&
    new Set(sip.listen.map(listenUri)).size < sip.listen.length
  ) {
    say('PROFFER_SIP_PORT', `${environment.sipPort} makes two addresses of sip.listen the same`);
  }
  return problems;
}
