// Edge cases that were tried on a real drachtio-server 0.9.10 (captures/drachtio/90-edge-cases.txt): what an application says, what
// the real one made of it, and what is made of it here. Where the two differ, the row says why.
import { connect } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import type { SipMessage } from '../../src/sip/index.js';
import { RawApplication } from '../support/raw-application.js';
import { openEngine, secret } from './control-support.js';

async function open(t: Test, preservedHeaderNames: readonly string[] = []) {
  const opened = await openEngine(t, { preservedHeaderNames }, { timers: { t1: 50, t2: 100, t4: 100 } });
  const join = async (methods: readonly string[]): Promise<RawApplication> => {
    const application = new RawApplication(connect(opened.controlPort, '127.0.0.1'));
    application.answers = false;
    await application.join(secret, methods);
    return application;
  };
  /** The answer to a command, without its ids. */
  const answer = async (application: RawApplication, rest: string): Promise<string> => {
    const id = application.send(rest);
    return (await application.hear(({ tokens }) => tokens[2] === id)).tokens.slice(3).join('|');
  };
  return { ...opened, join, answer };
}

t.test('framing and authentication', async (t) => {
  const { controlPort, join } = await open(t);
  const frame = (payload: string): string => `${payload.length}#${payload}`;
  const hello = frame(`h|authenticate|${secret}`);
  for (const [what, pieces, expected, difference] of [
    ['two frames in one segment', [hello + frame('p|ping')], ['h|OK', 'p|OK|pong'], ''],
    ['one byte a segment', Array.from(hello + frame('p|ping')), ['h|OK', 'p|OK|pong'], ''],
    ['leading zeros', [hello, `0006#p|ping`], ['h|OK', 'p|OK|pong'], ''],
    ['no field of tags', [hello], ['h|OK'], ''],
    [
      'ping before authenticate',
      [frame('p|ping')],
      ['p|NO|not authenticated'],
      'the real one answers: its secret is not enforced',
    ],
    ['route before authenticate', [frame('r|route|invite')], ['r|NO|not authenticated'], 'as above'],
    ['a length of 6 digits', [hello, '100000#'], ['h|OK'], 'up to 1 MiB is taken; the real one closes'],
    [
      'garbage for a length',
      [hello, 'abc#'],
      ['h|OK', '|NO|Invalid message format'],
      'the real one only closes',
    ],
    ['an unknown command', [hello, frame('x|dance')], ['h|OK', 'x|NO|Unknown message type'], ''],
    ['no |', [hello, frame('onlyid')], ['h|OK', 'onlyid|NO|Invalid message format'], ''],
  ] as const) {
    const application = new RawApplication(connect(controlPort, '127.0.0.1'));
    for (const piece of pieces) application.socket.write(piece);
    const heard: string[] = [];
    for (const _ of expected) {
      const { tokens } = await application.hear(() => true);
      heard.push(tokens.slice(2).join('|'));
    }
    heard.forEach((text, index) =>
      t.ok(text.startsWith(expected[index] ?? ''), `${what} ${difference}`, { text }),
    );
    if (expected.some((one) => one.includes('|NO|'))) await application.closed;
    application.socket.destroy();
  }
  t.ok(await join(['invite']), 'the engine is alive');
});

t.test('routing: wildcards and upper case are no routes', async (t) => {
  const { peer, join } = await open(t);
  const application = await join(['*', 'MESSAGE']);
  peer.request('MESSAGE', { body: '' });
  // The real one answers 503; somebody is there and takes another method, so 405 here.
  await peer.hearStatus(405, 'MESSAGE');
  application.socket.destroy();
});

/** Requests of an application: headers given, and what is on the wire, or the answer. */
const sent: readonly (readonly [
  what: string,
  start: string,
  headers: string,
  expected: Readonly<Record<string, string | RegExp | undefined>> | RegExp,
])[] = [
  [
    'localhost is our address in From, To, Contact and P-Asserted-Identity alone',
    'OPTIONS {bob}',
    'from: <sip:me@localhost>;tag=t1\r\nto: <sip:you@localhost>\r\ncontact: <sip:me@localhost>\r\nX-Foo: <sip:z@localhost>\r\nP-Asserted-Identity: <sip:pai@localhost>',
    {
      from: '<sip:me@{own}>;tag=t1',
      to: '<sip:you@{own}>',
      contact: '<sip:me@{own}>',
      'x-foo': '<sip:z@localhost>',
      'p-asserted-identity': '<sip:pai@{own}>',
    },
  ],
  [
    'Call-ID, CSeq and Max-Forwards of the application; Via, Route and Record-Route are ours',
    'OPTIONS {bob}',
    'Call-ID: myid@x\r\nCSeq: 99 OPTIONS\r\nMax-Forwards: 11\r\nVia: SIP/2.0/UDP 192.0.2.9\r\nRoute: <sip:192.0.2.9;lr>\r\nRecord-Route: <sip:192.0.2.9;lr>',
    {
      'call-id': 'myid@x',
      cseq: '99 OPTIONS',
      'max-forwards': '11',
      via: /^SIP\/2\.0\/UDP 127\.0\.0\.1/,
      route: undefined,
      'record-route': undefined,
    },
  ],
  [
    'defaults of an INVITE',
    'INVITE {bob}',
    '',
    { from: /^<sip:{own}>;tag=/, to: '<{bob}>', contact: '<sip:{own}>', 'max-forwards': '70' },
  ],
  [
    'defaults of a SUBSCRIBE',
    'SUBSCRIBE {bob}',
    'Event: presence',
    { contact: '<sip:{own}>', event: 'presence' },
  ],
  [
    'a header that is UTF-8',
    'OPTIONS {bob}',
    `Subject: ${Buffer.from('grüße ☺').toString('latin1')}`,
    { subject: Buffer.from('grüße ☺').toString('latin1') },
  ],
  // The real one drops the header and everything after it; here what is unknown to us passes, and a bad Contact is refused.
  [
    'a header that is malformed passes',
    'OPTIONS {bob}',
    'X-Before: 1\r\nAccept: foo\r\nX-After: 1',
    { accept: 'foo', 'x-after': '1' },
  ],
  ['a Contact that is none', 'OPTIONS {bob}', 'Contact: <sip:', /^NOK\|invalid Contact header$/],
  ['a From that is none', 'OPTIONS {bob}', 'From: <sip:', /^NOK\|Error creating leg$/],
  // The real one makes a header of the second line.
  [
    'a folded header',
    'OPTIONS {bob}',
    'Subject: hello\r\n P-Asserted-Identity: <sip:boss@x>',
    /^NOK\|invalid header line/,
  ],
  ['a bare CR', 'OPTIONS {bob}', 'Subject: hello\rX-Smuggled: 1', /^NOK\|invalid header line/],
  ['a URI with headers', 'OPTIONS {bob}?Subject=x', '', /^NOK\|Error creating leg$/],
  // The real one dies of it.
  ['a tel: URI', 'INVITE tel:+15550100001', '', /^NOK\|invalid request-uri/],
  ['a name that cannot be found', 'OPTIONS sip:x@nowhere.invalid', '', /^OK\|application\|0\|unknown\|\|0\|/],
];

t.test('headers of requests', async (t) => {
  const { peer, join, answer, sipPort } = await open(t);
  const application = await join(['invite']);
  const named = (text: string): string =>
    text.replaceAll('{bob}', peer.uri).replaceAll('{own}', `127.0.0.1:${sipPort}`);
  for (const [what, start, headers, expected] of sent) {
    const text = `${named(start)} SIP/2.0\r\n${headers}${headers === '' ? '' : '\r\n'}\r\n`;
    const answered = await answer(application, `sip||\r\n${text}`);
    if (expected instanceof RegExp) {
      t.match(answered, expected, what);
      continue;
    }
    t.match(answered, /^OK\|application\|/, what);
    const method = start.split(' ')[0] ?? '';
    const onWire = await peer.hearRequest(method);
    for (const [name, value] of Object.entries(expected)) {
      const wanted = value instanceof RegExp ? new RegExp(named(value.source)) : value && named(value);
      if (wanted === undefined) t.equal(onWire.get(name), undefined, `${what}: ${name}`);
      else t.match(onWire.get(name), wanted, `${what}: ${name}`);
    }
    peer.reply(onWire, method === 'INVITE' ? 486 : 200);
  }
});

t.test('the spelling of header names', async (t) => {
  const { peer, join, answer } = await open(t, ['x-Kept-AS-is', 'user-AGENT']);
  const application = await join([]);
  const lines = ['user-agent: a', 'diversion: <sip:d@x>', 'x-lower-case: v', 'X-miXed: w', 'x-kept-as-IS: 1'];
  await answer(application, `sip||\r\nOPTIONS ${peer.uri} SIP/2.0\r\n${lines.join('\r\n')}\r\n\r\n`);
  const text = (await peer.hearRequest('OPTIONS')).toString();
  for (const line of [
    'user-agent: a',
    'Diversion: <sip:d@x>',
    'x-lower-case: v',
    'X-miXed: w',
    'x-kept-as-IS: 1',
  ]) {
    t.ok(text.includes(`\r\n${line}\r\n`), line, { text });
  }
});

t.test('responses that are none', async (t) => {
  const { peer, join } = await open(t);
  const application = await join(['options', 'invite']);
  const respond = async (method: string, status: number, ...headers: string[]): Promise<string> => {
    peer.request(method, { body: '' });
    const asked = await application.hearRequest(method);
    const id = application.respond(asked, status, headers);
    return (await application.hear(({ tokens }) => tokens[2] === id)).tokens.slice(3).join('|');
  };
  const unknown = 'NOK|Unknown server error sending response';
  t.equal(await respond('OPTIONS', 200, 'Contact: <sip:'), unknown);
  await peer.hearStatus(500, 'OPTIONS');
  t.equal(await respond('OPTIONS', 700), unknown);
  await peer.hearStatus(500, 'OPTIONS');
  t.equal(await respond('INVITE', 180, 'Contact: <sip:'), unknown, 'an INVITE stays open, for another try');
  const isFinal = (message: SipMessage): boolean => message.method === 'INVITE' && message.statusCode >= 200;
  t.equal(peer.pending(isFinal), 0);
  t.equal(
    await respond('INVITE', 183, 'Require: 100rel'),
    'NOK|Remote endpoint does not support 100rel',
    'the caller has not offered it',
  );
  t.match(await respond('INVITE', 302, 'Contact: <sip:new@localhost>'), /^OK\|application\|/);
  t.match((await peer.hearStatus(302)).get('contact'), /^<sip:new@127\.0\.0\.1:\d+>$/);
});

t.test('tag: the application may choose it with its first response, once', async (t) => {
  const { peer, join } = await open(t);
  const application = await join(['invite']);
  peer.request('INVITE');
  const asked = await application.hearRequest('INVITE');
  application.respond(asked, 180, ['To: <sip:x@y>;tag=first']);
  application.respond(asked, 183, ['To: <sip:x@y>;tag=second']);
  t.equal((await peer.hearStatus(180)).to()?.tag, 'first');
  t.equal((await peer.hearStatus(183)).to()?.tag, 'first');
  application.respond(asked, 486);
  t.equal((await peer.hearStatus(486)).to()?.tag, 'first');
});

t.test('CANCEL of an application is held until a provisional response, and once is enough', async (t) => {
  const { peer, join, answer } = await open(t);
  const application = await join([]);
  const sentInvite = await answer(application, `sip||\r\nINVITE ${peer.uri} SIP/2.0\r\n\r\n`);
  const id = sentInvite.split('|')[7] ?? '';
  t.match(
    await answer(application, `sip|${id}|\r\nCANCEL ${peer.uri} SIP/2.0\r\n\r\n`),
    /^OK\|application\|/,
  );
  const invite = await peer.hearRequest('INVITE');
  t.equal(
    peer.pending((message) => message.method === 'CANCEL'),
    0,
  );
  peer.reply(invite, 180);
  peer.reply(await peer.hearRequest('CANCEL'), 200);
  peer.reply(invite, 487);
  const ended = await application.hear(({ text }) => text.startsWith('SIP/2.0 487'));
  t.equal(ended.tokens[8], id);
  t.equal(
    await answer(application, `sip|${id}|\r\nCANCEL ${peer.uri} SIP/2.0\r\n\r\n`),
    `NOK|unable to cancel unknown transaction id: ${id}`,
  );
});

t.test('Max-Forwards of a proxied request', async (t) => {
  const { peer, join } = await open(t);
  const application = await join(['invite']);
  const proxied = async (headers: readonly string[]): Promise<string> => {
    peer.request('INVITE', { headers, body: '' });
    const { tokens } = await application.hearRequest('INVITE');
    const id = application.send(
      `proxy|${tokens[8] ?? ''}||fullResponse||serial|||${peer.uri}\r\nINVITE ${peer.uri} SIP/2.0\r\n\r\n`,
    );
    return (await application.hear((frame) => frame.tokens[2] === id)).tokens.slice(3).join('|');
  };
  // `request` of the peer writes Max-Forwards: 70 itself; a second one would be refused.
  const done = proxied([]);
  const copy = await peer.hearRequest('INVITE');
  t.equal(copy.get('max-forwards'), '69');
  peer.reply(copy, 486);
  t.match(await done, /^OK\|network\|.*continue/);
});
