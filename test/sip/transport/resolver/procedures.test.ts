// RFC 3263 4.1 and 4.2, one row a case: what a URI leads to with which records.
import t from 'tap';
import { bench } from './fake-dns.js';
import type { FakeDns } from './fake-dns.js';

interface Row {
  readonly name: string;
  readonly uri: string;
  readonly listen?: readonly string[];
  readonly records?: (dns: FakeDns) => unknown;
  readonly targets: readonly string[] | string;
  /** Questions put, sorted; those of a name that is no name are none. */
  readonly asked?: readonly string[];
}

const all = ['udp', 'tcp', 'tls'];
const addresses = (dns: FakeDns): FakeDns =>
  dns.a('bob.example', '192.0.2.1').a('a.bob.example', '192.0.2.11');

const rows: readonly Row[] = [
  { name: 'an address: UDP', uri: 'sip:192.0.2.7', targets: ['udp 192.0.2.7:5060'], asked: [] },
  { name: 'its port', uri: 'sip:a@192.0.2.7:5080', targets: ['udp 192.0.2.7:5080'], asked: [] },
  { name: 'its transport', uri: 'sip:192.0.2.7;transport=TCP', targets: ['tcp 192.0.2.7:5060'] },
  { name: 'IPv6', uri: 'sip:[2001:db8::5]:5070', targets: ['udp 2001:db8::5:5070'], asked: [] },
  { name: 'sips: and an address: TLS', uri: 'sips:192.0.2.7', targets: ['tls 192.0.2.7:5061'] },
  { name: 'transport=tls', uri: 'sip:192.0.2.7;transport=tls', targets: ['tls 192.0.2.7:5061'] },
  { name: 'sips: over tcp is TLS', uri: 'sips:192.0.2.7;transport=tcp', targets: ['tls 192.0.2.7:5061'] },
  { name: 'sips: over udp is not', uri: 'sips:192.0.2.7;transport=udp', targets: 'SIP_TARGET_UNSUPPORTED' },
  { name: 'WebSocket is not', uri: 'sip:192.0.2.7;transport=ws', targets: 'SIP_TARGET_UNSUPPORTED' },
  { name: 'tel: leads nowhere', uri: 'tel:+15550100001', targets: 'SIP_TARGET_UNSUPPORTED' },
  { name: 'no URI', uri: 'nonsense', targets: 'SIP_TARGET_UNSUPPORTED' },
  {
    name: 'maddr takes the place of the host',
    uri: 'sip:bob.example:5090;maddr=192.0.2.8',
    targets: ['udp 192.0.2.8:5090'],
  },
  {
    name: 'an address without a UDP socket: TCP',
    uri: 'sip:192.0.2.7',
    listen: ['tcp'],
    targets: ['tcp 192.0.2.7:5060'],
  },
  {
    name: 'a name with a port: A, over UDP (4.1)',
    uri: 'sip:bob.example:5090',
    records: (dns) => addresses(dns).srv('_sip._udp.bob.example', ['a.bob.example', 5070]),
    targets: ['udp 192.0.2.1:5090'],
    asked: ['A bob.example'],
  },
  {
    name: 'a name with a port in sips: TLS',
    uri: 'sips:bob.example:5090',
    listen: all,
    records: addresses,
    targets: ['tls 192.0.2.1:5090 bob.example'],
    asked: ['A bob.example'],
  },
  {
    name: 'a transport and no port: its SRV, and no NAPTR',
    uri: 'sip:bob.example;transport=tcp',
    records: (dns) => addresses(dns).srv('_sip._tcp.bob.example', ['a.bob.example', 5070]),
    targets: ['tcp 192.0.2.11:5070'],
    asked: ['A a.bob.example', 'A bob.example', 'SRV _sip._tcp.bob.example'],
  },
  {
    name: 'no SRV: A and the usual port',
    uri: 'sip:bob.example;transport=tcp',
    records: addresses,
    targets: ['tcp 192.0.2.1:5060'],
  },
  {
    name: 'NAPTR: the lowest order, then preference, of what we speak',
    uri: 'sip:BOB.example',
    records: (dns) =>
      addresses(dns)
        .naptr(
          'bob.example',
          ['SIP+D2U', '_sip._udp.bob.example', 20],
          ['SIP+D2T', '_sip._tcp.bob.example', 10, 2],
          ['SIPS+D2T', '_sips._tcp.bob.example', 10, 1],
          ['SIP+D2S', '_sip._sctp.bob.example', 5],
        )
        .srv('_sip._udp.bob.example', ['a.bob.example', 5071])
        .srv('_sip._tcp.bob.example', ['a.bob.example', 5072])
        .srv('_sips._tcp.bob.example', ['a.bob.example', 5073]),
    targets: ['tcp 192.0.2.11:5072'],
  },
  {
    name: 'NAPTR: TLS when we have it, with the domain of the URI as server name (RFC 5922)',
    uri: 'sip:bob.example',
    listen: all,
    records: (dns) =>
      addresses(dns)
        .naptr('bob.example', ['SIPS+D2T', 'other.example', 1], ['SIP+D2U', '_sip._udp.bob.example', 2])
        .srv('other.example', ['a.bob.example', 5073])
        .srv('_sip._udp.bob.example', ['a.bob.example', 5071]),
    targets: ['tls 192.0.2.11:5073 bob.example'],
  },
  {
    name: 'NAPTR and sips:: TLS alone',
    uri: 'sips:bob.example',
    listen: all,
    records: (dns) =>
      addresses(dns)
        .naptr(
          'bob.example',
          ['SIP+D2U', '_sip._udp.bob.example', 1],
          ['SIPS+D2T', '_sips._tcp.bob.example', 2],
        )
        .srv('_sip._udp.bob.example', ['a.bob.example', 5071])
        .srv('_sips._tcp.bob.example', ['a.bob.example', 5073]),
    targets: ['tls 192.0.2.11:5073 bob.example'],
  },
  {
    name: 'a NAPTR whose SRV records are not there: the next one',
    uri: 'sip:bob.example',
    records: (dns) =>
      addresses(dns)
        .naptr(
          'bob.example',
          ['SIP+D2U', '_sip._udp.bob.example', 1],
          ['SIP+D2T', '_sip._tcp.bob.example', 2],
        )
        .srv('_sip._tcp.bob.example', ['a.bob.example', 5072]),
    targets: ['tcp 192.0.2.11:5072'],
  },
  {
    name: 'no NAPTR: SRV of what we speak, UDP first',
    uri: 'sip:bob.example',
    records: (dns) =>
      addresses(dns)
        .srv('_sip._tcp.bob.example', ['a.bob.example', 5072])
        .srv('_sip._udp.bob.example', ['a.bob.example', 5071]),
    targets: ['udp 192.0.2.11:5071'],
    asked: [
      'A a.bob.example',
      'A bob.example',
      'NAPTR bob.example',
      'SRV _sip._tcp.bob.example',
      'SRV _sip._udp.bob.example',
    ],
  },
  {
    name: 'no UDP SRV: TCP',
    uri: 'sip:bob.example',
    records: (dns) => addresses(dns).srv('_sip._tcp.bob.example', ['a.bob.example', 5072]),
    targets: ['tcp 192.0.2.11:5072'],
  },
  {
    name: 'neither NAPTR nor SRV: A',
    uri: 'sip:bob.example',
    records: addresses,
    targets: ['udp 192.0.2.1:5060'],
  },
  {
    name: 'no socket for UDP: what there is',
    uri: 'sip:bob.example',
    listen: ['tls'],
    records: addresses,
    targets: ['tls 192.0.2.1:5061 bob.example'],
    asked: ['A bob.example', 'NAPTR bob.example', 'SRV _sips._tcp.bob.example'],
  },
  {
    name: 'SRV by priority; each name with all its addresses, IPv4 first',
    uri: 'sip:bob.example;transport=udp',
    listen: ['udp', 'udp6'],
    records: (dns) =>
      dns
        .srv('_sip._udp.bob.example', ['b.bob.example', 5060, 20], ['a.bob.example', 5062, 10])
        .a('a.bob.example', '2001:db8::1', '192.0.2.1', '192.0.2.2')
        .a('b.bob.example', '192.0.2.3'),
    targets: ['udp 192.0.2.1:5062', 'udp 192.0.2.2:5062', 'udp 2001:db8::1:5062', 'udp 192.0.2.3:5060'],
  },
  {
    name: 'a family that we have no socket of is not asked for',
    uri: 'sip:bob.example:5060',
    listen: ['udp6'],
    records: (dns) => dns.a('bob.example', '192.0.2.1', '2001:db8::1'),
    targets: ['udp 2001:db8::1:5060'],
    asked: ['AAAA bob.example'],
  },
  {
    name: 'SRV "." : decidedly no such service (RFC 2782)',
    uri: 'sip:bob.example;transport=udp',
    records: (dns) => addresses(dns).srv('_sip._udp.bob.example', ['', 0]),
    targets: 'SIP_TARGET_UNRESOLVED',
  },
  {
    name: 'SRV that gives an address, as it must not: taken',
    uri: 'sip:bob.example;transport=udp',
    records: (dns) => dns.srv('_sip._udp.bob.example', ['192.0.2.9', 5070]),
    targets: ['udp 192.0.2.9:5070'],
  },
  {
    name: 'a name without a dot has no services',
    uri: 'sip:freeswitch',
    records: (dns) => dns.a('freeswitch', '192.0.2.1'),
    targets: ['udp 192.0.2.1:5060'],
    asked: ['A freeswitch'],
  },
  { name: 'nothing there', uri: 'sip:nobody.example', targets: 'SIP_TARGET_UNRESOLVED' },
];

for (const { name, uri, listen, records, targets, asked } of rows) {
  t.test(`RFC 3263 4: ${name}`, async (t) => {
    const { dns, find, resolver } = bench(listen);
    records?.(dns);
    t.strictSame(await find(uri), targets);
    if (asked !== undefined) t.strictSame(dns.take().sort(), asked);
    if (typeof targets === 'string') return;
    t.notOk(resolver.resolve(uri) instanceof Promise, 'known from then on, without a wait');
    t.equal(resolver.literal(uri) === null, resolver.entries > 0, 'an address is looked up nowhere');
    t.strictSame(await find(uri), targets);
  });
}
