// config/trunks.yaml: the SIP peers that may send us calls.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed, Id, Milliseconds, OneOf } from './primitives.js';

export const TrunkAction = Type.Union(
  [Type.Literal('redirect'), Type.Literal('proxy'), Type.Literal('b2bua'), Type.Literal('refer')],
  {
    default: 'proxy',
    description:
      'redirect: 302 with the destinations in order; proxy: stateful, serial failover; b2bua: our leg each side; refer: as proxy, but after an IVR the trunk moves the call (REFER)',
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
    transports: Type.Array(Type.Union([Type.Literal('udp'), Type.Literal('tcp'), Type.Literal('tls')]), {
      minItems: 1,
      uniqueItems: true,
      default: ['udp', 'tcp', 'tls'],
      description: 'transports it may use',
    }),
    tlsIdentities: Type.Optional(
      Type.Array(
        Type.String({
          pattern: '^[A-Za-z0-9._-]+$|^[0-9A-Fa-f:.]+$',
          maxLength: 253,
          description: 'a name or address of a certificate',
          expects: 'a name as certificates have it, such as sbc.example.com',
        }),
        {
          minItems: 1,
          uniqueItems: true,
          description:
            'identities, one of which the TLS certificate of this trunk must have besides its address (RFC 5922); needs transports: [tls], and clientCertificates and authorities of sip.tls',
        },
      ),
    ),
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
    afterIvr: Type.Optional(
      OneOf(['refer', 'bridge', 'reinvite'], {
        description:
          'how a call goes on from an IVR to a queue: REFER to the trunk, bridged by the centre of the IVR, or re-INVITE; default refer for action refer, else bridge. A REFER that fails is bridged',
      }),
    ),
    referTo: Type.String({
      pattern: '^<?[^\\r\\n\\u0000]+>?$',
      maxLength: 500,
      default: '<{uri}?{headers}>',
      description:
        'the Refer-To of this trunk; {uri} is the URI of the destination, {user}, {host}, {port} and {transport} its parts, {headers} the CTI headers escaped as URI headers (RFC 3261 19.1.1)',
      expects: 'a Refer-To value, such as <sip:{user}@example.com?{headers}>',
    }),
    referTimeoutMs: Milliseconds(
      'silence after a REFER was accepted that counts as failure',
      1000,
      120_000,
      15_000,
    ),
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
