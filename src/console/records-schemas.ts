// What the document of the API says of dispositions and service alerts. Times are ISO 8601, in UTC.
import { Type } from 'typebox';
import { Answer, refusals } from './route-schemas.js';
import type { RouteSchemas } from './route-schemas.js';

const Text = Type.String();
const Maybe = Type.Optional(Type.String());
const OrNull = Type.Union([Type.String(), Type.Null()]);

const Disposition = Answer({
  decisionId: Text,
  offer: Text,
  revision: Type.Number({ description: '1 for the first; each correction adds one' }),
  code: Text,
  outcome: Text,
  note: Maybe,
  callbackAt: Maybe,
  source: Text,
  agent: Maybe,
  value: Type.Optional(Type.Number({ description: 'in the currency of the partner' })),
  at: Text,
  recordedAt: Text,
});

const Open = Answer({
  decisionId: Text,
  offer: Text,
  presentation: Text,
  partner: Text,
  centre: OrNull,
  queue: OrNull,
  agent: OrNull,
  confirmedAt: Text,
  endedAt: OrNull,
});

const Code = Answer({
  code: Text,
  name: Text,
  outcome: Text,
  requiresNote: Type.Boolean(),
  coolOffDays: Type.Union([Type.Number(), Type.Null()]),
  countsAsAccepted: Type.Boolean(),
});

const Alert = Answer({
  partner: Text,
  alert: Text,
  account: Text,
  offer: Maybe,
  severity: Text,
  detail: Maybe,
  openedAt: Text,
  closedAt: Maybe,
});

const recorded = Answer({ kind: Text, disposition: Disposition });
const alerted = Answer({ kind: Text, alert: Alert });
const dispositions = ['dispositions'];
const alerts = ['service alerts'];

export const recordsSchemas: RouteSchemas = {
  'POST /dispositions': {
    summary: 'Record what became of an offer that was presented',
    tags: dispositions,
    response: { 200: recorded, 201: recorded, ...refusals(400, 403, 404, 409, 413, 422, 503) },
  },
  'PUT /dispositions/:decisionId/:offer': {
    summary: 'Correct a disposition; the one before stays as a revision',
    tags: dispositions,
    response: { 200: recorded, ...refusals(400, 403, 404, 409, 413, 422, 503) },
  },
  'GET /dispositions/:decisionId': {
    summary: 'Dispositions of a call, the newest revision of each offer first',
    tags: dispositions,
    response: { 200: Answer({ dispositions: Type.Array(Disposition) }), ...refusals(404, 503) },
  },
  'GET /dispositions': {
    summary: 'Offers that were presented and have no disposition yet (open=true)',
    tags: dispositions,
    response: { 200: Answer({ open: Type.Array(Open) }), ...refusals(400, 503) },
  },
  'GET /partners/:partner/disposition-codes': {
    summary: 'Codes that a partner’s dispositions may have',
    tags: dispositions,
    response: { 200: Answer({ partner: Text, codes: Type.Array(Code) }), ...refusals(404, 503) },
  },
  'POST /service-alerts': {
    summary: 'Open a service alert of an account, or change an open one',
    tags: alerts,
    response: { 200: alerted, 201: alerted, ...refusals(400, 404, 409, 413, 422, 503) },
  },
  'POST /service-alerts/:partner/:alert/close': {
    summary: 'Close a service alert, at a time if one is given',
    tags: alerts,
    response: { 200: alerted, ...refusals(400, 404, 422, 503) },
  },
  'DELETE /service-alerts/:partner/:alert': {
    summary: 'Close a service alert now',
    tags: alerts,
    response: { 200: alerted, ...refusals(404, 422, 503) },
  },
  'GET /service-alerts': {
    summary: 'Service alerts of a partner, of one account or all',
    tags: alerts,
    response: { 200: Answer({ alerts: Type.Array(Alert) }), ...refusals(400, 503) },
  },
};
