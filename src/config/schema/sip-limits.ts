// The parts sip.limits and sip.spammers of config/proffer.yaml: how much anybody may send us, and whom we do not listen to.
import { Type } from 'typebox';
import { closed, Milliseconds, OneOf } from './primitives.js';

const Count = (description: string, minimum: number, maximum: number, byDefault: number) =>
  Type.Integer({ minimum, maximum, default: byDefault, description });

export const SipLimitsSchema = Type.Object(
  {
    startLineBytes: Count('bytes of a start line; above it 414', 256, 65_536, 4096),
    headerLines: Count('headers of one message; above it 400', 32, 4096, 256),
    headerLineBytes: Count('bytes of one header, unfolded; above it 400', 256, 65_536, 8192),
    headBytes: Count('bytes of start line and headers together; above it 400', 1024, 1_048_576, 65_536),
    bodyBytes: Count('bytes of a body; above it 513', 0, 1_048_576, 65_536),
    openTransactions: Count(
      'transactions that may be open; above it new requests get 503, above twice as many those inside calls too',
      100,
      1_000_000,
      100_000,
    ),
    openDialogs: Count('dialogs of our own legs; above it new calls get 503', 10, 1_000_000, 50_000),
    connections: Count('TCP and TLS connections in all', 1, 65_536, 4096),
    connectionsPerPeer: Count('TCP and TLS connections of one address or IPv6 /64', 1, 65_536, 256),
    partialMessageMs: Milliseconds(
      'for a message that has begun to arrive over a connection to be whole; then it is closed',
      500,
      120_000,
      10_000,
    ),
    idleConnectionMs: Milliseconds(
      'without a whole message after which a connection is closed',
      5000,
      86_400_000,
      600_000,
    ),
    sendQueueBytes: Count(
      'bytes that may wait for a peer that does not read; above it what is sent to it fails',
      65_536,
      67_108_864,
      1_048_576,
    ),
    perSource: Type.Object(
      {
        windowMs: Milliseconds(
          'over which messages and INVITEs of one source are counted',
          100,
          60_000,
          2000,
        ),
        messages: Count(
          'messages of one source in a window; above it the source is not heard until it is quiet; 0: no limit',
          0,
          1_000_000,
          200,
        ),
        invites: Count('new INVITEs of one source in a window; above it 503; 0: no limit', 0, 1_000_000, 40),
        openTransactions: Count(
          'requests of one source that are being answered; above it 503; 0: no limit',
          0,
          1_000_000,
          200,
        ),
        quietMs: Milliseconds(
          'that a source has to keep below its limit before it is heard again',
          1000,
          3_600_000,
          10_000,
        ),
        sources: Count('sources that are remembered', 256, 1_000_000, 16_384),
      },
      {
        ...closed,
        default: {},
        description:
          'one source is an IPv4 address or an IPv6 /64; addresses of trunks, and peers that answered a request of ours, have no limit',
      },
    ),
  },
  { ...closed, default: {}, description: 'of the embedded engine' },
);

/** As `defaultSpammerRules` of the engine has them, which test/cli/engine-bounds.test.ts checks. */
const scanners = [
  'friendly-scanner',
  'friendly-request',
  'sipvicious',
  'sip-scan',
  'sipscan',
  'sundayddr',
  'sipcli',
  'sip-cli',
  'VaxSIPUserAgent',
  'VaxIPUserAgent',
  'pplsip',
  'sipptk',
  'siparmyknife',
];

export const SpammersSchema = Type.Object(
  {
    action: OneOf(['discard', 'reject'], {
      default: 'discard',
      description: 'discard: no answer at all; reject: 603',
    }),
    headers: Type.Record(
      Type.String({ pattern: '^[A-Za-z0-9-]+$' }),
      Type.Array(
        Type.String({ minLength: 3, maxLength: 200, description: 'part of the value, in any case' }),
        {
          description: 'what tells a spammer in this header',
        },
      ),
      {
        default: { 'User-Agent': scanners, From: ['sipvicious'], To: ['sipvicious'] },
        description:
          "texts by header name: a new request with one of them anywhere in that header, in any case, is a spammer's; {} for none",
      },
    ),
  },
  {
    ...closed,
    default: {},
    description: 'requests of scanners, told by their headers; those of trunks are not looked at',
  },
);
