// The cookie of a session, and what is derived from the token in it. The token itself is kept nowhere but in the cookie.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { fastifyCookie } from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';

export const sessionCookie = 'proffer_session';
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The token that a request shows; undefined for none and for what can be none. */
export function shownToken({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const { cookie } = headers;
  if (cookie === undefined) return undefined;
  const token = fastifyCookie.parse(cookie)[sessionCookie];
  return token !== undefined && tokenPattern.test(token) ? token : undefined;
}

/** As it is stored. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Goes with every change; who has the cookie alone, as a page of others has, does not know it. */
export function csrfOf(token: string): string {
  return createHmac('sha256', token).update('csrf').digest('base64url');
}

export function isCsrfOf(token: string, shown: unknown): boolean {
  if (typeof shown !== 'string') return false;
  const wanted = Buffer.from(csrfOf(token));
  const given = Buffer.from(shown);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

export function cookieOf(token: string, seconds: number, secure: boolean): string {
  return fastifyCookie.serialize(sessionCookie, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    maxAge: seconds,
  });
}

/** Makes the browser forget it. */
export function emptyCookie(secure: boolean): string {
  return cookieOf('', 0, secure);
}
