// proxyRequest of drachtio-srf with every option that it has (drachtio-srf lib/request.js), each seen on the wire.
import t from 'tap';
import type { Test } from 'tap';
import type { SipMessage } from '../../src/sip/index.js';
import { openStage } from './control-support.js';
import type { ProxyResult, SipPeer, SrfRequest, Stage } from './control-support.js';

interface Proxying {
  readonly stage: Stage;
  readonly alice: SipPeer;
  readonly bob: SipPeer;
  readonly carol: SipPeer;
  /** Sends an INVITE, which is proxied to both with these options. @returns how it ended for the application */
  readonly proxied: (options: object, method?: string) => Promise<ProxyResult>;
  /** Destinations; default both peers. */
  targets: string[];
}

async function openProxy(t: Test): Promise<Proxying> {
  let ask: (request: SrfRequest) => void = () => undefined;
  const stage = await openStage('tcp', (srf) => {
    for (const method of ['invite', 'register', 'message'] as const) {
      (srf as unknown as Record<string, (handler: (request: SrfRequest) => void) => void>)[method]?.(
        (request) => ask(request),
      );
    }
  });
  t.teardown(() => stage.close());
  const [alice, bob, carol] = [await stage.peer(), await stage.peer(), await stage.peer()];
  const proxying: Proxying = {
    stage,
    alice,
    bob,
    carol,
    targets: [bob.uri, carol.uri],
    proxied: async (options, method = 'INVITE') =>
      new Promise((resolve, reject) => {
        ask = (request) => {
          stage.srf.proxyRequest(request, [...proxying.targets], options).then(resolve, reject);
        };
        alice.request(method, { body: '' });
      }),
  };
  return proxying;
}

const statuses = ({ responses }: ProxyResult): number[] =>
  responses.flatMap(({ msgs }) => msgs.map(({ status }) => status));
const routeOf = (message: SipMessage): string | undefined => message.get('record-route');

t.test('remainInDialog and recordRoute: Record-Route; without, none', async (t) => {
  const { proxied, alice, bob } = await openProxy(t);
  for (const [options, expected] of [
    [{ remainInDialog: true }, /^<sip:127\.0\.0\.1:\d+;lr;pk=[0-9a-f]{20}>$/],
    [{ recordRoute: true }, /^<sip:127\.0\.0\.1:\d+;lr;pk=[0-9a-f]{20}>$/],
    [{}, undefined],
  ] as const) {
    const done = proxied(options);
    const copy = await bob.hearRequest('INVITE');
    if (expected === undefined) t.equal(routeOf(copy), undefined);
    else t.match(routeOf(copy), expected);
    bob.reply(copy, 200, { body: 'v=0\r\n' });
    const ok = await alice.hearStatus(200);
    t.equal(ok.has('record-route'), expected !== undefined);
    t.match(await done, { connected: true, finalStatus: 200 });
  }
});

t.test('path: REGISTER gets Path and Require (RFC 3327), and no Record-Route', async (t) => {
  const { proxied, alice, bob } = await openProxy(t);
  const done = proxied({ path: true }, 'REGISTER');
  const copy = await bob.hearRequest('REGISTER');
  t.match(copy.get('path'), /^<sip:127\.0\.0\.1:\d+;lr;pk=[0-9a-f]{20}>$/);
  t.match(copy.get('require'), /path/);
  t.equal(copy.has('record-route'), false);
  bob.reply(copy, 200);
  await alice.hearStatus(200, 'REGISTER');
  t.match(await done, { connected: true });
});

t.test('forking sequential: one after the other; the last answer is the result', async (t) => {
  const { proxied, alice, bob, carol } = await openProxy(t);
  const done = proxied({ forking: 'sequential' });
  bob.reply(await bob.hearRequest('INVITE'), 486);
  await bob.hearRequest('ACK');
  carol.reply(await carol.hearRequest('INVITE'), 200, { body: 'v=0\r\n' });
  await alice.hearStatus(200);
  const result = await done;
  t.strictSame(statuses(result), [486, 200]);
  t.match(result, { connected: true, finalStatus: 200 });
});

t.test('forking simultaneous: both at once; the loser is cancelled', async (t) => {
  const { proxied, alice, bob, carol } = await openProxy(t);
  const done = proxied({ forking: 'simultaneous' });
  const [first, second] = [await bob.hearRequest('INVITE'), await carol.hearRequest('INVITE')];
  bob.reply(first, 180);
  await alice.hearStatus(180);
  carol.reply(second, 200, { body: 'v=0\r\n' });
  await alice.hearStatus(200);
  bob.reply(await bob.hearRequest('CANCEL'), 200);
  bob.reply(first, 487);
  t.equal((await bob.hearRequest('ACK')).callId, first.callId);
  t.match(await done, { connected: true });
});

t.test('followRedirects: a 3xx is tried; without, it goes to the caller', async (t) => {
  const proxying = await openProxy(t);
  const { proxied, alice, bob, carol } = proxying;
  proxying.targets = [bob.uri];
  const followed = proxied({ followRedirects: true });
  bob.reply(await bob.hearRequest('INVITE'), 302, { headers: [['Contact', `<${carol.uri}>`]] });
  carol.reply(await carol.hearRequest('INVITE'), 200, { body: 'v=0\r\n' });
  await alice.hearStatus(200);
  t.match(await followed, { connected: true });
  const passed = proxied({ followRedirects: false });
  bob.reply(await bob.hearRequest('INVITE'), 302, { headers: [['Contact', `<${carol.uri}>`]] });
  t.match((await alice.hearStatus(302)).get('contact'), carol.uri);
  t.match(await passed, { connected: false, finalStatus: 302 });
});

t.test('provisionalTimeout: one that is silent is left; one that rings is not', async (t) => {
  const { proxied, alice, bob, carol } = await openProxy(t);
  const done = proxied({ provisionalTimeout: '50ms' });
  await bob.hearRequest('INVITE');
  const copy = await carol.hearRequest('INVITE');
  carol.reply(copy, 180);
  await alice.hearStatus(180);
  carol.reply(copy, 200, { body: 'v=0\r\n' });
  await alice.hearStatus(200);
  t.match(await done, { connected: true });
});

t.test('finalTimeout: one that rings too long is cancelled, which drachtio-server does not do', async (t) => {
  const { proxied, alice, bob, carol } = await openProxy(t);
  const done = proxied({ finalTimeout: '50ms' });
  const first = await bob.hearRequest('INVITE');
  bob.reply(first, 180);
  bob.reply(await bob.hearRequest('CANCEL'), 200);
  bob.reply(first, 487);
  carol.reply(await carol.hearRequest('INVITE'), 200, { body: 'v=0\r\n' });
  await alice.hearStatus(200);
  t.match(await done, { connected: true, finalStatus: 200 });
});

t.test('headers: replaced or added; From keeps its tag; what a proxy owns stays its own', async (t) => {
  const { proxied, alice, bob } = await openProxy(t);
  const headers = {
    Subject: 'of the application',
    From: '<sip:desk@example.com>',
    'X-Offer-ID': 'A1',
    Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKfake',
    'Call-ID': 'other',
  };
  const done = proxied({ headers });
  const copy = await bob.hearRequest('INVITE');
  t.equal(copy.get('subject'), 'of the application');
  t.equal(copy.get('from'), '<sip:desk@example.com>;tag=alice-tag');
  t.equal(copy.get('x-offer-id'), 'A1');
  t.notMatch(copy.toString(), /192\.0\.2\.1|Call-ID: other/i);
  bob.reply(copy, 200, { body: 'v=0\r\n' });
  t.equal((await alice.hearStatus(200)).from()?.tag, 'alice-tag');
  await done;
});

t.test('destinations without a scheme, and what cannot be sent to', async (t) => {
  const proxying = await openProxy(t);
  const { proxied, alice, bob } = proxying;
  proxying.targets = [bob.uri.replace('sip:', '')];
  const done = proxied({});
  const copy = await bob.hearRequest('INVITE');
  t.equal(copy.requestUri, bob.uri, 'the destination is the Request-URI');
  bob.reply(copy, 603);
  await alice.hearStatus(603);
  t.match(await done, { connected: false, finalStatus: 603 });
  proxying.targets = ['sip:x@127.0.0.1:5060;transport=ws'];
  await t.rejects(proxied({}), 'error proxying request');
  await alice.hearStatus(500);
});
