// Shapes of requests and answers about contacts.
// Declares summary and tags of route schemas.
import type {} from '@fastify/swagger';
import { Type } from 'typebox';
import type { TSchema } from 'typebox';

const closed = { additionalProperties: false } as const;
const Words = <const T extends readonly string[]>(words: T, description: string) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...words], description });

const media = ['web', 'chat', 'text'] as const;
const events = ['presented', 'accepted', 'declined', 'left'] as const;
const Text = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, description });
const Digits = (description: string) => Type.String({ pattern: '^[0-9]{1,32}$', description });

export const ContactBody = Type.Object(
  {
    partner: Type.Optional(Text(64, 'the partner; an API key has one of its own')),
    medium: Words(media, 'web: a page; chat: a chat; text: real-time text'),
    identity: Type.Optional(
      Type.Object(
        {
          phone: Type.Optional(
            Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$', description: 'E.164, such as +15550100001' }),
          ),
          customer: Type.Optional(Text(64, 'the customer’s reference at the partner')),
          account: Type.Optional(Digits('an account number, with secret')),
          secret: Type.Optional(Digits('what only the account holder knows, with account')),
          confidence: Type.Optional(
            Words(
              ['claimed', 'trusted', 'verified'],
              'how sure you are; believed as far as the partner allows',
            ),
          ),
        },
        { ...closed, description: 'who it is; leave it out for somebody unknown' },
      ),
    ),
    context: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,39}$' }),
        Type.String({ maxLength: 200 }),
        {
          maxProperties: 20,
          additionalProperties: false,
          description: 'comes back among the pairs, and is kept nowhere',
        },
      ),
    ),
  },
  closed,
);

export const EventBody = Type.Object(
  {
    event: Words(events, 'what happened'),
    code: Type.Optional(Text(32, 'with accepted and declined: one of the partner’s disposition codes')),
    note: Type.Optional(Type.String({ maxLength: 2000, description: 'with accepted and declined' })),
  },
  closed,
);
export const PageEventBody = Type.Object({ event: Words(events, 'what happened') }, closed);
export const ContactParams = Type.Object({ id: Text(128, 'contactId') });
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[!-~]{1,128}$',
      description: 'the same request with the same key is done once',
    }),
  ),
});

const Nullable = (schema: TSchema) => ({ ...schema, nullable: true });
const Offer = Type.Object({
  offer: Type.String(),
  name: Type.String(),
  kind: Words(['sales', 'service'], 'what it is'),
  url: Type.String(),
});
const Target = Type.Object({
  kind: Words(['page', 'chat', 'callback', 'queue'], 'page has url; the others queue and uri, or target'),
  url: Type.Optional(Type.String()),
  queue: Type.Optional(Type.String({ description: 'centre/queue' })),
  uri: Type.Optional(Type.String({ description: 'SIP URI of the queue' })),
  target: Type.Optional(Type.String({ description: 'a chat queue of another system' })),
});
const State = Words(['open', 'presented', 'accepted', 'declined', 'left'], 'how it stands');

const contact = {
  contactId: Type.String({ description: 'the id of the decision' }),
  partner: Type.String(),
  medium: Words(media, 'by what it came'),
  state: State,
  offer: Nullable(Offer),
  presentation: Nullable(Type.String()),
  target: Target,
  pairs: Type.Record(Type.String(), Type.String(), { description: 'key-value pairs for other systems' }),
  reason: Type.String({ description: 'why, in one phrase' }),
  failOpen: Type.Array(Type.String(), { description: 'what failed, where plain service stepped in' }),
  createdAt: Type.String({ description: 'ISO 8601' }),
  expiresAt: Type.String({ description: 'ISO 8601: until then it takes events' }),
};
export const ContactAnswer = Type.Object(contact);
export const CreatedAnswer = Type.Object({
  ...contact,
  token: Type.String({ description: 'for the script tag of a web page; good for this contact alone' }),
});
export const EventAnswer = Type.Object({
  kind: Words(['recorded', 'unchanged'], 'unchanged: it was so before'),
  contact: ContactAnswer,
});
export const PageContactAnswer = Type.Object({
  contactId: Type.String(),
  state: State,
  offer: Nullable(Type.Object({ name: Type.String(), kind: Words(['sales', 'service'], 'what it is') })),
  target: Type.Object({ kind: Type.String(), url: Type.Optional(Type.String()) }),
  expiresAt: Type.String(),
});
export const PageEventAnswer = Type.Object({ state: State });
export const Refusal = Type.Object(
  { code: Type.String(), message: Type.String(), field: Type.Optional(Type.String()) },
  { additionalProperties: true },
);
