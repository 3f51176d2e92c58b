// config/trunks.yaml: the SIP peers that may send us calls.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed, Id } from './primitives.js';

export const TrunkAction = Type.Union(
  [Type.Literal('redirect'), Type.Literal('proxy'), Type.Literal('b2bua')],
  {
    default: 'proxy',
    description:
      'redirect: 302 with the destinations in order; proxy: stateful, serial failover; b2bua: our leg each side',
  },
);

export const IdentityHeader = Type.Union([Type.Literal('From'), Type.Literal('P-Asserted-Identity')]);

export const TrunkSchema = Type.Object(
  {
    trunk: Id('the id of the trunk'),
    addresses: Type.Array(
      Type.String({ description: 'an IPv4 or IPv6 address or CIDR block, such as 192.0.2.0/24' }),
      { minItems: 1, description: 'source addresses of this trunk' },
    ),
    transports: Type.Array(Type.Union([Type.Literal('udp'), Type.Literal('tcp')]), {
      minItems: 1,
      uniqueItems: true,
      default: ['udp', 'tcp'],
      description: 'transports it may use',
    }),
    action: TrunkAction,
    trusted: Type.Boolean({
      default: false,
      description: 'true: P-Asserted-Identity of this trunk is believed (RFC 3325); false: it is removed',
    }),
    identityHeaders: Type.Array(IdentityHeader, {
      minItems: 1,
      uniqueItems: true,
      default: ['From'],
      description: 'headers the caller is taken from, in order; P-Asserted-Identity needs trusted: true',
    }),
    country: Type.String({
      pattern: '^[A-Z]{2}$',
      description: 'ISO 3166 country that numbers in national form belong to, such as US',
      expects: 'the two capital letters of a country, such as US',
    }),
  },
  closed,
);

export const TrunksSchema = Type.Object(
  {
    unknownSource: Type.Union([Type.Literal('reject'), Type.Literal('silence')], {
      default: 'reject',
      description: 'what a source that is no trunk gets: 403, or no answer at all',
    }),
    trunks: Type.Array(TrunkSchema, { minItems: 1, description: 'the most specific address block wins' }),
  },
  closed,
);

export type Trunk = Static<typeof TrunkSchema>;
export type TrunkActionName = Static<typeof TrunkAction>;
export type TrunksSettings = Static<typeof TrunksSchema>;
