import t from 'tap';
import { noteSource } from '../../../src/sip/transport/note-source.js';
import type { RportPolicy } from '../../../src/sip/index.js';
import { accepted, textOf } from '../message/messages.js';

const noted = (via: string, policy: RportPolicy = 'asked'): string => {
  const request = accepted(textOf({ headers: { Via: via } }));
  const flow = { protocol: 'udp', localAddress: '192.0.2.1', localPort: 5060 } as const;
  noteSource(request, { ...flow, remoteAddress: '192.0.2.9', remotePort: 4711 }, policy);
  return request.get('via') ?? '';
};

t.test('received and rport (RFC 3261 18.2.1, RFC 3581 4)', (t) => {
  for (const [via, expected] of [
    ['SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1', 'SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1'],
    ['SIP/2.0/UDP h:5060;branch=z9hG4bK1', 'SIP/2.0/UDP h:5060;branch=z9hG4bK1;received=192.0.2.9'],
    [
      'SIP/2.0/UDP 192.0.2.9:5060;rport;branch=z9hG4bK1',
      'SIP/2.0/UDP 192.0.2.9:5060;rport=4711;branch=z9hG4bK1;received=192.0.2.9',
    ],
    [
      'SIP/2.0/UDP h;rport=1;received=10.0.0.1;branch=z9hG4bK1',
      'SIP/2.0/UDP h;rport=4711;received=192.0.2.9;branch=z9hG4bK1',
    ],
    ['SIP/2.0/UDP 192.0.2.9;received=10.0.0.1', 'SIP/2.0/UDP 192.0.2.9;received=192.0.2.9'],
    ['SIP/2.0/UDP h;x=1, SIP/2.0/UDP i;rport', 'SIP/2.0/UDP h;x=1;received=192.0.2.9, SIP/2.0/UDP i;rport'],
  ] as const) {
    t.equal(noted(via), expected, via);
  }
  t.equal(noted('SIP/2.0/UDP 192.0.2.9', 'always'), 'SIP/2.0/UDP 192.0.2.9;received=192.0.2.9;rport=4711');
  t.end();
});
