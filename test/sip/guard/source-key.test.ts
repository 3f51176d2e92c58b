// One source is an IPv4 address or an IPv6 /64.
import t from 'tap';
import { sourceKey } from '../../../src/sip/guard/source-key.js';

t.test('an IPv4 address is a source of its own', (t) => {
  t.equal(sourceKey('192.0.2.1'), '192.0.2.1');
  t.end();
});

t.test('addresses of one /64 are one source, however the kernel shortens them', (t) => {
  const table: readonly (readonly [string, string])[] = [
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2/64'],
    ['2001:db8:1:2::', '2001:db8:1:2/64'],
    ['2001:db8:0:2::1', '2001:db8:0:2/64'],
    ['2001:db8::1', '2001:db8:0:0/64'],
    ['2001:db8::1:2:3:4', '2001:db8:0:0/64'],
    ['2001::1:2:3:4:5', '2001:0:0:1/64'],
    ['2001:db8:7::1:2:3:4', '2001:db8:7:0/64'],
    ['::1', '0:0:0:0/64'],
    ['::1:2:3:4:5:6', '0:0:1:2/64'],
    ['fe80::1%eth0', 'fe80:0:0:0/64'],
  ];
  for (const [address, key] of table) t.equal(sourceKey(address), key, address);
  t.end();
});
