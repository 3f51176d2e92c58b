// GET /v1/decisions/ID: the whole story of one call, by its decision id or its SIP Call-ID.
import type { FastifyError } from 'fastify';
import { seesCall, unknownOwners } from './access/call-access.js';
import type { CallOwners } from './access/call-access.js';
import { everyRole } from './access/principal.js';
import type { ApiArea } from './api-area.js';
import { answerFailure } from './area-errors.js';
import { decisionsSchemas } from './story-schemas.js';
import { describeRoutes } from './route-schemas.js';

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

/** The route. @param owners what is not of one's own partners, or was not one's own call as an agent, is unknown */
export function decisionsApi(records: DecisionRecords, owners: CallOwners = unknownOwners): ApiArea {
  return (v1) => {
    v1.setErrorHandler((error: FastifyError, _request, reply) => answerFailure(reply, error));
    describeRoutes(v1, decisionsSchemas);
    v1.get<{ Params: { id: string } }>('/decisions/:id', { config: everyRole }, async (request, reply) => {
      const { principal } = request;
      const sees = (call: object) => seesCall(owners, principal, decisionIdOf(call));
      const answer = await seenOf(await records.story(request.params.id), sees);
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

async function seenOf(
  answer: DecisionAnswer,
  sees: (call: object) => Promise<boolean>,
): Promise<DecisionAnswer> {
  switch (answer.kind) {
    case 'story': {
      const { contact } = answer.story as { readonly contact?: object };
      return (await sees(contact ?? {})) ? answer : { kind: 'unknown' };
    }
    case 'several': {
      const seen = await Promise.all(answer.calls.map(sees));
      const calls = answer.calls.filter((_, at) => seen[at]);
      return calls.length === 0 ? { kind: 'unknown' } : { kind: 'several', calls };
    }
    case 'unknown':
      return answer;
  }
}

function decisionIdOf(call: { readonly decisionId?: unknown }): string {
  return typeof call.decisionId === 'string' ? call.decisionId : '';
}
