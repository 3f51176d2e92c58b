import t from 'tap';
import { sdpAnswer, sdpOffer } from '../../src/switch-standin/index.js';

t.test('every stream of an offer is answered, in order (RFC 3264 6)', async (t) => {
  const offer = [
    'v=0',
    'o=alice 1 1 IN IP4 192.0.2.1',
    's=-',
    'c=IN IP4 192.0.2.1',
    't=0 0',
    'm=audio 16384 RTP/AVP 8 0',
    'a=rtpmap:8 PCMA/8000',
    'm=video 16386 RTP/AVP 96',
    'a=rtpmap:96 H264/90000',
    '',
  ].join('\r\n');
  const answer = sdpAnswer(offer, '127.0.0.1');
  t.strictSame(answer.match(/^m=.*$/gm), ['m=audio 9 RTP/AVP 8', 'm=video 0 RTP/AVP 96']);
  t.match(answer, /a=inactive/);
  t.match(answer, /c=IN IP4 127\.0\.0\.1/);
});

t.test('without an offer the answer is an offer of our own (RFC 3261 13.2.1)', async (t) => {
  t.equal(sdpAnswer('', '::1'), sdpOffer('::1'));
  t.match(sdpOffer('::1'), /c=IN IP6 ::1/);
});
