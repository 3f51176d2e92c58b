// What is hidden of a message, and what is not.
import t from 'tap';
import { maskedMessage } from '../../../src/sip/index.js';

const masked = (text: string): string => maskedMessage(text, { isPersonalShown: false });
const lineOf = (line: string): string =>
  masked(`INVITE sip:sales@192.0.2.1 SIP/2.0\r\n${line}\r\n\r\n`).split('\r\n').slice(1, -2).join('\r\n');

t.test('numbers, names and credentials, header by header', (t) => {
  const table: readonly (readonly [line: string, shown: string])[] = [
    [
      'From: "Alice Doe" <sip:+15550100001@192.0.2.9;user=phone>;tag=12345678',
      'From: "***" <sip:+*********01@192.0.2.9;user=phone>;tag=12345678',
    ],
    ['f: Alice Doe <sip:alice@example.com>;tag=1', 'f: *** <sip:alice@example.com>;tag=1'],
    ['t: <sip:5550100001:secret@192.0.2.9>', 't: <sip:********01:***@192.0.2.9>'],
    ['To: sip:%31%35%35%35@192.0.2.9', 'To: sip:***@192.0.2.9'],
    [
      'P-Asserted-Identity: "Bob", <tel:+1-555-010-0002>',
      'P-Asserted-Identity: "Bob", <tel:+************02>',
    ],
    [
      'Diversion: "Bob" <sip:5550100002@x>;reason="no-answer", Carol <sip:5550100003@x>',
      'Diversion: "***" <sip:********02@x>;reason="no-answer", *** <sip:********03@x>',
    ],
    [
      'Refer-To: <sip:queue@x?P-Asserted-Identity=%3Csip%3A%2B15550100001%40x%3E>',
      'Refer-To: <sip:queue@x?P-Asserted-Identity=%3Csip%3A%2B*********01%40x%3E>',
    ],
    ['X-Caller: +1 (555) 010-0001 or +15550100001', 'X-Caller: ***************01 or **********01'],
    ['Identity: eyJhbGciOiJFUzI1NiJ9..abc;info=<https://x>', 'Identity: ***'],
    ['Authorization: Digest username="alice", response="0123"', 'Authorization: Digest ***'],
    ['Proxy-Authorization:Basic YWxpY2U6c2VjcmV0', 'Proxy-Authorization: Basic ***'],
    ['Authorization: Digest username="alice",\r\n response="0123"', 'Authorization: Digest ***\r\n ***'],
    ['Call-ID: +15550100001@192.0.2.9', 'Call-ID: +15550100001@192.0.2.9'],
    [
      'Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK5550100001',
      'Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK5550100001',
    ],
    ['Contact: <sip:acme-sales@192.0.2.7:5080>', 'Contact: <sip:acme-sales@192.0.2.7:5080>'],
  ];
  for (const [line, shown] of table) t.equal(lineOf(line), shown);
  t.equal(
    masked('INVITE sip:+18005550100@192.0.2.1:5060 SIP/2.0\r\n\r\n'),
    'INVITE sip:+*********00@192.0.2.1:5060 SIP/2.0\r\n\r\n',
  );
  t.equal(masked('RUBBISH sip:+15550100001@x'), 'RUBBISH sip:+*********01@x');
  t.end();
});

t.test(
  'bodies: SDP without its person, parts of messages masked, all else hidden; keys are hidden always',
  (t) => {
    const withBody = (type: string, body: string, isPersonalShown = false): string =>
      maskedMessage(`INFO sip:x SIP/2.0\r\nc: ${type}\r\n\r\n${body}`, { isPersonalShown })
        .split('\r\n\r\n')
        .slice(1)
        .join('\r\n\r\n');
    const sdp =
      'v=0\r\no=15550100001 1 1 IN IP4 192.0.2.9\r\ns=Alice\r\nc=IN IP4 192.0.2.9\r\na=crypto:1 AES inline:a2V5\r\n';
    t.equal(
      withBody('application/sdp', sdp),
      'v=0\r\no=*********01 1 1 IN IP4 192.0.2.9\r\ns=***\r\nc=IN IP4 192.0.2.9\r\na=crypto:***\r\n',
    );
    t.equal(withBody('application/sdp', sdp, true), sdp.replace('1 AES inline:a2V5', '***'));
    t.equal(
      withBody('application/dtmf-relay', 'Signal=5\r\n'),
      '[10 bytes of application/dtmf-relay are hidden]',
    );
    t.equal(withBody('application/dtmf-relay', 'Signal=5\r\n', true), 'Signal=5\r\n');
    t.equal(
      withBody('message/sipfrag;version=2.0', 'SIP/2.0 200 OK\r\nTo: <sip:+15550100001@x>\r\n'),
      'SIP/2.0 200 OK\r\nTo: <sip:+*********01@x>\r\n',
    );
    t.end();
  },
);

t.test('what is asked for is shown, but no secret', (t) => {
  const text = 'INVITE sip:+18005550100@x SIP/2.0\r\nFrom: "Alice" <sip:+15550100001@x>\r\nX-Ref: A1\r\n\r\n';
  t.equal(maskedMessage(text, { isPersonalShown: true }), text);
  t.match(
    maskedMessage(text, { isPersonalShown: false, personalHeaders: new Set(['x-ref']) }),
    'X-Ref: ***\r\n',
  );
  t.equal(
    maskedMessage('REGISTER sip:x SIP/2.0\nAuthorization: Digest a="b"\n\n', { isPersonalShown: true }),
    'REGISTER sip:x SIP/2.0\nAuthorization: Digest ***\n\n',
  );
  t.end();
});

t.test('a text made to be slow is not', (t) => {
  for (const piece of [
    '"',
    '<',
    ',',
    ', ',
    'sip:',
    ' ',
    '\r\n ',
    'From:',
    '%3Csip%3A',
    'tel:1',
    '+1(',
    'a"\\',
  ])
    t.ok(masked(`INVITE sip:x SIP/2.0\r\nFrom: ${piece.repeat(20_000)}`).length > 0, piece);
  t.end();
});
