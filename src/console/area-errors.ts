// What areas of the API answer to a request that failed: it does not fit, a part that is needed is down, or something broke inside.
import type { FastifyError, FastifyReply } from 'fastify';
import { errorCode } from '../kernel/index.js';

export interface FailureWords {
  /** What would have been right; default: what the error says. */
  readonly badRequest?: (error: FastifyError) => string;
  /** While the records cannot be asked. */
  readonly unavailable?: string;
}

const retryAfterSeconds = 5;

/** The error handler of an area. Of an error inside nothing is told. */
export function answerFailure(
  reply: FastifyReply,
  error: FastifyError,
  { badRequest, unavailable }: FailureWords = {},
): FastifyReply {
  if (errorCode(error) === 'RECORDS_UNAVAILABLE') return refuseUnavailable(reply, unavailable);
  const status = error.statusCode ?? 500;
  if (status >= 500) return refuseWith(reply, status, 'internal-error', 'the request failed inside');
  return refuseWith(reply, status, 'bad-request', badRequest?.(error) ?? error.message);
}

/** 503: the same may be asked again in a moment. */
export function refuseUnavailable(
  reply: FastifyReply,
  message = 'the records database cannot be asked now',
  code = 'records-unavailable',
): FastifyReply {
  void reply.header('Retry-After', String(retryAfterSeconds));
  return refuseWith(reply, 503, code, message);
}

export function refuseWith(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ code, message });
}

/** `partner: must match ...` of what the validation says of `querystring/partner`. */
export function fieldFirst({ message }: FastifyError): string {
  return message.replace(/^(querystring|params|body)\/(\w+)/, '$2:');
}
