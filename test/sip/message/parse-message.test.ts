import t from 'tap';
import { createResponse, defaultMessageLimits, parseMessage } from '../../../src/sip/index.js';
import { accepted, refused, textOf } from './messages.js';

t.test('a request in its parts', (t) => {
  const message = accepted(textOf({ body: 'v=0\r\n' }));
  t.equal(message.isRequest, true);
  t.equal(message.method, 'INVITE');
  t.equal(message.requestUri, 'sip:bob@biloxi.example.com');
  t.equal(message.body, 'v=0\r\n', 'without Content-Length a datagram is body to its end (RFC 3261 18.3)');
  t.equal(message.callId, 'a84b4c76e66710@pc33.atlanta.example.com');
  t.strictSame(message.cseq(), { number: 314159, method: 'INVITE' });
  t.equal(message.from()?.tag, '1928301774');
  t.equal(message.from()?.displayName, 'Alice');
  t.equal(message.to()?.tag, undefined);
  t.equal(message.topVia()?.branch, 'z9hG4bK776asdhds');
  t.end();
});

t.test('a response in its parts', (t) => {
  const message = accepted(textOf({ startLine: 'SIP/2.0 486 Busy Here', headers: { Contact: null } }));
  t.equal(message.isRequest, false);
  t.equal(message.statusCode, 486);
  t.equal(message.reasonPhrase, 'Busy Here');
  t.equal(message.method, 'INVITE', 'the method of its CSeq');
  t.equal(message.requestUri, '');
  t.end();
});

t.test('status lines', (t) => {
  for (const [line, phrase] of [
    ['SIP/2.0 100 ', ''],
    ['SIP/2.0 100', ''],
    ['sip/2.0 180 Ringing', 'Ringing'],
    ['SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe', '= 2**3 * 5**2 \xd0\xbd\xd0\xbe'],
  ] as const) {
    t.equal(accepted(textOf({ startLine: line })).reasonPhrase, phrase, line);
  }
  for (const line of [
    'SIP/2.0 99 Low',
    'SIP/2.0 700 High',
    'SIP/2.0 4294967301 Big',
    'SIP/2.0 2x0 OK',
    'SIP/2.0 200OK',
    'SIP/2.0',
    'SIP/2.0 ',
  ]) {
    const result = refused(textOf({ startLine: line }));
    t.equal(result.partial, null, `${line}: dropped, nothing answers a response`);
  }
  t.equal(refused(textOf({ startLine: 'SIP/3.0 200 OK' })).partial, null);
  t.end();
});

t.test('request lines that are refused', (t) => {
  for (const [line, status] of [
    ['INVITE  sip:bob@biloxi.example.com SIP/2.0', 400],
    ['INVITE sip:bob@biloxi.example.com  SIP/2.0', 400],
    ['INVITE sip:bob@biloxi.example.com SIP/2.0 ', 400],
    ['INVITE sip:bob@biloxi.example.com; lr SIP/2.0', 400],
    ['INVITE <sip:bob@biloxi.example.com> SIP/2.0', 400],
    ['INVITE sip:bob@biloxi.example.com?Route=%3Csip:x%3E SIP/2.0', 400],
    ['INVITE bob SIP/2.0', 400],
    ['INVITE sip: SIP/2.0', 400],
    ['INVITE sip:bob@host:99999 SIP/2.0', 400],
    ['INVITE sip:b%4 SIP/2.0', 400],
    ['IN/VITE sip:bob@biloxi.example.com SIP/2.0', 400],
    ['INVITE sip:bob\0@biloxi.example.com SIP/2.0', 400],
    ['INVITE sip:bob@biloxi.example.com SIP/7.0', 505],
    ['INVITE sip:bob@biloxi.example.com SIP/2.00', 505],
    [`INVITE sip:${'b'.repeat(defaultMessageLimits.startLine)}@host SIP/2.0`, 414],
  ] as const) {
    const result = refused(textOf({ startLine: line }));
    t.equal(result.status, status, line.slice(0, 80));
    t.ok(result.partial, 'and can be answered');
    const response = createResponse(result.partial!, result.status, result.reason, 'tag1').toString();
    t.match(response, new RegExp(`^SIP/2.0 ${status} [^\r\n]+\r\nVia: SIP/2.0/UDP pc33`));
  }
  t.end();
});

t.test('request lines that are accepted', (t) => {
  for (const line of [
    'INVITE sip:bob@biloxi.example.com sip/2.0',
    'INVITE sip:[2001:db8::9:1] SIP/2.0',
    'INVITE tel:+1-201-555-0123;phone-context=x SIP/2.0',
    'INVITE soap.beep://192.0.2.103:3002 SIP/2.0',
    'INVITE nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0',
    'INVITE sips:bob@biloxi.example.com SIP/2.0',
  ]) {
    t.equal(accepted(textOf({ startLine: line })).method, 'INVITE', line);
  }
  t.equal(
    accepted(textOf({ startLine: 'INVITE soap.beep://x SIP/2.0' })).uri(),
    null,
    '416 is for the layer above',
  );
  t.end();
});

t.test('other protocols get no answer', (t) => {
  for (const text of [
    'GET / HTTP/1.1\r\nVia: SIP/2.0/TCP x\r\n\r\n',
    'garbage',
    '',
    '\0\0\0\0',
    '\x16\x03\x01\x02\x00',
  ]) {
    t.equal(refused(text).partial, null, JSON.stringify(text));
  }
  t.end();
});

t.test('compact forms and any case of header names (RFC 3261 7.3.3)', (t) => {
  const text =
    'INVITE sip:bob@biloxi.example.com SIP/2.0\r\nv: SIP/2.0/UDP a;branch=z9hG4bK1\r\nt: <sip:bob@b>\r\n' +
    'F: <sip:alice@a>;tag=1\r\ni: call\r\ncSEQ: 1 INVITE\r\nm: <sip:alice@a>\r\nc: text/plain\r\ns: hello\r\n' +
    'K: timer\r\nr: <sip:x@y>\r\nx: 90\r\nL: 2\r\n\r\nhi';
  const message = accepted(text);
  t.equal(message.get('content-type'), 'text/plain');
  t.equal(message.get('subject'), 'hello');
  t.equal(message.get('supported'), 'timer');
  t.equal(message.get('refer-to'), '<sip:x@y>');
  t.equal(message.get('session-expires'), '90');
  t.equal(message.get('Call-ID'), 'call', 'any form of the name is understood');
  t.equal(message.get('i'), 'call');
  t.equal(message.toString(), text, 'and the spelling goes out as it came');
  t.end();
});

t.test('folded headers become one line (RFC 3261 7.3.1)', (t) => {
  const message = accepted(
    textOf({
      headers: { To: null, Subject: null },
      lines:
        'TO :\r\n sip:bob@b ;   tag    = 1918181833n\r\nSubject: I know  \r\n\t you \r\n   \r\n there\r\n',
    }),
  );
  t.equal(message.get('to'), 'sip:bob@b ;   tag    = 1918181833n');
  t.equal(message.to()?.tag, '1918181833n');
  t.equal(message.get('subject'), 'I know you there');
  const smuggled = accepted(textOf({ lines: 'Subject: hi\r\n P-Asserted-Identity: <sip:boss@b>\r\n' }));
  t.equal(smuggled.has('p-asserted-identity'), false);
  t.notMatch(smuggled.toString(), /\r\n[ \t]/, 'and no fold goes out');
  t.end();
});

t.test('blanks around name and value', (t) => {
  const message = accepted(textOf({ lines: 'Subject  \t:   \t a b \t \r\ns :\r\nX-Empty:\r\n' }));
  t.strictSame(message.getAll('subject'), ['a b', '']);
  t.equal(message.get('x-empty'), '');
  t.end();
});

t.test('bare CR, bare LF and NUL are refused, so that nothing is smuggled', (t) => {
  for (const line of [
    'Subject: a\rP-Asserted-Identity: <sip:boss@b>\r\n',
    'Subject: a\nP-Asserted-Identity: <sip:boss@b>\r\n',
    'Subject: a\n\r\n',
    'Subject: a\r\r\n',
    'Subject: a\r\n b\nP-Asserted-Identity: <sip:boss@b>\r\n',
    'Subject: a\r\n b\rc\r\n',
    'Subject: a\0b\r\n',
    'Subject: "a\\\\\0b"\r\n',
    'Subject: \\\0\r\n',
  ]) {
    const result = refused(textOf({ lines: line }));
    t.equal(result.status, 400, JSON.stringify(line));
    const response = createResponse(result.partial!, 400, result.reason, 'x').toString();
    t.notMatch(response, /boss|\0/, 'nor does it come back in the response');
  }
  t.equal(refused('INVITE sip:bob@b SIP/2.0\nVia: x\n\n').partial, null);
  const quoted = accepted(textOf({ headers: { To: '"NUL:\\\0" <sip:bob@b>' } }));
  t.equal(quoted.to()?.displayName, 'NUL:\0', 'a quoted-pair may hold it (RFC 3261 25.1)');
  t.end();
});

t.test('header lines that are refused', (t) => {
  for (const line of ['no colon\r\n', ': no name\r\n', 'two words: x\r\n', 'b[d: x\r\n']) {
    t.equal(refused(textOf({ lines: line })).status, 400, JSON.stringify(line));
  }
  t.equal(refused('INVITE sip:b SIP/2.0\r\n Via: x\r\n\r\n').status, 400, 'a fold of the start line');
  t.equal(refused(textOf().slice(0, -2)).status, 400, 'no empty line');
  t.end();
});

t.test('headers that may stand once only (RFC 3261 7.3.1)', (t) => {
  for (const line of [
    'Call-ID: other\r\n',
    'i: other\r\n',
    'CSeq: 59 INVITE\r\n',
    'From: <sip:x@y>;tag=1\r\n',
    'To: <sip:x@y>\r\n',
    'Max-Forwards: 5\r\n',
    'Content-Length: 0\r\nContent-Length: 0\r\n',
    'Content-Type: a/b\r\nc: c/d\r\n',
  ]) {
    t.equal(refused(textOf({ lines: line })).status, 400, JSON.stringify(line));
  }
  t.end();
});

t.test('what every request must have (RFC 3261 8.1.1)', (t) => {
  for (const [name, bad] of [
    ['Via', 'SIP/2.0/UDP 192.0.2.15;;,;,,'],
    ['Via', 'SIP/2.0/UDP a;branch=z9hG4bK'],
    ['Via', 'UDP a'],
    ['From', 'Alice'],
    ['From', '"Alice <sip:alice@a>;tag=1'],
    ['To', '"Mr. J. User <sip:j.user@example.com>'],
    ['To', '< sip:bob@b >'],
    ['To', 'Bell, Alexander <sip:bob@b>'],
    ['Call-ID', ''],
    ['Call-ID', 'two words'],
    ['CSeq', '1'],
    ['CSeq', 'INVITE'],
    ['CSeq', '-1 INVITE'],
    ['CSeq', '4294967296 INVITE'],
    ['CSeq', '1 OPTIONS'],
    ['Max-Forwards', '256'],
    ['Max-Forwards', '-1'],
    ['Max-Forwards', 'many'],
    ['Contact', 'sip:alice@a?Route=%3Csip:x%3E'],
    ['Contact', '<sip:alice@a'],
  ] as const) {
    const result = refused(textOf({ headers: { [name]: bad } }));
    t.equal(result.status, 400, `${name}: ${bad}`);
    t.ok(result.partial, 'can be answered');
  }
  for (const name of ['From', 'To', 'Call-ID', 'CSeq']) {
    const result = refused(textOf({ headers: { [name]: null } }));
    t.equal(result.reason, `Missing ${name}`);
    t.ok(result.partial, 'RFC 4475 3.3.1: ideally it is answered all the same');
  }
  t.equal(refused(textOf({ headers: { Via: null } })).partial, null, 'without Via no response finds its way');
  t.ok(accepted(textOf({ headers: { 'Max-Forwards': null } })), 'absent Max-Forwards is a proxy’s to add');
  t.ok(accepted(textOf({ headers: { Contact: '*' } })));
  t.ok(accepted(textOf({ headers: { From: 'J\xc3\xb6rg <sip:j@a>;tag=1' } })), 'UTF-8 without quotes');
  t.end();
});

t.test('an ACK is never answered', (t) => {
  const headers = { CSeq: '1 ACK' };
  t.equal(
    refused(textOf({ startLine: 'ACK sip:b@b SIP/2.0', headers: { ...headers, To: 'x' } })).partial,
    null,
  );
  t.equal(refused(textOf({ startLine: 'ACK  sip:b@b SIP/2.0', headers })).partial, null);
  t.equal(refused(textOf({ startLine: 'A(K sip:b@b SIP/2.0', headers })).partial, null);
  t.end();
});

t.test('Content-Length in a datagram (RFC 3261 18.3)', (t) => {
  const withLength = (length: string, body: string): string =>
    textOf({ lines: `Content-Length: ${length}\r\n`, body });
  t.equal(accepted(withLength('2', 'hi and more')).body, 'hi', 'what follows is dropped');
  t.equal(accepted(withLength('0002', 'hi')).body, 'hi');
  t.equal(refused(withLength('9999', 'hi')).status, 400);
  for (const bad of ['-999', '+2', '2 2', '2,2', '0x2', '', '99999999999999999999']) {
    t.equal(refused(withLength(bad, 'hi')).status, 400, bad);
  }
  t.end();
});

t.test('bodies are intact to the byte', (t) => {
  const body = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('') + '\r\n--b--\r\n\r\n';
  const message = accepted(textOf({ lines: `Content-Length: ${body.length}\r\n`, body }));
  t.equal(message.body, body);
  const bytes = Buffer.from(message.toString(), 'latin1');
  t.equal(bytes.subarray(-body.length).equals(Buffer.from(body, 'latin1')), true);
  t.match(message.toString(), `Content-Length: ${body.length}\r\n`);
  t.end();
});

t.test('leading CRLFs are ignored (RFC 3261 7.5)', (t) => {
  t.equal(accepted(`\r\n\r\n\r\n${textOf()}`).method, 'INVITE');
  t.end();
});

t.test('limits', (t) => {
  const limits = { startLine: 100, headerLine: 200, headerCount: 12, head: 2000, body: 10 };
  const status = (text: string): number => {
    const result = parseMessage(text, 'datagram', limits);
    return result.ok ? 200 : result.status;
  };
  t.equal(status(textOf({ body: '0123456789' })), 200);
  t.equal(status(textOf({ body: '0123456789a' })), 513);
  t.equal(status(textOf({ lines: `X: ${'x'.repeat(200)}\r\n` })), 400);
  t.equal(status(textOf({ lines: `X: ${'x\r\n '.repeat(120)}\r\n` })), 400, 'folds count too');
  t.equal(status(textOf({ lines: 'X: y\r\n'.repeat(5) })), 200);
  t.equal(status(textOf({ lines: 'X: y\r\n'.repeat(6) })), 400);
  t.equal(status(textOf({ startLine: `INVITE sip:${'b'.repeat(90)} SIP/2.0` })), 414);
  t.end();
});
