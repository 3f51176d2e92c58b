// HTTP under /v1 for SIP messages in memory: those of a call for who may see the call, those of any Call-ID for admins.
import type {} from '@fastify/swagger';
import type { FastifyError, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { seesCall, unknownOwners } from '../access/call-access.js';
import type { CallOwners } from '../access/call-access.js';
import { everyRole, only } from '../access/principal.js';
import type { Principal } from '../access/principal.js';
import type { ApiArea } from '../api-area.js';
import { answerFailure, refuseWith } from '../area-errors.js';
import { refuseBadTexts } from '../given-values.js';
import { TraceListSchema, TraceSchema } from './trace-schemas.js';
import type { TraceList, TraceView } from './trace-view.js';

/** Port: the memory of the running router. */
export interface SipTraces {
  /**
   * @param id a decision id or a SIP Call-ID
   * @param after only messages with a greater number
   */
  trace(id: string, after: number): TraceView;
  /** @param limit the newest of them */
  list(limit: number): TraceList;
}

const Params = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 512, description: 'decision id or SIP Call-ID' }),
});
const Decision = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 512, description: 'decision id' }),
});
const After = Type.Object(
  {
    after: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,15}$', description: 'only messages with a greater number' }),
    ),
  },
  { additionalProperties: false },
);
const Limit = Type.Object(
  {
    limit: Type.Optional(
      Type.String({ pattern: '^[1-9][0-9]{0,2}$', description: 'at most so many calls; default 50' }),
    ),
  },
  { additionalProperties: false },
);

const tags = ['calls'];

/** `GET /v1/calls/ID/messages`, `GET /v1/sip/traces`, `GET /v1/sip/traces/ID`. */
export function traceApi(traces: SipTraces, owners: CallOwners = unknownOwners): ApiArea {
  return (v1) => {
    v1.setErrorHandler((error: FastifyError, _request, reply) => answerFailure(reply, error));
    refuseBadTexts(v1);
    v1.get<{ Params: Static<typeof Decision> }>(
      '/calls/:id/messages',
      {
        config: everyRole,
        schema: {
          summary: 'The SIP messages of a call that are still in memory',
          tags,
          params: Decision,
          response: { 200: TraceSchema },
        },
      },
      async ({ params, principal }, reply) => {
        if (!(await seesCall(owners, principal, params.id)))
          return refuseWith(reply, 404, 'unknown-call', 'no call of that decision id is known');
        return ofDecision(traces.trace(params.id, 0), params.id);
      },
    );
    v1.get<{ Querystring: Static<typeof Limit> }>(
      '/sip/traces',
      {
        config: only('admin'),
        schema: {
          summary: 'Calls whose SIP messages are in memory, newest first',
          tags,
          querystring: Limit,
          response: { 200: TraceListSchema },
        },
      },
      ({ principal, query: { limit = '50' } }, reply) =>
        isOfSomePartners(principal) ? refuseLimited(reply) : reply.send(traces.list(Number(limit))),
    );
    v1.get<{ Params: Static<typeof Params>; Querystring: Static<typeof After> }>(
      '/sip/traces/:id',
      {
        config: only('admin'),
        schema: {
          summary: 'The SIP messages in memory of a Call-ID or a decision, all legs of the call together',
          tags,
          params: Params,
          querystring: After,
          response: { 200: TraceSchema },
        },
      },
      ({ principal, params, query: { after = '0' } }, reply) =>
        isOfSomePartners(principal)
          ? refuseLimited(reply)
          : reply.send(traces.trace(params.id, Number(after))),
    );
  };
}

/** A Call-ID names no decision, so nobody was asked whether it may be seen. */
function ofDecision(trace: TraceView, decisionId: string): TraceView {
  if (trace.decisionId === decisionId) return trace;
  return { ...trace, decisionId: null, callIds: [], dropped: 0, participants: [], messages: [] };
}

/** Messages do not say whose partner they are about. */
function isOfSomePartners(principal: Principal | undefined): boolean {
  return principal?.kind === 'person' && principal.partners.length > 0;
}

function refuseLimited(reply: FastifyReply): FastifyReply {
  return refuseWith(reply, 403, 'forbidden', 'SIP traces are for admins of all partners');
}
