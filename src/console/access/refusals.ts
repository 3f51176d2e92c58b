// What areas of access answer when something went wrong on the way: the shape of the request, the database, too many at once.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type {} from '@fastify/swagger';
import { Type } from 'typebox';
import { errorCode } from '../../kernel/index.js';
import { refuseBadTexts } from '../given-values.js';
import { databaseDown, retryAfterSeconds } from './sessions.js';

export const Refusal = Type.Object({ code: Type.String(), message: Type.String() });

/** What all areas of access do: text is what a database stores, errors are answered alike. */
export function prepare(v1: FastifyInstance): void {
  v1.setErrorHandler(answerAccessError);
  refuseBadTexts(v1);
}

/** Nothing of what was sent is told, since there may be a password in it. */
export function answerAccessError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const code = errorCode(error);
  if (code === 'RECORDS_UNAVAILABLE') {
    const { status, message } = databaseDown;
    void reply
      .code(status)
      .header('Retry-After', String(retryAfterSeconds))
      .send({ code: databaseDown.code, message });
    return;
  }
  if (code === 'PASSWORDS_BUSY') {
    void reply
      .code(503)
      .header('Retry-After', String(retryAfterSeconds))
      .send({ code: 'busy', message: 'many people log in at this moment; try again' });
    return;
  }
  const status = error.statusCode ?? 500;
  void reply.code(status).send({
    code: status < 500 ? 'bad-request' : 'internal-error',
    message: status < 500 ? shapeOf(error) : 'the request failed inside',
  });
}

function shapeOf({ validation, message }: FastifyError): string {
  const [problem] = validation ?? [];
  if (problem === undefined) return message;
  const { instancePath, params, message: what = 'is wrong' } = problem;
  const named = params['missingProperty'] ?? params['additionalProperty'];
  if (typeof named === 'string')
    return `${named.slice(0, 64)}: ${'missingProperty' in params ? 'is required' : 'is not known here'}`;
  const field = instancePath.slice(1).replaceAll('/', '.');
  return field === '' ? `send a JSON object: it ${what}` : `${field}: ${what}`;
}
