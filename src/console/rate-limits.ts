// How many requests under /v1 are taken in a minute: many of people and of partners' systems, few of whoever is not known. Counted
// here: of each kind the 5000 that were used last (the library's bound). The token of the environment belongs to systems of one's own
// and is not counted.
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticator } from './access/gate.js';

/** Requests a minute. */
export interface RateLimits {
  /** Of one person, whatever the number of tabs. */
  readonly person: number;
  /** Of one API key. */
  readonly apiKey: number;
  /** Of one address that is nobody: refused as unknown, or asking what is open to all. An office may share one. */
  readonly unknown: number;
  /** Log-ins from one address; wrong passwords are throttled apart from that, by name. */
  readonly logIn: number;
}

export const defaultRateLimits: RateLimits = { person: 1200, apiKey: 6000, unknown: 600, logIn: 120 };

const windowMs = 60_000;

/** Before what uses the two below. */
export function registerRateLimits(app: FastifyInstance): void {
  void app.register(rateLimit, { global: false });
}

type Counter = (request: FastifyRequest) => Promise<number | undefined>;

/** @returns what counts a request, and says for how many seconds too many have come, if so */
function counter(app: FastifyInstance, max: number, keyOf: (request: FastifyRequest) => string): Counter {
  const count = app.createRateLimit({ max, timeWindow: windowMs, keyGenerator: keyOf });
  return async (request) => {
    const counted = await count(request);
    return !counted.isAllowed && counted.isExceeded ? counted.ttlInSeconds : undefined;
  };
}

/** Asked last, when nobody knows who asks. */
export function unknownLimiter(app: FastifyInstance, { unknown }: RateLimits): Authenticator {
  const count = counter(app, unknown, ({ ip }) => normalizeIP(ip));
  return {
    authenticate: async (request) => {
      const seconds = await count(request);
      if (seconds === undefined) return { kind: 'none' };
      return { kind: 'refused', status: 429, ...refusal(seconds), retryAfterSeconds: seconds };
    },
  };
}

/** Limits all routes of `v1` to which the gate, which comes before this, has let somebody. */
export function limitRates(v1: FastifyInstance, limits: RateLimits): void {
  const person = counter(v1, limits.person, keyOf);
  const apiKey = counter(v1, limits.apiKey, keyOf);
  const open = counter(v1, limits.unknown, ({ ip }) => normalizeIP(ip));
  const logIn = counter(v1, limits.logIn, ({ ip }) => normalizeIP(ip));
  const counterOf = ({ principal, method, routeOptions }: FastifyRequest): Counter | undefined => {
    if (method === 'POST' && routeOptions.url === '/v1/session') return logIn;
    switch (principal?.kind) {
      case 'person':
        return person;
      case 'api-key':
        return apiKey;
      case 'token':
        return undefined;
      case undefined:
        return open;
    }
  };
  v1.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.access === undefined) return;
    const seconds = await counterOf(request)?.(request);
    if (seconds === undefined) return;
    return reply.code(429).header('Retry-After', String(seconds)).send(refusal(seconds));
  });
}

function keyOf({ principal, ip }: FastifyRequest): string {
  switch (principal?.kind) {
    case 'person':
      return `person ${principal.agent}`;
    case 'api-key':
      return `key ${principal.key}`;
    case 'token':
    case undefined:
      return ip;
  }
}

function refusal(seconds: number): { readonly code: string; readonly message: string } {
  return { code: 'too-many-requests', message: `too many requests; wait ${seconds} seconds` };
}
