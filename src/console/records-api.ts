// HTTP under /v1 for what is recorded after a call: dispositions, and service alerts of other systems. Nothing that a
// request brings is logged.
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { seesCall, unknownOwners } from './access/call-access.js';
import type { CallOwners } from './access/call-access.js';
import { auditNote } from './access/audit.js';
import type { Audit, AuditNote } from './access/audit.js';
import { everyRole, only, seesPartner } from './access/principal.js';
import type { Principal } from './access/principal.js';
import type { ApiArea } from './api-area.js';
import { refuseBadTexts, timeOf } from './given-values.js';
import {
  answerAlert,
  answerDisposition,
  answerError,
  refuse,
  shownAlert,
  shownDisposition,
  shownOpen,
} from './records-answers.js';
import type { AlertResult, RecordsOperations } from './records-operations.js';
import { recordsSchemas } from './records-schemas.js';
import { describeRoutes } from './route-schemas.js';

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

/**
 * The routes.
 * @param owners what is not of one's own partners, or was not one's own call as an agent, is unknown
 * @param audit gets a line of alerts, of corrections, and of what a person records for others; revisions tell the rest
 */
export function recordsApi(
  operations: RecordsOperations,
  owners: CallOwners = unknownOwners,
  audit?: Audit,
): ApiArea {
  const note = auditNote(audit);
  return (v1) => {
    v1.setErrorHandler(answerError);
    describeRoutes(v1, recordsSchemas);
    takeEmptyBodies(v1);
    refuseBadTexts(v1);
    registerDispositions(v1, operations, owners, note);
    registerAlerts(v1, operations, note);
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

function sees(principal: Principal | undefined, partner: string): boolean {
  return principal !== undefined && seesPartner(principal, partner);
}

/** Agents record as themselves, whatever the request says. */
function recordedBy(principal: Principal | undefined) {
  if (principal?.kind !== 'person' || principal.role !== 'agent') return {};
  return { agent: principal.agent, centreAgents: principal.centreAgents };
}

/** Of one partner, of all that a person sees, or of all. */
function partnersAsked(principal: Principal | undefined, partner: string | undefined) {
  if (partner !== undefined) return sees(principal, partner) ? [partner] : [];
  if (principal?.kind !== 'person' || principal.partners.length === 0) return [undefined];
  return principal.partners;
}

function registerDispositions(
  v1: FastifyInstance,
  operations: RecordsOperations,
  owners: CallOwners,
  note: AuditNote,
): void {
  v1.post<{ Body: Static<typeof DispositionBody> }>(
    '/dispositions',
    { schema: { body: DispositionBody }, bodyLimit, config: deskRoles },
    async ({ principal, body }, reply) => {
      const callbackAt = timeOf('callbackAt', body.callbackAt);
      const given = { ...body, ...recordedBy(principal), callbackAt };
      if (!(await seesCall(owners, principal, body.decisionId))) return refuse(reply, 'unknown-call');
      const result = await operations.recordDisposition(given, false);
      const isForOthers = principal?.kind === 'person' && principal.role !== 'agent';
      if (result.kind === 'recorded' && isForOthers)
        note(principal, 'disposition-recorded', body.decisionId, { offer: body.offer, code: body.code });
      return answerDisposition(reply, result);
    },
  );
  v1.put<{ Params: Static<typeof CorrectionParams>; Body: Static<typeof CorrectionBody> }>(
    '/dispositions/:decisionId/:offer',
    { schema: { params: CorrectionParams, body: CorrectionBody }, bodyLimit, config: deskRoles },
    async ({ principal, params, body }, reply) => {
      const callbackAt = timeOf('callbackAt', body.callbackAt);
      const given = { ...params, ...body, ...recordedBy(principal), callbackAt };
      if (!(await seesCall(owners, principal, params.decisionId))) return refuse(reply, 'unknown-call');
      const result = await operations.recordDisposition(given, true);
      if (result.kind === 'corrected')
        note(principal, 'disposition-corrected', params.decisionId, { offer: params.offer, code: body.code });
      return answerDisposition(reply, result, 200);
    },
  );
  v1.get<{ Params: { decisionId: string } }>(
    '/dispositions/:decisionId',
    { config: everyRole },
    async ({ principal, params }, reply) => {
      const isSeen = await seesCall(owners, principal, params.decisionId);
      const all = isSeen ? await operations.dispositionsOf(params.decisionId) : undefined;
      return all === undefined
        ? refuse(reply, 'unknown-call')
        : reply.send({ dispositions: all.map(shownDisposition) });
    },
  );
  v1.get<{ Querystring: Static<typeof OpenQuery> }>(
    '/dispositions',
    { schema: { querystring: OpenQuery }, config: deskRoles },
    async ({ principal, query }) => {
      const agent = recordedBy(principal).agent ?? query.agent;
      const asked = partnersAsked(principal, query.partner);
      const open = await Promise.all(asked.map((partner) => operations.openDispositions({ agent, partner })));
      const oldestFirst = open.flat().toSorted((a, b) => a.confirmedAt - b.confirmedAt);
      return { open: oldestFirst.map(shownOpen) };
    },
  );
  v1.get<{ Params: { partner: string } }>(
    '/partners/:partner/disposition-codes',
    { config: everyRole },
    async ({ principal, params: { partner } }, reply) => {
      const codes = sees(principal, partner) ? await operations.dispositionCodes(partner) : undefined;
      return codes === undefined ? refuse(reply, 'unknown-partner') : reply.send({ partner, codes });
    },
  );
}

function registerAlerts(v1: FastifyInstance, operations: RecordsOperations, note: AuditNote): void {
  const noted = (principal: Principal | undefined, result: AlertResult): AlertResult => {
    if (result.kind === 'opened' || result.kind === 'changed' || result.kind === 'closed') {
      const { partner, alert } = result.alert;
      note(principal, `service-alert-${result.kind}`, `${partner}/${alert}`, {});
    }
    return result;
  };
  v1.post<{ Body: Static<typeof AlertBody> }>(
    '/service-alerts',
    { schema: { body: AlertBody }, bodyLimit, config: alertRoles },
    async ({ principal, body }, reply) => {
      const given = { ...body, openedAt: timeOf('openedAt', body.openedAt) };
      if (!sees(principal, body.partner)) return refuse(reply, 'unknown-partner');
      return answerAlert(reply, noted(principal, await operations.openAlert(given)));
    },
  );
  v1.post<{ Params: Static<typeof AlertParams>; Body: Static<typeof CloseBody> }>(
    '/service-alerts/:partner/:alert/close',
    { schema: { params: AlertParams, body: CloseBody }, bodyLimit, config: alertRoles },
    async ({ principal, params: { partner, alert }, body }, reply) => {
      if (!sees(principal, partner)) return refuse(reply, 'unknown-alert');
      const closedAt = timeOf('closedAt', body?.closedAt);
      return answerAlert(reply, noted(principal, await operations.closeAlert(partner, alert, closedAt)));
    },
  );
  v1.delete<{ Params: Static<typeof AlertParams> }>(
    '/service-alerts/:partner/:alert',
    { schema: { params: AlertParams }, config: alertRoles },
    async ({ principal, params: { partner, alert } }, reply) =>
      sees(principal, partner)
        ? answerAlert(reply, noted(principal, await operations.closeAlert(partner, alert, undefined)))
        : refuse(reply, 'unknown-alert'),
  );
  v1.get<{ Querystring: Static<typeof AlertQuery> }>(
    '/service-alerts',
    { schema: { querystring: AlertQuery }, config: everyRole },
    async ({ principal, query: { open, ...of } }) => {
      if (!sees(principal, of.partner)) return { alerts: [] };
      const alerts = await operations.alerts({ ...of, ...(open === undefined ? {} : { isOpen: true }) });
      return { alerts: alerts.map(shownAlert) };
    },
  );
}
