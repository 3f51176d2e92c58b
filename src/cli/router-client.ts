// Asks a running router, or an engine, over its HTTP API.
import { AppError, errorMessage } from '../kernel/index.js';
import type { Environment, Settings } from '../config/index.js';
import { httpUrl } from './http-url.js';
import { readLocalDoor, routerDoor } from './local-door.js';

/** Thrown when a router cannot be asked, or refuses; the message says what to do. */
export class RouterClientError extends AppError {
  constructor(problem: string, cause?: unknown) {
    super('CLI_ROUTER', problem, { cause });
  }
}

export interface RouterAddressOptions {
  /** Given on the command line, such as `http://router:8080`. */
  readonly url: string | undefined;
  readonly settings: Settings;
  readonly environment: Environment;
}

const timeoutMs = 10_000;

/** Who is asked, and how. */
export interface RouterDoor {
  readonly url: string;
  /** Token or key; undefined shows none. */
  readonly secret: string | undefined;
  /** What it is called when it does not answer, such as `router`. */
  readonly name: string;
  /** What to do when it lets nobody in. */
  readonly advice: string;
}

/** The router at `url`, else the one that runs with this data directory, else the one that the settings name. */
export function doorOfRouter({ url, settings, environment }: RouterAddressOptions): RouterDoor {
  const door = url === undefined ? readLocalDoor(routerDoor(environment.dataDir)) : undefined;
  const { host, port } = settings.process.http;
  return {
    url: url ?? door?.url ?? httpUrl(host, port),
    secret: door?.key ?? environment.apiToken,
    name: 'router',
    advice:
      'run it as the user of the router with its PROFFER_DATA_DIR, or set PROFFER_API_TOKEN to the token of the router',
  };
}

export class RouterClient {
  readonly url: string;
  readonly #door: RouterDoor;

  /** @throws RouterClientError when the address is none */
  constructor(door: RouterDoor) {
    this.#door = door;
    this.url = door.url.replace(/\/+$/, '');
    if (!URL.canParse(this.url))
      throw new RouterClientError(`${this.url} is no URL of a router, such as http://127.0.0.1:8080`);
  }

  /** @throws RouterClientError */
  async get<T>(path: string): Promise<T> {
    const answer = await this.#ask(path);
    const body = (await answer.json().catch(() => undefined)) as { readonly message?: string } | undefined;
    if (answer.ok && body !== undefined) return body as T;
    if (answer.status === 401 || answer.status === 403) {
      throw new RouterClientError(
        `the ${this.#door.name} at ${this.url} does not let this command in: ${this.#door.advice}`,
      );
    }
    throw new RouterClientError(
      `the ${this.#door.name} at ${this.url} answered ${answer.status}: ${body?.message ?? 'nothing that can be read'}`,
    );
  }

  async #ask(path: string): Promise<Response> {
    const { secret, name } = this.#door;
    try {
      return await fetch(`${this.url}/v1${path}`, {
        headers: secret === undefined ? {} : { authorization: `Bearer ${secret}` },
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new RouterClientError(
        `no ${name} answers at ${this.url} (${errorMessage(cause)}); start one, or name it with --url`,
        error,
      );
    }
  }
}
