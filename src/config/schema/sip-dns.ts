// The part sip.dns of config/proffer.yaml: how the embedded engine finds the addresses of SIP URIs (RFC 3263).
import { Type } from 'typebox';
import { closed, Milliseconds } from './primitives.js';

export const SipDnsSchema = Type.Object(
  {
    servers: Type.Array(
      Type.String({
        pattern:
          '^([0-9]{1,3}(\\.[0-9]{1,3}){3}(:[0-9]{1,5})?|[0-9A-Fa-f:.]+|\\[[0-9A-Fa-f:.]+\\](:[0-9]{1,5})?)$',
        description: 'address of a DNS server, such as 10.0.0.2, 10.0.0.2:5353 or [2001:db8::2]:53',
        expects: 'an address of a DNS server, such as 10.0.0.2, 10.0.0.2:5353 or [2001:db8::2]:53',
      }),
      {
        maxItems: 8,
        default: [],
        description: 'DNS servers to ask; none: those of the system, with /etc/hosts',
      },
    ),
    timeoutMs: Milliseconds(
      'how long a call may wait for the address of a destination before the next one is tried',
      100,
      30_000,
      2000,
    ),
    maxEntries: Type.Integer({
      minimum: 10,
      maximum: 1_000_000,
      default: 2000,
      description: 'names kept in memory, of each kind of record',
    }),
    negativeTtlMs: Milliseconds('how long it is believed that a name is not there', 0, 3_600_000, 15_000),
    maxStaleMs: Milliseconds(
      'how long an address serves on when DNS does not answer, after its time to live',
      0,
      604_800_000,
      86_400_000,
    ),
    avoidMs: Milliseconds('how long a server that failed is tried last', 0, 3_600_000, 30_000),
  },
  { ...closed, default: {}, description: 'how the embedded engine finds the addresses of names (RFC 3263)' },
);
