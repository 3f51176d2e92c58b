// What requests bring that a schema cannot tell: text that no database stores, and times that no calendar has.
import type { FastifyInstance } from 'fastify';

export class BadValueError extends Error {
  readonly statusCode = 400;
  readonly field: string;

  constructor(field: string, wanted: string) {
    super(`${field}: ${wanted}`);
    this.field = field;
  }
}

/** @throws BadValueError for a string with a NUL or half a surrogate pair in it */
export function checkTexts(values: unknown): void {
  if (typeof values !== 'object' || values === null) return;
  for (const [field, value] of Object.entries(values)) {
    if (typeof value !== 'string') continue;
    if (value.includes('\0')) throw new BadValueError(field, 'must not contain the character NUL');
    if (/\p{Surrogate}/u.test(value)) throw new BadValueError(field, 'must be well-formed Unicode');
  }
}

/** Refuses requests of the routes of `v1` that are registered after this, with such text in a field. */
export function refuseBadTexts(v1: FastifyInstance): void {
  v1.addHook('preHandler', (request, _reply, next) => {
    try {
      for (const values of [request.params, request.query, request.body]) checkTexts(values);
      next();
    } catch (error) {
      next(error as Error);
    }
  });
}

const dateTime =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * ISO 8601 with a time zone, in milliseconds since the Unix epoch; undefined for undefined.
 * @throws BadValueError
 */
export function timeOf(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, year, month, day] = dateTime.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const ms = Date.parse(text);
  const isDay = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (isDay && Number(year) >= 1970 && !Number.isNaN(ms)) return ms;
  throw new BadValueError(field, 'must be a time with its zone, such as 2026-11-27T15:00:00+01:00');
}
