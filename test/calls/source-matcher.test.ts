import t from 'tap';
import { SourceMatcher } from '../../src/calls/index.js';

const owner = (name: string) => ({ name });
const both = ['udp', 'tcp'];

t.test('a source is a trunk by address block and transport', (t) => {
  const matcher = new SourceMatcher([
    { addresses: ['192.0.2.0/24', '2001:db8::/32'], transports: both, owner: owner('wide') },
    { addresses: ['192.0.2.128/25'], transports: ['udp'], owner: owner('half') },
    { addresses: ['192.0.2.200', '2001:db8:0:1::7'], transports: ['tcp'], owner: owner('one') },
    { addresses: ['not an address'], transports: both, owner: owner('none') },
  ]);
  const table: [address: string, transport: string, expected: string | undefined][] = [
    ['192.0.2.1', 'udp', 'wide'],
    ['192.0.2.129', 'udp', 'half'],
    ['192.0.2.129', 'tcp', 'wide'],
    ['192.0.2.200', 'tcp', 'one'],
    ['192.0.2.200', 'udp', 'half'],
    ['::ffff:192.0.2.200', 'tcp', 'one'],
    ['[::ffff:c000:2c8]', 'tcp', 'one'],
    ['192.0.3.1', 'udp', undefined],
    ['2001:db8:ffff::1', 'udp', 'wide'],
    ['2001:db8:0:1:0:0:0:7', 'tcp', 'one'],
    ['2001:db9::1', 'udp', undefined],
    ['fe80::1%eth0', 'udp', undefined],
    ['192.0.2.1', 'tls', undefined],
    ['somewhere', 'udp', undefined],
    ['', 'udp', undefined],
  ];
  for (const [address, transport, expected] of table) {
    t.equal(matcher.find(address, transport)?.name, expected, `${transport} ${address}`);
    t.equal(matcher.find(address, transport)?.name, expected, `${transport} ${address}, asked again`);
  }
  t.end();
});

t.test('a block of everything admits every address of its family', (t) => {
  const matcher = new SourceMatcher([
    { addresses: ['0.0.0.0/0'], transports: both, owner: owner('v4') },
    { addresses: ['::/0'], transports: both, owner: owner('v6') },
  ]);
  t.equal(matcher.find('203.0.113.9', 'udp')?.name, 'v4');
  t.equal(matcher.find('2001:db8::1', 'udp')?.name, 'v6');
  t.end();
});
