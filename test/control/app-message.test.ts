import t from 'tap';
import { parseAppMessage, printable } from '../../src/control/app-message.js';

t.test('a request of drachtio-srf', (t) => {
  const result = parseAppMessage(
    'INVITE sip:bob@127.0.0.1 SIP/2.0\r\nfrom: sip:a@localhost\r\nm: <sip:c@d>\r\nX-lower-Case: 1\r\nuser-agent: x\r\n' +
      'Content-Length: 3\r\n\r\nv=0\r\n\r\nmore',
  );
  t.match(result, {
    ok: true,
    message: { kind: 'request', method: 'INVITE', uri: 'sip:bob@127.0.0.1', body: 'v=0\r\n\r\nmore' },
  });
  const lines = result.ok
    ? result.message.headers.map((one) => `${one.name}|${one.spelled}|${one.value}`)
    : [];
  t.strictSame(lines, [
    'from|From|sip:a@localhost',
    'contact|Contact|<sip:c@d>',
    'x-lower-case|X-lower-Case|1',
    'user-agent|User-Agent|x',
    'content-length|Content-Length|3',
  ]);
  t.end();
});

t.test('a response, with and without a phrase', (t) => {
  t.match(parseAppMessage('SIP/2.0 302 Moved\r\n\r\n'), {
    ok: true,
    message: { status: 302, reason: 'Moved' },
  });
  t.match(parseAppMessage('SIP/2.0 486\r\n\r\n'), { ok: true, message: { status: 486, reason: '' } });
  t.end();
});

t.test('nothing in a value may become a header of its own', (t) => {
  for (const line of [
    'Subject: a\r\n P-Asserted-Identity: <sip:boss@x>',
    'Subject: a\nP-Asserted-Identity: <sip:boss@x>',
    'Subject: a\rb',
    'Subject: a\0b',
    'no colon here',
    'Bad Name: x',
  ]) {
    const result = parseAppMessage(`OPTIONS sip:x@y SIP/2.0\r\n${line}\r\n\r\n`);
    t.match(result, { ok: false, reason: /^invalid header line/ }, JSON.stringify(line));
  }
  t.end();
});

t.test('a start line that is none', (t) => {
  for (const line of [
    'OPTIONS foo bar SIP/2.0',
    'OPTIONS',
    'SIP/2.0 2x0 OK',
    'OPTIONS sip:x@y SIP/3.0',
    '',
  ]) {
    t.match(parseAppMessage(`${line}\r\n\r\n`), { ok: false }, line);
  }
  t.equal(printable('a|b\r\nc'), 'a?b??c', 'an echo fits a leader');
  t.end();
});
