import t from 'tap';
import { parseListenAddress } from '../../../src/sip/index.js';

t.test('listen addresses', (t) => {
  for (const [text, expected] of [
    ['sip:0.0.0.0:5060;transport=udp,tcp', ['udp 0.0.0.0 5060', 'tcp 0.0.0.0 5060']],
    ['sip:127.0.0.1:0;transport=udp', ['udp 127.0.0.1 0']],
    ['sip:127.0.0.1', ['udp 127.0.0.1 5060', 'tcp 127.0.0.1 5060']],
    ['sip:[::1]:5070;transport=TCP', ['tcp ::1 5070']],
    ['sip:*:5060;transport=udp', ['udp 0.0.0.0 5060']],
    ['sips:0.0.0.0', ['tls 0.0.0.0 5061']],
    ['sips:[::1]:5071;transport=tls', ['tls ::1 5071']],
    ['sip:0.0.0.0;transport=udp,tls', ['udp 0.0.0.0 5060', 'tls 0.0.0.0 5061']],
    ['sip:localhost;transport=udp,udp', ['udp 127.0.0.1 5060']],
  ] as const) {
    const addresses = parseListenAddress(text);
    t.strictSame(
      addresses.map((one) => `${one.protocol} ${one.address} ${one.port}`),
      expected,
      text,
    );
  }
  t.equal(
    parseListenAddress('sip:10.0.0.1;transport=udp', 'sip.example.com')[0]?.advertised,
    'sip.example.com',
  );
  t.end();
});

t.test('what is no listen address is refused in one line', (t) => {
  for (const text of [
    '',
    '0.0.0.0:5060',
    'sips:0.0.0.0;transport=tcp',
    'sip:',
    'sip:host.example.com',
    'sip:300.0.0.1',
    'sip:[::g]',
    'sip:0.0.0.0:99999',
    'sip:0.0.0.0:x',
    'sip:0.0.0.0;transport=ws',
    'sip:0.0.0.0;transport=',
    'sip:0.0.0.0;transport=udp,,tcp',
    'sip:user@0.0.0.0',
  ]) {
    t.throws(
      () => parseListenAddress(text),
      { code: 'SIP_LISTEN_ADDRESS', message: /^cannot listen on [^\n]+$/ },
      text,
    );
  }
  t.end();
});
