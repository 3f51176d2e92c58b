// config/partners.yaml: the businesses whose calls we take, found from the dialled number.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed, DestinationRef, E164, Id, Money, SipUriText } from './primitives.js';

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
      description: 'queues of plain service, in order of preference',
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
  },
  closed,
);

export const PartnersSchema = Type.Object(
  { partners: Type.Array(PartnerSchema, { minItems: 1, description: 'every partner' }) },
  closed,
);

export type Partner = Static<typeof PartnerSchema>;
export type PartnersSettings = Static<typeof PartnersSchema>;
