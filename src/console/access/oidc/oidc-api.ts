// HTTP under /v1/session for log-in at a provider: which one there is, the way there and the way back. Whoever comes back is known by
// the name in proffer.agents; nobody is added by it.
import { fastifyCookie } from '@fastify/cookie';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { errorCode } from '../../../kernel/index.js';
import type { ApiArea } from '../../api-area.js';
import { prepare, Refusal } from '../refusals.js';
import { isHttps } from '../same-origin.js';
import { letIn } from '../session-api.js';
import type { Sessions, SessionsOptions } from '../sessions.js';
import { sourceOf } from '../sources.js';
import type { OidcProvider } from './oidc-provider.js';

const stateCookie = 'proffer_oidc';
const path = '/v1/session/oidc';
const tags = ['session'];
const config = { access: 'public' } as const;
const Providers = Type.Object({
  oidc: Type.Union([Type.Null(), Type.Object({ name: Type.String(), url: Type.String() })]),
});

export interface OidcApiOptions extends Pick<SessionsOptions, 'settings'> {
  readonly provider: OidcProvider;
  readonly sessions: Sessions;
}

/** The routes. A log-in that failed ends at `/?login=CODE`, where the page to log in says why. */
export function oidcApi({ provider, sessions, settings }: OidcApiOptions): ApiArea {
  const cookie = (reply: FastifyReply, value: string, seconds: number, secure: boolean) =>
    reply.header(
      'Set-Cookie',
      // Lax: the provider's page sends the person back.
      fastifyCookie.serialize(stateCookie, value, {
        path,
        httpOnly: true,
        sameSite: 'lax',
        secure,
        maxAge: seconds,
      }),
    );
  return (v1) => {
    prepare(v1);
    v1.get(
      '/session/providers',
      {
        schema: { summary: 'Other ways to log in', tags, response: { 200: Providers } },
        config,
      },
      () => {
        const { settings: oidc } = provider;
        return { oidc: oidc === undefined ? null : { name: oidc.name, url: path } };
      },
    );
    v1.get(
      '/session/oidc',
      {
        schema: {
          summary: 'Log in at the provider: leads there',
          tags,
          response: { 302: Type.Null(), 404: Refusal },
        },
        config,
      },
      async (request, reply) => {
        const { settings: oidc } = provider;
        if (oidc === undefined) return noProvider(reply);
        const start = await provider.begin(oidc);
        if (start === undefined) return reply.redirect('/?login=provider-unavailable');
        const secure = isHttps(request, settings().publicUrl);
        return cookie(reply, start.state, start.seconds, secure).redirect(start.url);
      },
    );
    v1.get(
      '/session/oidc/callback',
      {
        schema: {
          summary: 'Where the provider leads back to',
          tags,
          response: { 302: Type.Null(), 404: Refusal },
        },
        config,
      },
      async (request, reply) => {
        const { settings: oidc } = provider;
        if (oidc === undefined) return noProvider(reply);
        const secure = isHttps(request, settings().publicUrl);
        cookie(reply, '', 0, secure);
        const sealed = fastifyCookie.parse(request.headers.cookie ?? '')[stateCookie];
        const query = request.url.split('?').slice(1).join('?');
        const answer = await provider.finish(oidc, query, sealed);
        if (answer.kind !== 'recognised') return reply.redirect(`/?login=${answer.kind}`);
        try {
          const opened = await sessions.open({
            agent: answer.agent,
            source: sourceOf(request),
            by: 'oidc',
          });
          if (opened === undefined) return await reply.redirect('/?login=unknown-person');
          return await letIn(reply, opened, secure).redirect('/');
        } catch (error) {
          if (errorCode(error) === 'RECORDS_UNAVAILABLE')
            return reply.redirect('/?login=records-unavailable');
          throw error;
        }
      },
    );
  };
}

function noProvider(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .send({ code: 'no-provider', message: 'set console.oidc and console.publicUrl in proffer.yaml' });
}
