// The HTTP answer for each outcome of the records API: one table for the status, one for the words.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { errorCode } from '../kernel/index.js';
import { BadValueError } from './given-values.js';
import type {
  AlertResult,
  AlertView,
  DispositionResult,
  DispositionView,
  OpenDispositionView,
} from './records-operations.js';

type Kind = DispositionResult['kind'] | AlertResult['kind'] | 'unknown-partner';

const statusOf: Readonly<Record<Kind, number>> = {
  recorded: 201,
  corrected: 200,
  unchanged: 200,
  opened: 201,
  changed: 200,
  closed: 200,
  'unknown-call': 404,
  'unknown-partner': 404,
  'unknown-account': 404,
  'unknown-alert': 404,
  'not-your-call': 403,
  'already-recorded': 409,
  'not-presented': 409,
  'other-account': 409,
  'unknown-offer': 422,
  'unknown-code': 422,
  'retired-code': 422,
  'note-required': 422,
  'note-too-long': 422,
  'callback-time-required': 422,
  'callback-time-past': 422,
  'callback-time-too-far': 422,
  'callback-time-unwanted': 422,
  'not-a-service-offer': 422,
  'closed-before-opened': 422,
};

const messages: Readonly<Record<string, string>> = {
  'unknown-call': 'no call of that decision is recorded',
  'unknown-partner': 'there is no such partner',
  'unknown-account': 'the partner has no such account',
  'unknown-alert': 'the partner has no such alert',
  'unknown-offer': 'there is no such offer',
  'not-your-call': 'the agent did not have that call',
  'already-recorded': 'another disposition is recorded; correct it with PUT /v1/dispositions/DECISION/OFFER',
  'not-presented': 'the offer was not presented on that call; only a code that says so can be recorded of it',
  'other-account': 'the alert is of another account',
  'retired-code': 'the code is not used any more',
  'note-required': 'note: this code needs a note',
  'note-too-long': 'note: at most 4000 characters',
  'callback-time-required': 'callbackAt: this code needs the time at which the customer wants to be called',
  'callback-time-past': 'callbackAt: is in the past',
  'callback-time-too-far': 'callbackAt: is more than a year ahead',
  'callback-time-unwanted': 'callbackAt: belongs to a code for a callback; leave it out',
  'not-a-service-offer': 'offer: is no service offer',
  'closed-before-opened': 'closedAt: is before the alert was opened',
};

const retryAfterSeconds = 5;

/** @param ok the status when it is done; default by what was done */
export function answerDisposition(reply: FastifyReply, result: DispositionResult, ok?: number): FastifyReply {
  const status = statusOf[result.kind];
  if (status < 300 && 'disposition' in result) {
    return reply
      .code(ok ?? status)
      .send({ kind: result.kind, disposition: shownDisposition(result.disposition) });
  }
  if (result.kind === 'unknown-code') {
    const { codes } = result;
    const message = `code: must be one of ${codes.join(', ')}`;
    return reply.code(status).send({ code: result.kind, message, codes });
  }
  const more = 'disposition' in result ? { disposition: shownDisposition(result.disposition) } : {};
  return reply.code(status).send({ code: result.kind, message: messages[result.kind], ...more });
}

export function answerAlert(reply: FastifyReply, result: AlertResult): FastifyReply {
  const status = statusOf[result.kind];
  if (status < 300 && 'alert' in result) {
    return reply.code(status).send({ kind: result.kind, alert: shownAlert(result.alert) });
  }
  return reply.code(status).send({ code: result.kind, message: messages[result.kind] });
}

export function refuse(
  reply: FastifyReply,
  kind: 'unknown-call' | 'unknown-partner' | 'unknown-alert',
): FastifyReply {
  return reply.code(statusOf[kind]).send({ code: kind, message: messages[kind] });
}

/** Times as ISO 8601, in UTC; fields in the order in which people read them. */
export function shownDisposition(one: DispositionView) {
  const { decisionId, offer, revision, code, outcome, note, callbackAt, source, agent, value } = one;
  const at = iso(one.at);
  const recordedAt = iso(one.recordedAt);
  const called = iso(callbackAt);
  return {
    decisionId,
    offer,
    revision,
    code,
    outcome,
    note,
    callbackAt: called,
    source,
    agent,
    value,
    at,
    recordedAt,
  };
}

export function shownOpen(one: OpenDispositionView) {
  const { decisionId, offer, presentation, partner, centre, queue, agent, confirmedAt, endedAt } = one;
  const ended = endedAt === null ? null : iso(endedAt);
  const where = { partner, centre, queue, agent };
  return { decisionId, offer, presentation, ...where, confirmedAt: iso(confirmedAt), endedAt: ended };
}

export function shownAlert(one: AlertView) {
  const { partner, alert, account, offer, severity, detail, openedAt, closedAt } = one;
  const times = { openedAt: iso(openedAt), closedAt: iso(closedAt) };
  return { partner, alert, account, offer, severity, detail, ...times };
}

/** Undefined for undefined, which JSON leaves out. */
function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** What went wrong on the way: the request's shape, its size, the database; nothing of the inside is told. */
export function answerError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  if (errorCode(error) === 'RECORDS_UNAVAILABLE') {
    void reply.code(503).header('Retry-After', String(retryAfterSeconds)).send({
      code: 'records-unavailable',
      message:
        'the records database does not serve now; send the same again, which does no harm if it was done',
    });
    return;
  }
  const status = error.statusCode ?? 500;
  if (error instanceof BadValueError) {
    void reply.code(400).send({ code: 'bad-request', field: error.field, message: error.message });
  } else if (error.validation !== undefined) {
    void reply.code(400).send({ code: 'bad-request', ...shapeProblem(error.validation) });
  } else if (status === 413) {
    void reply.code(413).send({ code: 'body-too-large', message: 'send at most 8 KB' });
  } else if (error.code === 'FST_ERR_CTP_INVALID_JSON_BODY') {
    void reply.code(400).send({ code: 'bad-request', message: 'the body is not valid JSON' });
  } else if (status < 500) {
    void reply.code(status).send({ code: 'bad-request', message: error.message });
  } else {
    void reply.code(500).send({ code: 'internal-error', message: 'the request failed inside' });
  }
}

/** The deepest problem: of a choice of shapes it is the one that the request came nearest to. */
function shapeProblem(problems: NonNullable<FastifyError['validation']>): object {
  const [problem] = [...problems].sort((a, b) => b.instancePath.length - a.instancePath.length);
  if (problem === undefined) return { message: 'the request has another shape than is wanted' };
  const { instancePath, params, message = 'is wrong' } = problem;
  const inside = instancePath.slice(1).replaceAll('/', '.');
  const named = params['missingProperty'] ?? params['additionalProperty'];
  if (typeof named === 'string') {
    const field = named.slice(0, 64);
    const what = 'missingProperty' in params ? 'is required' : 'is not known here';
    return { field, message: `${field}: ${what}` };
  }
  if (inside === '') return { message: `send a JSON object: it ${message}` };
  const allowed =
    params['allowedValue'] === undefined ? '' : `, such as ${JSON.stringify(params['allowedValue'])}`;
  return { field: inside, message: `${inside}: ${message}${allowed}` };
}
