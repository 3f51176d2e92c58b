// One target after the other: RFC 3261 16.5 to 16.8.
import t from 'tap';
import { SipTransportError } from '../../../src/sip/errors.js';
import { alice } from '../transaction/fake-wire.js';
import { bob, carol, dave, ProxyBench } from './proxy-bench.js';

t.test('an answered call: 180 and 200 go up without our Via, the outcome is reported, nothing stays', (t) => {
  const bench = new ProxyBench().invite();
  bench.from(bob, 100).from(bob, 180).from(bob, 200);
  t.strictSame(bench.statuses, [180, 200]);
  const [ringing] = bench.upstream;
  t.equal(ringing?.list('via').length, 1);
  t.match(ringing?.get('via'), /z9hG4bKalice1/);
  t.strictSame(bench.outcomes, [{ kind: 'answered', status: 200 }]);
  t.strictSame(bench.reported, [200]);
  t.strictSame(bench.methodsTo(bob), ['INVITE'], 'the ACK to a 2xx is for the caller to send');
  bench.runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test('the copy (16.6)', (t) => {
  const bench = new ProxyBench({ recordRoute: true }).invite({
    extra: 'Route: <sip:127.0.0.1;lr>\r\nSubject: hi\r\n',
    body: 'v=0',
  });
  const copy = bench.sentTo(bob)[0]!.message;
  t.equal(copy.requestUri, bob, 'step 2: the target');
  t.equal(copy.get('max-forwards'), '69', 'step 3');
  t.strictSame(copy.list('record-route'), ['<sip:127.0.0.1:5060;lr>'], 'step 4');
  t.notOk(copy.has('route'), '16.4: our own Route is off');
  t.equal(copy.list('via').length, 2, 'step 8');
  t.match(copy.list('via')[1], /z9hG4bKalice1/);
  t.equal(copy.get('subject'), 'hi');
  t.equal(copy.body, 'v=0');
  t.equal(copy.get('from'), '"Alice" <sip:alice@example.com>;tag=a1');
  t.end();
});

t.test('without Max-Forwards the copy gets 70 (16.6 step 3)', (t) => {
  const bench = new ProxyBench().invite({ maxForwards: null });
  t.equal(bench.sentTo(bob)[0]?.message.get('max-forwards'), '70');
  t.end();
});

t.test(
  'headers of the application: replaced, added, taken off; From keeps its tag; what is ours is left out',
  (t) => {
    const bench = new ProxyBench({
      headers: [
        { name: 'from', value: '<sip:rewritten@example.com>;tag=evil' },
        { name: 'To', value: 'sip:queue@example.com' },
        { name: 'Subject', value: 'changed' },
        { name: 'X-Offer-ID', value: 'A1' },
        { name: 'X-Twice', value: '1' },
        { name: 'X-Twice', value: '2' },
        { name: 'Contact', value: '' },
        { name: 'route', value: '<sip:9.9.9.9;lr>' },
        { name: 'record-route', value: '<sip:9.9.9.9;lr>' },
        { name: 'Via', value: 'SIP/2.0/UDP 9.9.9.9' },
        { name: 'i', value: 'other-call' },
        { name: 'max-forwards', value: '5' },
      ],
    }).invite({ extra: 'Subject: hi\r\n' });
    const copy = bench.sentTo(bob)[0]!.message;
    t.equal(copy.get('from'), '<sip:rewritten@example.com>;tag=a1');
    t.equal(copy.get('to'), 'sip:queue@example.com');
    t.equal(copy.get('subject'), 'changed');
    t.equal(copy.get('x-offer-id'), 'A1');
    t.strictSame(copy.getAll('x-twice'), ['1', '2']);
    t.notOk(copy.has('contact'));
    t.notOk(copy.has('route'));
    t.notOk(copy.has('record-route'));
    t.equal(copy.list('via').length, 2);
    t.equal(copy.callId, 'call-1@example.com');
    t.equal(copy.get('max-forwards'), '5');
    bench.from(bob, 180).from(bob, 486);
    for (const response of bench.upstream) {
      t.equal(response.get('from'), '"Alice" <sip:alice@example.com>;tag=a1', 'the caller sees her own From');
      t.equal(response.get('to'), '<sip:bob@example.com>;tag=tag-192.0.2.11');
    }
    t.end();
  },
);

t.test('headers of one target stand in its URI (19.1.1)', (t) => {
  const bench = new ProxyBench({
    targets: [`${bob}?X-Offer-ID=A1&X-Bad=%0d%0aEvil:%201&Body=x`, `${carol};transport=udp?X-Offer-ID=B%202`],
  }).invite();
  const first = bench.sentTo(bob)[0]!.message;
  t.equal(first.requestUri, bob);
  t.equal(first.get('x-offer-id'), 'A1');
  t.notOk(first.has('x-bad'));
  t.notOk(first.has('evil'));
  bench.from(bob, 486);
  const second = bench.sentTo(carol)[0]!.message;
  t.equal(second.requestUri, `${carol};transport=udp`);
  t.equal(second.get('x-offer-id'), 'B 2');
  t.end();
});

for (const status of [302, 400, 403, 404, 408, 480, 486, 488, 500, 503, 504]) {
  t.test(`${status} from the first target: the next one is tried`, (t) => {
    const bench = new ProxyBench({ targets: [bob, carol] }).invite();
    bench.from(bob, status);
    t.strictSame(bench.statuses, []);
    t.strictSame(bench.methodsTo(bob), ['INVITE', 'ACK']);
    t.strictSame(bench.methodsTo(carol), ['INVITE']);
    bench.from(carol, 200);
    t.strictSame(bench.statuses, [200]);
    t.strictSame(bench.reported, [status, 200]);
    t.strictSame(bench.outcomes, [{ kind: 'answered', status: 200 }]);
    bench.runOut();
    t.ok(bench.isClean);
    t.end();
  });
}

for (const status of [600, 603, 604, 606]) {
  t.test(`${status} ends the search (16.7 step 5)`, (t) => {
    const bench = new ProxyBench({ targets: [bob, carol] }).invite();
    bench.from(bob, status);
    t.strictSame(bench.statuses, [status]);
    t.strictSame(bench.methodsTo(carol), []);
    t.strictSame(bench.outcomes, [{ kind: 'failed', status }]);
    t.end();
  });
}

for (const status of [401, 407]) {
  t.test(`${status} ends a serial search, so that the caller can answer the challenge`, (t) => {
    const bench = new ProxyBench({ targets: [bob, carol] }).invite();
    bench.from(bob, status, { extra: 'Proxy-Authenticate: Digest realm="b", nonce="n"\r\n' });
    t.strictSame(bench.statuses, [status]);
    t.match(bench.upstream[0]?.get('proxy-authenticate'), /realm="b"/);
    t.strictSame(bench.methodsTo(carol), []);
    t.end();
  });
}

t.test('a silent target: 408 in its place after timer B, then the next', (t) => {
  const bench = new ProxyBench({ targets: [bob, carol] }).invite();
  bench.clock.advance(31_999);
  t.strictSame(bench.methodsTo(carol), []);
  bench.clock.advance(1);
  t.strictSame(bench.methodsTo(carol), ['INVITE']);
  bench.clock.advance(32_000);
  t.strictSame(bench.statuses, [408]);
  t.strictSame(bench.outcomes, [{ kind: 'failed', status: 408 }]);
  t.strictSame(bench.reported, [], 'none of it came from the network');
  bench.runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test('a silent target is left after the provisional timeout; its late answer is cancelled', (t) => {
  const bench = new ProxyBench({ targets: [bob, carol], provisionalTimeoutMs: 700 }).invite();
  bench.clock.advance(700);
  t.strictSame(
    bench.methodsTo(bob),
    ['INVITE', 'INVITE'],
    'retransmitted once, no CANCEL before a provisional',
  );
  t.strictSame(bench.methodsTo(carol), ['INVITE']);
  bench.from(bob, 180);
  t.strictSame(bench.methodsTo(bob), ['INVITE', 'INVITE', 'CANCEL']);
  t.strictSame(bench.statuses, [], 'its ringing is not passed up');
  bench.cancelled(bob).from(carol, 180).from(carol, 200);
  t.strictSame(bench.statuses, [180, 200]);
  t.strictSame(bench.reported, [200]);
  bench.runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test('100 is an answer to the provisional timeout', (t) => {
  const bench = new ProxyBench({ targets: [bob, carol], provisionalTimeoutMs: 700 }).invite();
  bench.from(bob, 100).clock.advance(60_000);
  t.strictSame(bench.methodsTo(carol), []);
  t.end();
});

t.test(
  'a target that rings too long is cancelled after the final timeout, and the next one is tried',
  (t) => {
    const bench = new ProxyBench({ targets: [bob, carol], finalTimeoutMs: 20_000 }).invite();
    bench.from(bob, 180).clock.advance(20_000);
    t.strictSame(bench.methodsTo(bob), ['INVITE', 'CANCEL']);
    t.strictSame(bench.methodsTo(carol), ['INVITE']);
    bench.cancelled(bob).clock.advance(20_000);
    t.strictSame(bench.statuses, [180, 408]);
    bench.runOut();
    t.ok(bench.isClean);
    t.end();
  },
);

t.test(
  'a target that was left answers all the same: its 2xx goes up and the others are cancelled (16.7 step 5)',
  (t) => {
    const bench = new ProxyBench({ targets: [bob, carol], finalTimeoutMs: 20_000 }).invite();
    bench.from(bob, 180).clock.advance(20_000);
    bench.from(carol, 180).from(bob, 200);
    t.strictSame(bench.statuses, [180, 180, 200]);
    t.strictSame(bench.methodsTo(carol), ['INVITE', 'CANCEL']);
    t.strictSame(bench.outcomes, [{ kind: 'answered', status: 200 }]);
    bench.cancelled(carol).runOut();
    t.ok(bench.isClean);
    t.end();
  },
);

t.test(
  'timer C: started again by every provisional but 100, then CANCEL and the next target (16.6 step 11, 16.8)',
  (t) => {
    const bench = new ProxyBench({ targets: [bob, carol] }).invite();
    bench.from(bob, 180).clock.advance(180_000);
    bench.from(bob, 183).clock.advance(184_999);
    bench.from(bob, 100);
    t.strictSame(bench.methodsTo(bob), ['INVITE']);
    bench.clock.advance(1);
    t.strictSame(bench.methodsTo(bob), ['INVITE', 'CANCEL']);
    t.strictSame(bench.methodsTo(carol), ['INVITE']);
    bench.runOut();
    t.equal(bench.statuses.at(-1), 408);
    t.ok(bench.isClean);
    t.end();
  },
);

t.test('a transport error counts as 503 of that target, and the next one is tried (16.9)', (t) => {
  const bench = new ProxyBench({ targets: [bob, carol] });
  bench.wire.failure = new SipTransportError('SIP_SEND_FAILED', 'refused');
  bench.invite();
  bench.wire.failure = undefined;
  bench.clock.advance(1);
  t.strictSame(bench.methodsTo(carol), ['INVITE']);
  bench.from(carol, 200);
  t.strictSame(bench.outcomes, [{ kind: 'answered', status: 200 }]);
  bench.runOut();
  t.ok(bench.isClean);
  t.end();
});

t.test('targets that lead nowhere: the caller gets 500, the outcome is unreachable', async (t) => {
  for (const target of [
    'sip:bob@nowhere.example.com',
    'sips:bob@192.0.2.11;transport=udp',
    'tel:+15550100',
    'sip:bob@192.0.2.11;transport=ws',
    ':',
  ]) {
    const bench = new ProxyBench({ targets: [target] }).invite();
    t.strictSame(bench.statuses, [500], target);
    t.strictSame(bench.outcomes, [{ kind: 'unreachable', status: 500 }]);
    bench.runOut();
    t.notOk(bench.clock.running.length);
    const next = new ProxyBench({ targets: [target, bob] }).invite();
    t.strictSame(next.methodsTo(bob), ['INVITE'], 'the next one is tried');
  }
  const rejected = new ProxyBench({ targets: ['sip:bob@broken.example.com', carol] });
  rejected.names.set('broken.example.com', Promise.reject(new Error('resolver down')));
  rejected.invite();
  await new Promise((resolve) => setImmediate(resolve));
  t.strictSame(rejected.methodsTo(carol), ['INVITE']);
  t.strictSame(new ProxyBench({ targets: [] }).invite().statuses, [408]);
});

t.test('a name with two addresses: the second when the first refuses (RFC 3263 4.3)', (t) => {
  const bench = new ProxyBench({ targets: ['sip:bob@two.example.com', dave] });
  bench.names.set('two.example.com', [
    { protocol: 'udp', address: '192.0.2.11', port: 5060 },
    { protocol: 'tcp', address: '192.0.2.12', port: 5060 },
  ]);
  bench.wire.failure = new SipTransportError('SIP_SEND_FAILED', 'refused');
  bench.invite();
  bench.wire.failure = undefined;
  bench.clock.advance(1);
  t.equal(bench.sentTo(carol)[0]?.message.requestUri, 'sip:bob@two.example.com');
  t.match(bench.sentTo(carol)[0]?.message.get('via'), /^SIP\/2.0\/TCP/);
  t.strictSame(bench.methodsTo(dave), []);
  t.end();
});

t.test('asked to say when to try again: 503 with Retry-After when nobody was there', (t) => {
  for (const [statuses, expected, retryAfter] of [
    [[503, 500], 503, '7'],
    [[408, 503], 503, '7'],
    [[486, 503], 486, undefined],
  ] as const) {
    const bench = new ProxyBench({ targets: [bob, carol], retryAfter: '7' }).invite();
    bench.from(bob, statuses[0]).from(carol, statuses[1]);
    t.strictSame(bench.statuses, [expected]);
    t.equal(bench.upstream[0]?.get('retry-after'), retryAfter);
    t.strictSame(bench.outcomes, [{ kind: 'failed', status: expected }]);
  }
  t.end();
});

t.test('the same target twice is tried once (16.5)', (t) => {
  const bench = new ProxyBench({ targets: [bob, bob, carol] }).invite();
  bench.from(bob, 486);
  t.strictSame(bench.methodsTo(bob), ['INVITE', 'ACK']);
  t.strictSame(bench.methodsTo(carol), ['INVITE']);
  t.end();
});

t.test('redirections', (t) => {
  const moved = { extra: `Contact: <${carol}>;q=0.5, "D" <${dave}?Subject=evil>;q=0.9, <mailto:x@y>\r\n` };
  t.test('are passed up unless followed', (t) => {
    const bench = new ProxyBench().invite().from(bob, 302, moved);
    t.strictSame(bench.statuses, [302]);
    t.end();
  });
  t.test('are followed by q, before the other targets, and are not part of the choice (16.7 step 4)', (t) => {
    const bench = new ProxyBench({ targets: [bob, 'sip:eve@192.0.2.14'], followRedirects: true }).invite();
    bench.from(bob, 302, moved);
    t.equal(bench.sentTo(dave)[0]?.message.requestUri, dave);
    t.notOk(bench.sentTo(dave)[0]?.message.has('subject'));
    bench.from(dave, 404);
    bench.from(carol, 302, { extra: `Contact: <${bob}>\r\n` });
    bench.from('sip:eve@192.0.2.14', 486);
    t.strictSame(bench.statuses, [302], 'a redirection to what was tried cannot be followed');
    bench.runOut();
    t.ok(bench.isClean);
    t.end();
  });
  t.test('are bounded', (t) => {
    const bench = new ProxyBench({ followRedirects: true }).invite();
    for (let n = 0; n < 100 && bench.outcomes.length === 0; n++) {
      bench.from(bob, 302, { extra: `Contact: <sip:bob${n}@192.0.2.11>\r\n` });
    }
    t.equal(bench.sentTo(bob, 'INVITE').length, 32);
    t.strictSame(bench.statuses, [302]);
    t.end();
  });
  t.end();
});

t.test('a request other than INVITE', (t) => {
  t.test('is proxied without timer C, its final response goes up once', (t) => {
    const bench = new ProxyBench({ targets: [bob, carol] }).aliceSends('MESSAGE');
    t.notOk(bench.clock.running.includes('timer-c'));
    bench.from(bob, 404, { method: 'MESSAGE' });
    bench.from(carol, 200, { method: 'MESSAGE' });
    bench.from(carol, 200, { method: 'MESSAGE' });
    t.strictSame(bench.statuses, [200]);
    bench.runOut();
    t.ok(bench.isClean);
    t.end();
  });
  t.test('gets 408 when nobody answers', (t) => {
    const bench = new ProxyBench().aliceSends('OPTIONS');
    bench.runOut();
    t.strictSame(bench.statuses, [408]);
    t.ok(bench.isClean);
    t.end();
  });
  t.test('REGISTER: Path instead of Record-Route (RFC 3327)', (t) => {
    const bench = new ProxyBench({ recordRoute: true }).aliceSends('REGISTER');
    const copy = bench.sentTo(bob)[0]!.message;
    t.equal(copy.get('path'), '<sip:127.0.0.1:5060;lr>');
    t.equal(copy.get('require'), 'path');
    t.notOk(copy.has('record-route'));
    t.end();
  });
  t.end();
});

t.test('two Record-Route lines where the sides differ in transport (RFC 5658)', (t) => {
  const bench = new ProxyBench({ targets: [`${bob};transport=tcp`], recordRoute: true }).invite();
  t.strictSame(bench.sentTo(bob)[0]?.message.list('record-route'), [
    '<sip:127.0.0.1:5060;transport=tcp;lr>',
    '<sip:127.0.0.1:5060;lr>',
  ]);
  t.equal(bench.wire.sent[0]?.target.address, alice.remoteAddress);
  t.end();
});
