import t from 'tap';
import { profileOf, SimulatedAgents } from '../../../src/switch-standin/index.js';
import type { AgentProfile, CallCentreSettings } from '../../../src/switch-standin/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { Random } from '../../support/random.js';
import { CentreBench } from './centre-bench.js';
import { FakeChannel, FakeDialler } from './fake-channel.js';

const quick: AgentProfile = { answerMs: [1000, 3000], meanTalkMs: 20_000 };
const moody: AgentProfile = {
  answerMs: [500, 6000],
  refuseShare: 0.2,
  noAnswerShare: 0.1,
  meanTalkMs: 30_000,
  breakEveryMs: 120_000,
  breakMs: 30_000,
};

function centreOf(agents: number, queues: number): CallCentreSettings {
  const names = Array.from({ length: agents }, (_, i) => `agent${i}`);
  return {
    queues: Array.from({ length: queues }, (_, i) => ({ name: `q${i}`, maxWaitSeconds: 90 })),
    agents: names.map((name, i) => ({
      name,
      contact: `[leg_timeout=8]simulated/${i % 2 === 0 ? 'quick' : 'moody'}`,
      status: 'Available',
      wrapUpSeconds: 2,
      rejectDelaySeconds: 3,
      maxNoAnswer: 5,
    })),
    tiers: names.flatMap((agent, i) => [
      { queue: `q${i % queues}`, agent },
      { queue: `q${(i + 1) % queues}`, agent, level: 2 },
    ]),
  };
}

interface Day {
  readonly bench: CentreBench;
  readonly ended: number;
}

/** Calls at random for a while, some of whom give up; then nobody calls any more and all end. */
function liveThrough(seed: number, calls: number): Day {
  const settings = centreOf(12, 3);
  const floor: { agents?: SimulatedAgents } = {};
  const bench: CentreBench = new CentreBench(settings, {
    dialler: { dial: (...call) => floor.agents?.dial(...call) ?? { cancel: () => undefined } },
  });
  const agents = new SimulatedAgents({
    clock: bench.clock,
    seed,
    profiles: { quick, moody },
    dialler: bench.phones,
  });
  floor.agents = agents;
  agents.takeBreaks(settings.agents as readonly { name: string; contact: string }[], bench.centre);
  const chance = new Random(seed);
  let ended = 0;
  for (let i = 0; i < calls; i += 1) {
    const { channel } = bench.call(`q${chance.below(3)}`, `caller ${i}`);
    channel.onHangup(() => (ended += 1));
    if (chance.isIn(0.2))
      bench.clock.after(chance.below(20_000), 'gives up', () => channel.hangup('ORIGINATOR_CANCEL'));
    bench.clock.advance(chance.below(4000));
  }
  bench.clock.advance(400_000);
  agents.stop();
  return { bench, ended };
}

t.test('profiles are found in contacts; others go to the real dialler', (t) => {
  t.equal(profileOf('simulated/quick'), 'quick');
  t.equal(profileOf('[leg_timeout=10]simulated/quick'), 'quick');
  t.equal(profileOf('{a=b}[c=d]simulated/quick@here'), 'quick');
  t.equal(profileOf('sofia/internal/simulated/quick'), undefined);
  const [clock, phones] = [new FakeClock(), new FakeDialler()];
  const agents = new SimulatedAgents({ clock, seed: 1, profiles: { quick }, dialler: phones });
  const caller = new FakeChannel();
  const events = { onAnswer: () => t.fail('answered'), onFailed: (cause: string) => causes.push(cause) };
  const causes: string[] = [];
  agents.dial('sofia/internal/a@127.0.0.1', caller, [['X-Offer-Id', '1']], events);
  t.same(phones.last.headers, [['X-Offer-Id', '1']]);
  agents.dial('simulated/nosuch', caller, [], events);
  clock.advance(1);
  t.same(causes, ['USER_NOT_REGISTERED']);
  t.end();
});

t.test('answers, refusals, no answers and talks come as the profile says', (t) => {
  const clock = new FakeClock();
  const profile = {
    answerMs: [1000, 3000],
    refuseShare: 0.3,
    noAnswerShare: 0.2,
    meanTalkMs: 10_000,
  } as const;
  const agents = new SimulatedAgents({ clock, seed: 5, profiles: { profile }, dialler: new FakeDialler() });
  const [waits, talks]: [number[], number[]] = [[], []];
  let refused = 0;
  const calls = 1000;
  for (let i = 0; i < calls; i += 1) {
    const start = clock.now();
    const call = agents.dial('simulated/profile', new FakeChannel(), [], {
      onAnswer: (channel) => {
        waits.push(clock.now() - start);
        const answered = clock.now();
        channel.onHangup(() => talks.push(clock.now() - answered));
      },
      onFailed: (cause) => (refused += cause === 'CALL_REJECTED' ? 1 : 0),
    });
    clock.advance(200_000);
    call.cancel();
  }
  const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;
  t.ok(Math.abs(refused / calls - 0.3) < 0.05, 'refused');
  t.ok(Math.abs(waits.length / calls - 0.5) < 0.05, 'answered');
  t.ok(waits.every((ms) => ms >= 1000 && ms <= 3000));
  t.ok(Math.abs(mean(talks) - 10_000) < 1500, 'mean talk');
  t.equal(talks.length, waits.length, 'every talk ends from the side of the agent');
  t.end();
});

t.test('a call that is cancelled while it rings is never answered', (t) => {
  const clock = new FakeClock();
  const agents = new SimulatedAgents({ clock, seed: 1, profiles: { quick }, dialler: new FakeDialler() });
  const call = agents.dial('simulated/quick', new FakeChannel(), [], {
    onAnswer: () => t.fail('answered'),
    onFailed: () => t.fail('failed'),
  });
  clock.advance(500);
  call.cancel();
  clock.advance(10_000);
  t.same(clock.running, []);
  t.end();
});

t.test('a busy while: every member ends once, the sequence rises, all agents come back', (t) => {
  const { bench, ended } = liveThrough(3, 150);
  const of = (action: string): readonly string[] =>
    bench.events
      .filter((event) => event.get('CC-Action') === action)
      .map((event) => event.get('CC-Member-UUID') ?? '');
  const [started, left] = [of('member-queue-start'), of('member-queue-end')];
  t.equal(started.length, 150);
  t.same([...left].sort(), [...started].sort(), 'who joined has left, once');
  const sequence = bench.events.map((event) => Number(event.get('Event-Sequence')));
  t.ok(sequence.every((number, i) => i === 0 || number > (sequence[i - 1] ?? 0)));
  for (const kind of ['bridge-agent-start', 'bridge-agent-end', 'bridge-agent-fail', 'agent-offering']) {
    t.ok(of(kind).length > 5, kind);
  }
  t.equal(of('bridge-agent-start').length, of('bridge-agent-end').length);
  t.equal(of('agent-offering').length, of('bridge-agent-start').length + of('bridge-agent-fail').length);
  const statuses = new Set(bench.events.map((event) => event.get('CC-Agent-Status')));
  t.ok(statuses.has('On Break') && statuses.has('Available'));
  const states = bench.config('agent list').trimEnd().split('\n').slice(1, -1);
  t.ok(
    states.every((row) => row.split('|')[6] === 'Waiting'),
    'nobody is left in a call',
  );
  t.notMatch(bench.config('tier list'), /Offering|Active|Standby/);
  t.equal(bench.centre.waiting('q0') + bench.centre.waiting('q1') + bench.centre.waiting('q2'), 0);
  t.ok(ended > 100);
  t.end();
});

t.test('the same seed, the same story', (t) => {
  const tell = (seed: number): string =>
    liveThrough(seed, 40)
      .bench.events.map(
        (event) => `${event.get('Event-Date-Timestamp')} ${event.get('CC-Action')} ${event.get('CC-Agent')}`,
      )
      .join('\n');
  const story = tell(11);
  t.equal(tell(11), story);
  t.not(tell(12), story);
  t.end();
});

t.test('a thousand agents, five hundred callers at once', (t) => {
  const settings = centreOf(1000, 20);
  const bench = new CentreBench(settings);
  bench.phones.onCall = (call) => call.answer();
  for (let i = 0; i < 500; i += 1) bench.call(`q${i % 20}`, `caller ${i}`);
  bench.clock.advance(100);
  t.equal(bench.phones.calls.length, 500, 'one pass serves them all');
  t.equal(
    new Set(bench.story.filter((one) => one.startsWith('bridge-agent-start'))).size,
    500,
    'each by another agent',
  );
  t.end();
});
