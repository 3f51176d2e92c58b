// HTTP under /v1 for an agent who types an account number: POST /v1/identify, the same look-up as for a caller who enters digits.
import type { FastifyError } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import type { CtiPairs } from '../offers/index.js';
import { only, seesPartner } from './access/principal.js';
import type { ApiArea } from './api-area.js';
import { answerFailure } from './area-errors.js';
import { identifySchemas } from './story-schemas.js';
import { describeRoutes } from './route-schemas.js';

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });

const Body = Type.Object(
  { partner: Text(64), account: Text(64), secret: Type.Optional(Text(64)), agent: Type.Optional(Text(64)) },
  { additionalProperties: false },
);

/** `agent`: who asks. */
export type IdentifyQuery = Static<typeof Body> & { readonly agent: string };

export type IdentifyResult =
  | {
      readonly kind: 'identified';
      readonly match: 'person' | 'account';
      /** `offer`, or why there is no sales offer; `wrong-secret`, `no-secret`. */
      readonly reason: string;
      readonly pairs: CtiPairs;
    }
  | { readonly kind: 'unknown-account' | 'account-closed' }
  | { readonly kind: 'too-many-tries'; readonly retryAfterSeconds: number }
  | { readonly kind: 'unavailable'; readonly message: string };

/** Port: counts and audits by itself. Never rejects. */
export interface Identification {
  identify(query: IdentifyQuery): Promise<IdentifyResult>;
}

const retryAfterSeconds = 5;
const wanted =
  'send {"partner": ..., "account": digits, "agent": who asks}, and "secret" if the customer told it';
const accountPattern = /^[0-9]{1,32}$/;

const refusals = {
  'unknown-account': { status: 404, message: 'the partner has no such account' },
  'account-closed': { status: 404, message: 'the account is closed' },
  'bad-account': { status: 422, message: 'an account is 1 to 32 digits' },
  'too-many-tries': {
    status: 429,
    message: 'too many look-ups by this agent, or too many wrong secrets at this account',
  },
} as const;

/**
 * `POST /v1/identify` {partner, account, secret?, agent}; a person who is logged in asks as that person: 200 with the pairs; 404 `unknown-account` or `account-closed`; 422
 * `bad-account`; 429 `too-many-tries` and 503 `unavailable` with Retry-After.
 */
export function identifyApi(identification: Identification): ApiArea {
  return (v1) => {
    v1.setErrorHandler((error: FastifyError, _request, reply) =>
      answerFailure(reply, error, { badRequest: () => wanted }),
    );
    describeRoutes(v1, identifySchemas);
    v1.post<{ Body: Static<typeof Body> }>(
      '/identify',
      { schema: { body: Body }, bodyLimit: 4096, config: only('agent', 'supervisor', 'admin') },
      async (request, reply) => {
        const { principal, body } = request;
        const agent = principal?.kind === 'person' ? principal.agent : body.agent;
        if (agent === undefined) return reply.code(400).send({ code: 'bad-request', message: wanted });
        const isSeen = principal !== undefined && seesPartner(principal, body.partner);
        const result = !accountPattern.test(body.account)
          ? ({ kind: 'bad-account' } as const)
          : isSeen
            ? await identification.identify({ ...body, agent })
            : ({ kind: 'unknown-account' } as const);
        if (result.kind === 'identified') {
          return reply.send({ match: result.match, reason: result.reason, ...result.pairs });
        }
        if (result.kind === 'unavailable') {
          void reply.code(503).header('Retry-After', String(retryAfterSeconds));
          return reply.send({ code: result.kind, message: result.message });
        }
        if (result.kind === 'too-many-tries')
          void reply.header('Retry-After', String(result.retryAfterSeconds));
        const { status, message } = refusals[result.kind];
        return reply.code(status).send({ code: result.kind, message });
      },
    );
  };
}
