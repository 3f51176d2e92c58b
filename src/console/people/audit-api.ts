// GET /v1/audit, for admins of all partners: who did what.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { only } from '../access/principal.js';
import { prepare, Refusal } from '../access/refusals.js';
import type { ApiArea } from '../api-area.js';
import type { AuditOperations } from './people-operations.js';

const Whole = (most: number) => Type.String({ pattern: `^[1-9][0-9]{0,${most - 1}}$` });
const Query = Type.Object(
  {
    limit: Type.Optional(Whole(3)),
    before: Type.Optional(Whole(15)),
  },
  { additionalProperties: false },
);
const Entry = Type.Object({
  id: Type.Number({ description: 'of the last entry of a page: `before` of the next page' }),
  at: Type.Number({ description: 'milliseconds since the Unix epoch' }),
  actor: Type.String(),
  action: Type.String(),
  subject: Type.Union([Type.String(), Type.Null()]),
  detail: Type.Unsafe<Readonly<Record<string, unknown>>>(Type.Object({}, { additionalProperties: true })),
});

const mostEntries = 500;

/** The route. */
export function auditApi(audit: AuditOperations): ApiArea {
  return (v1) => {
    prepare(v1);
    v1.get<{ Querystring: Static<typeof Query> }>(
      '/audit',
      {
        schema: {
          summary: 'Who did what, newest first; at most 500 entries a page, 100 if limit is not given',
          tags: ['people'],
          querystring: Query,
          response: { 200: Type.Object({ entries: Type.Array(Entry) }), 403: Refusal, 503: Refusal },
        },
        config: only('admin'),
      },
      async ({ principal, query: { limit = '100', before } }, reply) => {
        // Lines do not say whose partner they are about.
        if (principal?.kind === 'person' && principal.partners.length > 0)
          return reply
            .code(403)
            .send({ code: 'forbidden', message: 'the audit is for admins of all partners' });
        const most = Math.min(Number(limit), mostEntries);
        return { entries: await audit.list(most, before === undefined ? undefined : Number(before)) };
      },
    );
  };
}
