// HTTP under /v1/desk: an agent's status, numbers of today, what is still to be recorded, and what else a caller may be offered.
import type {} from '@fastify/swagger';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Static, TProperties } from 'typebox';
import { only } from '../access/principal.js';
import type { Principal } from '../access/principal.js';
import type { ApiArea } from '../api-area.js';
import { answerFailure, refuseUnavailable, refuseWith } from '../area-errors.js';
import type { DeskOperations } from './desk-operations.js';
import type { PresentedAnswer } from './desk-ports.js';

const closed = { additionalProperties: false } as const;
const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const Maybe = <T extends ReturnType<typeof Type.Number> | ReturnType<typeof Type.String>>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const Listed = <T extends TProperties>(name: string, properties: T) =>
  Type.Object({ [name]: Type.Array(Type.Object(properties)) });

const StatusBody = Type.Object(
  { status: Type.Union([Type.Literal('Available'), Type.Literal('On Break'), Type.Literal('Logged Out')]) },
  closed,
);
const PresentedBody = Type.Object({ offer: Text(64) }, closed);
const CallParams = Type.Object({ id: Text(128) });
const OffersQuery = Type.Object(
  { language: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('es')])) },
  closed,
);
const Refusal = Type.Object({ code: Type.String(), message: Type.String() });
const refusals = {
  400: Refusal,
  401: Refusal,
  403: Refusal,
  404: Refusal,
  409: Refusal,
  503: Refusal,
} as const;

const Agents = Listed('agents', {
  centre: Type.String(),
  agent: Type.String(),
  status: Type.Optional(
    Type.String({ description: 'as the centre has it; absent while its feed is not live' }),
  ),
  state: Type.Optional(Type.String()),
  since: Type.Optional(Type.Number()),
  change: Type.Optional(
    Type.Object({
      kind: Type.Union([Type.Literal('pending'), Type.Literal('refused')]),
      status: Type.String(),
      since: Type.Optional(Type.Number()),
      message: Type.Optional(Type.String()),
    }),
  ),
});
const Today = Type.Object({
  since: Type.Number({ description: 'epoch ms; midnight where the router is' }),
  calls: Type.Number(),
  talkSeconds: Type.Number(),
  averageHandlingSeconds: Maybe(Type.Number()),
  presented: Type.Number(),
  accepted: Type.Number(),
  declined: Type.Number(),
  callbacks: Type.Number(),
  undispositioned: Type.Number(),
});
const Open = Listed('open', {
  decisionId: Type.String(),
  offer: Type.String(),
  offerName: Type.String(),
  partner: Type.String(),
  presentation: Type.String(),
  queue: Maybe(Type.String()),
  confirmedAt: Type.Number(),
  endedAt: Maybe(Type.Number()),
  autoWrapAt: Maybe(Type.Number()),
  autoWrapCode: Maybe(Type.String()),
});
const Offers = Listed('offers', {
  offer: Type.String(),
  name: Type.String(),
  kind: Type.String(),
  rank: Type.Number(),
  propensity: Maybe(Type.Number()),
  value: Maybe(Type.Number()),
  expectedValue: Maybe(Type.Number()),
  isAllowed: Type.Boolean(),
  presentations: Type.Array(
    Type.Object({
      presentation: Type.String(),
      kind: Type.String(),
      isReachable: Type.Boolean(),
      why: Type.String(),
    }),
  ),
  reasons: Type.Array(Type.String()),
  notNow: Maybe(Type.String()),
});

const tags = ['desk'];
const config = only('agent', 'supervisor', 'admin');

const unknownCall = 'no call of that decision is on your desk';

const statusOfPresented: Readonly<Record<Exclude<PresentedAnswer['kind'], 'done'>, number>> = {
  'unknown-call': 404,
  'not-yours': 409,
  'not-entitled': 409,
};

/** The routes. All are for people who logged in: a token has no desk. */
export function deskApi(operations: DeskOperations): ApiArea {
  return (v1) => {
    v1.setErrorHandler((error: FastifyError, _request, reply) => answerFailure(reply, error));
    v1.put<{ Body: Static<typeof StatusBody> }>(
      '/desk/status',
      {
        config,
        bodyLimit: 1024,
        schema: {
          summary:
            'Ask for a status of all centre agents that you are; the desk shows it as pending until the centre does',
          tags,
          body: StatusBody,
          response: { 202: Agents, ...refusals },
        },
      },
      (request, reply) => {
        const person = personOf(request, reply);
        if (person === undefined) return reply;
        const agents = operations.setStatus(person, request.body.status);
        if (agents !== undefined) return reply.code(202).send({ agents });
        return refuseWith(
          reply,
          409,
          'no-agents',
          'you are no agent of a centre: an admin sets that under People',
        );
      },
    );
    v1.get(
      '/desk/today',
      { config, schema: { summary: 'Your numbers of today', tags, response: { 200: Today, ...refusals } } },
      async (request, reply) => {
        const person = personOf(request, reply);
        if (person === undefined) return reply;
        const today = await operations.today(person);
        return today === undefined ? refuseUnavailable(reply) : reply.send(today);
      },
    );
    v1.get(
      '/desk/undispositioned',
      {
        config,
        schema: {
          summary: 'Offers that you presented and whose disposition is not recorded, oldest first',
          tags,
          response: { 200: Open, ...refusals },
        },
      },
      async (request, reply) => {
        const person = personOf(request, reply);
        if (person === undefined) return reply;
        const open = await operations.undispositioned(person);
        return open === undefined ? refuseUnavailable(reply) : reply.send({ open });
      },
    );
    callRoutes(v1, operations);
  };
}

function callRoutes(v1: Parameters<ApiArea>[0], operations: DeskOperations): void {
  v1.get<{ Params: Static<typeof CallParams>; Querystring: Static<typeof OffersQuery> }>(
    '/desk/calls/:id/offers',
    {
      config,
      schema: {
        summary: 'What else the caller may be offered, the most promising first, with reasons in words',
        tags,
        params: CallParams,
        querystring: OffersQuery,
        response: { 200: Offers, ...refusals },
      },
    },
    (request, reply) => {
      const person = personOf(request, reply);
      if (person === undefined) return reply;
      const offers = operations.offers(person, request.params.id, request.query.language ?? 'en');
      if (offers !== undefined) return reply.send({ offers });
      return refuseWith(reply, 404, 'unknown-call', `${unknownCall}, or another router has it`);
    },
  );
  v1.post<{ Params: Static<typeof CallParams>; Body: Static<typeof PresentedBody> }>(
    '/desk/calls/:id/presented',
    {
      config,
      bodyLimit: 1024,
      schema: {
        summary:
          'You present another offer than the one the call came for; its disposition can be given then',
        tags,
        params: CallParams,
        body: PresentedBody,
        response: { 204: Type.Null(), ...refusals },
      },
    },
    async (request, reply) => {
      const person = personOf(request, reply);
      if (person === undefined) return reply;
      const answer = await operations.presented(person, request.params.id, request.body.offer);
      if (answer.kind === 'done') return reply.code(204).send(null);
      const message = 'message' in answer ? answer.message : unknownCall;
      return refuseWith(reply, statusOfPresented[answer.kind], answer.kind, message);
    },
  );
  v1.delete<{ Params: Static<typeof CallParams> }>(
    '/desk/calls/:id',
    {
      config,
      schema: {
        summary: 'Take a call that is over off your desk; what it owes stays in the undispositioned list',
        tags,
        params: CallParams,
        response: { 204: Type.Null(), ...refusals },
      },
    },
    (request, reply) => {
      const person = personOf(request, reply);
      if (person === undefined) return reply;
      if (operations.dismiss(person, request.params.id)) return reply.code(204).send(null);
      return refuseWith(reply, 404, 'unknown-call', 'no call of that decision is over on your desk');
    },
  );
}

/** Undefined when the request was answered: it comes from no person. */
function personOf(
  { principal }: FastifyRequest,
  reply: FastifyReply,
): Extract<Principal, { kind: 'person' }> | undefined {
  if (principal?.kind === 'person') return principal;
  void refuseWith(reply, 409, 'no-desk', 'a desk belongs to a person: log in as one');
  return undefined;
}
