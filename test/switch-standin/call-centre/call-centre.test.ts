import t from 'tap';
import { CentreBench, oneQueue } from './centre-bench.js';

const delays = { rejectDelaySeconds: 7, busyDelaySeconds: 8, noAnswerDelaySeconds: 9, maxNoAnswer: 3 };

t.test('a phone that does not take the call: the next agent gets it, and this one is left alone', (t) => {
  const table: readonly (readonly [cause: string, delaySeconds: number, tier: string, noAnswers: string])[] =
    [
      ['USER_BUSY', 8, 'Ready', '0'],
      ['NORMAL_CIRCUIT_CONGESTION', 8, 'Ready', '0'],
      ['CALL_REJECTED', 7, 'Ready', '0'],
      ['USER_NOT_REGISTERED', 5, 'Ready', '0'],
      ['NO_ANSWER', 9, 'No Answer', '1'],
      ['NORMAL_TEMPORARY_FAILURE', 9, 'No Answer', '1'],
      ['SERVICE_UNAVAILABLE', 9, 'No Answer', '1'],
    ];
  for (const [cause, delaySeconds, tierState, noAnswers] of table) {
    const bench = new CentreBench(
      oneQueue({}, [
        { name: 'a', position: 1, ...delays },
        { name: 'b', position: 2, ...delays },
      ]),
    );
    const { outcomes } = bench.call('q');
    bench.clock.advance(100);
    t.match(bench.phones.last.contact, /\/a@/);
    bench.phones.last.fail(cause);
    t.match(bench.config('tier list'), `q|a|${tierState}|1|1`, `${cause}: tier`);
    t.equal(bench.agent('a', 'no_answer_count'), noAnswers, `${cause}: count`);
    t.equal(Number(bench.agent('a', 'ready_time')), bench.stamp.epoch() + delaySeconds, `${cause}: delay`);
    bench.clock.advance(100);
    t.match(bench.phones.last.contact, /\/b@/, `${cause}: the next agent`);
    t.same(outcomes, [], 'and the caller is still there');
    bench.phones.last.fail('USER_BUSY');
    bench.centre.setAgentStatus('b', 'Logged Out');
    bench.clock.advance(delaySeconds * 1000 - 300);
    t.equal(
      bench.phones.calls.filter((call) => call.contact.includes('/a@')).length,
      1,
      `${cause}: left alone`,
    );
    bench.clock.advance(1200);
    t.equal(
      bench.phones.calls.filter((call) => call.contact.includes('/a@')).length,
      2,
      `${cause}: called again`,
    );
  }
  t.end();
});

t.test('a phone that rings longer than its leg_timeout has not answered', (t) => {
  const bench = new CentreBench(oneQueue({}, [{ name: 'a', maxNoAnswer: 1 }]));
  bench.call('q');
  bench.clock.advance(100 + 9_900);
  t.equal(bench.phones.last.state, 'ringing');
  bench.clock.advance(120);
  t.equal(bench.phones.last.state, 'cancelled');
  t.same(bench.story.slice(4), [
    'agent-max-no-answer a',
    'agent-status-change a On Break',
    'bridge-agent-fail a NO_ANSWER',
    'agent-state-change a Waiting',
  ]);
  t.end();
});

t.test('the caller leaves while a phone rings: it is cancelled, and the agent is not to blame', (t) => {
  const bench = new CentreBench(oneQueue({}, [{ name: 'a', maxNoAnswer: 1, noAnswerDelaySeconds: 60 }]));
  const { channel, outcomes } = bench.call('q');
  bench.clock.advance(150);
  const ringing = bench.phones.last;
  channel.hangup('ORIGINATOR_CANCEL');
  t.equal(ringing.state, 'cancelled');
  bench.clock.advance(20);
  t.same(bench.story.slice(4), [
    'member-queue-end BREAK_OUT',
    'members-count',
    'bridge-agent-fail a ORIGINATOR_CANCEL',
    'agent-state-change a Waiting',
  ]);
  t.equal(bench.agent('a', 'no_answer_count'), '0');
  t.equal(bench.agent('a', 'ready_time'), '0');
  t.same(outcomes, [{ cause: 'cancel', reason: 'BREAK_OUT' }]);
  const late = ringing.answer();
  t.equal(
    late.hangupCause,
    'ORIGINATOR_CANCEL',
    'an answer that crosses it is hung up, not bridged to silence',
  );
  bench.call('q');
  bench.clock.advance(100);
  t.equal(bench.phones.ringing.length, 1, 'the next caller gets the agent at once');
  t.end();
});

t.test('the agent goes on break while the phone rings: it is cancelled, the caller goes on waiting', (t) => {
  const bench = new CentreBench(oneQueue({}, [{ name: 'a' }, { name: 'b', position: 2 }]));
  const { outcomes } = bench.call('q');
  bench.clock.advance(100);
  t.equal(bench.config("agent set status a 'On Break'"), '+OK\n');
  t.equal(bench.phones.last.state, 'cancelled');
  bench.clock.advance(20);
  t.same(bench.story.slice(4), [
    'agent-status-change a On Break',
    'bridge-agent-fail a ORIGINATOR_CANCEL',
    'agent-state-change a Waiting',
  ]);
  bench.clock.advance(100);
  t.match(bench.phones.last.contact, /\/b@/);
  t.same(outcomes, []);
  t.end();
});

t.test('fifty callers: who waited longest is served first, but for cc_base_score', (t) => {
  const bench = new CentreBench(oneQueue({ maxWaitSeconds: 0 }, [{ name: 'a', status: 'Logged Out' }]));
  const order: string[] = [];
  bench.phones.onCall = (call) => {
    order.push(call.caller.callerNumber);
    const phone = call.answer();
    bench.clock.after(50, 'talk', () => phone.hangup('NORMAL_CLEARING'));
  };
  for (let i = 0; i < 50; i += 1) {
    bench.call('q', `caller ${String(i).padStart(2, '0')}`, i === 30 ? { cc_base_score: '600' } : {});
    bench.clock.advance(700);
  }
  const rows = bench.config('queue list members q').trimEnd().split('\n');
  const columns = rows[0]?.split('|') ?? [];
  const scores = rows.slice(1, -1).map((row) => Number(row.split('|')[columns.indexOf('score')]));
  t.equal(scores.length, 50);
  t.same(
    scores,
    [...scores].sort((a, b) => b - a),
    'listed by score',
  );
  bench.centre.setAgentStatus('a', 'Available');
  bench.clock.advance(120_000);
  const expected = Array.from({ length: 50 }, (_, i) => `caller ${String(i).padStart(2, '0')}`);
  t.same(order, ['caller 30', ...expected.filter((one) => one !== 'caller 30')]);
  t.end();
});

t.test('wrap-ups that end at different times end each for itself', (t) => {
  const bench = new CentreBench(
    oneQueue({}, [
      { name: 'a', wrapUpSeconds: 3 },
      { name: 'b', wrapUpSeconds: 6 },
      { name: 'c', wrapUpSeconds: 10 },
    ]),
  );
  for (let i = 0; i < 3; i += 1) bench.call('q', `first ${i}`);
  bench.clock.advance(100);
  const phones = bench.phones.ringing.map((call) => call.answer());
  for (const phone of phones) phone.hangup('NORMAL_CLEARING');
  bench.clock.advance(100);
  const endedAt = bench.clock.now();
  const calledAfter: Record<string, number> = {};
  bench.phones.onCall = (call) => {
    const name = /internal\/(\w)@/.exec(call.contact)?.[1] ?? '';
    calledAfter[name] ??= Math.floor((bench.clock.now() - endedAt) / 1000);
    call.answer();
  };
  for (let i = 0; i < 3; i += 1) bench.call('q', `second ${i}`);
  t.same(bench.agent('c', 'state'), 'Waiting', 'wrap-up is no state of its own');
  bench.clock.advance(15_000);
  t.same(calledAfter, { a: 3, b: 6, c: 10 });
  t.end();
});

t.test('who waits too long leaves; a phone that rings then gets its chance', (t) => {
  const bench = new CentreBench(oneQueue({ maxWaitSeconds: 5 }, [{ name: 'a' }]));
  bench.phones.onCall = (call) => {
    if (bench.phones.calls.length === 1) bench.clock.after(9000, 'busy', () => call.fail('NO_ANSWER'));
  };
  const first = bench.call('q', 'first');
  const second = bench.call('q', 'second');
  bench.clock.advance(5600);
  t.same(second.outcomes, [{ cause: 'cancel', reason: 'TIMEOUT' }]);
  t.equal(second.channel.hangupCause, undefined, 'it is up to the dialplan what comes next');
  t.equal(second.channel.variables.get('cc_cancel_reason'), 'TIMEOUT');
  t.same(first.outcomes, [], 'a phone rings for the first');
  bench.clock.advance(4400);
  t.same(first.outcomes, [{ cause: 'cancel', reason: 'TIMEOUT' }], 'in vain, and it is not tried once more');
  t.equal(bench.phones.calls.length, 1);
  t.end();
});

t.test('with no agent logged in the caller leaves after the grace; agents on break are agents', (t) => {
  const queue = { maxWaitWithNoAgentSeconds: 10, maxWaitWithNoAgentTimeReachedSeconds: 5 };
  const bench = new CentreBench(oneQueue(queue, [{ name: 'a', status: 'On Break' }]));
  const early = bench.call('q');
  bench.clock.advance(30_000);
  t.same(early.outcomes, []);
  bench.centre.setAgentStatus('a', 'Logged Out');
  bench.clock.advance(8000);
  const late = bench.call('q');
  bench.clock.advance(4000);
  t.same(early.outcomes, [{ cause: 'cancel', reason: 'NO_AGENT_TIMEOUT' }]);
  t.same(late.outcomes, []);
  bench.clock.advance(12_000);
  t.same(late.outcomes, [{ cause: 'cancel', reason: 'NO_AGENT_TIMEOUT' }]);
  t.end();
});

t.test('abandoned members are listed until they are discarded, and may resume their place', (t) => {
  const queue = { discardAbandonedAfterSeconds: 30, abandonedResumeAllowed: true };
  const bench = new CentreBench(oneQueue(queue, [{ name: 'a', status: 'On Break' }]));
  const [alice, bob] = [bench.call('q', 'alice'), bench.call('q', 'bob')];
  bench.clock.advance(5000);
  alice.channel.hangup('NORMAL_CLEARING');
  bob.channel.hangup('NORMAL_CLEARING');
  t.equal(bench.config('queue count members q'), '2\n');
  t.match(bench.config('queue list members q'), /\|alice\|.*\|Abandoned\|5\n/);
  bench.clock.advance(5000);
  const carol = bench.call('q', 'carol');
  const back = bench.call('q', 'alice');
  t.equal(back.channel.variables.get('cc_member_uuid'), alice.channel.variables.get('cc_member_uuid'));
  t.ok(bench.story.includes('member-queue-resume'));
  bench.centre.setAgentStatus('a', 'Available');
  bench.clock.advance(100);
  t.equal(bench.phones.last.caller, back.channel, 'before Carol, who came first');
  bench.clock.advance(40_000);
  t.notMatch(bench.config('queue list members q'), /bob/);
  t.same(carol.outcomes, []);
  t.end();
});

t.test('digits in cc_exit_keys, and a transfer, take a caller out of the queue', (t) => {
  const bench = new CentreBench(oneQueue({}, [{ name: 'a', status: 'On Break' }]));
  const [alice, bob] = [bench.call('q', 'alice', { cc_exit_keys: '0#' }), bench.call('q', 'bob')];
  t.equal(bench.centre.digit(alice.channel.uuid, '1'), false);
  t.equal(bench.centre.digit(bob.channel.uuid, '0'), false);
  t.equal(bench.centre.digit(alice.channel.uuid, '#'), true);
  t.equal(alice.channel.variables.get('cc_exit_key'), '#');
  bench.centre.breakOut(bob.channel.uuid);
  bench.centre.breakOut('nobody');
  t.same(alice.outcomes, [{ cause: 'cancel', reason: 'EXIT_WITH_KEY' }]);
  t.same(bob.outcomes, [{ cause: 'cancel', reason: 'BREAK_OUT' }]);
  t.equal(bench.centre.waiting('q'), 0);
  t.end();
});

t.test('an agent who is available on demand idles after a call', (t) => {
  const bench = new CentreBench(oneQueue({}, [{ name: 'a', status: 'Available (On Demand)' }]));
  bench.call('q');
  bench.clock.advance(100);
  bench.phones.last.answer().hangup('NORMAL_CLEARING');
  bench.clock.advance(5000);
  t.equal(bench.agent('a', 'state'), 'Idle');
  bench.call('q');
  bench.clock.advance(5000);
  t.equal(bench.phones.calls.length, 1);
  bench.config('agent set state a Waiting');
  bench.clock.advance(100);
  t.equal(bench.phones.calls.length, 2);
  t.end();
});

t.test('variables of cc_export_vars reach the phone as headers and its channel as variables', (t) => {
  const bench = new CentreBench(oneQueue({}, [{ name: 'a' }]));
  bench.call('q', 'alice', {
    cc_export_vars: 'sip_h_X-Offer-Id, sip_h_User-to-User,customerRef,missing',
    'sip_h_X-Offer-Id': 'gold-card',
    'sip_h_User-to-User': '4f;encoding=hex',
    'sip_h_X-Other': 'stays',
    customerRef: 'c-1',
  });
  bench.clock.advance(100);
  t.same(bench.phones.last.headers, [
    ['X-Offer-Id', 'gold-card'],
    ['User-to-User', '4f;encoding=hex'],
  ]);
  const { variables } = bench.phones.last.answer();
  t.equal(variables.get('customerRef'), 'c-1');
  t.equal(variables.get('sip_h_X-Offer-Id'), 'gold-card');
  t.equal(variables.get('cc_side'), 'agent');
  t.notOk(variables.has('sip_h_X-Other'));
  t.end();
});

t.test('what an agent did is counted, and forgotten when the agent becomes available', (t) => {
  const bench = new CentreBench(oneQueue({}, [{ name: 'a' }]));
  bench.call('q');
  bench.clock.advance(100);
  const phone = bench.phones.last.answer();
  t.equal(bench.agent('a', 'uuid'), phone.uuid);
  t.match(bench.config('tier list'), 'q|a|Active Inbound|1|1');
  t.match(bench.config('queue list members'), '|a|single_box|Answered|0\n');
  bench.clock.advance(30_000);
  phone.hangup('NORMAL_CLEARING');
  bench.clock.advance(100);
  t.equal(bench.agent('a', 'talk_time'), '30');
  t.equal(bench.agent('a', 'calls_answered'), '1');
  t.match(bench.config('queue list'), /\|1\|0\|0\|true\|On Break\n/);
  bench.centre.setAgentStatus('a', 'On Break');
  bench.centre.setAgentStatus('a', 'Available');
  t.equal(bench.agent('a', 'talk_time'), '0');
  t.equal(bench.agent('a', 'calls_answered'), '0');
  t.end();
});

t.test('a restart: another Core-UUID, members gone without a word, agents ready', (t) => {
  const bench = new CentreBench(oneQueue({}, [{ name: 'a' }, { name: 'b' }]));
  const [talking, ringing, waiting] = [bench.call('q'), bench.call('q'), bench.call('q')];
  bench.clock.advance(100);
  bench.phones.calls[0]?.answer();
  const uuid = bench.stamp.coreUuid;
  bench.events.length = 0;
  bench.centre.restart();
  t.not(bench.stamp.coreUuid, uuid);
  t.equal(bench.centre.members, 0);
  t.equal(bench.phones.last.state, 'cancelled');
  for (const { channel } of [talking, ringing, waiting]) channel.hangup('SYSTEM_SHUTDOWN');
  bench.clock.advance(1000);
  t.same(
    bench.story.filter((one) => one.startsWith('member')),
    [],
  );
  t.equal(bench.agent('a', 'state'), 'Waiting');
  t.same([...talking.outcomes, ...ringing.outcomes, ...waiting.outcomes], []);
  t.equal(bench.events[0]?.get('Event-Sequence'), '1');
  bench.call('q');
  bench.clock.advance(100);
  t.equal(bench.phones.ringing.length, 1);
  t.end();
});

t.test('no such queue, a queue unloaded under its members', (t) => {
  const bench = new CentreBench(oneQueue({}, [{ name: 'a', status: 'On Break' }]));
  t.equal(bench.call('nosuch').channel.hasHoldMusic, false);
  const { outcomes } = bench.call('q');
  bench.settings = { ...bench.settings, queues: [] };
  bench.config('queue unload q');
  t.equal(bench.config('queue count'), '0\n');
  bench.clock.advance(200);
  t.same(outcomes, [{ cause: 'cancel', reason: 'BREAK_OUT' }]);
  t.equal(bench.story.filter((one) => one.startsWith('member-queue-end')).length, 1);
  bench.clock.advance(2000);
  t.equal(bench.centre.members, 0);
  t.equal(bench.config('queue reload q'), '-ERR Invalid Queue not found!\n');
  bench.centre.stop();
  t.same(bench.clock.running, []);
  t.end();
});

t.test('an agent on standby who has no channel is logged out, and the next one is called', (t) => {
  const bench = new CentreBench(
    oneQueue({}, [
      { name: 'a', type: 'uuid-standby' },
      { name: 'b', position: 2 },
    ]),
  );
  bench.call('q');
  bench.clock.advance(200);
  t.same(bench.story.slice(2, 7), [
    'agent-state-change a Receiving',
    'agent-offering a',
    'agent-status-change a Logged Out',
    'bridge-agent-fail a NONE',
    'agent-state-change a Waiting',
  ]);
  t.match(bench.phones.last.contact, /\/b@/);
  t.end();
});

t.test('callers and agents see each other right while the clock of the centre is wrong', (t) => {
  const clock = { wallStart: Date.UTC(1999, 0, 1) };
  const bench = new CentreBench(oneQueue({ maxWaitSeconds: 5 }, [{ name: 'a', status: 'On Break' }]), clock);
  const { channel, outcomes } = bench.call('q');
  t.equal(channel.variables.get('cc_queue_joined_epoch'), '915148800');
  bench.clock.advance(6000);
  t.same(outcomes, [{ cause: 'cancel', reason: 'TIMEOUT' }]);
  t.match(bench.events[0]?.get('Event-Date-GMT'), /1999/);
  t.end();
});
