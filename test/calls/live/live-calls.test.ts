import t from 'tap';
import fc from 'fast-check';
import { LiveCalls } from '../../../src/calls/live/live-calls.js';
import type { CentreCallEvent } from '../../../src/callcenter/index.js';
import { FakeClock } from '../../support/fake-clock.js';

const base = {
  centre: 'east',
  queue: 'acme-sales',
  sessionUuid: 's-1',
  decisionId: 'd-1',
  offerCode: 'ACME-PLATINUM',
  at: 0,
} as const;
const joined: CentreCallEvent = { ...base, kind: 'member-joined' };
const offered: CentreCallEvent = { ...base, kind: 'agent-offered', agent: '1001' };
const failed: CentreCallEvent = { ...base, kind: 'agent-failed', agent: '1001', reason: 'NO_ANSWER' };
const answered: CentreCallEvent = { ...base, kind: 'agent-answered', agent: '1001', waitedMs: 100 };
const ended: CentreCallEvent = { ...base, kind: 'agent-ended', agent: '1001', talkedMs: 100 };
const left: CentreCallEvent = { ...base, kind: 'member-left', cause: 'answered', waitedMs: 100 };

function begin(capacity?: number) {
  const clock = new FakeClock();
  const live = new LiveCalls({ clock, ...(capacity === undefined ? {} : { capacity }) });
  live.routed({ decisionId: 'd-1', callId: 'c', partner: 'acme', customer: 'c-1', offer: 'ACME-PLATINUM' });
  const state = () => live.get('d-1')?.state;
  return { clock, live, state };
}

t.test('a call is followed from its decision to the agent and out', (t) => {
  const { live, state } = begin();
  t.equal(state(), 'routed');
  t.equal(live.get('d-1')?.at, undefined);
  const story: readonly (readonly [CentreCallEvent, string, string | undefined])[] = [
    [joined, 'waiting', undefined],
    [offered, 'ringing', '1001'],
    [failed, 'waiting', undefined],
    [offered, 'ringing', '1001'],
    [answered, 'talking', '1001'],
    [ended, 'left', '1001'],
  ];
  for (const [event, expected, agent] of story) {
    live.onEvent(event);
    t.equal(state(), expected, event.kind);
    t.equal(live.get('d-1')?.at?.agent, agent);
  }
  t.strictSame(live.get('d-1')?.presented, ['ACME-PLATINUM:agent']);
  t.strictSame(live.list(), [], 'it has left');
  t.end();
});

t.test('agent-offering before member-queue-start, and the end of the queue that a transfer left', (t) => {
  const { live, state } = begin();
  live.onEvent(offered);
  t.equal(state(), 'ringing');
  live.onEvent(answered);
  live.onEvent(offered);
  t.equal(state(), 'talking', 'a late offer does not undo the answer');
  live.onEvent({ ...joined, queue: 'service' });
  t.equal(state(), 'waiting');
  live.onEvent(left);
  t.equal(state(), 'waiting', 'the old queue says nothing of the new one');
  t.strictSame(live.get('d-1')?.presented, ['ACME-PLATINUM:agent'], 'the second agent sees the first offer');
  t.end();
});

t.test('nothing is remembered for ever', (t) => {
  const { live, clock } = begin(3);
  for (const decisionId of ['d-2', 'd-3', 'd-4'])
    live.routed({ ...base, decisionId, callId: 'c', partner: 'acme', customer: undefined, offer: undefined });
  t.equal(live.size, 3);
  t.equal(live.get('d-1'), undefined, 'the oldest gave way');
  live.onEvent({ ...joined, decisionId: 'd-4' });
  clock.advance(130_000);
  t.strictSame(
    live.list().map(({ decisionId }) => decisionId),
    ['d-4'],
    'calls that never arrived are gone',
  );
  clock.advance(5 * 3_600_000);
  t.equal(live.list().length, 0);
  t.equal(live.size, 0);
  t.end();
});

t.test('a call that ended in an IVR is gone at once, one in a queue is the feed’s to end', (t) => {
  const { live, state } = begin();
  live.endedElsewhere('d-1');
  t.equal(state(), undefined);
  const other = begin();
  other.live.onEvent(joined);
  other.live.endedElsewhere('d-1');
  t.equal(other.state(), 'waiting');
  t.end();
});

t.test('events of calls that are not ours, in any order, change nothing else', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(joined, offered, failed, answered, ended, left), { maxLength: 20 }),
      fc.array(fc.constantFrom('d-1', 'd-9', undefined), { minLength: 20, maxLength: 20 }),
      (events, ids) => {
        const { live } = begin();
        events.forEach((event, at) => live.onEvent({ ...event, decisionId: ids[at] }));
        t.ok(live.size === 1 && (live.get('d-1')?.presented.length ?? 0) <= 1);
      },
    ),
  );
  t.end();
});

t.test('it tells of every change, and what it keeps for the agent', (t) => {
  const clock = new FakeClock();
  const failures: unknown[] = [];
  const live = new LiveCalls({ clock, onListenerError: (error) => failures.push(error) });
  const told: string[] = [];
  live.events.on('changed', () => {
    throw new Error('a broken listener');
  });
  live.events.on('changed', ({ state, presented }) => told.push([state, ...presented].join(' ')));
  let asked = 0;
  const call = { decisionId: 'd-1', callId: 'c', partner: 'acme', customer: 'c-1', offer: 'ACME-PLATINUM' };
  live.routed({ ...call, caller: '+15550100001', dialled: '+18005550100' }, () => {
    asked += 1;
    return [];
  });
  t.equal(asked, 0, 'nothing is reckoned while the call is on its way');
  clock.advance(700);
  live.onEvent({ ...joined, at: 700, brought: { callerNumber: '1', joinedAt: 600, headers: {} } });
  live.onEvent(offered);
  live.onEvent({ ...answered, waitedMs: 1200 });
  live.presented('d-1', 'ACME-SAVER:agent');
  live.onEvent({ ...joined, queue: 'service' });
  t.same(told, [
    'routed',
    'waiting',
    'ringing',
    'talking',
    'talking ACME-PLATINUM:agent',
    'talking ACME-PLATINUM:agent ACME-SAVER:agent',
    'waiting ACME-PLATINUM:agent ACME-SAVER:agent',
  ]);
  t.equal(failures.length, told.length, 'a listener that throws hurts nobody');
  t.equal(asked, 1);
  t.match(live.get('d-1'), {
    caller: '+15550100001',
    dialled: '+18005550100',
    waitedMs: undefined,
    offers: [],
  });
  t.end();
});

t.test('a decision that cannot be read costs the call nothing', (t) => {
  const clock = new FakeClock();
  const failures: unknown[] = [];
  const live = new LiveCalls({ clock, onListenerError: (error) => failures.push(error) });
  const call = { decisionId: 'd-1', callId: 'c', partner: 'acme', customer: 'c-1', offer: 'ACME-PLATINUM' };
  live.routed(call, () => {
    throw new Error('a broken trace');
  });
  live.onEvent(joined);
  t.match(live.get('d-1'), { state: 'waiting', offers: undefined });
  t.match(failures, [{ message: 'a broken trace' }]);
  t.end();
});
