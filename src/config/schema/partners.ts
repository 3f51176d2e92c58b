// config/partners.yaml: the businesses whose calls we take, found from the dialled number.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { PromptText } from './menus.js';
import {
  ChatTarget,
  closed,
  DestinationRef,
  E164,
  Id,
  Milliseconds,
  Money,
  OneOf,
  SipUriText,
  WebUrl,
} from './primitives.js';

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

/** What a disposition code says of the offer. */
export const dispositionOutcomes = [
  'accepted',
  'declined',
  'callback',
  'no-answer',
  'presented',
  'not-presented',
] as const;

export const DispositionCodeSchema = Type.Object(
  {
    code: Type.String({
      pattern: '^[a-z][a-z0-9-]{0,31}$',
      description: 'the code, as agents and interfaces give it',
      expects: 'a code: a small letter, then small letters, digits and "-"',
    }),
    name: Type.String({ minLength: 1, maxLength: 80, description: 'the name people read' }),
    outcome: OneOf(dispositionOutcomes, { description: 'what it says of the offer' }),
    requiresNote: Type.Boolean({ default: false, description: 'true: a note of the agent must go with it' }),
    coolOffDays: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 3650,
        description: 'days for which the offer is not made to the customer again; default: none',
      }),
    ),
    countsAsAccepted: Type.Optional(
      Type.Boolean({
        description: 'whether reports and models count it as a sale; default: outcome accepted',
      }),
    ),
    callbackWindowHours: Type.Optional(
      Type.Number({
        minimum: 0.25,
        maximum: 168,
        description:
          'outcome callback: how long after the time that was asked for the offer goes first, in hours; default 4',
      }),
    ),
    callbackPropensity: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'outcome callback: the least propensity within that time; default 0.5',
      }),
    ),
  },
  closed,
);

const defaultCodes = [
  { code: 'accepted', name: 'Accepted', outcome: 'accepted' },
  { code: 'declined', name: 'Declined', outcome: 'declined', coolOffDays: 90 },
  { code: 'callback', name: 'Call back', outcome: 'callback' },
  { code: 'no-answer', name: 'No answer', outcome: 'no-answer', coolOffDays: 7 },
  { code: 'presented', name: 'Presented, not decided', outcome: 'presented', coolOffDays: 14 },
  { code: 'not-presented', name: 'Not presented', outcome: 'not-presented' },
] as const;

/** What an IVR presentation can end with, as far as it says something of the offer. */
export const ivrOutcomes = ['accepted', 'declined', 'callback', 'no-answer', 'presented'] as const;

/** What agents and IVR programs record of offers. */
export const DispositionsSchema = Type.Object(
  {
    codes: Type.Array(DispositionCodeSchema, {
      minItems: 1,
      maxItems: 50,
      default: [...defaultCodes],
      description: 'the codes, in the order in which agents see them',
    }),
    requiredBeforeNextCall: Type.Boolean({
      default: false,
      description: 'true: an agent gets no further call before the disposition of the last offer is recorded',
    }),
    autoWrapSeconds: Type.Integer({
      minimum: 0,
      maximum: 86_400,
      default: 300,
      description:
        'an offer without a disposition so long after the talk gets autoWrapCode, in seconds; 0: never',
    }),
    autoWrapCode: Type.String({
      default: 'presented',
      description: 'the code that is recorded then; one of codes',
    }),
    ivrCodes: Type.Object(
      {
        accepted: Type.String({ default: 'accepted', description: 'a code' }),
        declined: Type.String({ default: 'declined', description: 'a code' }),
        callback: Type.String({ default: 'callback', description: 'a code' }),
        'no-answer': Type.String({ default: 'no-answer', description: 'a code' }),
        presented: Type.String({ default: 'presented', description: 'a code' }),
      },
      { ...closed, default: {}, description: 'the code for each outcome of an IVR presentation' },
    ),
  },
  { ...closed, default: {}, description: 'what agents and IVR programs record of offers' },
);

/** Contacts of the partner that are not phone calls: web pages and chats. */
export const WebSchema = Type.Object(
  {
    origins: Type.Array(
      Type.String({
        pattern: '^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$|^https?://\\[[0-9A-Fa-f:.]+\\](:[0-9]{1,5})?$',
        description: 'the origin of a web site, such as https://www.example.com',
        expects: 'an origin: http or https, a host, a port if it is not the usual one, and no path',
      }),
      {
        default: [],
        uniqueItems: true,
        maxItems: 50,
        description: 'web sites whose pages may show the offer by the script tag',
      },
    ),
    page: Type.Optional(WebUrl('plain service of web contacts: the page that is shown without an offer')),
    chatQueue: Type.Optional(DestinationRef),
    chatTarget: Type.Optional(
      ChatTarget('plain service of chats: a chat queue of another system, instead of chatQueue'),
    ),
    maxConfidence: OneOf(['claimed', 'trusted', 'verified'], {
      default: 'trusted',
      description:
        'how far the partner’s systems are believed when they say who a customer is; an account with its secret is always verified',
    }),
    lifetimeMinutes: Type.Integer({
      minimum: 1,
      maximum: 1440,
      default: 60,
      description: 'how long a contact takes events, in minutes',
    }),
    contactsPerMinute: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 600,
      description: 'contacts and events that one API key may send in a minute',
    }),
  },
  { ...closed, description: 'contacts that are not phone calls; without it the partner takes none by HTTP' },
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
    dispositions: DispositionsSchema,
    scriptFields: Type.Array(
      Type.String({
        pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,63}$',
        description: 'name, language, or a further column of the import',
        expects: 'a field of a customer: name, language, or a further column of the import',
      }),
      {
        maxItems: 50,
        uniqueItems: true,
        default: ['name'],
        description: 'what the scripts of offers may show of the caller, as {{customer.FIELD}}',
      },
    ),
    web: Type.Optional(WebSchema),
    // Without a default: what a partner does not say is `service`.
    textCallsWithoutQueue: Type.Optional(
      OneOf(['service', 'reject'], {
        description:
          'calls with a text stream while no service queue takes text: service, to the service queues all the same (default); reject, 488',
      }),
    ),
  },
  closed,
);

export const PartnersSchema = Type.Object(
  { partners: Type.Array(PartnerSchema, { minItems: 1, description: 'every partner' }) },
  closed,
);

export type IdentificationSettings = Static<typeof IdentificationSchema>;
export type WebSettings = Static<typeof WebSchema>;
export type DispositionCode = Static<typeof DispositionCodeSchema>;
export type DispositionsSettings = Static<typeof DispositionsSchema>;
export type Partner = Static<typeof PartnerSchema>;
export type PartnersSettings = Static<typeof PartnersSchema>;
