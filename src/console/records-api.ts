// HTTP under /v1 for what is recorded after a call: dispositions, and service alerts of other systems. Nothing that a
// request brings is logged.
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { everyRole, only } from './access/principal.js';
import type { ApiArea } from './api-area.js';
import { checkTexts, timeOf } from './given-values.js';
import {
  answerAlert,
  answerDisposition,
  answerError,
  refuse,
  shownAlert,
  shownDisposition,
  shownOpen,
} from './records-answers.js';
import type { RecordsOperations } from './records-operations.js';

const closed = { additionalProperties: false } as const;
const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const Id = Text(64);
const DecisionId = Text(128);
const Time = Text(40);
const Yes = Type.Literal('true');

const WhatWasSaid = {
  code: Id,
  note: Type.Optional(Type.String({ maxLength: 4000 })),
  callbackAt: Type.Optional(Time),
  agent: Type.Optional(Text(129)),
};
const DispositionBody = Type.Object({ decisionId: DecisionId, offer: Id, ...WhatWasSaid }, closed);
const CorrectionBody = Type.Object(WhatWasSaid, closed);
const CorrectionParams = Type.Object({ decisionId: DecisionId, offer: Id });
const OpenQuery = Type.Object(
  { open: Yes, agent: Type.Optional(Text(129)), partner: Type.Optional(Id) },
  closed,
);
const AlertBody = Type.Object(
  {
    partner: Id,
    alert: Id,
    account: Text(32),
    offer: Type.Optional(Id),
    severity: Type.Optional(
      Type.Union([Type.Literal('critical'), Type.Literal('major'), Type.Literal('minor')]),
    ),
    detail: Type.Optional(Type.String({ maxLength: 2000 })),
    openedAt: Type.Optional(Time),
  },
  closed,
);
const AlertParams = Type.Object({ partner: Id, alert: Id });
const CloseBody = Type.Union([Type.Null(), Type.Object({ closedAt: Type.Optional(Time) }, closed)]);
const AlertQuery = Type.Object(
  { partner: Id, account: Type.Optional(Text(32)), open: Type.Optional(Yes) },
  closed,
);

/** A note of 4000 characters, each of them escaped, and the rest. */
const bodyLimit = 32_768;

const deskRoles = only('agent', 'supervisor', 'admin');
const alertRoles = only('supervisor', 'admin');

/** The routes. */
export function recordsApi(operations: RecordsOperations): ApiArea {
  return (v1) => {
    v1.setErrorHandler(answerError);
    takeEmptyBodies(v1);
    v1.addHook('preHandler', (request, _reply, next) => {
      try {
        for (const values of [request.params, request.query, request.body]) checkTexts(values);
        next();
      } catch (error) {
        next(error as Error);
      }
    });
    registerDispositions(v1, operations);
    registerAlerts(v1, operations);
  };
}

/** Clients that always send Content-Type: application/json send it with requests without a body too. */
function takeEmptyBodies(v1: FastifyInstance): void {
  v1.removeContentTypeParser('application/json');
  const parse = v1.getDefaultJsonParser('error', 'error');
  v1.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') done(null, null);
    else void parse(request, text.toString(), done);
  });
}

function registerDispositions(v1: FastifyInstance, operations: RecordsOperations): void {
  v1.post<{ Body: Static<typeof DispositionBody> }>(
    '/dispositions',
    { schema: { body: DispositionBody }, bodyLimit, config: deskRoles },
    async ({ body }, reply) => {
      const given = { ...body, callbackAt: timeOf('callbackAt', body.callbackAt) };
      return answerDisposition(reply, await operations.recordDisposition(given, false));
    },
  );
  v1.put<{ Params: Static<typeof CorrectionParams>; Body: Static<typeof CorrectionBody> }>(
    '/dispositions/:decisionId/:offer',
    { schema: { params: CorrectionParams, body: CorrectionBody }, bodyLimit, config: deskRoles },
    async ({ params, body }, reply) => {
      const given = { ...params, ...body, callbackAt: timeOf('callbackAt', body.callbackAt) };
      return answerDisposition(reply, await operations.recordDisposition(given, true), 200);
    },
  );
  v1.get<{ Params: { decisionId: string } }>(
    '/dispositions/:decisionId',
    { config: everyRole },
    async ({ params }, reply) => {
      const all = await operations.dispositionsOf(params.decisionId);
      return all === undefined
        ? refuse(reply, 'unknown-call')
        : reply.send({ dispositions: all.map(shownDisposition) });
    },
  );
  v1.get<{ Querystring: Static<typeof OpenQuery> }>(
    '/dispositions',
    { schema: { querystring: OpenQuery }, config: deskRoles },
    async ({ query: { agent, partner } }) => ({
      open: (await operations.openDispositions({ agent, partner })).map(shownOpen),
    }),
  );
  v1.get<{ Params: { partner: string } }>(
    '/partners/:partner/disposition-codes',
    { config: everyRole },
    async ({ params: { partner } }, reply) => {
      const codes = await operations.dispositionCodes(partner);
      return codes === undefined ? refuse(reply, 'unknown-partner') : reply.send({ partner, codes });
    },
  );
}

function registerAlerts(v1: FastifyInstance, operations: RecordsOperations): void {
  v1.post<{ Body: Static<typeof AlertBody> }>(
    '/service-alerts',
    { schema: { body: AlertBody }, bodyLimit, config: alertRoles },
    async ({ body }, reply) => {
      const given = { ...body, openedAt: timeOf('openedAt', body.openedAt) };
      return answerAlert(reply, await operations.openAlert(given));
    },
  );
  v1.post<{ Params: Static<typeof AlertParams>; Body: Static<typeof CloseBody> }>(
    '/service-alerts/:partner/:alert/close',
    { schema: { params: AlertParams, body: CloseBody }, bodyLimit, config: alertRoles },
    async ({ params: { partner, alert }, body }, reply) => {
      const closedAt = timeOf('closedAt', body?.closedAt);
      return answerAlert(reply, await operations.closeAlert(partner, alert, closedAt));
    },
  );
  v1.delete<{ Params: Static<typeof AlertParams> }>(
    '/service-alerts/:partner/:alert',
    { schema: { params: AlertParams }, config: alertRoles },
    async ({ params: { partner, alert } }, reply) =>
      answerAlert(reply, await operations.closeAlert(partner, alert, undefined)),
  );
  v1.get<{ Querystring: Static<typeof AlertQuery> }>(
    '/service-alerts',
    { schema: { querystring: AlertQuery }, config: everyRole },
    async ({ query: { open, ...of } }) => {
      const alerts = await operations.alerts({ ...of, ...(open === undefined ? {} : { isOpen: true }) });
      return { alerts: alerts.map(shownAlert) };
    },
  );
}
