// Systems that show the bearer token of PROFFER_API_TOKEN.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Authenticator } from './gate.js';

/** Compares hashes, so that neither the length nor the first difference shows in the time it takes. */
export function tokenAuthenticator(token: string): Authenticator {
  const wanted = digest(token);
  return {
    authenticate: ({ headers }) => {
      const shown = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
      if (shown === undefined) return { kind: 'none' };
      return timingSafeEqual(digest(shown), wanted)
        ? { kind: 'principal', principal: { kind: 'token' } }
        : { kind: 'none' };
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
