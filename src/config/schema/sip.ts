// The section sip of config/proffer.yaml: which engine speaks SIP, where it listens and what it lets in.
import { Type } from 'typebox';
import { closed, Milliseconds } from './primitives.js';
import { ListenSchema, SipTlsSchema } from './sip-tls.js';
import { SipLimitsSchema, SpammersSchema } from './sip-limits.js';
import { SipDnsSchema } from './sip-dns.js';
import { SipTraceSchema } from './sip-trace.js';

export const SipSchema = Type.Object(
  {
    engine: Type.Union([Type.Literal('embedded'), Type.Literal('drachtio')], {
      default: 'embedded',
      description: 'embedded: our SIP engine in this process; drachtio: a drachtio-server, see drachtio',
    }),
    listen: ListenSchema,
    tls: Type.Optional(SipTlsSchema),
    largeRequestsOverTcp: Type.Boolean({
      default: true,
      description:
        'requests over 1,300 bytes go over TCP in place of UDP (RFC 3261 18.1.1) where we listen on TCP too; a peer gets them over UDP until it is known to take a connection, which is tried beside the first call and remembered for ten minutes. false: always UDP',
    }),
    drachtio: Type.Object(
      {
        host: Type.String({
          minLength: 1,
          default: '127.0.0.1',
          description: 'host of the drachtio-server control port',
        }),
        port: Type.Integer({
          minimum: 1,
          maximum: 65535,
          default: 9022,
          description: 'its control port',
        }),
      },
      { ...closed, default: {}, description: 'the secret comes from DRACHTIO_SECRET' },
    ),
    dns: SipDnsSchema,
    maxCallsInProgress: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 20_000,
      description:
        'calls being decided, ringing or bridged by us; above it new calls get 503 with Retry-After',
    }),
    watchdogIntervalMs: Milliseconds(
      'how often the control connection proves that it is alive',
      500,
      60_000,
      5000,
    ),
    limits: SipLimitsSchema,
    spammers: SpammersSchema,
    trace: SipTraceSchema,
  },
  { ...closed, default: {} },
);
