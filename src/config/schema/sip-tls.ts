// sip.listen and sip.tls of config/proffer.yaml: where the embedded engine listens, and its certificate.
import { Type } from 'typebox';
import { closed } from './primitives.js';

const listenExpects =
  'an address to listen on, such as sip:0.0.0.0:5060;transport=udp,tcp or sips:0.0.0.0:5061';

const ListenUri = Type.String({ pattern: '^sips?:.+$', description: listenExpects, expects: listenExpects });

const AdvertisedListen = Type.Object(
  {
    uri: ListenUri,
    advertised: Type.String({
      pattern: '^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?$',
      description:
        'host or host:port by which peers reach it, for Via, Contact and Record-Route: the public address behind a NAT',
      expects: 'a host or host:port, such as 203.0.113.10 or sip.example.com:5061',
    }),
  },
  { ...closed, description: 'an address and the one that peers know it by' },
);

export const ListenSchema = Type.Array(
  Type.Union([ListenUri, AdvertisedListen], {
    description: 'an address, or uri with advertised',
    expects: listenExpects,
  }),
  {
    minItems: 1,
    default: ['sip:0.0.0.0:5060;transport=udp,tcp'],
    description:
      'addresses the embedded engine listens on; PROFFER_SIP_PORT replaces the port of each, of TLS by the next higher one. An entry may be {uri, advertised}: peers know that address by another, as behind a NAT',
  },
);

const path = (description: string) =>
  Type.String({
    pattern: '^/.+$',
    description,
    expects: 'the whole path of a PEM file, such as /etc/proffer/tls/sip.pem',
  });

export const SipTlsSchema = Type.Object(
  {
    certificate: path('our certificate, then those of its intermediate authorities'),
    key: path('its private key, without a passphrase'),
    authorities: Type.Optional(
      path('authorities that certificates of peers may be of; without it those that Node.js trusts'),
    ),
    clientCertificates: Type.Union(
      [Type.Literal('ignore'), Type.Literal('request'), Type.Literal('require')],
      {
        default: 'ignore',
        description:
          'whether peers that connect to us are asked for a certificate, and refused without a good one',
      },
    ),
  },
  {
    ...closed,
    description:
      'TLS of SIP, needed by a TLS address of listen. The files are read again when they change, while calls run',
  },
);
