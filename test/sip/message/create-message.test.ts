import t from 'tap';
import { createResponse, reasonPhraseOf, SipHeaderError } from '../../../src/sip/index.js';
import { accepted, textOf } from './messages.js';

const lines =
  'Via: SIP/2.0/UDP first\r\nRecord-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2;lr>\r\nTimestamp: 54\r\n';

t.test('a response copies what it must (RFC 3261 8.2.6.2)', (t) => {
  const request = accepted(textOf({ lines }));
  const response = createResponse(request, 486, undefined, 'a6c85cf');
  t.equal(
    response.toString(),
    'SIP/2.0 486 Busy Here\r\n' +
      'Via: SIP/2.0/UDP pc33.atlanta.example.com;branch=z9hG4bK776asdhds\r\n' +
      'To: Bob <sip:bob@biloxi.example.com>;tag=a6c85cf\r\n' +
      'From: Alice <sip:alice@atlanta.example.com>;tag=1928301774\r\n' +
      'Call-ID: a84b4c76e66710@pc33.atlanta.example.com\r\n' +
      'CSeq: 314159 INVITE\r\n' +
      'Via: SIP/2.0/UDP first\r\n' +
      'Content-Length: 0\r\n\r\n',
  );
  t.equal(response.method, 'INVITE');
  t.equal(response.isRequest, false);
  t.end();
});

t.test('Record-Route where a dialog may form (12.1.1)', (t) => {
  const request = accepted(textOf({ lines }));
  for (const [status, count] of [
    [100, 0],
    [180, 2],
    [200, 2],
    [302, 0],
    [486, 0],
  ] as const) {
    t.equal(createResponse(request, status).getAll('record-route').length, count, String(status));
  }
  const options = accepted(
    textOf({ startLine: 'OPTIONS sip:b@b SIP/2.0', headers: { CSeq: '1 OPTIONS' }, lines }),
  );
  t.equal(createResponse(options, 200).has('record-route'), false);
  t.end();
});

t.test('100 has no tag of ours and keeps the Timestamp (8.2.6.1)', (t) => {
  const response = createResponse(accepted(textOf({ lines })), 100, undefined, 'tag');
  t.equal(response.to()?.tag, undefined);
  t.equal(response.get('timestamp'), '54');
  t.end();
});

t.test('a tag that is there stays', (t) => {
  const request = accepted(textOf({ headers: { To: '<sip:bob@b>;tag=theirs' } }));
  t.equal(createResponse(request, 200, undefined, 'ours').to()?.tag, 'theirs');
  t.end();
});

t.test('reason phrases', (t) => {
  t.equal(reasonPhraseOf(481), 'Call/Transaction Does Not Exist');
  t.equal(reasonPhraseOf(499), 'Request Failure');
  const request = accepted(textOf());
  t.equal(createResponse(request, 403, 'Go Away').reasonPhrase, 'Go Away');
  t.throws(() => createResponse(request, 403, 'Go\r\nX: y'), SipHeaderError);
  t.end();
});
