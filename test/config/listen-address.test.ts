import t from 'tap';
import { formatListenAddress, parseListenAddress } from '../../src/config/index.js';

t.test('listen addresses and their parts', (t) => {
  t.same(parseListenAddress('sip:0.0.0.0:5060;transport=udp,tcp'), {
    host: '0.0.0.0',
    port: 5060,
    transports: ['udp', 'tcp'],
  });
  t.same(parseListenAddress('sip:sbc.example.com'), {
    host: 'sbc.example.com',
    port: 5060,
    transports: ['udp', 'tcp'],
  });
  t.same(parseListenAddress('sips:0.0.0.0'), { host: '0.0.0.0', port: 5061, transports: ['tls'] });
  t.same(parseListenAddress('sip:[2001:db8::1]:0;transport=tcp'), {
    host: '2001:db8::1',
    port: 0,
    transports: ['tcp'],
  });
  t.end();
});

t.test('the text of the parts has the same parts', (t) => {
  for (const text of [
    'sip:0.0.0.0:5060;transport=udp,tcp',
    'sip:[::1]:0;transport=tcp',
    'sip:a:65535;transport=udp',
  ]) {
    const address = parseListenAddress(text);
    t.equal(typeof address === 'string' ? address : formatListenAddress(address), text);
  }
  t.end();
});

t.test('what is wrong is said', (t) => {
  const form = 'is not an address to listen on, such as sip:0.0.0.0:5060;transport=udp,tcp';
  const cases: readonly (readonly [string, string])[] = [
    ['0.0.0.0:5060', form],
    ['sip:', form],
    ['sip:user@0.0.0.0', form],
    ['sip:::1', form],
    ['sip:0.0.0.0:5060;transport=', form],
    ['sip:0.0.0.0:70000', 'has port 70000; ports end at 65535'],
    ['sip:[1.2.3.4]', 'has no valid IPv6 address in its brackets'],
    ['sip:0.0.0.0;transport=ws', 'has the transport "ws"; the embedded engine speaks udp, tcp and tls'],
    [
      'sip:0.0.0.0;transport=udp,tls',
      'has tls beside others; TLS is an address of its own, such as sips:0.0.0.0:5061',
    ],
    ['sips:0.0.0.0;transport=tcp', 'has sips:, which is TLS; leave out its transport'],
    ['sip:0.0.0.0;transport=udp,udp', 'has the transport udp twice'],
  ];
  for (const [text, problem] of cases) t.equal(parseListenAddress(text), problem, text);
  t.end();
});
