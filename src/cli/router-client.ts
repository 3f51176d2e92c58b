// Asks a running router over its HTTP API.
import { AppError, errorMessage } from '../kernel/index.js';
import type { Environment, Settings } from '../config/index.js';
import { localDoor } from './local-door.js';

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

export class RouterClient {
  readonly url: string;
  readonly #secret: string | undefined;

  /** The router at `url`, else the one that runs with this data directory, else the one that the settings name. */
  constructor({ url, settings, environment }: RouterAddressOptions) {
    const door = url === undefined ? localDoor(environment.dataDir) : undefined;
    const { host, port } = settings.process.http;
    const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
    this.url = (url ?? door?.url ?? `http://${near}:${port}`).replace(/\/+$/, '');
    this.#secret = door?.key ?? environment.apiToken;
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
        `the router at ${this.url} does not let this command in: run it as the user of the router with its ` +
          'PROFFER_DATA_DIR, or set PROFFER_API_TOKEN to the token of the router',
      );
    }
    throw new RouterClientError(
      `the router at ${this.url} answered ${answer.status}: ${body?.message ?? 'nothing that can be read'}`,
    );
  }

  async #ask(path: string): Promise<Response> {
    try {
      return await fetch(`${this.url}/v1${path}`, {
        headers: this.#secret === undefined ? {} : { authorization: `Bearer ${this.#secret}` },
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new RouterClientError(
        `no router answers at ${this.url} (${errorMessage(cause)}); start one, or name it with --url`,
        error,
      );
    }
  }
}
