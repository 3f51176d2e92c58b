// HTTP under /v1/embed for the script tag of a web page: it shows the token of one contact, which its partner's server got with the
// contact, and may read that contact's offer and say what became of it. Nothing else.
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { Access } from '../access/principal.js';
import type { ApiArea } from '../api-area.js';
import { answerContactError, answerEvent, refuse, shownOnPage } from './contact-answers.js';
import { PageContactAnswer, PageEventAnswer, PageEventBody, Refusal } from './contact-schemas.js';
import type { ContactsOperations } from './contacts-operations.js';

const access: { readonly access: Access } = { access: 'public' };
const tags = ['contacts'];
const bodyLimit = 1024;
const perMinute = 60;
const refusals = { 400: Refusal, 401: Refusal, 403: Refusal, 404: Refusal, 409: Refusal, 410: Refusal };
const more = { 422: Refusal, 429: Refusal, 503: Refusal };

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the contact token that was shown. */
    contactId: string;
  }
}

/** The routes. */
export function embedApi(operations: ContactsOperations): ApiArea {
  return (v1) => {
    v1.setErrorHandler(answerContactError);
    v1.decorateRequest('contactId', '');
    void v1.register(async (scope) => {
      scope.addHook('onRequest', (request, reply, next) => {
        letOriginRead(operations, request, reply);
        next();
      });
      await scope.register(rateLimit, {
        timeWindow: 60_000,
        max: perMinute,
        // A token that is none of ours counts for its address.
        keyGenerator: (request) => {
          const token = operations.verify(tokenOf(request));
          return typeof token === 'string' ? request.ip : token.contactId;
        },
        errorResponseBuilder: (_request, { ttl }) =>
          Object.assign(new Error(`too many requests; wait ${Math.ceil(ttl / 1000)} s`), { statusCode: 429 }),
      });
      registerPreflight(scope, operations);
      registerPage(scope, operations);
    });
  };
}

function tokenOf({ headers }: FastifyRequest): string {
  return /^Contact (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
}

function isOwnOrigin({ headers: { origin, host } }: FastifyRequest): boolean {
  return origin !== undefined && (origin === `http://${host ?? ''}` || origin === `https://${host ?? ''}`);
}

/** Which partner's site it is, the token tells; until then any site of a partner may read refusals. */
function letOriginRead(operations: ContactsOperations, request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers;
  void reply.header('Vary', 'Origin').header('Cache-Control', 'no-store');
  if (origin !== undefined && operations.origins().has(origin))
    void reply.header('Access-Control-Allow-Origin', origin);
}

function registerPreflight(scope: FastifyInstance, operations: ContactsOperations): void {
  for (const path of ['/embed/contact', '/embed/events']) {
    scope.options(path, { config: access, schema: { hide: true } }, (request, reply) => {
      const { origin } = request.headers;
      if (origin === undefined || !operations.origins().has(origin))
        return refuse(reply, 'origin-not-allowed');
      return reply
        .headers({
          'Access-Control-Allow-Methods': 'GET, POST',
          'Access-Control-Allow-Headers': 'Authorization, Content-Type',
          'Access-Control-Max-Age': '600',
        })
        .code(204)
        .send();
    });
  }
}

function registerPage(scope: FastifyInstance, operations: ContactsOperations): void {
  const identify = (request: FastifyRequest, reply: FastifyReply, next: () => void): void => {
    const token = tokenOf(request);
    const of = token === '' ? 'missing' : operations.verify(token);
    if (typeof of === 'string') {
      refuse(reply, `token-${of}`);
      return;
    }
    const { origin } = request.headers;
    const { origins = [] } = operations.webOf(of.partner) ?? {};
    if (origin !== undefined && !isOwnOrigin(request) && !origins.includes(origin)) {
      void reply.removeHeader('Access-Control-Allow-Origin');
      refuse(reply, 'origin-not-allowed');
      return;
    }
    request.contactId = of.contactId;
    next();
  };
  scope.get(
    '/embed/contact',
    {
      config: access,
      preValidation: identify,
      schema: {
        summary: 'What the script tag shows; Authorization: Contact and the token of the contact',
        tags,
        response: { 200: PageContactAnswer, ...refusals, ...more },
      },
    },
    async (request, reply) => {
      const contact = await operations.find(request.contactId);
      return contact === undefined ? refuse(reply, 'unknown-contact') : reply.send(shownOnPage(contact));
    },
  );
  scope.post<{ Body: Static<typeof PageEventBody> }>(
    '/embed/events',
    {
      bodyLimit,
      config: access,
      preValidation: identify,
      schema: {
        summary: 'What the customer did with the offer on the page',
        tags,
        body: PageEventBody,
        response: { 200: PageEventAnswer, ...refusals, ...more },
      },
    },
    async (request, reply) => {
      const result = await operations.event(request.contactId, request.body);
      return answerEvent(reply, result, ({ state }) => ({ state }));
    },
  );
}
