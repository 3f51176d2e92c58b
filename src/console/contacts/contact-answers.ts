// The HTTP answer for each outcome of a contact: one table for the status, one for the words.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { answerError } from '../records-answers.js';
import type { ContactResult, EventResult } from './contacts-operations.js';

const refusals = {
  'unknown-partner': [422, 'partner: there is no such partner'],
  'partner-missing': [422, 'partner: say whose contact it is'],
  'other-partner': [403, 'partner: your key is of another partner; leave partner out'],
  'medium-not-taken': [
    422,
    'medium: the partner takes no such contacts; add a web section with a page or a chat queue to partners.yaml',
  ],
  'identity-incomplete': [422, 'identity: account and secret belong together'],
  'identity-several': [
    422,
    'identity: give phone, customer, or account and secret; customer may have a phone',
  ],
  'unknown-contact': [404, 'no contact of that id is known here'],
  expired: [410, 'the time of the contact is over; make a new one'],
  conflict: [
    409,
    'the customer said something else before; correct it with PUT /v1/dispositions/CONTACT/OFFER',
  ],
  'no-offer': [409, 'event: the contact was made no offer; only left can be said of it'],
  'note-required': [422, 'note: this code needs a note'],
  'code-unwanted': [422, 'code: code and note belong to accepted and declined'],
  'idempotency-key-reused': [422, 'Idempotency-Key: came with another request before; use a new one'],
  'token-missing': [401, 'show the token of the contact as Authorization: Contact ct_...'],
  'token-unknown': [
    401,
    'the token is none of ours; it ends with the process unless PROFFER_API_TOKEN is set',
  ],
  'token-expired': [410, 'the time of the contact is over'],
  'origin-not-allowed': [403, 'the partner’s settings do not name this web site; add it to web.origins'],
} as const;

export type RefusalCode = keyof typeof refusals;

export function refusalOf(code: RefusalCode): { status: number; body: { code: string; message: string } } {
  const [status, message] = refusals[code];
  return { status, body: { code: code === 'expired' ? 'contact-expired' : code, message } };
}

export function refuse(reply: FastifyReply, code: RefusalCode): FastifyReply {
  const { status, body } = refusalOf(code);
  return reply.code(status).send(body);
}

const iso = (ms: number): string => new Date(ms).toISOString();

export function shownContact(contact: ContactResult): object {
  return { ...contact, createdAt: iso(contact.createdAt), expiresAt: iso(contact.expiresAt) };
}

/** What a web page is told: nothing that says who somebody is, or where queues are. */
export function shownOnPage({ contactId, state, offer, target, expiresAt }: ContactResult): object {
  return {
    contactId,
    state,
    offer: offer === null ? null : { name: offer.name, kind: offer.kind },
    target: target.kind === 'page' ? target : { kind: target.kind },
    expiresAt: iso(expiresAt),
  };
}

export function answerEvent(
  reply: FastifyReply,
  result: EventResult,
  shown: (contact: ContactResult, kind: string) => object,
): FastifyReply {
  switch (result.kind) {
    case 'recorded':
    case 'unchanged':
      return reply.code(200).send(shown(result.contact, result.kind));
    case 'unknown-code': {
      const { codes } = result;
      return reply
        .code(422)
        .send({ code: 'unknown-code', message: `code: must be one of ${codes.join(', ')}`, codes });
    }
    case 'conflict':
    case 'no-offer':
    case 'expired':
    case 'unknown-contact':
    case 'note-required':
    case 'code-unwanted':
      return refuse(reply, result.kind);
  }
}

/** As elsewhere under /v1; the limit of requests says what was too much. */
export function answerContactError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  if (error.statusCode === 429) {
    void reply.code(429).send({ code: 'too-many-requests', message: error.message });
    return;
  }
  answerError(error, request, reply);
}
