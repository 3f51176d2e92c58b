// Which sources `proffer engine` knows.
import t from 'tap';
import { trustedSources } from '../../../src/cli/engine/trusted-sources.js';

t.test('addresses, blocks and our own machine; nobody is asked about when none is named', (t) => {
  t.equal(trustedSources([]), undefined);
  const isTrusted = trustedSources(['192.0.2.0/24', '2001:db8::/32', '203.0.113.9']);
  for (const [remoteAddress, expected] of [
    ['192.0.2.77', true],
    ['192.0.3.1', false],
    ['2001:db8:1::5', true],
    ['2001:db9::5', false],
    ['203.0.113.9', true],
    ['203.0.113.10', false],
    ['127.0.0.4', true],
    ['::1', true],
    ['', false],
  ] as const) {
    t.equal(isTrusted?.({ protocol: 'udp', remoteAddress }), expected, remoteAddress);
  }
  t.end();
});
