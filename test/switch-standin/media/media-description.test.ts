import t from 'tap';
import {
  hasMedia,
  mediaAnswer,
  mediaOffer,
  readMedia,
} from '../../../src/switch-standin/media/media-description.js';

const local = { address: '127.0.0.1', port: 30_228, sessionId: 1_795_289_774, version: 1_795_289_775 };

function sdp(...lines: readonly string[]): string {
  return ['v=0', 'o=user1 1 1 IN IP4 127.0.0.1', 's=-', ...lines, ''].join('\r\n');
}

t.test('the answer to a plain offer is that of FreeSWITCH', async (t) => {
  const offer = sdp(
    'c=IN IP4 127.0.0.1',
    't=0 0',
    'm=audio 6000 RTP/AVP 0 101',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
  );
  const remote = readMedia(offer)!;
  t.same(remote, {
    address: '127.0.0.1',
    port: 6000,
    law: 'PCMU',
    payloadType: 0,
    keyPayloadType: 101,
    direction: 'sendrecv',
  });
  t.equal(
    mediaAnswer(offer, remote, local),
    'v=0\r\no=FreeSWITCH 1795289774 1795289775 IN IP4 127.0.0.1\r\ns=FreeSWITCH\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n' +
      'm=audio 30228 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n' +
      'a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n',
  );
});

t.test('streams that we cannot take are refused in their place (RFC 3264 6)', async (t) => {
  const offer = sdp(
    't=0 0',
    'm=video 6002 RTP/AVP 96',
    'c=IN IP4 127.0.0.9',
    'm=audio 6004 RTP/SAVP 0',
    'c=IN IP4 127.0.0.9',
    'm=audio 6000 RTP/AVP 18 98 97',
    'c=IN IP4 127.0.0.9',
    'a=rtpmap:98 PCMA/8000/1',
    'a=rtpmap:97 telephone-event/8000',
    'a=sendonly',
  );
  const remote = readMedia(offer)!;
  t.match(remote, { law: 'PCMA', payloadType: 98, keyPayloadType: 97, address: '127.0.0.9' });
  const answer = mediaAnswer(offer, remote, local);
  t.same(answer.match(/^m=.*$/gm), [
    'm=video 0 RTP/AVP 96',
    'm=audio 0 RTP/SAVP 0',
    'm=audio 30228 RTP/AVP 98 97',
  ]);
  t.match(answer, 'a=recvonly');
});

t.test('holds are read, old and new (RFC 3264 8.4)', async (t) => {
  const stream = 'm=audio 6000 RTP/AVP 0';
  t.equal(readMedia(sdp('c=IN IP4 0.0.0.0', 't=0 0', stream))?.direction, 'inactive');
  t.equal(readMedia(sdp('c=IN IP4 127.0.0.1', 'a=inactive', stream))?.direction, 'inactive');
  t.equal(readMedia(sdp('c=IN IP4 127.0.0.1', 'a=inactive', stream, 'a=sendrecv'))?.direction, 'sendrecv');
});

t.test('what has nothing for us', async (t) => {
  t.equal(readMedia(sdp('c=IN IP4 127.0.0.1', 'm=audio 6000 RTP/AVP 18')), undefined, 'no common codec');
  t.equal(readMedia(sdp('c=IN IP4 127.0.0.1', 'm=audio 0 RTP/AVP 0')), undefined, 'refused');
  t.equal(readMedia(sdp('m=audio 6000 RTP/AVP 0')), undefined, 'no address');
  t.equal(hasMedia(''), false);
});

t.test('our own offer can be answered by ourselves', async (t) => {
  const offer = mediaOffer(local);
  const remote = readMedia(offer)!;
  t.match(mediaAnswer(offer, remote, { ...local, port: 5000 }), 'm=audio 5000 RTP/AVP 0 101');
});
