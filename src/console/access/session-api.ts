// HTTP under /v1/session: log in, who is logged in, log out, change the password.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import type { ApiArea } from '../api-area.js';
import { everyRole, roles } from './principal.js';
import { prepare, Refusal } from './refusals.js';
import { isHttps, isSameOrigin } from './same-origin.js';
import { cookieOf, emptyCookie } from './session-token.js';
import { sourceOf } from './sources.js';
import type { OpenedSession, Sessions, SessionsOptions } from './sessions.js';

const closed = { additionalProperties: false } as const;

const Login = Type.Object(
  {
    agent: Type.String({ minLength: 1, maxLength: 64 }),
    password: Type.String({ minLength: 1, maxLength: 1024 }),
  },
  closed,
);
const NewPassword = Type.Object(
  {
    current: Type.String({ minLength: 1, maxLength: 1024 }),
    next: Type.String({ minLength: 1, maxLength: 1024 }),
  },
  closed,
);
export const SessionAnswer = Type.Object({
  agent: Type.String(),
  name: Type.String(),
  role: Type.Union(roles.map((role) => Type.Literal(role))),
  partners: Type.Array(Type.String()),
  centreAgents: Type.Array(Type.String()),
  csrfToken: Type.String(),
  mustChangePassword: Type.Boolean(),
  expiresAt: Type.Number({ description: 'milliseconds since the Unix epoch' }),
});
const tags = ['session'];
const bodyLimit = 8192;

export interface SessionApiOptions extends Pick<SessionsOptions, 'settings'> {
  readonly sessions: Sessions;
  /** Somebody logged out: what lasts of that session, such as a live link, is to end. */
  readonly onLoggedOut?: (session: string) => void;
}

/** The routes. */
export function sessionApi({ sessions, settings, onLoggedOut }: SessionApiOptions): ApiArea {
  return (v1) => {
    prepare(v1);
    const secure = (request: FastifyRequest) => isHttps(request, settings().publicUrl);

    v1.get(
      '/session',
      {
        schema: {
          summary: 'Who is logged in',
          tags,
          response: { 200: SessionAnswer, 401: Refusal, 403: Refusal },
        },
        config: everyRole,
      },
      async (request, reply) => {
        if (request.principal?.kind !== 'person') return noSession(reply);
        return (await sessions.view(request)) ?? unauthorised(reply);
      },
    );

    v1.post<{ Body: Static<typeof Login> }>(
      '/session',
      {
        schema: {
          summary: 'Log in with a password',
          tags,
          body: Login,
          response: { 200: SessionAnswer, 401: Refusal, 403: Refusal, 429: Refusal, 503: Refusal },
        },
        bodyLimit,
        config: { access: 'public' },
      },
      async (request, reply) => {
        if (!isSameOrigin(request, settings().publicUrl)) return foreign(reply);
        const { agent, password } = request.body;
        const answer = await sessions.logIn(agent, password, sourceOf(request));
        switch (answer.kind) {
          case 'opened':
            return letIn(reply, answer, secure(request)).send(answer.view);
          case 'wrong-login':
            return reply.code(401).send({ code: answer.kind, message: 'the name or the password is wrong' });
          case 'too-many-tries':
            return tooMany(reply, answer.retryAfterSeconds);
        }
      },
    );

    v1.delete(
      '/session',
      {
        schema: { summary: 'Log out', tags, response: { 204: Type.Null(), 403: Refusal } },
        config: everyRole,
      },
      async (request, reply) => {
        void reply.header('Set-Cookie', emptyCookie(secure(request)));
        const { principal } = request;
        if (principal?.kind === 'person') onLoggedOut?.(principal.session);
        await sessions.logOut(request);
        return reply.code(204).send();
      },
    );

    v1.put<{ Body: Static<typeof NewPassword> }>(
      '/session/password',
      {
        schema: {
          summary: 'Change one’s own password',
          tags,
          body: NewPassword,
          response: { 204: Type.Null(), 403: Refusal, 422: Refusal, 429: Refusal, 503: Refusal },
        },
        bodyLimit,
        config: everyRole,
      },
      async (request, reply) => {
        const { principal } = request;
        if (principal?.kind !== 'person') return noSession(reply);
        const who = { ...principal, source: sourceOf(request) };
        const answer = await sessions.changePassword(who, request.body.current, request.body.next);
        switch (answer.kind) {
          case 'changed':
            return reply.code(204).send();
          case 'wrong-password':
            return reply
              .code(422)
              .send({ code: answer.kind, message: 'current: the password is another one' });
          case 'weak-password':
            return reply.code(422).send({ code: answer.kind, message: `next: ${answer.message}` });
          case 'too-many-tries':
            return tooMany(reply, answer.retryAfterSeconds);
        }
      },
    );
  };
}

/** The cookie of somebody who has come in. */
export function letIn(reply: FastifyReply, { token, seconds }: OpenedSession, secure: boolean): FastifyReply {
  return reply.header('Set-Cookie', cookieOf(token, seconds, secure));
}

function tooMany(reply: FastifyReply, seconds: number): FastifyReply {
  const minutes = Math.ceil(seconds / 60);
  return reply
    .code(429)
    .header('Retry-After', String(seconds))
    .send({
      code: 'too-many-tries',
      message: `too many tries; wait ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, or let an admin give you a new password`,
    });
}

function noSession(reply: FastifyReply): FastifyReply {
  return reply.code(403).send({ code: 'no-session', message: 'a token or a key has no session' });
}

function unauthorised(reply: FastifyReply): FastifyReply {
  return reply.code(401).send({ code: 'unauthorised', message: 'the session is over; log in' });
}

function foreign(reply: FastifyReply): FastifyReply {
  return reply.code(403).send({
    code: 'csrf',
    message: 'this came from pages of others; behind a proxy, set console.publicUrl in proffer.yaml',
  });
}
