// HTTP under /v1/generations: what was published, what changed between two of them, and the way back to one that was before.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type {} from '@fastify/swagger';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { errorCode } from '../../kernel/index.js';
import { actorOf, only, seesPartner } from '../access/principal.js';
import type { ApiArea } from '../api-area.js';
import { answerFailure, fieldFirst, refuseUnavailable } from '../area-errors.js';
import type { ComparisonView, GenerationsView, PublicationView } from './generations-view.js';

const closed = { additionalProperties: false } as const;
const Name = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' });
const Count = Type.Integer({ minimum: 0 });
const Text = Type.String();
const OrNull = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);

const ListQuery = Type.Object({ partner: Type.Optional(Name) }, closed);
const CompareQuery = Type.Object(
  { partner: Name, a: Type.String({ maxLength: 10 }), b: Type.String({ maxLength: 10 }) },
  closed,
);
const PublishParams = Type.Object({ partner: Name, generation: Type.String({ maxLength: 10 }) });
const PublishBody = Type.Object({ confirmation: Type.String({ maxLength: 200 }) }, closed);

const Generation = Type.Object({
  partner: Text,
  generation: Count,
  state: Type.Union([Type.Literal('loading'), Type.Literal('current'), Type.Literal('retired')]),
  createdAt: Text,
  retiredAt: OrNull(Text),
  ageMs: Type.Number(),
  maxAgeMs: OrNull(Type.Number()),
  isOutdated: Type.Boolean(),
  strategies: Count,
  phones: Count,
  sharedPhones: Count,
  recordBytes: Count,
  offers: Type.Array(Text),
  contentHash: Text,
  runId: OrNull(Text),
});
const Publication = Type.Object({
  partner: Text,
  generation: Count,
  replaced: OrNull(Count),
  by: Text,
  at: Text,
  state: Type.Union([Type.Literal('running'), Type.Literal('published'), Type.Literal('refused')]),
  isSeen: Type.Boolean(),
  message: OrNull(Text),
});
const Generations = Type.Object({
  store: Text,
  generations: Type.Array(Generation),
  publication: OrNull(Publication),
});
const Comparison = Type.Object({
  a: Generation,
  b: Generation,
  share: Type.Number(),
  customers: Count,
  customersGone: Count,
  customersNew: Count,
  firstSame: Count,
  firstChanged: Count,
  rankingChanged: Count,
  unreadable: Count,
  offers: Type.Array(
    Type.Object({
      offer: Text,
      a: Count,
      b: Count,
      gained: Count,
      lost: Count,
      firstInA: Count,
      firstInB: Count,
    }),
  ),
  moves: Type.Array(Type.Object({ from: OrNull(Text), to: OrNull(Text), customers: Count })),
});
const Message = Type.Object({ code: Text, message: Text });

export type GenerationRefusal =
  | { readonly kind: 'unknown-generation'; readonly message: string }
  /** It cannot be made current: in words. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly message: string };

export type CompareResult =
  { readonly kind: 'compared'; readonly comparison: ComparisonView } | GenerationRefusal;

export type PublishResult =
  /** `isRunning`: a large one takes its time; the list says what becomes of it. */
  { readonly kind: 'published' | 'running'; readonly publication: PublicationView } | GenerationRefusal;

/** Port: the strategy store of the running router. */
export interface GenerationsOperations {
  /** @throws AppError of code STRATEGY_STORE_UNAVAILABLE */
  list(): Promise<GenerationsView>;
  compare(partner: string, a: number, b: number): Promise<CompareResult>;
  publish(partner: string, generation: number, actor: string): Promise<PublishResult>;
}

const statusOf = {
  'unknown-generation': 404,
  refused: 409,
  busy: 429,
  failed: 503,
} as const;
const retryAfterSeconds = 5;

/** What has to be sent to publish: nobody swaps a generation by a slip. */
export function confirmationOf(partner: string, generation: number): string {
  return `${partner} ${generation}`;
}

/** The routes. */
export function generationsApi(operations: GenerationsOperations): ApiArea {
  return (v1) => {
    v1.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply));
    const seeing = only('supervisor', 'admin', 'analyst');
    const tags = ['analysis'];
    v1.get<{ Querystring: Static<typeof ListQuery> }>(
      '/generations',
      {
        config: seeing,
        schema: {
          summary: 'published generations of strategies, the latest first',
          tags,
          querystring: ListQuery,
          response: { 200: Generations, 403: Message, 503: Message },
        },
      },
      async (request, reply) => {
        const { partner } = request.query;
        if (partner !== undefined && !sees(request, partner)) return refuseOther(reply);
        const { generations, publication, store } = await operations.list();
        const isSeen = (one: { readonly partner: string }): boolean =>
          sees(request, one.partner) && (partner === undefined || partner === one.partner);
        return reply.send({
          store,
          generations: generations.filter(isSeen),
          publication: publication !== null && isSeen(publication) ? publication : null,
        });
      },
    );
    v1.get<{ Querystring: Static<typeof CompareQuery> }>(
      '/generations/compare',
      {
        config: seeing,
        schema: {
          summary: 'what changed from one generation of a partner to another',
          tags,
          querystring: CompareQuery,
          response: { 200: Comparison, 403: Message, 404: Message, 409: Message, 429: Message, 503: Message },
        },
      },
      async (request, reply) => {
        const { partner, a, b } = request.query;
        if (!sees(request, partner)) return refuseOther(reply);
        const result = await operations.compare(partner, numberOf('a', a), numberOf('b', b));
        return result.kind === 'compared' ? reply.send(result.comparison) : refuse(reply, result);
      },
    );
    v1.post<{ Params: Static<typeof PublishParams>; Body: Static<typeof PublishBody> }>(
      '/generations/:partner/:generation/publish',
      {
        config: only('admin'),
        bodyLimit: 4096,
        schema: {
          summary: 'make a retired generation current: roll back, or forward again',
          tags,
          params: PublishParams,
          body: PublishBody,
          response: {
            200: Publication,
            202: Publication,
            403: Message,
            404: Message,
            409: Message,
            422: Message,
            429: Message,
            503: Message,
          },
        },
      },
      async (request, reply) => {
        const { partner } = request.params;
        if (!sees(request, partner)) return refuseOther(reply);
        const generation = numberOf('generation', request.params.generation);
        const wanted = confirmationOf(partner, generation);
        if (request.body.confirmation !== wanted) {
          const message = `confirmation: must be "${wanted}", the partner and the number of the generation`;
          return reply.code(422).send({ code: 'not-confirmed', message });
        }
        const { principal } = request;
        const actor = principal === undefined ? '' : actorOf(principal);
        const result = await operations.publish(partner, generation, actor);
        if (!('publication' in result)) return refuse(reply, result);
        return reply.code(result.kind === 'published' ? 200 : 202).send(result.publication);
      },
    );
  };
}

class NumberError extends Error {
  readonly statusCode = 400;
}

function numberOf(field: string, text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new NumberError(`${field}: must be the number of a generation`);
}

function sees({ principal }: FastifyRequest, partner: string): boolean {
  return principal !== undefined && seesPartner(principal, partner);
}

function refuseOther(reply: FastifyReply): FastifyReply {
  return reply.code(403).send({ code: 'other-partner', message: 'partner: is none that you see' });
}

function refuse(reply: FastifyReply, refusal: GenerationRefusal): FastifyReply {
  const status = statusOf[refusal.kind];
  if (status === 429 || status === 503) void reply.header('Retry-After', String(retryAfterSeconds));
  const message =
    refusal.kind === 'busy'
      ? 'generations are being compared or published just now; one thing at a time'
      : refusal.message;
  return reply.code(status).send({ code: refusal.kind, message });
}

function answerError(error: FastifyError, reply: FastifyReply): FastifyReply {
  if (errorCode(error) === 'STRATEGY_STORE_UNAVAILABLE')
    return refuseUnavailable(reply, 'the strategy store cannot be asked now', 'store-unavailable');
  return answerFailure(reply, error, { badRequest: fieldFirst });
}
