// RFC 4475 and RFC 5118 at a whole engine with an application on it: what goes up, what is answered, what is dropped. What the
// parser alone says is in message/torture.test.ts. The messages of RFC 4475 are shared test data beside the repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import t from 'tap';
import { SipEngine } from '../../src/sip/index.js';
import type { ServerExchange } from '../../src/sip/index.js';
import { answering, EngineBench } from '../support/engine-bench.js';
import { repositoryRoot } from '../support/repository-root.js';

const folder = resolve(repositoryRoot, '../shared/torture/rfc4475');
const skip = existsSync(folder) ? false : 'the messages of RFC 4475 are not beside this repository';

/**
 * `application`: it goes up, and the application's answer goes back; a status: the engine's answer; `nothing`: dropped.
 * `onTcp`: when it differs; `closes` after it when the stream cannot be cut any more.
 */
type Row = readonly [name: string, onUdp: 'application' | 'nothing' | number, clause: string, onTcp?: string];

const rows: readonly Row[] = [
  // 3.1.1 Valid messages.
  ['wsinv', 481, 'sound; its To has a tag, and there is no such dialog (RFC 3261 12.2.2)'],
  ['intmeth', 501, 'An element not recognizing the method answers 501 (RFC 3261 8.2.1)'],
  ['esc01', 'application', 'escapes in the user part are compared unescaped, kept as they came'],
  ['escnull', 'application', '%00 is a character of the user part; it is not the end of anything'],
  ['esc02', 501, 'the method RE%47IST%45R is unknown: % escaping is not applied to methods'],
  ['lwsdisp', 'application', 'no blank between display name and <'],
  ['longreq', 'application', 'long values in various header fields'],
  [
    'dblreq',
    'application',
    'UDP: the second request in the datagram is ignored; on a stream both are taken',
    '200 486 closes',
  ],
  ['semiuri', 'application', 'semicolon in the user part: the user part is user;par=u%40example.net'],
  ['transports', 'application', 'Vias of UDP, SCTP, TLS, UNKNOWN, TCP: any transport is well-formed'],
  ['mpart01', 'application', 'multipart/mixed body with an octet NUL is not looked into'],
  ['unreason', 'nothing', 'a response with UTF-8 in its reason phrase is read; nobody asked'],
  ['noreason', 'nothing', 'a response with an empty reason phrase is read; nobody asked'],
  // 3.1.2 Invalid messages.
  ['badinv01', 400, 'extraneous separators in Via, Contact: should get a 400'],
  ['clerr', 400, 'UDP: 400; on a stream the rest of the body is waited for', 'waits'],
  ['ncl', 400, 'negative Content-Length: 400; a stream is closed', '400 closes'],
  ['scalar02', 400, 'CSeq, Max-Forwards, Expires beyond their range: should get a 400'],
  ['scalarlg', 'nothing', 'a response with such numbers is discarded'],
  ['quotbal', 400, 'unterminated quoted string in a display name: 400'],
  ['ltgtruri', 400, '<> around the Request-URI: should get a 400'],
  ['lwsruri', 400, 'blanks in the Request-URI: 400', '400 closes'],
  ['lwsstart', 400, 'several blanks between the parts of the start line: should get a 400', '400 closes'],
  ['trws', 400, 'blank after the SIP version: 400', '400 closes'],
  ['escruri', 400, 'headers escaped in the Request-URI: not to be honoured; 400'],
  ['baddate', 'application', 'a Date that is not GMT: may be ignored, it decides nothing here'],
  ['regbadct', 400, 'a Contact with ?headers and no <>: should get a 400'],
  ['badaspec', 400, 'blanks inside the addr-spec: may be rejected with 400'],
  ['baddn', 400, 'characters that are no token in an unquoted display name: 400'],
  ['badvers', 505, 'SIP/7.0: 505 Version Not Supported', '505 closes'],
  ['mismatch01', 400, 'method and CSeq differ: 400'],
  ['mismatch02', 400, 'the same with an unknown method: 400 (or 501)'],
  ['bigcode', 'nothing', 'status code 4294967301: discarded', 'closes'],
  // 3.2 Transaction layer semantics.
  ['badbranch', 400, 'a branch of nothing but z9hG4bK: may be rejected with a 400'],
  // 3.3 Application layer semantics.
  ['insuf', 400, 'no Call-ID, From and To: 400'],
  ['unkscm', 416, 'Request-URI of scheme nobodyKnowsThisScheme: 416'],
  ['novelsc', 416, 'Request-URI soap.beep://: 416'],
  ['unksm2', 'application', 'unknown schemes in To and Contact: no error'],
  ['bext01', 420, 'Require nothingSupportsThis: 420 with Unsupported'],
  ['invut', 'application', 'unknown body type in an INVITE: a 415 is for the application to give'],
  ['regaut01', 'application', 'unknown Authorization scheme: the registrar challenges or ignores it'],
  ['multi01', 400, 'From, To, Call-ID, CSeq twice: 400', '400 closes'],
  ['mcl01', 400, 'Content-Length twice: should be rejected', '400 closes'],
  ['bcast', 'nothing', 'a 200 with a broadcast address as Via: discarded'],
  ['zeromf', 'application', 'Max-Forwards 0: nothing to the one it is for'],
  ['cparam01', 'application', 'an unknown parameter of a Contact: for the registrar'],
  ['cparam02', 'application', 'an unknown parameter of a Contact URI: for the registrar'],
  ['regescrt', 'application', 'an escaped Route in a Contact: for the registrar'],
  ['sdp01', 'application', 'an Accept without application/sdp: a 406 is for the application to give'],
  // 3.4 Backward compatibility.
  ['inv2543', 'application', 'an INVITE of RFC 2543: no branch, no Content-Length', '400 closes'],
];

/** 486 to INVITE and 200 to the rest. */
const serve = (exchange: ServerExchange, engine: SipEngine): void =>
  answering(exchange.request.method === 'INVITE' ? 486 : 200)(exchange, engine);

async function overUdp(bytes: Buffer): Promise<string | number> {
  const bench = await new EngineBench({ isTrusted: () => true }).start();
  const taken: ServerExchange[] = [];
  bench.serve = (exchange, engine) => {
    taken.push(exchange);
    serve(exchange, engine);
  };
  bench.receive(bytes, '192.0.2.1');
  if (taken.length > 0) return 'application';
  const [status] = bench.take();
  await bench.engine.abort();
  return status === undefined ? 'nothing' : Number(status);
}

const probe =
  'OPTIONS sip:probe@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKprobe\r\nFrom: <sip:a@x>;tag=1\r\n' +
  'To: <sip:b@x>\r\nCall-ID: probe\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n';

/** What comes back to the bytes and to a request after them, until that is answered or the connection closed. */
async function overTcp(port: number, bytes: Buffer): Promise<string> {
  const text = await new Promise<string>((done) => {
    const socket = connect(port, '127.0.0.1');
    let got = '';
    const ended = (how: string): void => {
      done(got + how);
      socket.destroy();
    };
    socket.on('data', (data: Buffer) => {
      got += data.toString('latin1');
      if (got.includes('Call-ID: probe')) ended('');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => ended('closes'));
    socket.write(Buffer.concat([bytes, Buffer.from(probe)]));
  });
  return text
    .split('\r\n\r\n')
    .filter((one) => one !== '' && !one.includes('Call-ID: probe') && !one.startsWith('SIP/2.0 100'))
    .map((one) => (one.startsWith('SIP/2.0 ') ? one.slice(8, 11) : one))
    .join(' ');
}

t.test('RFC 4475 in datagrams', { skip }, async (t) => {
  const names = readdirSync(folder).map((file) => file.replace('.dat', ''));
  t.strictSame(names.sort(), rows.map(([name]) => name).sort(), 'every message is in the table');
  for (const [name, expected, clause] of rows) {
    t.equal(await overUdp(readFileSync(join(folder, `${name}.dat`))), expected, `${name}: ${clause}`);
  }
});

t.test('RFC 4475 over TCP, a request behind each', { skip }, async (t) => {
  const engine = new SipEngine({ listen: ['sip:127.0.0.1:0;transport=tcp'] });
  engine.use({
    admit: () => ({ kind: 'taken' }),
    onRequest: (exchange) => serve(exchange, engine),
    onCancel: () => undefined,
    onAck: () => undefined,
    onResponse: () => undefined,
    onDialogEnded: () => undefined,
    onRouted: () => undefined,
  });
  await engine.start();
  t.teardown(async () => engine.abort());
  const port = engine.localAddresses[0]?.port ?? 0;
  for (const [name, onUdp, clause, onTcp] of rows) {
    if (onTcp === 'waits') continue;
    const bytes = readFileSync(join(folder, `${name}.dat`));
    const isInvite = bytes.subarray(0, 6).toString() === 'INVITE';
    const usual =
      onUdp === 'nothing' ? '' : onUdp === 'application' ? (isInvite ? '486' : '200') : String(onUdp);
    const expected = onTcp ?? usual;
    t.equal(await overTcp(port, bytes), expected, `${name}: ${clause}`);
  }
});

interface Ipv6Words {
  readonly via?: readonly string[];
  readonly contact?: string;
  readonly to?: string;
  readonly body?: string;
}

const ipv6 = (
  start: string,
  { via = ['[2001:db8::9:1]'], contact, to, body = '' }: Ipv6Words = {},
): string => {
  const [method = '', uri = ''] = start.split(' ');
  return (
    `${method} ${uri} SIP/2.0\r\nTo: ${to ?? `<sip:user@example.com>`}\r\nFrom: <sip:user@example.com>;tag=81x2\r\n` +
    via.map((one, i) => `Via: SIP/2.0/UDP ${one};branch=z9hG4bKas3-${i}\r\n`).join('') +
    `Call-ID: SSG9559905523997077@hlau_4100\r\nMax-Forwards: 70\r\n` +
    (contact === undefined ? '' : `Contact: ${contact}\r\n`) +
    `CSeq: 98176 ${method}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
};

const sdp = (lines: string): string =>
  `v=0\r\no=assistant 971731711378798081 0 IN IP6 2001:db8::20\r\ns=Live\r\n${lines}`;
const ipv6Rows: readonly (readonly [
  clause: string,
  text: string,
  expected: 'application' | 'nothing' | number,
])[] = [
  [
    '4.1 valid: IPv6 references in Request-URI, Via and Contact',
    ipv6('REGISTER sip:[2001:db8::10]', { contact: '"Caller" <sip:caller@[2001:db8::1]>' }),
    'application',
  ],
  [
    '4.2 invalid: no delimiters around the reference in the Request-URI',
    ipv6('REGISTER sip:2001:db8::10', { contact: '"Caller" <sip:caller@[2001:db8::1]>' }),
    400,
  ],
  [
    '4.3 a port inside the delimiters is part of the address',
    ipv6('REGISTER sip:[2001:db8::10:5070]'),
    'application',
  ],
  ['4.4 a port behind them is one', ipv6('REGISTER sip:[2001:db8::10]:5070'), 'application'],
  [
    '4.5 received with delimiters',
    ipv6('OPTIONS sip:[2001:db8::10]', { via: ['[2001:db8::9:1];received=[2001:db8::9:255]'] }),
    'application',
  ],
  [
    '4.5 received without delimiters',
    ipv6('OPTIONS sip:[2001:db8::10]', { via: ['[2001:db8::9:1];received=2001:db8::9:255'] }),
    'application',
  ],
  [
    '4.6 IPv6 addresses in SDP',
    ipv6('INVITE sip:user@[2001:db8::10]', {
      contact: '<sip:caller@[2001:db8::20]>',
      body: sdp('c=IN IP6 2001:db8::20\r\nt=0 0\r\nm=audio 6000 RTP/AVP 2\r\n'),
    }),
    'application',
  ],
  [
    '4.7 several kinds of address in one message',
    ipv6('OPTIONS sip:user@host.example.net', {
      via: ['[2001:db8::9:1]:6050', '192.0.2.1;received=[2001:db8::9:255]', 'host.example.com:6050'],
    }),
    'application',
  ],
  [
    '4.8 several kinds of address in SDP',
    ipv6('INVITE sip:user@[2001:db8::10]', {
      contact: '"Caller" <sip:caller@[2001:db8::9:1]>',
      body: sdp(
        't=0 0\r\nm=audio 22334 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\nm=video 6024 RTP/AVP 107\r\nc=IN IP6 2001:db8::1\r\n',
      ),
    }),
    'application',
  ],
  [
    '4.9 IPv4-mapped addresses',
    ipv6('INVITE sip:user@example.com', {
      via: ['[::ffff:192.0.2.10]:19823', '[::ffff:192.0.2.2]'],
      contact: '"T. desk phone" <sip:ted@[::ffff:192.0.2.2]>',
      body: sdp('c=IN IP6 ::ffff:192.0.2.2\r\n'),
    }),
    'application',
  ],
  [
    '4.10 three colons, which the grammar of RFC 3261 had by mistake: tolerated',
    ipv6('OPTIONS sip:user@[2001:db8:::192.0.2.1]', { to: 'sip:user@[2001:db8:::192.0.2.1]' }),
    'application',
  ],
  [
    '4.10 two colons',
    ipv6('OPTIONS sip:user@[2001:db8::192.0.2.1]', { to: 'sip:user@[2001:db8::192.0.2.1]' }),
    'application',
  ],
  ['no address at all between the delimiters', ipv6('OPTIONS sip:user@[2001:db8::zz]'), 400],
];

t.test('RFC 5118', async (t) => {
  for (const [clause, text, expected] of ipv6Rows)
    t.equal(await overUdp(Buffer.from(text)), expected, clause);
});
