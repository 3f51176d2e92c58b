// What the environment says (design, section 7). The only reader of process.env.
import { environmentFile, SettingsError } from './problems.js';
import type { SettingsProblem } from './problems.js';
import type { Environment, EventSocketAddress } from './settings.js';

const eventSocketPattern =
  /^(?:([A-Za-z0-9][A-Za-z0-9_.-]{0,63})=)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/;

type Variables = Readonly<Record<string, string | undefined>>;

/** Reads variables one by one and gathers what is wrong with them. An empty variable counts as not set. */
class EnvironmentReader {
  readonly problems: SettingsProblem[] = [];
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  text(name: string): string | undefined {
    const value = this.#variables[name]?.trim();
    return value === '' ? undefined : value;
  }

  port(name: string, minimum: 0 | 1): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const port = Number(value);
    if (/^\d{1,5}$/.test(value) && port >= minimum && port <= 65535) return port;
    this.#refuse(name, `${JSON.stringify(value)} is not a port: a whole number from ${minimum} to 65535`);
    return undefined;
  }

  /** The value may hold a password, so it is never shown. */
  url(name: string, protocols: readonly string[], expected: string): string | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url !== undefined && protocols.includes(url.protocol) && url.hostname !== '') return value;
    this.#refuse(name, `is not ${expected}`);
    return undefined;
  }

  host(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined || /^([A-Za-z0-9.-]+|[0-9A-Fa-f:.]+)$/.test(value)) return value;
    this.#refuse(name, `${JSON.stringify(value)} is not a host name or an address`);
    return undefined;
  }

  /** Never shown; short ones are guessed. */
  secret(name: string, leastLength: number): string | undefined {
    const value = this.text(name);
    if (value === undefined || value.length >= leastLength) return value;
    this.#refuse(
      name,
      `is shorter than ${leastLength} characters; such as the output of: openssl rand -hex 32`,
    );
    return undefined;
  }

  /** Several, with commas between; an empty list when not set. */
  secrets(name: string, leastLength: number): readonly string[] {
    const values = (this.text(name) ?? '').split(',').map((one) => one.trim());
    const secrets = values.filter((one) => one !== '');
    if (secrets.every((one) => one.length >= leastLength)) return secrets;
    this.#refuse(
      name,
      `has a key that is shorter than ${leastLength} characters; keys have commas between them`,
    );
    return [];
  }

  /** `host:port`, or `centre=host:port` for each of several centres. */
  eventSockets(name: string): readonly EventSocketAddress[] | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const addresses = value.split(',').map((one) => eventSocketPattern.exec(one.trim()));
    const isWrong = addresses.some((one) => one === null || Number(one[3]) > 65535 || Number(one[3]) < 1);
    if (isWrong || (addresses.length > 1 && addresses.some((one) => one?.[1] === undefined))) {
      this.#refuse(
        name,
        `${JSON.stringify(value)} is no address of an event socket: host:8021, or east=host:8021,west=host:8021`,
      );
      return undefined;
    }
    return addresses.flatMap((one) =>
      one === null ? [] : [{ centre: one[1], host: one[2] ?? '', port: Number(one[3]) }],
    );
  }

  #refuse(name: string, message: string): void {
    this.problems.push({ file: environmentFile, line: 0, column: 0, field: name, message });
  }
}

/**
 * Makes `process.env` a plain object with the variables that there are now. Reading the live one is a call into the process's
 * environment each time, and drachtio-srf reads it for every header of every message.
 */
export function settleEnvironment(): void {
  process.env = { ...process.env };
}

/**
 * Reads the variables of Proffer.
 * @param variables default: those of the process
 * @throws SettingsError naming every variable that is wrong
 */
export function readEnvironment(variables: Variables = process.env): Environment {
  const reader = new EnvironmentReader(variables);
  const environment: Environment = {
    dataDir: reader.text('PROFFER_DATA_DIR') ?? './data',
    configDir: reader.text('PROFFER_CONFIG_DIR') ?? './config',
    sipPort: reader.port('PROFFER_SIP_PORT', 0),
    httpPort: reader.port('PROFFER_HTTP_PORT', 0),
    redisUrl: reader.url(
      'REDIS_URL',
      ['redis:', 'rediss:'],
      'a Redis URL, such as redis://127.0.0.1:6379 or rediss://user:password@host:6380/0',
    ),
    databaseUrl: reader.url(
      'DATABASE_URL',
      ['postgres:', 'postgresql:'],
      'a PostgreSQL URL, such as postgres://user:password@127.0.0.1:5432/proffer',
    ),
    drachtioHost: reader.host('DRACHTIO_HOST'),
    drachtioPort: reader.port('DRACHTIO_PORT', 1),
    drachtioSecret: reader.text('DRACHTIO_SECRET'),
    freeswitchEsl: reader.eventSockets('FREESWITCH_ESL'),
    freeswitchSecret: reader.text('FREESWITCH_ESL_SECRET') ?? 'ClueCon',
    apiToken: reader.secret('PROFFER_API_TOKEN', 16),
    oidcSecret: reader.text('PROFFER_OIDC_SECRET'),
    identityKey: reader.secret('PROFFER_IDENTITY_KEY', 16),
    previousIdentityKeys: reader.secrets('PROFFER_IDENTITY_KEYS_PREVIOUS', 16),
  };
  if (reader.problems.length > 0) throw new SettingsError(reader.problems);
  return Object.freeze(environment);
}
