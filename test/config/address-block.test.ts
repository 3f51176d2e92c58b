import t from 'tap';
import { isSameBlock, parseAddressBlock } from '../../src/config/index.js';

t.test('addresses and blocks (RFC 4632, RFC 4291 2.3)', (t) => {
  t.same(parseAddressBlock('192.0.2.1'), { family: 4, network: 0xc0000201n, prefixLength: 32 });
  t.same(parseAddressBlock('127.0.0.0/8'), { family: 4, network: 0x7f000000n, prefixLength: 8 });
  t.same(parseAddressBlock('0.0.0.0/0'), { family: 4, network: 0n, prefixLength: 0 });
  t.same(parseAddressBlock('::1'), { family: 6, network: 1n, prefixLength: 128 });
  t.same(parseAddressBlock('2001:db8::/32'), { family: 6, network: 0x20010db8n << 96n, prefixLength: 32 });
  t.same(parseAddressBlock('::ffff:192.0.2.1'), { family: 6, network: 0xffffc0000201n, prefixLength: 128 });
  t.end();
});

t.test('the same block in other words', (t) => {
  const isSame = (a: string, b: string): boolean => {
    const [one, other] = [parseAddressBlock(a), parseAddressBlock(b)];
    return typeof one !== 'string' && typeof other !== 'string' && isSameBlock(one, other);
  };
  t.ok(isSame('2001:db8::1', '2001:0DB8:0:0::1/128'));
  t.ok(isSame('10.1.2.3', '10.1.2.3/32'));
  t.notOk(isSame('10.0.0.0/8', '10.0.0.0/9'));
  t.notOk(isSame('0.0.0.0/0', '::/0'));
  t.end();
});

t.test('what is wrong is said', (t) => {
  const notOne = 'is not an IPv4 or IPv6 address or CIDR block, such as 192.0.2.0/24';
  for (const text of ['', 'sbc.example.com', '1.2.3', '1.2.3.256', '[::1]', 'fe80::1%eth0', '/8']) {
    t.equal(parseAddressBlock(text), notOne, text);
  }
  for (const text of ['1.2.3.4/33', '1.2.3.4/', '1.2.3.4/-1', '1.2.3.4/8/8', '1.2.3.4/255.0.0.0']) {
    t.equal(parseAddressBlock(text), 'has no valid prefix length: an IPv4 block ends in /0 to /32', text);
  }
  const inside: readonly (readonly [string, string])[] = [
    ['192.0.2.5/24', '192.0.2.0/24'],
    ['2001:db8::1/32', '2001:db8::/32'],
    ['2001:db8:0:0:1::1/80', '2001:db8:0:0:1::/80'],
    ['fe80:1:2:3:4:5:6:7/64', 'fe80:1:2:3::/64'],
    ['::1/64', '::/64'],
  ];
  for (const [text, block] of inside) {
    const address = text.split('/')[0] ?? '';
    t.equal(
      parseAddressBlock(text),
      `is an address inside a block; write ${block} for the block or ${address} for the address`,
    );
    t.type(parseAddressBlock(block), 'object');
  }
  t.end();
});
