import t from 'tap';
import { wordsOf } from '../../../src/sip/index.js';

t.test('what a ladder says of a message', (t) => {
  const none = { method: '', status: 0, cseq: -1, hasSdp: false };
  const sdp = 'Content-Type: application/sdp\r\n\r\nv=0\r\n';
  const table: readonly (readonly [text: string, words: object])[] = [
    [
      `INVITE sip:a SIP/2.0\r\nCSeq: 7 INVITE\r\n${sdp}`,
      { kind: 'request', method: 'INVITE', status: 0, label: 'INVITE', cseq: 7, hasSdp: true },
    ],
    [
      'SIP/2.0 180 Ringing\r\nCSeq: 7 INVITE\r\n\r\n',
      { kind: 'response', method: 'INVITE', status: 180, label: '180 Ringing', cseq: 7, hasSdp: false },
    ],
    [
      `SIP/2.0 200\r\nCSeq: 8 BYE\r\nc: multipart/mixed;boundary=x\r\n\r\n--x\r\n${sdp}--x--`,
      { kind: 'response', method: 'BYE', status: 200, label: '200', cseq: 8, hasSdp: true },
    ],
    [
      '\r\nOPTIONS sip:a SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n',
      { ...none, kind: 'request', method: 'OPTIONS', label: 'OPTIONS' },
    ],
    ['GET / HTTP/1.1\r\n\r\n', { ...none, kind: 'malformed', label: 'GET / HTTP/1.1' }],
    ['', { ...none, kind: 'malformed', label: '' }],
  ];
  for (const [text, words] of table) t.strictSame(wordsOf(text), words, JSON.stringify(text.slice(0, 30)));
  t.end();
});
