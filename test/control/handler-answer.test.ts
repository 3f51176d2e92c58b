// What HTTP handlers are asked, and what is made of their answers (drachtio-protocol section 8).
import t from 'tap';
import { parseHandlerAnswer } from '../../src/control/outbound/handler-answer.js';
import { questionUrl } from '../../src/control/outbound/ask-handler.js';
import { parseApplicationAddress } from '../../src/control/outbound/request-handler.js';
import { parseMessage } from '../../src/sip/index.js';

t.test('the question has the names, order and spelling of drachtio-server', (t) => {
  const text = [
    'INVITE sip:1000@127.0.0.1:5060;user=phone;lr SIP/2.0',
    'Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1',
    'From: "Alice" <sip:alice@127.0.0.1:5070>;tag=1',
    'To: <sip:1000@127.0.0.1:5060>',
    'Call-ID: a',
    'CSeq: 1 INVITE',
    'Content-Type: application/sdp',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
  const parsed = parseMessage(Buffer.from(text), 'datagram');
  if (!parsed.ok) throw new Error(parsed.reason);
  const flow = { protocol: 'udp', remoteAddress: '127.0.0.1' } as Parameters<typeof questionUrl>[2]['flow'];
  const query =
    'method=INVITE&domain=127.0.0.1&protocol=udp&source_address=127.0.0.1&fromUser=alice&toUser=1000&uriUser=1000' +
    '&contentType=application%2fsdp&uri=sip%3a1000%40127.0.0.1%3a5060%3buser%3dphone%3blr&user=phone&lr=';
  for (const [base, expected] of [
    ['http://h:80', `http://h:80/?${query}`],
    ['http://h:80/', `http://h:80/?${query}`],
    ['http://h/route', `http://h/route/?${query}`],
    ['http://h/route?key=1', `http://h/route?key=1&${query}`],
  ] as const) {
    t.equal(questionUrl(base, parsed.message, { flow }), expected, base);
  }
  t.end();
});

t.test('answers', (t) => {
  const say = (action: unknown, data: unknown): unknown =>
    parseHandlerAnswer(JSON.stringify({ action, data }));
  t.strictSame(say('reject', { status: 503, reason: 'Full' }), {
    action: 'reject',
    status: 503,
    reason: 'Full',
  });
  t.strictSame(say('redirect', { contact: 'sip:a@h' }), { action: 'redirect', contacts: ['sip:a@h'] });
  t.strictSame(say('redirect', { contacts: ['sip:a@h'] }), { action: 'redirect', contacts: ['sip:a@h'] });
  t.strictSame(say('proxy', { destination: ['sip:a@h'], recordRoute: true, finalTimeout: '1500ms' }), {
    action: 'proxy',
    targets: ['sip:a@h'],
    recordRoute: true,
    followRedirects: true,
    parallel: false,
    provisionalTimeoutMs: 5000,
    finalTimeoutMs: 1500,
  });
  t.match(say('route', { uri: 'app:4000;transport=tls' }), {
    action: 'connect',
    address: { host: 'app', port: 4000, isTls: true },
  });
  t.match(say('route', { url: 'app:4000' }), { action: 'connect', address: { isTls: false } });
  t.strictSame(say('route', { tag: 'a' }), { action: 'tag', tag: 'a' });
  t.end();
});

t.test('what is no answer', (t) => {
  for (const body of [
    '',
    '[]',
    'null',
    '{}',
    '{"action":"route"}',
    '{"action":"route","data":{}}',
    '{"action":"route","data":{"uri":"nowhere"}}',
    '{"action":"route","data":{"uri":"h:99999"}}',
    '{"action":"reject","data":{}}',
    '{"action":"reject","data":{"status":"486"}}',
    '{"action":"reject","data":{"status":200}}',
    '{"action":"redirect","data":{"contact":[]}}',
    '{"action":"redirect","data":{"contact":[1]}}',
    '{"action":"proxy","data":{}}',
    '{"action":"answer","data":{}}',
    '{"action":"toString","data":{}}',
  ]) {
    t.equal(parseHandlerAnswer(body).action, 'invalid', body);
  }
  t.end();
});

t.test('addresses of applications', (t) => {
  t.strictSame(parseApplicationAddress('tcp://127.0.0.1:3041'), {
    host: '127.0.0.1',
    port: 3041,
    isTls: false,
  });
  t.strictSame(parseApplicationAddress('tls://[::1]:3041/'), { host: '::1', port: 3041, isTls: true });
  for (const text of ['', 'h', 'h:0', 'http://h:1', 'h:1;transport=ws', 'a b:1']) {
    t.equal(parseApplicationAddress(text), undefined, text);
  }
  t.end();
});
