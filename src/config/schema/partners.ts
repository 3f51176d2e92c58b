// config/partners.yaml: the businesses whose calls we take, found from the dialled number.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { PromptText } from './menus.js';
import { closed, DestinationRef, E164, Id, Milliseconds, Money, OneOf, SipUriText } from './primitives.js';

const Asked = (what: string, minimum: number, maximum: number) =>
  Type.Object(
    {
      prompts: Type.Array(PromptText, {
        minItems: 1,
        maxItems: 20,
        description: `what asks for the ${what}`,
      }),
      minDigits: Type.Integer({ minimum: 1, maximum: 32, default: minimum, description: 'least digits' }),
      maxDigits: Type.Integer({ minimum: 1, maximum: 32, default: maximum, description: 'most digits' }),
    },
    { ...closed, description: `the question for the ${what}` },
  );

/** Who a caller is by digits entered (CED). */
export const IdentificationSchema = Type.Object(
  {
    when: Type.Array(
      OneOf(['unknown', 'ambiguous', 'anonymous'], {
        description:
          'unknown: a number that nobody has; ambiguous: one of several customers; anonymous: no number that can be read',
      }),
      {
        minItems: 1,
        uniqueItems: true,
        default: ['unknown', 'ambiguous'],
        description: 'callers that are asked',
      },
    ),
    programs: Type.Array(DestinationRef, {
      minItems: 1,
      uniqueItems: true,
      description: 'IVR programs whose ports are used for asking, in order of preference',
    }),
    account: Asked('account number', 6, 16),
    secret: Asked('secret that only the account holder knows', 4, 8),
    tries: Type.Integer({ minimum: 1, maximum: 5, default: 2, description: 'how often a caller may try' }),
    timeoutMs: Milliseconds('how long to wait for the first digit', 1000, 60_000, 8000),
    interDigitTimeoutMs: Milliseconds(
      'how long to wait for the next digit; # ends at once',
      500,
      30_000,
      3000,
    ),
    invalidPrompts: Type.Array(PromptText, {
      maxItems: 20,
      default: [],
      description: 'what a caller hears whose digits match nobody',
    }),
  },
  { ...closed, description: 'asks callers who are not known for an account number and a secret' },
);

export const PartnerSchema = Type.Object(
  {
    partner: Id('the id of the partner'),
    name: Type.String({ minLength: 1, description: 'the name people read' }),
    dialledNumbers: Type.Array(E164, {
      minItems: 1,
      uniqueItems: true,
      description: 'numbers that reach this partner',
    }),
    serviceQueues: Type.Array(DestinationRef, {
      minItems: 1,
      description:
        'queues of plain service; weights share calls among equal ones, their order breaks what ties are left',
    }),
    overflowUri: SipUriText('where a call goes when no queue can be reached'),
    serviceValue: Type.Optional(
      Money('worth of a call that is served plainly, the value offers must beat; default 0'),
    ),
    meanPatienceSeconds: Type.Number({
      minimum: 1,
      maximum: 36_000,
      default: 120,
      description: 'mean time a caller waits before hanging up, in seconds',
    }),
    // Without a default: what a partner does not say is decision.controlArmPercent.
    controlArmPercent: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 100,
        description: 'replaces decision.controlArmPercent for this partner, in percent',
      }),
    ),
    killSwitch: Type.Boolean({ default: false, description: 'true: no offer to callers of this partner' }),
    affiliates: Type.Array(Id('a partner'), {
      default: [],
      uniqueItems: true,
      description:
        'partners whose offers may be made on calls of this one, to customers who have not opted out of affiliates',
    }),
    identification: Type.Optional(IdentificationSchema),
  },
  closed,
);

export const PartnersSchema = Type.Object(
  { partners: Type.Array(PartnerSchema, { minItems: 1, description: 'every partner' }) },
  closed,
);

export type IdentificationSettings = Static<typeof IdentificationSchema>;
export type Partner = Static<typeof PartnerSchema>;
export type PartnersSettings = Static<typeof PartnersSchema>;
