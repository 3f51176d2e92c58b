// HTTP under /v1 for reports over the calls that were, the models that were trained and the rankings that were made.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type {} from '@fastify/swagger';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { actorOf, only, seesPartner } from '../access/principal.js';
import type { ApiArea } from '../api-area.js';
import { answerFailure, fieldFirst } from '../area-errors.js';
import { reportNames } from './reports-view.js';
import type { ModelSummaryView, ReportName, RunSummaryView } from './reports-view.js';

const closed = { additionalProperties: false } as const;
const Name = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' });
const Moment = Type.Optional(Type.String({ maxLength: 40, description: 'a day, or an ISO 8601 time' }));
const Query = Type.Object({ from: Moment, to: Moment, partner: Type.Optional(Name) }, closed);
const ReportParams = Type.Object({ report: Type.Union(reportNames.map((name) => Type.Literal(name))) });
const PartnerQuery = Type.Object({ partner: Type.Optional(Name) }, closed);
const Whole = Type.Object({}, { additionalProperties: true });
const Message = Type.Object({ code: Type.String(), message: Type.String() });
const List = (key: string) => Type.Object({ [key]: Type.Array(Whole) });

export interface ReportQuestion {
  readonly report: ReportName;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly partner: string | undefined;
  /** Of whom one report at a time is made. */
  readonly actor: string;
}

export type ReportResult =
  | { readonly kind: 'report'; readonly report: object }
  /** The message begins with its field. */
  | { readonly kind: 'bad-period' | 'unknown-partner'; readonly message: string }
  | { readonly kind: 'report-running' };

/** Port: the records database and the data directory of a router. */
export interface ReportsOperations {
  /** @throws AppError of code RECORDS_UNAVAILABLE when the records cannot be read now, or not in time */
  report(question: ReportQuestion): Promise<ReportResult>;
  models(): Promise<readonly ModelSummaryView[]>;
  /** Undefined: none of that name was trained. */
  model(model: string): Promise<{ readonly partner: string } | undefined>;
  /** The newest of each partner, the latest first. @param sees partners whose runs are wanted */
  rankings(sees: (partner: string) => boolean): Promise<readonly RunSummaryView[]>;
  ranking(partner: string, run: string): Promise<object | undefined>;
}

const retryAfterSeconds = 5;
const tooSlow = 'the records did not answer in time; ask for a shorter period, or later';
const access = only('supervisor', 'admin', 'analyst');
const tags = ['analysis'];

/** The routes. */
export function reportsApi(operations: ReportsOperations): ApiArea {
  return (v1) => {
    v1.setErrorHandler((error: FastifyError, _request, reply) =>
      answerFailure(reply, error, { badRequest: fieldFirst, unavailable: tooSlow }),
    );
    v1.get<{ Params: Static<typeof ReportParams>; Querystring: Static<typeof Query> }>(
      '/reports/:report',
      {
        config: access,
        schema: {
          summary: 'what became of offers, what agents did, what partners used, what offering brings',
          tags,
          params: ReportParams,
          querystring: Query,
          response: { 200: Whole, 403: Message, 404: Message, 422: Message, 429: Message, 503: Message },
        },
      },
      async (request, reply) => {
        const { report } = request.params;
        if (hasToSayWhich(request)) return refuseSeveral(request, reply);
        const partner = partnerOf(request);
        if (partner !== undefined && !sees(request, partner)) return refuseOther(reply);
        const { principal, query } = request;
        const actor = principal === undefined ? '' : actorOf(principal);
        const answer = await operations.report({ report, from: query.from, to: query.to, partner, actor });
        return answerReport(reply, answer);
      },
    );
    modelRoutes(v1, operations);
    rankingRoutes(v1, operations);
  };
}

function modelRoutes(v1: Parameters<ApiArea>[0], operations: ReportsOperations): void {
  v1.get(
    '/models',
    {
      config: access,
      schema: { summary: 'propensity models and how good they are', tags, response: { 200: List('models') } },
    },
    async (request) => ({
      models: (await operations.models()).filter(({ partner }) => sees(request, partner)),
    }),
  );
  v1.get<{ Params: { model: string } }>(
    '/models/:model',
    {
      config: access,
      schema: {
        summary: 'the report of a trained model, as proffer train wrote it',
        tags,
        params: Type.Object({ model: Name }),
        response: { 200: Whole, 404: Message },
      },
    },
    async (request, reply) => {
      const report = await operations.model(request.params.model);
      if (report !== undefined && sees(request, report.partner)) return reply.send(report);
      const message = 'there is no report of that model; proffer train makes it';
      return reply.code(404).send({ code: 'unknown-model', message });
    },
  );
}

function rankingRoutes(v1: Parameters<ApiArea>[0], operations: ReportsOperations): void {
  v1.get<{ Querystring: Static<typeof PartnerQuery> }>(
    '/rankings',
    {
      config: access,
      schema: {
        summary: 'ranking runs that are kept, the latest first',
        tags,
        querystring: PartnerQuery,
        response: { 200: List('rankings'), 403: Message },
      },
    },
    async (request, reply) => {
      const { partner: wanted } = request.query;
      if (wanted !== undefined && !sees(request, wanted)) return refuseOther(reply);
      const rankings = await operations.rankings(
        (partner) => sees(request, partner) && (wanted === undefined || wanted === partner),
      );
      return reply.send({ rankings });
    },
  );
  v1.get<{ Params: { partner: string; run: string } }>(
    '/rankings/:partner/:run',
    {
      config: access,
      schema: {
        summary: 'the report of a ranking run, as proffer rank wrote it',
        tags,
        params: Type.Object({ partner: Name, run: Name }),
        response: { 200: Whole, 403: Message, 404: Message },
      },
    },
    async (request, reply) => {
      const { partner, run } = request.params;
      if (!sees(request, partner)) return refuseOther(reply);
      const report = await operations.ranking(partner, run);
      if (report !== undefined) return reply.send(report);
      const message = 'the partner has no report of that run; old runs are removed (keepRuns)';
      return reply.code(404).send({ code: 'unknown-run', message });
    },
  );
}

function sees({ principal }: FastifyRequest, partner: string): boolean {
  return principal !== undefined && seesPartner(principal, partner);
}

/** The partner that is asked for, or the only one that the person sees. */
function partnerOf(request: FastifyRequest<{ Querystring: Static<typeof Query> }>): string | undefined {
  const { principal, query } = request;
  return query.partner ?? (principal?.kind === 'person' ? principal.partners[0] : undefined);
}

/** A report is of one partner or of all. */
function hasToSayWhich(request: FastifyRequest<{ Querystring: Static<typeof Query> }>): boolean {
  const { principal, query } = request;
  return query.partner === undefined && principal?.kind === 'person' && principal.partners.length > 1;
}

function refuseSeveral({ principal }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const partners = principal?.kind === 'person' ? principal.partners.join(', ') : '';
  return reply
    .code(422)
    .send({ code: 'partner-required', message: `partner: say which of ${partners} the report is of` });
}

function refuseOther(reply: FastifyReply): FastifyReply {
  return reply.code(403).send({ code: 'other-partner', message: 'partner: is none that you see' });
}

function answerReport(reply: FastifyReply, answer: ReportResult): FastifyReply {
  switch (answer.kind) {
    case 'report':
      return reply.send(answer.report);
    case 'bad-period':
      return reply.code(422).send({ code: answer.kind, message: answer.message });
    case 'unknown-partner':
      return reply.code(404).send({ code: answer.kind, message: answer.message });
    case 'report-running':
      return reply
        .code(429)
        .header('Retry-After', String(retryAfterSeconds))
        .send({ code: answer.kind, message: 'a report is being made; wait until it is there' });
  }
}
