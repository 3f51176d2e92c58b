import t from 'tap';
import { matchAttempts } from '../../src/calls/proxy-action.js';
import type { ProxyResponse } from '../../src/calls/gateway.js';
import type { RouteStep } from '../../src/decision/index.js';
import { decisionId, Story } from './story.js';

const east = (status: number): ProxyResponse => ({ status, reason: 'r', address: '127.0.0.1', port: 5090 });
const west = (status: number): ProxyResponse => ({ status, reason: 'r', address: '127.0.0.1', port: 5091 });
const own = (status: number): ProxyResponse => ({ status, reason: 'r', address: '', port: 0 });

t.test('one command: the decision on every target, the offer only where it is presented', async (t) => {
  const story = await Story.begin({ action: 'proxy' });
  const call = await story.call();
  const { command } = call;
  t.equal(command?.headers['X-Decision-ID'], decisionId);
  t.match(command?.headers['User-to-User'], /^[0-9a-f]+;encoding=hex$/);
  t.equal(command?.headers['X-Offer-ID'], undefined);
  t.same(
    command?.targets.map(({ uri, headers }) => [uri, headers['X-Offer-ID']]),
    [
      ['sip:acme-sales@127.0.0.1:5090;transport=udp', 'ACME-PLATINUM'],
      ['sip:acme-sales@127.0.0.1:5091;transport=udp', 'ACME-PLATINUM'],
      // Alice's share of plain service is west's (rendezvous hashing of her number).
      ['sip:service@127.0.0.1:5091;transport=udp', undefined],
      ['sip:service@127.0.0.1:5090;transport=udp', undefined],
      ['sip:overflow@127.0.0.1:5092', undefined],
    ],
  );
  t.same(command?.remove, []);
  t.equal(command?.provisionalTimeoutMs, 2000);
  t.equal(command?.ringTimeoutMs, 30_000);
  t.equal(story.router.callsInProgress, 1);
});

t.test('what a trunk may not say is taken off', async (t) => {
  const forged = {
    'X-offer-id': 'FREE-MONEY',
    'X-Decision-ID': 'mine',
    'user-to-user': 'aa',
    'call-info': '<http://evil.example>',
    'p-asserted-identity': '<sip:+15550100002@x>',
    'X-Own': 'stays',
  };
  const story = await Story.begin({ action: 'proxy' });
  const call = await story.call(forged);
  t.same([...(call.command?.remove ?? [])].sort(), ['X-offer-id', 'call-info', 'p-asserted-identity']);
  const trusted = await Story.begin({ action: 'proxy', trusted: true });
  const believed = await trusted.call(forged);
  t.same([...(believed.command?.remove ?? [])].sort(), ['X-offer-id', 'call-info']);
});

t.test('the outcome of the search is the outcome of the call', async (t) => {
  const table: [responses: ProxyResponse[], end: string, status: number | undefined, destination?: string][] =
    [
      [[east(200)], 'success answered', 200, 'east/acme-sales'],
      [[east(486), west(200)], 'success answered', 200, 'west/acme-sales'],
      [[west(200)], 'success answered', 200, 'west/acme-sales'],
      [[east(503), west(503), east(202)], 'success answered', 202, 'east/service'],
      [[east(486), west(486)], 'upstream-error refused', 486],
      [[east(480), west(503)], 'upstream-error refused', 480],
      [[own(408), own(503)], 'upstream-error no-destination', 408],
      [[east(603)], 'upstream-error declined-everywhere', 603],
      [[east(487)], 'client-error cancelled', 487],
      [[], 'upstream-error no-destination', 408],
    ];
  for (const [responses, end, status, destination] of table) {
    const story = await Story.begin({ action: 'proxy' });
    const call = await story.call();
    call.proxyDone({ kind: 'done', responses });
    t.equal(story.end, end, JSON.stringify(responses));
    t.equal(story.summaries[0]?.status, status);
    t.equal(story.summaries[0]?.destination, destination);
    t.equal(story.router.callsInProgress, 0);
    t.same(
      story.clock.running.filter((name) => name === 'proxy-guard'),
      [],
    );
  }
});

t.test('a search that the engine refuses, loses or never ends still gives one outcome', async (t) => {
  const story = await Story.begin({ action: 'proxy' });
  (await story.call()).proxyDone({ kind: 'refused', reason: 'error proxying request to ' });
  t.equal(story.end, 'server-error proxy-refused');
  (await story.call()).proxyDone({ kind: 'lost' });
  t.equal(story.end, 'indeterminate engine-link-lost');
  const silent = await story.call();
  story.clock.advance(5 * 30_000 + 64_000);
  t.equal(story.end, 'indeterminate no-proxy-result');
  silent.proxyDone({ kind: 'done', responses: [east(200)] });
  t.equal(story.summaries.length, 3);
  t.equal(story.router.callsInProgress, 0);
});

t.test('attempts are recorded, silent ones too', async (t) => {
  const story = await Story.begin({ action: 'proxy' });
  const call = await story.call();
  call.proxyDone({ kind: 'done', responses: [west(486), east(200)] });
  await story.flush();
  t.match(story.records.ofType('attempt'), [
    { attempt: 0, destination: 'east/acme-sales', reason: 'silence', offer: 'ACME-PLATINUM' },
    { attempt: 1, destination: 'west/acme-sales', status: 486, offer: 'ACME-PLATINUM' },
    { attempt: 2, destination: 'west/service', reason: 'silence' },
    { attempt: 3, destination: 'east/service', status: 200 },
  ]);
  t.same(
    story.records.lines.map((line) => line['type']),
    ['decision', 'attempt', 'attempt', 'attempt', 'attempt', 'outcome'],
  );
});

t.test('an engine that cannot do it exactly gets legs of our own instead', async (t) => {
  const limited = {
    perTargetHeaders: false,
    removesHeaders: false,
    retargetsAnyUri: false,
    reportsOutcome: false,
    maxMessageBytes: 11_000,
  };
  const run = async (headers: Record<string, string>, from?: string) => {
    const story = await Story.begin({ action: 'proxy' });
    story.gateway.features = limited;
    const call = story.invite({ ...headers, ...(from === undefined ? {} : { from }) });
    story.gateway.receiveCall(call);
    await new Promise((resolve) => setImmediate(resolve));
    return { call, story };
  };
  const stranger = '<sip:+15550100099@c>;tag=1';
  const mixed = await run({});
  t.equal(mixed.call.legs.length, 1, 'offer and plain service need different headers');
  t.equal(mixed.call.legs[0]?.request.headers['X-Offer-ID'], 'ACME-PLATINUM');
  const uniform = await run({}, stranger);
  t.ok(uniform.call.command, 'plain service alone has one header set');
  const forged = await run({ 'X-Offer-ID': 'x' }, stranger);
  t.equal(forged.call.legs.length, 1, 'nothing can be taken off');
  const { story } = uniform;
  for (const uri of ['sip:+18005550100@elsewhere.example', 'tel:+18005550100']) {
    const call = story.invite({ from: stranger });
    Object.assign(call, { requestUri: uri });
    story.gateway.receiveCall(call);
    await new Promise((resolve) => setImmediate(resolve));
    t.equal(call.legs.length, 1, `${uri} would not be retargeted`);
  }
});

t.test('a response belongs to the next target that it can have come from', (t) => {
  const step = (id: string, uri: string): RouteStep => ({
    target: { kind: 'overflow', uri },
    offer: { offerCode: id, offerUrl: '', kind: 'sales', presentation: '' },
  });
  const steps = [
    step('a', 'sip:a@127.0.0.1:5090'),
    step('b', 'sip:b@[2001:db8::1]:5060'),
    step('c', 'sip:c@centre.example'),
  ];
  const match = (responses: ProxyResponse[]) =>
    matchAttempts(steps, responses).map(({ step: { offer }, status }) => [offer?.offerCode, status]);
  t.same(match([east(486)]), [['a', 486]]);
  t.same(match([{ ...east(486), address: '2001:db8::1', port: 5060 }]), [
    ['a', undefined],
    ['b', 486],
  ]);
  t.same(match([{ ...east(486), address: '203.0.113.7', port: 5060 }]), [
    ['a', undefined],
    ['b', undefined],
    ['c', 486],
  ]);
  t.same(match([own(408), own(408), east(200)]), [
    ['a', 408],
    ['b', 408],
    ['c', 200],
  ]);
  t.same(match([east(486), east(486), east(486), east(486)]).length, 3);
  t.end();
});
