// The document of the API (OpenAPI 3.1), made from the schemas of the routes: /docs to read and try it, /docs/json for programs.
// For everybody who is known, whatever the role.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema, RouteOptions } from 'fastify';
import { refuse, whoAsks } from './access/gate.js';
import type { Authenticator } from './access/gate.js';
import type { Access } from './access/principal.js';
import { roles } from './access/principal.js';

const about = `What the pages of the console do, and what other systems may do.

Refusals are \`{"code", "message"}\`; the message names the field and what would be right. 503 with \`Retry-After\`: a part that is needed
is down, and the same request may be sent again. 429 with \`Retry-After\`: too many requests.

People log in with \`POST /v1/session\` and carry a cookie; whatever changes something needs the header \`X-CSRF-Token\` with it, from
\`GET /v1/session\`. Systems of your own show the token of \`PROFFER_API_TOKEN\`, systems of partners an API key.`;

const securitySchemes = {
  session: { type: 'apiKey', in: 'cookie', name: 'proffer_session', description: 'Somebody who logged in.' },
  token: { type: 'http', scheme: 'bearer', description: 'PROFFER_API_TOKEN: all that any role may do.' },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'pk_KEY_SECRET',
    description: 'A key of one partner.',
  },
} as const;

const Refusal = {
  type: 'object',
  required: ['code', 'message'],
  properties: { code: { type: 'string' }, message: { type: 'string' } },
} as const;

/** Collects the routes that are registered after this. */
export function documentApi(app: FastifyInstance): void {
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Proffer', version: '1', description: about },
      components: { securitySchemes },
    },
    transform: ({ schema, url, route }) => ({
      // What is not under /v1 serves people and supervisors, not programs.
      schema: url.startsWith('/v1/') ? completed(schema, route) : { ...schema, hide: true },
      url,
    }),
  });
}

/** Who may use it, and what the gate answers to the others. */
function completed(schema: FastifySchema | undefined, route: RouteOptions): FastifySchema {
  const access = route.config?.access ?? 'public';
  const { description, response, ...rest } = schema ?? {};
  const words = description === undefined ? whoMay(access) : `${description}\n\n${whoMay(access)}`;
  const given = (response ?? {}) as Record<string, unknown>;
  const gate = {
    ...(access === 'public' ? {} : { 401: refusal('Nobody is known.'), 403: refusal('Not for this role.') }),
    429: refusal('Too many requests; Retry-After says when to come back.'),
  };
  const shown = route.method === 'HEAD' ? given : { ...gate, ...given };
  return { ...rest, description: words, security: securityOf(access), response: shown };
}

function refusal(description: string) {
  return { ...Refusal, description };
}

function whoMay(access: Access): string {
  if (access === 'public') return 'For everybody.';
  const who = access.roles.length === roles.length ? 'every role' : access.roles.join(', ');
  return `For ${who}${access.apiKeys === true ? ', and for API keys of partners' : ''}.`;
}

function securityOf(access: Access): NonNullable<FastifySchema['security']> {
  if (access === 'public') return [];
  const people = [{ session: [] }, { token: [] }];
  return access.apiKeys === true ? [...people, { apiKey: [] }] : people;
}

interface Tried {
  readonly method?: string;
  readonly headers: Record<string, string>;
}

/** Runs in the browser: lets somebody who is logged in try what changes something. */
async function withCsrfToken(request: { [name: string]: unknown }): Promise<typeof request> {
  const { method = 'GET', headers } = request as unknown as Tried;
  if (method !== 'GET') {
    const answer = await fetch('/v1/session');
    const session = (await answer.json()) as { csrfToken?: string };
    if (session.csrfToken !== undefined) headers['X-CSRF-Token'] = session.csrfToken;
  }
  return request;
}

/** Its own scripts and styles, and the API; icons that are data of its style sheet. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // The hash is of the one style element that Swagger UI makes.
  "style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the document under /docs, after all that it has to tell of. */
export function serveDocument(app: FastifyInstance, authenticators: readonly Authenticator[]): void {
  void app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: policy,
    theme: { title: 'Proffer API' },
    uiConfig: {
      layout: 'BaseLayout',
      docExpansion: 'list',
      defaultModelsExpandDepth: -1,
      displayRequestDuration: true,
      tryItOutEnabled: false,
      validatorUrl: null,
      requestInterceptor: withCsrfToken,
    },
    uiHooks: {
      onRequest: (request, reply, done) => {
        admit(request, reply, authenticators).then((isIn) => {
          if (isIn) done();
        }, done);
      },
    },
  });
}

/** @returns false when it has been answered */
async function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  authenticators: readonly Authenticator[],
): Promise<boolean> {
  const found = await whoAsks(request, authenticators);
  if (found.kind === 'principal') return true;
  if (found.kind === 'refused') refuse(reply, found);
  // A person logs in first.
  else if (request.headers.accept?.includes('text/html') === true) reply.redirect('/');
  else {
    refuse(reply, {
      status: 401,
      code: 'unauthorised',
      message: 'the document of the API is for those who are known: log in, or show a token',
    });
  }
  return false;
}
