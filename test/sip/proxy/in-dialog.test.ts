// What follows in the dialog comes by our Record-Route and is forwarded without state: RFC 3261 16.4, 16.11.
import t from 'tap';
import { SipTransportError } from '../../../src/sip/errors.js';
import { RouteCookies } from '../../../src/sip/proxy/route-cookies.js';
import { alice, aliceOverTcp, aliceRequest, answer } from '../transaction/fake-wire.js';
import { bob, ProxyBench } from './proxy-bench.js';

const route = 'Route: <sip:127.0.0.1;lr>\r\n';
const inDialog = { toTag: 'b1', uri: 'sip:desk@192.0.2.11', branch: 'z9hG4bKbye', cseq: 2 };

for (const method of ['ACK', 'BYE', 'INFO', 'INVITE', 'REFER', 'UPDATE', 'NOTIFY', 'CANCEL']) {
  t.test(`${method} with our Route: Route off, Max-Forwards less one, our Via on`, (t) => {
    const bench = new ProxyBench();
    bench.layer.receive(aliceRequest(method, { ...inDialog, extra: route }), alice);
    const sent = bench.sentTo(bob)[0]!.message;
    t.equal(sent.requestUri, 'sip:desk@192.0.2.11');
    t.notOk(sent.has('route'));
    t.equal(sent.get('max-forwards'), '69');
    t.equal(sent.list('via').length, 2);
    t.equal(bench.layer.openTransactions, 0);
    t.strictSame(bench.clock.running, []);
    t.end();
  });
}

t.test('a retransmission gets the same branch, so that the callee knows it (16.11)', (t) => {
  const bench = new ProxyBench();
  for (let n = 0; n < 2; n++) bench.layer.receive(aliceRequest('BYE', { ...inDialog, extra: route }), alice);
  bench.layer.receive(aliceRequest('BYE', { ...inDialog, branch: 'z9hG4bKbye2', extra: route }), alice);
  const branches = bench.sentTo(bob).map(({ message }) => message.topVia()?.branch);
  t.equal(branches[0], branches[1]);
  t.not(branches[0], branches[2]);
  t.match(branches[0], /^z9hG4bK/);
  t.end();
});

t.test('its response goes back by Via; a response to what we never forwarded goes nowhere', (t) => {
  const bench = new ProxyBench();
  bench.layer.receive(aliceRequest('BYE', { ...inDialog, extra: route }), alice);
  const request = bench.sentTo(bob)[0]!.message;
  const response = answer(request, 200);
  bench.layer.receive(response, bench.flowOf(bob));
  t.strictSame(bench.statuses, [200]);
  t.equal(bench.upstream[0]?.list('via').length, 1);
  t.equal(bench.wire.last.target.port, 5070);
  const before = bench.wire.sent.length;
  const forged = answer(request, 200);
  const [top, below] = forged.list('via');
  forged.remove('via');
  forged.append('via', (below ?? '').replace('192.0.2.1', '198.51.100.7'));
  forged.prepend('via', top ?? '');
  bench.layer.receive(forged, bench.flowOf(bob));
  t.equal(bench.wire.sent.length, before);
  t.end();
});

t.test('over TCP the response goes back on the connection of the request', (t) => {
  const bench = new ProxyBench();
  const request = aliceRequest('BYE', { ...inDialog, extra: route });
  request.setTopVia('SIP/2.0/TCP 192.0.2.1:5070;branch=z9hG4bKbye;rport=40123;received=192.0.2.1');
  bench.layer.receive(request, { ...aliceOverTcp, connectionId: 77 });
  bench.layer.receive(answer(bench.sentTo(bob)[0]!.message, 200), bench.flowOf(bob));
  t.match(bench.wire.last.target, { protocol: 'tcp', address: '192.0.2.1', flow: { connectionId: 77 } });
  t.end();
});

t.test('Max-Forwards 0: 483, and silence for an ACK', (t) => {
  const bench = new ProxyBench();
  bench.layer.receive(aliceRequest('ACK', { ...inDialog, extra: route, maxForwards: 0 }), alice);
  t.equal(bench.wire.sent.length, 0);
  bench.layer.receive(aliceRequest('BYE', { ...inDialog, extra: route, maxForwards: 0 }), alice);
  t.strictSame(bench.statuses, [483]);
  t.end();
});

t.test('what cannot be sent on is answered 503', (t) => {
  const bench = new ProxyBench();
  bench.wire.failure = new SipTransportError('SIP_SEND_FAILED', 'refused');
  bench.layer.receive(aliceRequest('BYE', { ...inDialog, extra: route }), alice);
  bench.wire.failure = undefined;
  bench.clock.advance(1);
  bench.layer.receive(
    aliceRequest('BYE', {
      ...inDialog,
      uri: 'sip:desk@nowhere.example.com',
      branch: 'z9hG4bKb',
      extra: route,
    }),
    alice,
  );
  t.strictSame(bench.statuses, [503, 503]);
  t.strictSame(bench.upstream[0]?.list('via').length, 1);
  t.end();
});

t.test('both of our Route entries come off (RFC 5658), the next is the way', (t) => {
  const bench = new ProxyBench();
  const routes =
    'Route: <sip:127.0.0.1:5060;transport=tcp;lr>, <sip:127.0.0.1:5060;lr>\r\nRoute: <sip:192.0.2.50;lr>\r\n';
  bench.layer.receive(aliceRequest('BYE', { ...inDialog, extra: routes }), alice);
  const sent = bench.wire.last;
  t.equal(sent.target.address, '192.0.2.50');
  t.strictSame(sent.message.list('route'), ['<sip:192.0.2.50;lr>']);
  t.equal(sent.message.requestUri, 'sip:desk@192.0.2.11');
  t.end();
});

t.test('strict routers before and behind us (16.4, 16.6 step 6)', (t) => {
  const bench = new ProxyBench();
  bench.layer.receive(
    aliceRequest('BYE', { ...inDialog, uri: 'sip:127.0.0.1;lr', extra: 'Route: <sip:desk@192.0.2.11>\r\n' }),
    alice,
  );
  t.equal(bench.wire.last.message.requestUri, 'sip:desk@192.0.2.11');
  t.notOk(bench.wire.last.message.has('route'));
  bench.layer.receive(
    aliceRequest('BYE', {
      ...inDialog,
      branch: 'z9hG4bKb',
      extra: 'Route: <sip:127.0.0.1;lr>, <sip:192.0.2.50>\r\n',
    }),
    alice,
  );
  t.equal(bench.wire.last.message.requestUri, 'sip:192.0.2.50');
  t.strictSame(bench.wire.last.message.list('route'), ['<sip:desk@192.0.2.11>']);
  t.equal(bench.wire.last.target.address, '192.0.2.50');
  t.end();
});

t.test('not forwarded: no To tag, no Route, the Route of another, and what is for ourselves', (t) => {
  const bench = new ProxyBench();
  const forward = (words: object) =>
    bench.proxy.forwardInDialog(aliceRequest('INFO', { ...inDialog, ...words }), alice);
  t.notOk(bench.proxy.forwardInDialog(aliceRequest('INFO', { extra: route }), alice));
  t.notOk(forward({}));
  t.notOk(forward({ extra: 'Route: <sip:192.0.2.50;lr>\r\n' }));
  t.notOk(forward({ extra: 'Route: <sip:127.0.0.1:5099;lr>\r\n' }));
  t.notOk(forward({ uri: 'sip:us@127.0.0.1:5060', extra: route }), 'a dialog of our own');
  t.equal(bench.wire.sent.length, 0);
  t.ok(forward({ extra: route }));
  t.end();
});

t.test(
  'a route that we did not write for the call: 481, silence for an ACK, and nothing is forwarded',
  (t) => {
    const bench = new ProxyBench({ routeKey: 'k' });
    const cookie = new RouteCookies('k').parameterFor(aliceRequest('BYE').callId);
    const other = new RouteCookies('another').parameterFor(aliceRequest('BYE').callId);
    const refused = [
      route,
      `Route: <sip:127.0.0.1;lr${other}>\r\n`,
      `Route: <sip:127.0.0.1;lr${new RouteCookies('k').parameterFor('another call')}>\r\n`,
      'Route: <sip:127.0.0.1;lr;pk>\r\n',
    ];
    for (const [index, extra] of refused.entries()) {
      bench.layer.receive(aliceRequest('ACK', { ...inDialog, extra }), alice);
      bench.layer.receive(aliceRequest('BYE', { ...inDialog, branch: `z9hG4bKb${index}`, extra }), alice);
    }
    t.strictSame(bench.statuses, [481, 481, 481, 481]);
    t.equal(bench.sentTo(bob).length, 0);
    t.equal(bench.proxy.refusedRoutes, 8);
    t.strictSame(bench.forwarded, [], 'nobody is told that the call went on, or ended');
    const spelled = cookie.toUpperCase().replace('PK', 'pk');
    for (const own of [cookie, spelled]) {
      bench.layer.receive(
        aliceRequest('ACK', { ...inDialog, extra: `Route: <sip:127.0.0.1;lr${own}>\r\n` }),
        alice,
      );
    }
    const strict = {
      ...inDialog,
      uri: `sip:127.0.0.1;lr${cookie}`,
      extra: 'Route: <sip:desk@192.0.2.11>\r\n',
    };
    bench.layer.receive(aliceRequest('INFO', strict), alice);
    t.equal(bench.sentTo(bob).length, 3);
    t.strictSame(bench.forwarded, ['INFO']);
    t.end();
  },
);
