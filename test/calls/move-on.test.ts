import t from 'tap';
import fc from 'fast-check';
import { MoveOn } from '../../src/calls/move-on/move-on.js';
import { notifyEvent, referTable } from '../../src/calls/move-on/refer-machine.js';
import type { ReferEvent, ReferState } from '../../src/calls/move-on/refer-machine.js';
import { referTo } from '../../src/calls/move-on/refer-to.js';
import { HeldMedia } from '../../src/calls/ivr/held-media.js';
import type { IvrCall, MoveRequest } from '../../src/calls/ivr/move-on.js';
import type { BridgeRequest, IvrPort } from '../../src/callcenter/index.js';
import type { Trunk } from '../../src/config/index.js';
import type { RouteStep } from '../../src/decision/index.js';
import { silentLogger } from '../../src/kernel/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { MemoryCall, MemoryDialog, MemoryDialogRequest } from '../support/memory-gateway.js';
import { shipped, turn } from './story.js';

const callerSdp = 'v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\n';
const localSdp = 'v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 9000 RTP/AVP 0\r\n';

type BridgeResult = Awaited<ReturnType<IvrPort['bridge']>>;

class TestPort implements IvrPort {
  readonly sdp = localSdp;
  readonly uuid = 'port-1';
  readonly centre = 'east';
  readonly bridges: { readonly request: BridgeRequest; readonly settle: (result: BridgeResult) => void }[] =
    [];
  ended: (reason: string) => void = () => undefined;
  closes = 0;

  acknowledge(): void {
    throw new Error('the caller made the offer');
  }

  play(): never {
    throw new Error('nothing is played while a call is moved');
  }

  collect(): never {
    throw new Error('nothing is asked while a call is moved');
  }

  bridge(request: BridgeRequest): Promise<BridgeResult> {
    return new Promise((settle) => this.bridges.push({ request, settle }));
  }

  onEnded(listener: (reason: string) => void): void {
    this.ended = listener;
  }

  close(): void {
    this.closes += 1;
  }
}

function step(name: string): RouteStep {
  return {
    target: { kind: 'overflow', uri: `sip:${name}@10.0.0.1:5090;transport=udp` },
    offer: { offerCode: name, offerUrl: 'https://o.example', kind: 'sales', presentation: 'agent' },
  };
}

class Move {
  readonly clock = new FakeClock();
  readonly caller = new MemoryDialog();
  readonly call = new MemoryCall(
    'INVITE',
    'sip:1@x',
    { from: '<sip:a@x>;tag=1', to: '<sip:1@x>' },
    callerSdp,
  );
  readonly port = new TestPort();
  readonly told: string[] = [];
  lefts = 0;
  readonly action: MoveOn;

  constructor(trunk: Partial<Trunk> = {}, steps = [step('sales'), step('service')], hasPort = true) {
    const base = shipped.trunks.trunks[0]!;
    const routed = {
      call: this.call,
      trunk: { ...base, ...trunk },
      times: { provisionalTimeoutMs: 2000, ringTimeoutMs: 30_000, retryAfterSeconds: 5 },
      clock: this.clock,
      log: silentLogger,
      trying: (one: RouteStep) => this.told.push(`trying ${nameOf(one)}`),
      attempted: (index: number, _: RouteStep, { status, reason }: { status?: number; reason: string }) =>
        this.told.push(`attempt ${index} ${status ?? '-'} ${reason}`),
      connected: (one: RouteStep) => this.told.push(`connected ${nameOf(one)}`),
      ended: ({ result, reason }: { result: string; reason: string }) =>
        this.told.push(`ended ${result} ${reason}`),
      released: () => this.told.push('released'),
      left: () => (this.lefts += 1),
      decision: { decisionId: 'd-1' },
      pairs: { customerRef: 'A1' },
    } as unknown as IvrCall;
    const request: MoveRequest = {
      routed,
      caller: this.caller,
      port: hasPort ? this.port : undefined,
      callerSdp,
      media: new HeldMedia(localSdp),
      from: step('ivr'),
      to: 'sales',
      steps,
      presented: ['ACME-TRAVEL:declined'],
    };
    this.action = new MoveOn(request);
  }

  /** A NOTIFY of the subscription; what it was answered. */
  notify(fragment: string, state = 'active'): number | undefined {
    const headers = { event: 'refer', 'subscription-state': state };
    const request = new MemoryDialogRequest('NOTIFY', 'sip:us', headers, fragment);
    this.caller.events?.onRequest(request);
    return request.final?.status;
  }

  respond(status: number): void {
    const sent = this.caller.sent.at(-1)!;
    sent.done({ status, ack: () => undefined });
  }

  get lastTold(): string | undefined {
    return this.told.at(-1);
  }
}

const nameOf = ({ target }: RouteStep): string =>
  target.kind === 'overflow' ? (/^sip:([^@]*)/.exec(target.uri)?.[1] ?? '') : target.destination.id;
const refer = { action: 'refer' } as const;

t.test('the Refer-To is the template of the trunk, filled in and nothing else', (t) => {
  const uri = 'sip:sales@10.0.0.1:5090;transport=tcp';
  const headers = { 'User-to-User': '6f;encoding=hex', 'X-Offer-ID': 'A&B' };
  const escaped = 'User-to-User=6f%3Bencoding%3Dhex&X-Offer-ID=A%26B';
  t.equal(referTo('<{uri}?{headers}>', uri, headers), `<${uri}?${escaped}>`);
  t.equal(
    referTo('sip:{user}@pbx.example;x={port};y={transport}', uri, headers),
    'sip:sales@pbx.example;x=5090;y=tcp',
  );
  t.equal(referTo('<tel:+1{user}>{odd}', 'sip:555@h', {}), '<tel:+1555>{odd}');
  t.equal(referTo('{host}:{port}/{transport}', 'sip:555@[::1]', {}), '[::1]:5060/udp');
  t.end();
});

t.test('what a NOTIFY says (RFC 3515 2.4.5)', (t) => {
  const cases: readonly (readonly [string, string | undefined, ReferEvent | undefined])[] = [
    ['SIP/2.0 100 Trying\r\n', 'active', 'notify-1xx'],
    ['SIP/2.0 180 Ringing', undefined, 'notify-1xx'],
    ['SIP/2.0 200 OK\r\n', 'terminated;reason=noresource', 'notify-2xx'],
    ['SIP/2.0 202 Accepted', 'active', 'notify-2xx'],
    ['SIP/2.0 302 Moved', 'active', 'notify-failure'],
    ['SIP/2.0 486 Busy Here', 'terminated', 'notify-failure'],
    ['SIP/2.0 603 Decline', 'active', 'notify-failure'],
    ['', 'terminated;reason=timeout', 'notify-terminated'],
    ['SIP/2.0 100 Trying', 'terminated', 'notify-terminated'],
    ['', 'active', undefined],
    ['rubbish', undefined, undefined],
    ['SIP/2.0 20 x', 'active', undefined],
  ];
  for (const [body, state, event] of cases) t.equal(notifyEvent(body, state), event, body);
  t.end();
});

t.test(
  'every state of a REFER that is not final reaches one, and each event is listened for somewhere',
  (t) => {
    const finals = new Set<ReferState>(['moved', 'failed', 'gone']);
    for (const [state, row] of Object.entries(referTable)) {
      const isFinal = finals.has(state as ReferState);
      t.equal(Object.keys(row).length === 0, isFinal, state);
      if (!isFinal) t.ok(row['timer-limit'] === 'failed', `${state} ends by its limit`);
    }
    t.end();
  },
);

t.test('REFER accepted and followed to the end: the call is the trunk’s', (t) => {
  const move = new Move(refer);
  const sent = move.caller.sent[0]!;
  t.equal(sent.method, 'REFER');
  const cti = {
    'User-to-User': '642d31;encoding=hex',
    'X-Decision-ID': 'd-1',
    'X-Offer-ID': 'sales',
    'X-Offer-URL': 'https://o.example',
    'Call-Info': '<https://o.example>;purpose=info',
    'X-Customer-Ref': 'A1',
    'X-Offer-Presented': 'ACME-TRAVEL:declined',
  };
  const escaped = Object.entries(cti).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  t.strictSame(sent.content.headers, {
    ...cti,
    'Refer-To': `<sip:sales@10.0.0.1:5090;transport=udp?${escaped.join('&')}>`,
  });
  move.respond(202);
  t.equal(move.notify('SIP/2.0 100 Trying'), 200);
  move.clock.advance(29_000);
  t.strictSame(move.told, ['trying sales'], 'a target that rings is waited for');
  t.equal(move.notify('SIP/2.0 200 OK', 'terminated;reason=noresource'), 200);
  t.strictSame(move.told.slice(1), ['attempt 0 - refer notify 200', 'ended success referred', 'released']);
  t.equal(move.caller.byes, 1, 'RFC 5589 6: the transferor ends its dialog');
  t.equal(move.port.closes, 1);
  t.equal(move.lefts, 1);
  t.equal(move.clock.running.length, 0);
  t.end();
});

const failures: readonly (readonly [string, (move: Move) => void, string])[] = [
  ['403', (move) => move.respond(403), 'refer 403'],
  ['405', (move) => move.respond(405), 'refer 405'],
  ['603', (move) => move.respond(603), 'refer 603'],
  ['no answer at all', (move) => move.clock.advance(15_000), 'refer silence'],
  [
    'accepted, then silence',
    (move) => {
      move.clock.advance(14_000);
      move.respond(202);
      move.clock.advance(14_999);
      t.equal(move.port.bridges.length, 0);
      move.clock.advance(1);
    },
    'refer silence',
  ],
  [
    'the target refused',
    (move) => {
      move.respond(202);
      move.notify('SIP/2.0 503 Service Unavailable', 'terminated');
    },
    'refer notify 503',
  ],
  [
    'the subscription ended without a word',
    (move) => {
      move.respond(202);
      move.notify('', 'terminated;reason=giveup');
    },
    'refer notify without a status',
  ],
  [
    'tried for ever',
    (move) => {
      move.respond(202);
      move.notify('SIP/2.0 100 Trying');
      move.clock.advance(45_000);
    },
    'refer limit',
  ],
];

for (const [what, fail, reason] of failures) {
  t.test(`a REFER that fails is bridged to the same destination: ${what}`, async (t) => {
    const move = new Move(refer);
    fail(move);
    t.strictSame(move.told, ['trying sales', `attempt 0 - ${reason}`, 'trying sales']);
    t.match(move.port.bridges[0]?.request, {
      uri: 'sip:sales@10.0.0.1:5090;transport=udp',
      headers: { 'X-Offer-ID': 'sales' },
    });
    move.port.bridges[0]?.settle({ kind: 'bridged' });
    await turn();
    t.strictSame(move.told.slice(3), ['attempt 0 200 bridged', 'connected sales', 'ended success answered']);
    t.equal(move.port.closes, 0, 'the caller talks through the port');
    move.caller.events?.onEnded('bye');
    t.equal(move.port.closes, 1);
    t.equal(move.lastTold, 'released');
    t.equal(move.clock.running.length, 0);
  });
}

t.test('a NOTIFY may overtake the 202', (t) => {
  const move = new Move(refer);
  move.notify('SIP/2.0 200 OK', 'terminated');
  move.respond(202);
  t.strictSame(move.told.slice(-2), ['ended success referred', 'released']);
  t.end();
});

t.test('a BYE after the REFER leaves open whether the call was moved', (t) => {
  const move = new Move(refer);
  move.respond(202);
  move.caller.events?.onEnded('bye');
  t.strictSame(move.told.slice(1), [
    'attempt 0 - refer bye',
    'ended indeterminate bye-after-refer',
    'released',
  ]);
  t.equal(move.port.closes, 1);
  t.end();
});

t.test('a bridge that is refused tries the next destination, and the last one ends the call', async (t) => {
  const move = new Move();
  move.port.bridges[0]?.settle({ kind: 'refused', reason: 'USER_BUSY' });
  await turn();
  t.equal(move.lastTold, 'trying service');
  move.port.bridges[1]?.settle({ kind: 'refused', reason: 'NO_ANSWER' });
  await turn();
  t.strictSame(move.told.slice(-3), [
    'attempt 1 - bridge: NO_ANSWER',
    'ended upstream-error no-destination',
    'released',
  ]);
  t.equal(move.caller.byes, 1);
  t.equal(move.port.closes, 1);
});

t.test('the centre dies while it dials: a leg of our own to the same destination', async (t) => {
  const move = new Move();
  move.port.ended('connection lost');
  move.port.bridges[0]?.settle({ kind: 'gone', reason: 'connection lost' });
  await turn();
  t.equal(move.told.filter((one) => one.startsWith('ended')).length, 0, 'the caller is not dropped');
  const leg = move.call.legs[0]!;
  t.equal(leg.request.uri, 'sip:sales@10.0.0.1:5090;transport=udp');
  t.equal(leg.request.body, callerSdp);
  leg.answer({ reason: 'OK', body: 'c=IN IP4 192.0.2.3\r\nm=audio 6000 RTP/AVP 0\r\n' });
  t.equal(leg.acks.length, 1);
  const reinvite = move.caller.sent[0]!;
  t.equal(reinvite.method, 'INVITE');
  t.equal(reinvite.content.body, 'c=IN IP4 192.0.2.3\r\nm=audio 6000 RTP/AVP 0\r\n');
  let acks = 0;
  reinvite.done({ status: 200, body: callerSdp, ack: () => (acks += 1) });
  t.equal(acks, 1);
  t.strictSame(move.told.slice(-2), ['connected sales', 'ended success answered']);
  t.equal(leg.dialog.sent.length, 0, 'media of the caller is where it was');
  leg.dialog.events?.onEnded('bye');
  t.equal(move.caller.byes, 1);
  t.equal(move.lastTold, 'released');
  t.equal(move.clock.running.length, 0);
});

t.test('re-INVITE: a caller whose media moved is told to the other side', (t) => {
  const move = new Move({ afterIvr: 'reinvite' });
  const leg = move.call.legs[0]!;
  leg.answer();
  const moved = callerSdp.replace('4000', '4010');
  move.caller.sent[0]!.done({ status: 200, body: moved, ack: () => undefined });
  t.match(leg.dialog.sent[0], { method: 'INVITE', content: { body: moved } });
  t.equal(move.port.closes, 1, 'the port is free again');
  t.end();
});

t.test('re-INVITE: refused by the caller’s phone, silent or refused by the destination', (t) => {
  const move = new Move({ afterIvr: 'reinvite' }, [step('one'), step('dead'), step('two'), step('three')]);
  move.call.legs[0]!.refuse(486);
  move.clock.advance(2000);
  t.equal(move.call.legs[1]!.isCancelled, true, 'silent for provisionalTimeoutMs');
  move.call.legs[2]!.ring();
  move.clock.advance(29_999);
  t.equal(move.call.legs[2]!.isCancelled, false, 'ringing is no silence');
  move.clock.advance(1);
  t.equal(move.call.legs[2]!.isCancelled, true);
  move.call.legs[2]!.answer();
  t.equal(move.call.legs[2]!.dialog.byes, 1, 'an answer that crosses the CANCEL');
  move.call.legs[3]!.answer();
  move.caller.sent.at(-1)!.done({ status: 488, ack: () => undefined });
  t.equal(move.call.legs[3]!.dialog.byes, 1);
  t.strictSame(
    move.told.filter((one) => /^(attempt|ended|released)/.test(one)),
    [
      'attempt 0 486 no',
      'attempt 1 - silence',
      'attempt 2 - no-answer',
      'attempt 3 488 caller-refused-move',
      'ended upstream-error no-destination',
      'released',
    ],
  );
  t.equal(move.clock.running.length, 0);
  t.end();
});

t.test('without a port a trunk with REFER is asked, and then our own leg', (t) => {
  const move = new Move(refer, [step('sales')], false);
  move.respond(405);
  t.equal(move.call.legs.length, 1);
  move.action.abandon('stopping');
  t.equal(move.call.legs[0]!.isCancelled, true);
  t.strictSame(move.told.slice(-2), ['ended server-error stopping', 'released']);
  t.end();
});

t.test('hold and refresh keep the port, other requests harm nothing', (t) => {
  const move = new Move();
  const ask = (method: string, body = '') => {
    const request = new MemoryDialogRequest(method, 'sip:us', {}, body);
    move.caller.events?.onRequest(request);
    return request.final;
  };
  t.match(ask('INVITE', callerSdp), { status: 200, body: localSdp });
  t.match(ask('INVITE', `${callerSdp}a=sendonly\r\n`), { status: 200, body: `${localSdp}a=recvonly\r\n` });
  t.equal(ask('INVITE', callerSdp.replace('4000', '4002'))?.status, 488);
  t.equal(ask('UPDATE')?.status, 405);
  t.equal(ask('INFO', 'Signal=1')?.status, 200);
  t.equal(ask('REFER')?.status, 405);
  t.equal(ask('BREW')?.status, 501);
  t.end();
});

t.test('whatever comes in whatever order: one outcome, one release, nothing left behind', (t) => {
  const moves: Record<string, (move: Move) => void> = {
    respond202: (move) => move.caller.sent.forEach(({ done }) => done({ status: 202, ack: () => undefined })),
    respond500: (move) => move.caller.sent.forEach(({ done }) => done({ status: 500, ack: () => undefined })),
    notify100: (move) => void move.notify('SIP/2.0 100 Trying'),
    notify200: (move) => void move.notify('SIP/2.0 200 OK', 'terminated'),
    notify486: (move) => void move.notify('SIP/2.0 486 Busy', 'terminated'),
    refuseLegs: (move) => move.call.legs.forEach((leg) => leg.refuse(503)),
    answerLegs: (move) => move.call.legs.forEach((leg) => leg.answer()),
    portEnds: (move) => move.port.ended('died'),
    later: (move) => move.clock.advance(20_000),
  };
  const names = Object.keys(moves);
  return fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Trunk['afterIvr']>('refer', 'bridge', 'reinvite'),
      fc.boolean(),
      fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom('bridged', 'refused', 'gone')), {
        maxLength: 12,
      }),
      async (afterIvr, hasPort, events) => {
        const move = new Move({ afterIvr: afterIvr! }, [step('sales'), step('service')], hasPort);
        for (const [name, bridge] of events) {
          moves[name]!(move);
          move.port.bridges.splice(0).forEach(({ settle }) => settle({ kind: bridge, reason: 'x' }));
          await turn();
        }
        move.caller.events?.onEnded('bye');
        move.port.bridges.splice(0).forEach(({ settle }) => settle({ kind: 'refused', reason: 'late' }));
        await turn();
        move.action.abandon('stopping');
        move.clock.advance(200_000);
        await turn();
        const outcomes = move.told.filter((one) => one.startsWith('ended'));
        t.ok(outcomes.length >= 1, 'an outcome');
        t.equal(move.told.filter((one) => one === 'released').length, 1, 'released once');
        t.equal(move.clock.running.length, 0, 'no timer left');
        const hasDied = events.some(([name]) => name === 'portEnds');
        if (hasPort && !hasDied) t.equal(move.port.closes, 1, 'the port is closed');
      },
    ),
    { numRuns: 300 },
  );
});
