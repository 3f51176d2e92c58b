// Node's resolver against a DNS server of ours, and the system's.
import t from 'tap';
import { NodeDns, SipResolver } from '../../src/sip/index.js';
import { NameServer } from '../support/name-server.js';

t.test('records, times to live, a truncated answer, and what is not there', async (t) => {
  const server = await NameServer.start();
  const dns = new NodeDns({ servers: [server.address], retryMs: 300 });
  t.teardown(async () => {
    dns.close();
    await server.stop();
  });
  server.ttlSeconds = 77;
  server
    .a('bob.example', '127.0.0.2', '127.0.0.3', '::1')
    .srv('_sip._udp.bob.example', 'a.bob.example:5070', 1, 2)
    .naptr('bob.example', 'SIP+D2U', '_sip._udp.bob.example');
  t.strictSame(await dns.a('bob.example'), { records: ['127.0.0.2', '127.0.0.3'], ttlMs: 77_000 });
  t.strictSame(await dns.aaaa('bob.example'), { records: ['::1'], ttlMs: 77_000 });
  t.match((await dns.srv('_sip._udp.bob.example')).records, [
    { name: 'a.bob.example', port: 5070, priority: 1, weight: 2 },
  ]);
  t.match((await dns.naptr('bob.example')).records, [
    { flags: 's', service: 'SIP+D2U', replacement: '_sip._udp.bob.example' },
  ]);
  server.behaviour = 'truncated';
  const before = server.asked.length;
  t.equal((await dns.a('bob.example')).records.length, 2);
  t.equal(server.asked.length, before + 2, 'over UDP, then over TCP');
  server.behaviour = 'answer';
  t.strictSame(await dns.a('nobody.example'), { records: [] }, 'NXDOMAIN');
  t.strictSame(await dns.srv('bob.example'), { records: [] }, 'NODATA');
  server.behaviour = 'servfail';
  await t.rejects(dns.a('bob.example'), { code: 'ESERVFAIL' });
});

t.test('a slow server is waited for, a silent one is not', async (t) => {
  const server = await NameServer.start();
  const resolver = new SipResolver({
    dns: { servers: [server.address], timeoutMs: 1200 },
    listenAddresses: () => [{ protocol: 'udp', address: '127.0.0.1', port: 5060 }],
  });
  t.teardown(async () => {
    resolver.close();
    await server.stop();
  });
  server.a('bob.example', '127.0.0.2').delayMs = 50;
  t.match(await resolver.resolve('sip:bob.example:5060'), [{ address: '127.0.0.2' }]);
  server.behaviours.set('carol.example', 'silent');
  await t.rejects(async () => resolver.resolve('sip:carol.example:5060'), { code: 'SIP_TARGET_UNRESOLVED' });
  t.ok(server.count('A', 'carol.example') > 1, 'a lost datagram is sent again');
});

t.test('without servers the system is asked, /etc/hosts included', async (t) => {
  const resolver = new SipResolver({
    listenAddresses: () => [{ protocol: 'udp', address: '127.0.0.1', port: 5060 }],
  });
  t.teardown(() => resolver.close());
  t.match(await resolver.resolve('sip:localhost'), [{ address: '127.0.0.1', port: 5060, protocol: 'udp' }]);
});

t.test('a server that is no address is refused', (t) => {
  t.throws(() => new NodeDns({ servers: ['dns.example'], retryMs: 100 }), { code: 'SIP_DNS_SERVER' });
  t.end();
});
