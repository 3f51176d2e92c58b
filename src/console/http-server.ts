// The HTTP side of a router: /metrics for Prometheus, /healthz and /readyz for supervisors, the API under /v1 with its document under
// /docs, the pages of the console everywhere else.
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { AppError, errorCode, errorMessage } from '../kernel/index.js';
import type { Logger, Part } from '../kernel/index.js';
import { guard } from './access/gate.js';
import type { Authenticator } from './access/gate.js';
import type { ApiArea } from './api-area.js';
import { documentApi, serveDocument } from './openapi.js';
import { registerWebSockets } from './live/live-socket-api.js';
import { registerPages } from './pages.js';
import { defaultRateLimits, limitRates, registerRateLimits, unknownLimiter } from './rate-limits.js';
import type { RateLimits } from './rate-limits.js';
import { keepNowhere, secureHeaders } from './security-headers.js';

/** One part of the router as /readyz reports it. */
export interface PartReadiness {
  readonly part: string;
  /** `degraded` still takes calls (fail-open ladder); `down` means that an INVITE would not reach us. */
  readonly state: 'ready' | 'degraded' | 'down';
  /** Why, when it is not ready. */
  readonly detail?: string;
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Addresses or blocks of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  readonly registry: Registry;
  readonly readiness: () => readonly PartReadiness[];
  readonly log: Logger;
  /** What is under /v1; none where a process has no calls. */
  readonly areas?: readonly ApiArea[];
  /** Who may come in there; none: all of it is closed. */
  readonly authenticators?: readonly Authenticator[];
  /** Serves the pages of the console, too. Default false. */
  readonly hasPages?: boolean;
  /** Default: defaultRateLimits. */
  readonly rateLimits?: RateLimits;
}

/** Thrown when the HTTP address cannot be listened on. */
export class HttpListenError extends AppError {
  constructor(host: string, port: number, cause: unknown) {
    const inUse = errorCode(cause) === 'EADDRINUSE';
    super(
      inUse ? 'HTTP_PORT_IN_USE' : 'HTTP_LISTEN',
      inUse
        ? `http port ${host}:${port} is in use; set PROFFER_HTTP_PORT or http.port in proffer.yaml`
        : `cannot listen for http on ${host}:${port}: ${errorMessage(cause)}`,
      { cause, fields: { host, port } },
    );
  }
}

/**
 * `GET /healthz`: 200 while the process turns its event loop; it asks nothing of Redis or of any other server.
 * `GET /readyz`: 200 when no part is down, else 503; the body names each part and its state.
 * `GET /metrics`: Prometheus text format. Under `/v1`: the areas that were given.
 */
export class HttpServer implements Part {
  readonly name = 'http server';
  readonly #options: HttpServerOptions;
  readonly #app: FastifyInstance;
  #port = 0;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    const { trustedProxies = [] } = options;
    this.#app = fastify({
      logger: false,
      forceCloseConnections: true,
      // A Call-ID is a part of a path, however its sender made it.
      routerOptions: { maxParamLength: 1600 },
      trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
      // A body is taken as it is or refused: nothing is converted or left out of it.
      ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    });
    registerWebSockets(this.#app);
    secureHeaders(this.#app);
    this.#serveProbes();
    if (options.hasPages === true) registerPages(this.#app);
    else {
      this.#app.setNotFoundHandler((_request, reply) => {
        void reply.code(404).send({ code: 'not-found', message: 'there is nothing at that path' });
      });
    }
    this.#serveApi();
  }

  #serveProbes(): void {
    const { registry, readiness } = this.#options;
    this.#app.get('/healthz', () => ({ status: 'ok' }));
    this.#app.get('/readyz', (_request, reply) => {
      const parts = readiness();
      const isReady = parts.every((part) => part.state !== 'down');
      void reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', parts });
    });
    this.#app.get('/metrics', async (_request, reply) => {
      const text = await registry.metrics();
      return reply.type(registry.contentType).send(text);
    });
  }

  #serveApi(): void {
    const { areas = [], authenticators = [], rateLimits = defaultRateLimits } = this.#options;
    registerRateLimits(this.#app);
    documentApi(this.#app);
    void this.#app.register(
      (v1, _options, done) => {
        // Without authenticators the API is closed, and says so to anybody.
        guard(v1, authenticators.length === 0 ? [] : [...authenticators, unknownLimiter(v1, rateLimits)]);
        limitRates(v1, rateLimits);
        keepNowhere(v1);
        for (const area of areas) {
          void v1.register((scope, _none, ready) => {
            area(scope);
            ready();
          });
        }
        done();
      },
      { prefix: '/v1' },
    );
    serveDocument(this.#app, authenticators);
  }

  /** The port that is listened on; differs from the settings when those say 0. */
  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    const { host, port, log } = this.#options;
    try {
      await this.#app.listen({ host, port });
    } catch (error) {
      throw new HttpListenError(host, port, error);
    }
    const address = this.#app.server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : port;
    log.debug({ host, port: this.#port }, 'http server listens');
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }
}
