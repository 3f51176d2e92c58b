// HTTP under /v1 for trying a call: the decision that it would get now, or at another time, and why. No call is placed, nothing is
// reserved, recorded or counted.
import type { FastifyError, FastifyReply } from 'fastify';
import type {} from '@fastify/swagger';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { only, seesPartner } from '../access/principal.js';
import type { Principal } from '../access/principal.js';
import type { ApiArea } from '../api-area.js';
import { answerFailure } from '../area-errors.js';
import { checkTexts, timeOf } from '../given-values.js';
import type { TryCallChoices, TryCallView } from './try-call-view.js';

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const closed = { additionalProperties: false } as const;
const Count = Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 }));

const Board = Type.Union([
  Type.Literal('live'),
  Type.Literal('all-up'),
  Type.Object(
    {
      centres: Type.Optional(Type.Record(Text(64), Type.Boolean(), { maxProperties: 100 })),
      destinations: Type.Optional(
        Type.Record(
          Text(129),
          Type.Object(
            {
              servers: Count,
              freeServers: Count,
              membersWaiting: Count,
              handlingTimeSeconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 86_400 })),
            },
            closed,
          ),
          { maxProperties: 1000 },
        ),
      ),
    },
    closed,
  ),
]);

const Body = Type.Object(
  {
    from: Text(256),
    to: Text(256),
    trunk: Type.Optional(Text(64)),
    assertedIdentity: Type.Optional(Text(256)),
    seed: Type.Optional(Type.Number({ minimum: 0, exclusiveMaximum: 1 })),
    at: Type.Optional(Text(40)),
    board: Type.Optional(Board),
  },
  closed,
);

const Message = Type.Object({ code: Type.String(), message: Type.String() });
const Strings = Type.Array(Type.String());
const Open = { additionalProperties: true } as const;

const Answer = Type.Object(
  {
    at: Type.String({ description: 'the time that it was decided for' }),
    atTouches: Strings,
    words: Type.String({ description: 'the decision in one sentence' }),
    partner: Type.String(),
    trunk: Type.String(),
    reason: Type.String(),
    gates: Type.Array(Type.Object({ gate: Type.String(), passed: Type.Boolean(), detail: Type.String() })),
    chosen: Type.Integer({ description: 'which of record.candidates it goes to; -1 for the overflow URI' }),
    steps: Type.Array(
      Type.Object(
        {
          destination: Type.String(),
          uri: Type.String(),
          ctiData: Type.Record(Type.String(), Type.String()),
        },
        Open,
      ),
    ),
    record: Type.Object({}, { ...Open, description: 'as the decision log has it of a real call' }),
  },
  Open,
);

/** What a question asks, as the operations take it. */
const Choices = Type.Object({
  trunks: Type.Array(Type.Object({ trunk: Type.String(), trusted: Type.Boolean(), action: Type.String() })),
  partners: Type.Array(Type.Object({ partner: Type.String(), name: Type.String(), dialledNumbers: Strings })),
  destinations: Type.Array(
    Type.Object({
      destination: Type.String({ description: 'centre/queue' }),
      kind: Type.Union([Type.Literal('queue'), Type.Literal('ivr')]),
      centre: Type.String(),
      servers: Type.Integer({ description: 'agents or ports, as configured' }),
    }),
  ),
});

export type TriedCall = Omit<Static<typeof Body>, 'at' | 'board'> & {
  /** Milliseconds since the Unix epoch; undefined: now. */
  readonly at: number | undefined;
  readonly board: Static<typeof Board>;
};

export type TryCallResult =
  | { readonly kind: 'decided'; readonly call: TryCallView }
  /** Something that is named is not there; the message begins with its field. */
  | { readonly kind: 'unknown'; readonly message: string }
  /** The number is another partner's. */
  | { readonly kind: 'other-partner' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'too-slow'; readonly message: string };

/** Port: the running router, asked and left as it is. */
export interface TryCallOperations {
  /** @param mayTry whether the person may see calls of the partner that the number belongs to */
  tryCall(call: TriedCall, mayTry: (partner: string) => boolean): Promise<TryCallResult>;
  choices(): TryCallChoices;
}

const bodyLimit = 65_536;
const retryAfterSeconds = 1;
const refusals = {
  unknown: 422,
  'other-partner': 403,
  busy: 429,
  'too-slow': 503,
} as const;

/** `POST /v1/try-call` and `GET /v1/try-call/choices`. */
export function tryCallApi(operations: TryCallOperations): ApiArea {
  return (v1) => {
    v1.setErrorHandler((error: FastifyError, _request, reply) =>
      answerFailure(reply, error, { badRequest: ({ message }) => wantedWords(message) }),
    );
    const access = only('supervisor', 'admin', 'analyst');
    const tags = ['analysis'];
    v1.get(
      '/try-call/choices',
      {
        config: access,
        schema: {
          summary: 'trunks, partners and queues to try a call with',
          tags,
          response: { 200: Choices },
        },
      },
      (request): TryCallChoices => {
        const { partners, ...rest } = operations.choices();
        return { ...rest, partners: partners.filter((one) => mayTry(request.principal, one.partner)) };
      },
    );
    v1.post<{ Body: Static<typeof Body> }>(
      '/try-call',
      {
        config: access,
        bodyLimit,
        schema: {
          summary: 'the decision that a call would get, and why; nothing is placed, reserved or recorded',
          tags,
          body: Body,
          response: { 200: Answer, 422: Message, 403: Message, 429: Message, 503: Message },
        },
      },
      async (request, reply) => {
        const { at, board = 'live', ...question } = request.body;
        checkTexts(request.body);
        const result = await operations.tryCall({ ...question, at: timeOf('at', at), board }, (partner) =>
          mayTry(request.principal, partner),
        );
        return result.kind === 'decided' ? reply.send(result.call) : refuse(reply, result);
      },
    );
  };
}

/** What a body that fits no schema is told: the field, and what it must be. */
function wantedWords(message: string): string {
  const boardWords =
    '"live", "all-up", or {"centres": {"west": false}, "destinations": {"east/sales": {"freeServers": 0}}}';
  if (message.startsWith('body/board')) return `board: must be ${boardWords}`;
  if (message.startsWith('body/')) return message.slice('body/'.length).replace(' ', ': ');
  return message.replace(
    /^body\b/,
    'the body: send {"from", "to"} and, if wanted, trunk, assertedIdentity, seed, at, board; it',
  );
}

function mayTry(principal: Principal | undefined, partner: string): boolean {
  return principal !== undefined && seesPartner(principal, partner);
}

function refuse(reply: FastifyReply, result: Exclude<TryCallResult, { kind: 'decided' }>): FastifyReply {
  const status = refusals[result.kind];
  if (status === 429 || status === 503) void reply.header('Retry-After', String(retryAfterSeconds));
  return reply.code(status).send({ code: result.kind, message: messageOf(result) });
}

function messageOf(result: Exclude<TryCallResult, { kind: 'decided' }>): string {
  switch (result.kind) {
    case 'unknown':
    case 'too-slow':
      return result.message;
    case 'other-partner':
      return 'to: the number belongs to a partner that you do not see';
    case 'busy':
      return 'as many calls as may be are being tried; try again in a second';
  }
}
