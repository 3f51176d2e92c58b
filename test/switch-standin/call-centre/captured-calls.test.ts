// The three calls of the transcripts, against a channel without SIP: the same events, in the same order, with the same headers.
import t from 'tap';
import type { Test } from 'tap';
import type { EventHeader } from '../../../src/switch-standin/index.js';
import { noCaptures, readPlainEvents } from '../captures.js';
import { CentreBench } from './centre-bench.js';

/** Our own part of an event of mod_callcenter: where it came from, then the headers after those of the channel. */
function essence(headers: readonly EventHeader[]): readonly string[] {
  const of = (name: string): string => headers.find(([one]) => one === name)?.[1] ?? '';
  const own = headers
    .filter(([name]) => name.startsWith('CC-'))
    .map(([name, value]) => `${name}: ${masked(name, value)}`);
  const hasChannel = headers.some(([name]) => name === 'Unique-ID') ? 'with channel' : 'alone';
  return [`${of('Event-Calling-Function')}:${of('Event-Calling-Line-Number')}`, hasChannel, ...own];
}

function masked(name: string, value: string): string {
  if (name.endsWith('UUID')) return 'UUID';
  return name.endsWith('Time') ? 'TIME' : value;
}

/** Variables of mod_callcenter that an event of the transcript carries. */
function variablesOf(headers: readonly EventHeader[]): readonly string[] {
  const own = ['cc_member_pre_answer_uuid'];
  return headers
    .map(([name]) => name.replace(/^variable_/, ''))
    .filter((name) => name.startsWith('cc_') && !own.includes(name));
}

function compare(t: Test, bench: CentreBench, file: string): void {
  const captured = readPlainEvents(file).filter(({ headers }) =>
    headers.some(([name, value]) => name === 'Event-Subclass' && value === 'callcenter::info'),
  );
  t.equal(bench.events.length, captured.length, 'as many events');
  for (const [i, { headers }] of captured.entries()) {
    const made = bench.events[i]?.headers ?? [];
    const action = headers.find(([name]) => name === 'CC-Action')?.[1];
    t.same(essence(made), essence(headers), `${i}: ${action}`);
    t.same([...variablesOf(made)].sort(), [...variablesOf(headers)].sort(), `${i}: ${action}, variables`);
  }
}

t.test('answered by an agent, then the caller hangs up', { skip: noCaptures }, (t) => {
  const bench = new CentreBench();
  const { channel, outcomes } = bench.call('cards-sales@default');
  t.equal(channel.hasHoldMusic, true);
  bench.clock.advance(100);
  t.equal(bench.phones.ringing.length, 1);
  bench.clock.advance(820);
  const agent = bench.phones.last.answer();
  t.equal(channel.bridgedTo, agent);
  t.equal(channel.hasHoldMusic, false);
  bench.clock.advance(5000);
  channel.hangup('NORMAL_CLEARING');
  t.equal(agent.hangupCause, 'NORMAL_CLEARING');
  bench.clock.advance(100);
  compare(t, bench, 'call-answered-by-agent.txt');
  t.same(outcomes, [{ cause: 'answered' }]);
  t.equal(bench.centre.members, 0);
  t.end();
});

t.test(
  'the phone fails three times, the agent is sent on break, the caller leaves',
  { skip: noCaptures },
  (t) => {
    const bench = new CentreBench();
    bench.phones.onCall = (call) => call.fail('NORMAL_TEMPORARY_FAILURE');
    const { channel, outcomes } = bench.call('cards-sales@default');
    bench.clock.advance(6000);
    channel.hangup('NORMAL_CLEARING');
    compare(t, bench, 'call-abandoned-agent-no-answer.txt');
    t.same(outcomes, [{ cause: 'cancel', reason: 'BREAK_OUT' }]);
    t.equal(bench.agent('1001@default', 'status'), 'On Break');
    t.equal(bench.phones.calls.length, 3);
    t.end();
  },
);

t.test('every agent is on break: the caller waits and leaves', { skip: noCaptures }, (t) => {
  const bench = new CentreBench();
  bench.centre.setAgentStatus('1001@default', 'On Break');
  bench.events.length = 0;
  const { channel } = bench.call('cards-sales@default');
  bench.clock.advance(6000);
  channel.hangup('NORMAL_CLEARING');
  compare(t, bench, 'no-agents-available.txt');
  t.equal(channel.variables.get('cc_cause'), 'cancel');
  t.equal(channel.variables.get('cc_cancel_reason'), 'BREAK_OUT');
  t.ok(channel.variables.has('cc_queue_canceled_epoch'));
  t.end();
});

t.test('changes of status, state and contact', { skip: noCaptures }, (t) => {
  const bench = new CentreBench();
  for (const line of [
    "agent set status 1001@default 'Logged Out'",
    'agent set status 1001@default Available',
    "agent set status 1001@default 'On Break'",
    "agent set status 1001@default 'Available (On Demand)'",
    'agent set status 1001@default Available',
    'agent set state 1001@default Idle',
    'agent set state 1001@default Waiting',
    'agent add 1004@default callback',
    'tier add service@default 1004@default 3 2',
    'tier set level service@default 1004@default 1',
    'tier set position service@default 1004@default 4',
    'tier del service@default 1004@default',
    'agent del 1004@default',
    'queue reload service@default',
  ]) {
    t.equal(bench.config(line), '+OK\n', line);
  }
  compare(t, bench, 'agent-status-and-tier-changes.txt');
  t.end();
});
