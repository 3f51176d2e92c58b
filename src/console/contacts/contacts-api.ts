// HTTP under /v1 for contacts that are not phone calls: partners' systems ask what to offer to whom, and say what became of it.
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { actorOf, seesPartner } from '../access/principal.js';
import type { Access, Principal } from '../access/principal.js';
import type { ApiArea } from '../api-area.js';
import { checkTexts } from '../given-values.js';
import { answerContactError, answerEvent, refusalOf, refuse, shownContact } from './contact-answers.js';
import type { RefusalCode } from './contact-answers.js';
import {
  ContactAnswer,
  ContactBody,
  ContactParams,
  CreatedAnswer,
  EventAnswer,
  EventBody,
  IdempotencyHeaders,
  Refusal,
} from './contact-schemas.js';
import type { ContactResult, ContactsOperations } from './contacts-operations.js';
import { IdempotencyKeys } from './idempotency.js';
import type { KeptAnswer } from './idempotency.js';

type Body = Static<typeof ContactBody>;

const access: { readonly access: Access } = { access: { roles: ['admin'], apiKeys: true } };
const bodyLimit = 8192;
const tags = ['contacts'];
const minuteMs = 60_000;
/** Of those who are bound to no partner. */
const perMinuteOfOthers = 6000;
const refusals = { 400: Refusal, 401: Refusal, 403: Refusal, 404: Refusal, 409: Refusal, 410: Refusal };
const more = { 422: Refusal, 429: Refusal, 503: Refusal };

/** The routes. */
export function contactsApi(operations: ContactsOperations): ApiArea {
  const keys = new IdempotencyKeys({ now: () => operations.now() });
  return (v1) => {
    v1.setErrorHandler(answerContactError);
    void v1.register(async (scope) => {
      await limit(scope, operations);
      scope.addHook('preHandler', (request, _reply, next) => {
        try {
          const { body } = request;
          checkTexts(body);
          if (typeof body === 'object' && body !== null && 'context' in body) checkTexts(body.context);
          if (typeof body === 'object' && body !== null && 'identity' in body) checkTexts(body.identity);
          next();
        } catch (error) {
          next(error as Error);
        }
      });
      registerCreate(scope, operations, keys);
      registerContact(scope, operations);
    });
  };
}

/** So many a minute for each key, by the settings of its partner. */
async function limit(scope: FastifyInstance, operations: ContactsOperations): Promise<void> {
  const perMinute = ({ principal }: FastifyRequest): number => {
    if (principal?.kind !== 'api-key') return perMinuteOfOthers;
    return operations.webOf(principal.partner)?.contactsPerMinute ?? 60;
  };
  await scope.register(rateLimit, {
    timeWindow: minuteMs,
    max: perMinute,
    keyGenerator: ({ principal, ip }) => (principal === undefined ? ip : actorOf(principal)),
    errorResponseBuilder: (_request, { max, ttl }) =>
      Object.assign(new Error(`${max} requests a minute are too many; wait ${Math.ceil(ttl / 1000)} s`), {
        statusCode: 429,
      }),
  });
}

function registerCreate(scope: FastifyInstance, operations: ContactsOperations, keys: IdempotencyKeys): void {
  scope.post<{ Body: Body; Headers: Static<typeof IdempotencyHeaders> }>(
    '/contacts',
    {
      bodyLimit,
      config: access,
      schema: {
        summary: 'Decide for a web session, a chat or a text contact: what to offer, and where it goes',
        tags,
        headers: IdempotencyHeaders,
        body: ContactBody,
        response: { 201: CreatedAnswer, ...refusals, ...more },
      },
    },
    async (request, reply) => {
      const { body, headers, principal } = request;
      if (principal === undefined) throw new Error('the gate let nobody through');
      const work = () => create(operations, body, principal);
      const key = headers['idempotency-key'];
      if (key === undefined) return send(reply, await work());
      const answered = await keys.answer(actorOf(principal), key, body, work);
      if (answered.kind === 'reused') return refuse(reply, 'idempotency-key-reused');
      if (answered.kind === 'again') void reply.header('Idempotent-Replayed', 'true');
      return send(reply, answered.answer);
    },
  );
}

function send(reply: FastifyReply, { status, body }: KeptAnswer): FastifyReply {
  return reply.code(status).send(body);
}

async function create(operations: ContactsOperations, body: Body, principal: Principal): Promise<KeptAnswer> {
  const { medium, identity = {}, context = {} } = body;
  const partner = body.partner ?? (principal.kind === 'api-key' ? principal.partner : undefined);
  if (partner === undefined) return refusalOf('partner-missing');
  if (!seesPartner(principal, partner)) return refusalOf('other-partner');
  const problem = identityProblem(identity);
  if (problem !== undefined) return refusalOf(problem);
  const source = actorOf(principal);
  const result = await operations.create({ partner, medium, identity, context, source });
  if (result.kind !== 'created') return refusalOf(result.kind);
  const { contact } = result;
  return { status: 201, body: { ...shownContact(contact), token: operations.sign(contact) } };
}

function identityProblem({
  phone,
  customer,
  account,
  secret,
}: Required<Body>['identity']): RefusalCode | undefined {
  if ((account === undefined) !== (secret === undefined)) return 'identity-incomplete';
  const isSeveral = account !== undefined && (customer !== undefined || phone !== undefined);
  return isSeveral ? 'identity-several' : undefined;
}

function registerContact(scope: FastifyInstance, operations: ContactsOperations): void {
  /** Of another partner nobody is told that there is one. */
  const found = async ({ principal }: FastifyRequest, id: string): Promise<ContactResult | undefined> => {
    const contact = await operations.find(id);
    return contact !== undefined && principal !== undefined && seesPartner(principal, contact.partner)
      ? contact
      : undefined;
  };
  scope.get<{ Params: Static<typeof ContactParams> }>(
    '/contacts/:id',
    {
      config: access,
      schema: {
        summary: 'A contact, and how it stands',
        tags,
        params: ContactParams,
        response: { 200: ContactAnswer, ...refusals, ...more },
      },
    },
    async (request, reply) => {
      const contact = await found(request, request.params.id);
      return contact === undefined ? refuse(reply, 'unknown-contact') : reply.send(shownContact(contact));
    },
  );
  scope.post<{ Params: Static<typeof ContactParams>; Body: Static<typeof EventBody> }>(
    '/contacts/:id/events',
    {
      bodyLimit,
      config: access,
      schema: {
        summary:
          'What happened to the offer: presented, accepted, declined, left; the same again changes nothing',
        tags,
        params: ContactParams,
        body: EventBody,
        response: { 200: EventAnswer, ...refusals, ...more },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if ((await found(request, id)) === undefined) return refuse(reply, 'unknown-contact');
      const result = await operations.event(id, request.body);
      return answerEvent(reply, result, (contact, kind) => ({ kind, contact: shownContact(contact) }));
    },
  );
}
