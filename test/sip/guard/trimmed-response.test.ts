// What a response is cut down to, and that it is one still.
import t from 'tap';
import { parseMessage } from '../../../src/sip/index.js';
import { trimmedResponse } from '../../../src/sip/guard/trimmed-response.js';

t.test('a trimmed response has what it must have, and what its status says nothing without', (t) => {
  const whole =
    'SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.1\r\nv: SIP/2.0/UDP g\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>;tag=2\r\n' +
    'Call-ID: c\r\nCSeq: 1 REGISTER\r\nServer: Something\r\nWWW-Authenticate: Digest realm="r", nonce="n"\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc';
  const trimmed = trimmedResponse(whole);
  t.equal(
    trimmed,
    'SIP/2.0 401 \r\nv:SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.1\r\nv:SIP/2.0/UDP g\r\nf:<sip:a@x>;tag=1\r\nt:<sip:b@x>;tag=2\r\n' +
      'i:c\r\nCSeq:1 REGISTER\r\nWWW-Authenticate:Digest realm="r", nonce="n"\r\nl:0\r\n\r\n',
  );
  const parsed = parseMessage(trimmed, 'stream');
  t.equal(parsed.ok && parsed.message.list('via').length, 2);
  t.end();
});
