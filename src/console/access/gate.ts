// Who may use which route: every route under /v1 says it in its config, or the process does not start.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/index.js';
import type { Access, Principal } from './principal.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined on public routes when nobody is logged in. */
    principal: Principal | undefined;
  }
  interface FastifyContextConfig {
    /** Who may use it. Every route under /v1 has it. */
    access?: Access;
  }
}

export type Authentication =
  | { readonly kind: 'principal'; readonly principal: Principal }
  /** Shows nothing of the kind that this authenticator knows. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'refused';
      readonly status: 401 | 403 | 429 | 503;
      readonly code: string;
      readonly message: string;
      readonly retryAfterSeconds?: number;
    };

/** Finds out who asks. Never rejects. */
export interface Authenticator {
  authenticate(request: FastifyRequest): Promise<Authentication> | Authentication;
}

/** Thrown at start for a route under /v1 that does not say who may use it. */
export class AccessMissingError extends AppError {
  constructor(route: string) {
    super('CONSOLE_ACCESS_MISSING', `route ${route} does not say who may use it`);
  }
}

/**
 * Guards all routes of `scope` that are registered after this.
 * @param authenticators asked in order; none at all: every route but public ones is closed with 403
 */
export function guard(scope: FastifyInstance, authenticators: readonly Authenticator[]): void {
  scope.decorateRequest('principal', undefined);
  scope.addHook('onRoute', (route) => {
    if (route.config?.access === undefined)
      throw new AccessMissingError(`${String(route.method)} ${route.url}`);
  });
  scope.addHook('onRequest', async (request, reply) => {
    // What is not there says so to anybody (the handler of 404 has no access of its own).
    const access = request.routeOptions.config.access;
    if (access === undefined) return;
    const found = await whoAsks(request, authenticators);
    if (found.kind === 'principal') request.principal = found.principal;
    if (access === 'public') return;
    if (found.kind === 'principal') {
      if (mayUse(found.principal, access)) return;
      return refuse(reply, { status: 403, code: 'forbidden', message: 'this is not for your role' });
    }
    if (found.kind === 'refused') return refuse(reply, found);
    if (authenticators.length > 0) {
      void reply.header('WWW-Authenticate', 'Bearer');
      return refuse(reply, {
        status: 401,
        code: 'unauthorised',
        message: 'log in, or show the token of PROFFER_API_TOKEN as Authorization: Bearer',
      });
    }
    return refuse(reply, {
      status: 403,
      code: 'api-closed',
      message: 'set PROFFER_API_TOKEN to open the API under /v1',
    });
  });
}

/** What the first of them that knows says. */
export async function whoAsks(
  request: FastifyRequest,
  authenticators: readonly Authenticator[],
): Promise<Authentication> {
  for (const authenticator of authenticators) {
    const found = await authenticator.authenticate(request);
    if (found.kind !== 'none') return found;
  }
  return { kind: 'none' };
}

function mayUse(principal: Principal, access: Exclude<Access, 'public'>): boolean {
  switch (principal.kind) {
    case 'person':
      return access.roles.includes(principal.role);
    case 'token':
      return true;
    case 'api-key':
      return access.apiKeys === true;
  }
}

/** Answers with the refusal. */
export function refuse(
  reply: FastifyReply,
  refusal: Omit<Extract<Authentication, { kind: 'refused' }>, 'kind'>,
): FastifyReply {
  const { status, code, message, retryAfterSeconds } = refusal;
  if (retryAfterSeconds !== undefined) void reply.header('Retry-After', String(retryAfterSeconds));
  return reply.code(status).send({ code, message });
}
