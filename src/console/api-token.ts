// Who may use the API under /v1: whoever shows the bearer token of PROFFER_API_TOKEN. Without that variable the API is closed.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * Every request to `scope` shows the token, or is answered here.
 * @param token undefined: every request gets 403 with the reason
 */
export function requireToken(scope: FastifyInstance, token: string | undefined): void {
  scope.addHook('onRequest', (request, reply, next) => {
    if (isAllowed(request, reply, token)) next();
  });
}

/** Compares hashes, so that neither the length nor the first difference shows in the time it takes. */
function isAllowed(request: FastifyRequest, reply: FastifyReply, token: string | undefined): boolean {
  if (token === undefined) {
    void reply
      .code(403)
      .send({ code: 'api-closed', message: 'set PROFFER_API_TOKEN to open the API under /v1' });
    return false;
  }
  const shown = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (timingSafeEqual(digest(shown), digest(token))) return true;
  void reply
    .code(401)
    .header('WWW-Authenticate', 'Bearer')
    .send({ code: 'unauthorised', message: 'show the token of PROFFER_API_TOKEN as Authorization: Bearer' });
  return false;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
