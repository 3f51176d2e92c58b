// GET /v1/decisions/ID: the whole story of one call, by its decision id or its SIP Call-ID.
import type { FastifyReply } from 'fastify';
import { errorCode } from '../kernel/index.js';
import { everyRole } from './access/principal.js';
import type { ApiArea } from './api-area.js';

/** What the records say of an id; the objects are sent as they are. */
export type DecisionAnswer =
  | { readonly kind: 'story'; readonly story: object }
  /** A SIP Call-ID that several calls had. */
  | { readonly kind: 'several'; readonly calls: readonly object[] }
  | { readonly kind: 'unknown' };

/** The records, as this API needs them. */
export interface DecisionRecords {
  /** @throws AppError of code RECORDS_UNAVAILABLE when they cannot be read now */
  story(id: string): Promise<DecisionAnswer>;
}

const retryAfterSeconds = 5;

/** The route. */
export function decisionsApi(records: DecisionRecords): ApiArea {
  return (v1) => {
    v1.setErrorHandler(
      (error: { readonly statusCode?: number; readonly message: string }, _request, reply) => {
        if (errorCode(error) === 'RECORDS_UNAVAILABLE') return unavailable(reply);
        const status = error.statusCode ?? 500;
        return reply.code(status).send({
          code: status < 500 ? 'bad-request' : 'internal-error',
          message: status < 500 ? error.message : 'the request failed inside',
        });
      },
    );
    v1.get<{ Params: { id: string } }>('/decisions/:id', { config: everyRole }, async (request, reply) => {
      const answer = await records.story(request.params.id);
      switch (answer.kind) {
        case 'story':
          return reply.send(answer.story);
        case 'several':
          return reply.code(300).send({
            code: 'several-calls',
            message: 'several calls have this Call-ID; ask for one by its decision id',
            calls: answer.calls,
          });
        case 'unknown':
          return reply
            .code(404)
            .send({ code: 'unknown-call', message: 'no call of that decision id or Call-ID is recorded' });
      }
    });
  };
}

function unavailable(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .header('Retry-After', String(retryAfterSeconds))
    .send({ code: 'records-unavailable', message: 'the records database cannot be asked now' });
}
