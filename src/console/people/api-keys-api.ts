// HTTP under /v1/api-keys, for admins: keys with which systems of a partner come in.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { newApiKey } from '../access/api-keys.js';
import { actorOf, only, seesPartner } from '../access/principal.js';
import { prepare, Refusal } from '../access/refusals.js';
import type { ApiArea } from '../api-area.js';
import type { ApiKeyOperations } from './people-operations.js';

const Id = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' });
const NewKey = Type.Object(
  { partner: Id, name: Type.String({ minLength: 1, maxLength: 128 }) },
  { additionalProperties: false },
);
const Params = Type.Object({ key: Type.String({ minLength: 1, maxLength: 64 }) });
const shape = {
  key: Type.String(),
  partner: Type.String(),
  name: Type.String(),
  createdAt: Type.Number({ description: 'milliseconds since the Unix epoch' }),
  createdBy: Type.String(),
  lastUsedAt: Type.Union([Type.Number(), Type.Null()]),
  isActive: Type.Boolean(),
};
const Key = Type.Object(shape);
const KeyWithSecret = Type.Object({
  ...shape,
  secret: Type.String({ description: 'shown once; all of it goes into Authorization: Bearer' }),
});
const tags = ['people'];
const config = only('admin');

export interface ApiKeysApiOptions {
  readonly keys: ApiKeyOperations;
  /** A key ended: what is remembered of it is wrong. */
  readonly onEnded: () => void;
}

/** The routes. */
export function apiKeysApi({ keys, onEnded }: ApiKeysApiOptions): ApiArea {
  const unknown = { code: 'unknown-key', message: 'there is no such key' };
  return (v1) => {
    prepare(v1);
    v1.get(
      '/api-keys',
      {
        schema: {
          summary: 'Keys of partners, with those that ended',
          tags,
          response: { 200: Type.Object({ keys: Type.Array(Key) }), 503: Refusal },
        },
        config,
      },
      async ({ principal }) => ({
        keys: (await keys.apiKeys()).filter(
          ({ partner }) => principal !== undefined && seesPartner(principal, partner),
        ),
      }),
    );
    v1.post<{ Body: Static<typeof NewKey> }>(
      '/api-keys',
      {
        schema: {
          summary: 'Make a key of a partner',
          tags,
          body: NewKey,
          response: { 201: KeyWithSecret, 422: Refusal, 503: Refusal },
        },
        bodyLimit: 4096,
        config,
      },
      async ({ principal, body: { partner, name } }, reply) => {
        const { key, secretHash, bearer } = newApiKey();
        const answer =
          principal !== undefined && seesPartner(principal, partner)
            ? await keys.addApiKey({ key, secretHash, partner, name }, actorOf(principal))
            : ({ kind: 'unknown-partner' } as const);
        if (answer.kind === 'added') return reply.code(201).send({ ...answer.apiKey, secret: bearer });
        return reply
          .code(422)
          .send({ code: answer.kind, message: `partner: there is no partner ${partner} in partners.yaml` });
      },
    );
    v1.delete<{ Params: Static<typeof Params> }>(
      '/api-keys/:key',
      {
        schema: {
          summary: 'End a key',
          tags,
          params: Params,
          response: { 204: Type.Null(), 404: Refusal, 503: Refusal },
        },
        config,
      },
      async ({ principal, params: { key } }, reply) => {
        const found = (await keys.apiKeys()).find((one) => one.key === key);
        if (found === undefined || principal === undefined || !seesPartner(principal, found.partner))
          return reply.code(404).send(unknown);
        const isThere = await keys.endApiKey(key, actorOf(principal));
        onEnded();
        return isThere ? reply.code(204).send() : reply.code(404).send(unknown);
      },
    );
  };
}
