// The messages of a call as the API shows them: legs joined, addresses named, copies marked, nothing of others.
import t from 'tap';
import type { Test } from 'tap';
import { CallIds } from '../../src/cli/call-ids.js';
import { sipTraces } from '../../src/cli/sip-traces.js';
import type { CallRouter } from '../../src/calls/index.js';
import { TypedEmitter } from '../../src/kernel/index.js';
import { MessageTrace } from '../../src/sip/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { shopSettings } from '../support/shop-settings.js';

const decisionId = 'dd87e096-b22a-47df-bbe5-4b3f99d5857e';
const carrier = { protocol: 'udp', address: '192.0.2.9', port: 5080 } as const;
const centre = { protocol: 'udp', address: '192.0.2.20', port: 5060 } as const;
const ours = { protocol: 'udp', address: '192.0.2.1', port: 5060, hostPort: '192.0.2.1:5060' } as const;

function message(start: string, callId: string, lines = '', body = ''): string {
  return `${start}\r\nFrom: "Alice" <sip:+15550100001@x>;tag=1\r\nTo: <sip:+18005550100@x>\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\n${lines}\r\n${body}`;
}
const invite = 'INVITE sip:+18005550100@192.0.2.1 SIP/2.0';

function stage() {
  const clock = new FakeClock();
  const trace = new MessageTrace({ keepBytes: 1_000_000, clock });
  const live = new Map<string, { callId: string; decisionId: string }>();
  const events = new TypedEmitter<{ call: [{ callId: string; decisionId: string }] }>(() => undefined);
  const router = {
    live: { get: (id: string) => live.get(id), list: () => [...live.values()] },
    events,
  } as unknown as CallRouter;
  const settings = shopSettings(({ centres }) => {
    const [first] = centres.centres ?? [];
    if (first !== undefined) Object.assign(first, { host: '192.0.2.20', port: 5060 });
  });
  const traces = sipTraces({
    trace,
    settings: () => settings,
    callIds: new CallIds(router),
    trunkOf: (address) => (address === '192.0.2.9' ? 'carrier-one' : undefined),
  });
  const wire = (isSent: boolean, peer: typeof carrier | typeof centre, text: string): void => {
    clock.advance(1);
    const { protocol, address, port } = peer;
    if (isSent) trace.sent(text, peer, ours);
    else
      trace.received(text, {
        protocol,
        localAddress: ours.address,
        localPort: ours.port,
        remoteAddress: address,
        remotePort: port,
      });
  };
  return { clock, trace, traces, live, events, wire };
}

/** A b2bua call: the caller's leg `a`, ours `b`. */
function bridged({ wire }: ReturnType<typeof stage>): void {
  wire(false, carrier, message(invite, 'a', 'Content-Type: application/sdp\r\n', 'v=0\r\n'));
  wire(true, carrier, message('SIP/2.0 100 Trying', 'a'));
  wire(true, centre, message('INVITE sip:sales@192.0.2.20 SIP/2.0', 'b', `X-Decision-ID: ${decisionId}\r\n`));
  wire(true, centre, message('INVITE sip:sales@192.0.2.20 SIP/2.0', 'b', `X-Decision-ID: ${decisionId}\r\n`));
  wire(false, centre, message('SIP/2.0 200 OK', 'b'));
  wire(true, carrier, message('SIP/2.0 200 OK', 'a'));
}

t.test('both legs of a bridged call, by whichever of its ids', (t: Test) => {
  const on = stage();
  bridged(on);
  on.wire(false, carrier, message(invite, 'other'));
  on.wire(true, centre, message('OPTIONS sip:192.0.2.20 SIP/2.0', 'check'));
  on.live.set(decisionId, { callId: 'a', decisionId });
  const expected = {
    decisionId,
    isMasked: true,
    dropped: 0,
    participants: [
      { address: '192.0.2.9:5080', name: 'carrier-one', kind: 'trunk' },
      { address: '192.0.2.1:5060', name: 'proffer', kind: 'router' },
      { address: '192.0.2.20:5060', name: 'east', kind: 'centre' },
    ],
    messages: [
      { number: 1, atMs: 0, from: 0, to: 1, label: 'INVITE', hasSdp: true, status: null, callId: 'a' },
      { number: 2, atMs: 1, from: 1, to: 0, label: '100 Trying', status: 100, hasSdp: false },
      { number: 3, atMs: 2, from: 1, to: 2, label: 'INVITE', isRetransmission: false, callId: 'b' },
      { number: 4, atMs: 3, from: 1, to: 2, label: 'INVITE', isRetransmission: true },
      { number: 5, atMs: 4, from: 2, to: 1, label: '200 OK', cseq: 1, method: 'INVITE' },
      { number: 6, atMs: 5, from: 1, to: 0, label: '200 OK', callId: 'a' },
    ],
    last: 8,
    memory: { isOn: true, why: 'on', messages: 8, calls: 4 },
  };
  for (const id of ['a', 'b', decisionId]) {
    const shown = on.traces.trace(id, 0);
    t.match(shown, expected, id);
    t.equal(shown.messages.length, 6);
  }
  // It ended, and the live calls forget it.
  on.live.clear();
  on.events.emit('call', { callId: 'a', decisionId });
  for (const id of ['a', 'b', decisionId]) t.match(on.traces.trace(id, 0), expected, `${id} after its end`);
  t.match(on.traces.trace('a', 4).messages, [{ number: 5, from: 2 }, { number: 6 }], 'only what is new');
  t.match(on.traces.list(2), {
    calls: [
      { callId: 'other', decisionId: null },
      { callId: 'b', decisionId, label: 'INVITE', from: 'sip:+*********01@x', peer: '192.0.2.20:5060' },
    ],
  });
  t.end();
});

t.test('of a call that we began our address comes first', (t) => {
  const on = stage();
  on.wire(true, centre, message('INVITE sip:sales@192.0.2.20 SIP/2.0', 'c'));
  on.wire(false, centre, message('SIP/2.0 200 OK', 'c'));
  t.match(on.traces.trace('c', 0), {
    participants: [{ kind: 'router' }, { name: 'east', kind: 'centre' }],
    messages: [
      { from: 0, to: 1 },
      { from: 1, to: 0 },
    ],
  });
  t.end();
});

t.test('a decision id in what a peer sends joins nothing', (t) => {
  const on = stage();
  bridged(on);
  on.wire(false, carrier, message(invite, 'spoofed', `X-Decision-ID: ${decisionId}\r\n`));
  on.events.emit('call', { callId: 'a', decisionId });
  t.strictSame(on.traces.trace(decisionId, 0).callIds, ['a', 'b']);
  t.end();
});

t.test('what is hidden is hidden', (t) => {
  const on = stage();
  bridged(on);
  const [first] = on.traces.trace('a', 0).messages;
  t.match(first?.text, 'From: "***" <sip:+*********01@x>;tag=1\r\n');
  t.notMatch(JSON.stringify([on.traces.trace('a', 0), on.traces.list(9)]), /5550100|Alice/);
  t.end();
});

t.test('nothing of a call that nobody knows', (t) => {
  const on = stage();
  bridged(on);
  t.match(on.traces.trace('nobody', 0), {
    decisionId: null,
    callIds: [],
    messages: [],
    memory: { calls: 2 },
  });
  t.end();
});

t.test('without a memory it says why', (t) => {
  for (const [engine, why] of [
    ['embedded', 'off'],
    ['drachtio', 'drachtio-server'],
  ] as const) {
    const shop = shopSettings();
    const settings = { ...shop, process: { ...shop.process, sip: { ...shop.process.sip, engine } } };
    const traces = sipTraces({
      trace: undefined,
      settings: () => settings,
      callIds: { callIdOf: () => undefined, decisionIdsOf: () => new Map() },
      trunkOf: () => undefined,
    });
    t.match(traces.trace('a', 0), { messages: [], memory: { isOn: false, why } });
    t.match(traces.list(5), { calls: [], memory: { isOn: false, why } });
  }
  t.end();
});
