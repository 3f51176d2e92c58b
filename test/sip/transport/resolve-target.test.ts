import t from 'tap';
import { literalTarget, resolveTarget } from '../../../src/sip/index.js';
import type { Resolver } from '../../../src/sip/index.js';

const resolver: Resolver = {
  async lookup(host) {
    if (host === 'fails') throw new Error('SERVFAIL');
    return Promise.resolve(host === 'two.example.com' ? ['192.0.2.1', '2001:db8::1'] : []);
  },
};

t.test('addresses need no look-up', async (t) => {
  for (const [uri, protocol, address, port] of [
    ['sip:a@192.0.2.7', 'udp', '192.0.2.7', 5060],
    ['sip:192.0.2.7:5080;transport=TCP', 'tcp', '192.0.2.7', 5080],
    ['sip:a@[2001:db8::5]:5070', 'udp', '2001:db8::5', 5070],
    ['sips:a@192.0.2.7', 'tls', '192.0.2.7', 5061],
    ['sips:a@192.0.2.7:5071;transport=tcp', 'tls', '192.0.2.7', 5071],
    ['sip:192.0.2.7;transport=tls', 'tls', '192.0.2.7', 5061],
    ['sip:a@two.example.com:5090;maddr=192.0.2.8', 'udp', '192.0.2.8', 5090],
  ] as const) {
    t.strictSame(literalTarget(uri), { protocol, address, port }, uri);
    t.strictSame(await resolveTarget(uri, resolver), [{ protocol, address, port }], uri);
  }
  t.equal(literalTarget('sip:a@two.example.com'), null);
});

t.test('names are looked up', async (t) => {
  t.strictSame(await resolveTarget('sip:two.example.com;transport=tcp', resolver), [
    { protocol: 'tcp', address: '192.0.2.1', port: 5060 },
    { protocol: 'tcp', address: '2001:db8::1', port: 5060 },
  ]);
  await t.rejects(resolveTarget('sip:none.example.com', resolver), { code: 'SIP_TARGET_UNRESOLVED' });
  await t.rejects(resolveTarget('sip:fails', resolver), { code: 'SIP_TARGET_UNRESOLVED' });
  t.equal((await resolveTarget('sip:localhost'))[0]?.address, '127.0.0.1', 'by the system');
});

t.test('what leads nowhere is said so', async (t) => {
  for (const uri of [
    'sips:a@192.0.2.7;transport=ws',
    'tel:+15550100001',
    'sip:192.0.2.7;transport=sctp',
    'http://x',
    'nonsense',
  ]) {
    t.throws(() => literalTarget(uri), { code: 'SIP_TARGET_UNSUPPORTED' }, uri);
    await t.rejects(resolveTarget(uri, resolver), { code: 'SIP_TARGET_UNSUPPORTED' }, uri);
  }
});
