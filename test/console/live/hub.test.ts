import t from 'tap';
import type { Test } from 'tap';
import type { Principal } from '../../../src/console/access/principal.js';
import { LiveHub } from '../../../src/console/live/hub.js';
import type { LiveHubOptions } from '../../../src/console/live/hub.js';
import type { Connection } from '../../../src/console/live/live-socket.js';
import type { CallLineView } from '../../../src/console/live/board-state.js';
import type { ServerMessage } from '../../../src/console/live/protocol.js';
import type { AnyLiveTopic, LiveTopic, TopicSink } from '../../../src/console/live/topic.js';
import { silentLogger } from '../../../src/kernel/index.js';
import { FakeClock } from '../../support/fake-clock.js';

const ann: Principal = {
  kind: 'person',
  agent: 'ann',
  name: 'Ann',
  role: 'agent',
  partners: [],
  centreAgents: ['east/ann'],
  session: 'session-1',
};
const sam: Principal = { ...ann, agent: 'sam', role: 'supervisor', session: 'session-2' };

class FakeConnection implements Connection {
  readonly received: ServerMessage[] = [];
  bufferedBytes = 0;
  pings = 0;
  closed: number | undefined;
  isAllowed?: () => Promise<boolean>;
  isTerminated = false;
  send(text: string): void {
    this.received.push(JSON.parse(text) as ServerMessage);
  }
  ping(): void {
    this.pings += 1;
  }
  close(code: number): void {
    this.closed ??= code;
  }
  terminate(): void {
    this.isTerminated = true;
  }
  /** Type and topic of what came, and forgets it. */
  take(): string[] {
    return this.received.splice(0).map((one) => [one.type, ...('topic' in one ? [one.topic] : [])].join(' '));
  }
}

class FakeDesk implements LiveTopic<'desk'> {
  readonly topic = 'desk';
  readonly roles = ['agent', 'supervisor', 'admin'] as const;
  readonly paceMs = 0;
  readonly sinks = new Set<TopicSink<'desk'>>();
  asked = 0;
  open(_principal: Principal, sink: TopicSink<'desk'>): () => void {
    this.sinks.add(sink);
    return () => this.sinks.delete(sink);
  }
  state() {
    this.asked += 1;
    return { agents: [], calls: [], undispositioned: this.asked };
  }
  changed(): void {
    for (const sink of this.sinks) sink.changed();
  }
}

class FakeCalls implements LiveTopic<'calls'> {
  readonly topic = 'calls';
  readonly roles = ['supervisor'] as const;
  readonly paceMs = 1000;
  readonly sinks = new Set<TopicSink<'calls'>>();
  made = 0;
  /** Counts how often its JSON is made. */
  readonly #line = { toJSON: () => ({ number: (this.made += 1) }) };
  readonly #state: readonly CallLineView[] = [this.#line as unknown as CallLineView];
  open(_principal: Principal, sink: TopicSink<'calls'>): () => void {
    this.sinks.add(sink);
    return () => this.sinks.delete(sink);
  }
  state() {
    return this.#state;
  }
  happen(decisionId: string): void {
    for (const sink of this.sinks) sink.event({ decisionId } as CallLineView);
  }
}

function stage(t: Test, options: Partial<LiveHubOptions> = {}) {
  const clock = new FakeClock();
  const desk = new FakeDesk();
  const calls = new FakeCalls();
  const topics: AnyLiveTopic[] = [desk, calls];
  const hub = new LiveHub({ topics, clock, log: silentLogger, ...options });
  hub.start();
  t.teardown(() => hub.stop());
  const join = (principal: Principal, names: readonly string[], seq?: number) => {
    const connection = new FakeConnection();
    const resume = seq === undefined ? undefined : { stream: hub.stream, seq };
    return { connection, socket: hub.connect(connection, principal, names, resume) };
  };
  return { clock, desk, calls, hub, join };
}

t.test('a client gets hello, a state of each topic, and a new one when that changed', (t) => {
  const { clock, desk, join, hub } = stage(t);
  const { connection } = join(sam, ['desk', 'calls']);
  t.same(connection.take(), ['hello', 'state desk', 'state calls']);
  desk.changed();
  desk.changed();
  t.same(connection.take(), [], 'not on the path of whoever tells it');
  clock.advance(0);
  t.same(connection.take(), ['state desk'], 'two changes of one moment are one state');
  t.equal(hub.counts.coalesced, 1);
  clock.advance(hub.beatMs);
  t.same(connection.take(), ['beat']);
  t.equal(connection.pings, 1);
  t.end();
});

t.test('states come no faster than the pace of the topic', (t) => {
  const { clock, calls, join } = stage(t);
  const { connection } = join(sam, ['calls']);
  connection.take();
  const [sink] = calls.sinks;
  sink?.changed();
  clock.advance(0);
  t.same(connection.take(), ['state calls']);
  sink?.changed();
  clock.advance(999);
  t.same(connection.take(), []);
  clock.advance(1);
  t.same(connection.take(), ['state calls']);
  t.end();
});

t.test('a topic is opened once for a person, and its JSON made once for all who see the same', (t) => {
  const { clock, calls, join } = stage(t);
  join(sam, ['calls']);
  join(sam, ['calls']);
  t.equal(calls.sinks.size, 1);
  join({ ...sam, agent: 'sue' }, ['calls']);
  for (const sink of calls.sinks) sink.changed();
  clock.advance(0);
  t.equal(calls.made, 1);
  t.end();
});

t.test('topics that the role may not have, or that there are not, are refused', (t) => {
  const { join, hub } = stage(t);
  for (const [names, code] of [
    [['desk', 'calls'], 'forbidden'],
    [['desk', 'nothing'], 'unknown-topic'],
  ] as const) {
    const { connection, socket } = join(ann, names);
    t.equal(socket, undefined);
    t.match(connection.received, [{ type: 'refused', code }]);
    t.equal(connection.closed, 4403);
  }
  const key = join({ kind: 'api-key', key: 'k', partner: 'acme' }, ['desk']);
  t.match(key.connection.received, [{ type: 'refused', code: 'forbidden' }]);
  t.equal(join({ kind: 'token' }, ['desk', 'calls']).connection.closed, undefined, 'the token may all');
  t.equal(hub.counts.sockets, 1);
  t.end();
});

t.test('sockets are bounded, in all and of one person', (t) => {
  const { join, hub } = stage(t, { maxSockets: 3, maxSocketsOfPerson: 2 });
  const first = join(ann, ['desk']);
  join(ann, ['desk']);
  t.equal(join(ann, ['desk']).connection.closed, 4429);
  join(sam, ['desk']);
  t.equal(join({ ...sam, agent: 'sue' }, ['desk']).connection.closed, 4429);
  if (first.socket !== undefined) hub.gone(first.socket);
  t.equal(join(ann, ['desk']).connection.closed, undefined, 'there is room again');
  t.end();
});

t.test('who comes back gets the events that were missed, or a new state', (t) => {
  const { calls, join, hub, clock } = stage(t);
  const { connection, socket } = join(sam, ['calls']);
  calls.happen('d1');
  const last = connection.received.at(-1);
  t.match(last, { type: 'event', data: { decisionId: 'd1' } });
  const seq = last !== undefined && 'seq' in last ? last.seq : 0;
  if (socket !== undefined) hub.gone(socket);
  calls.happen('d2');
  calls.happen('d3');

  const back = join(sam, ['calls'], seq).connection;
  t.match(back.received, [
    { type: 'hello', resumed: ['calls'] },
    { type: 'event', data: { decisionId: 'd2' } },
    { type: 'event', data: { decisionId: 'd3' } },
  ]);
  t.equal(back.received.length, 3);
  for (let number = 0; number < 300; number++) calls.happen(`more-${number}`);
  t.same(join(sam, ['calls'], seq).connection.take(), ['hello', 'state calls'], 'too much was missed');
  const other = new FakeConnection();
  hub.connect(other, sam, ['calls'], { stream: 'another', seq });
  t.same(other.take(), ['hello', 'state calls'], 'another run of the router');

  hub.stop();
  t.equal(calls.sinks.size, 0);
  t.same(clock.running, []);
  t.end();
});

t.test('a topic of somebody who does not come back is let go', (t) => {
  const { desk, join, hub, clock } = stage(t);
  const { socket } = join(ann, ['desk']);
  if (socket !== undefined) hub.gone(socket);
  clock.advance(30_000);
  t.equal(desk.sinks.size, 1);
  clock.advance(60_000);
  t.equal(desk.sinks.size, 0);
  t.end();
});

t.test('what happened while nobody listened is not taken for nothing', (t) => {
  const { calls, join, hub, clock } = stage(t);
  const { connection, socket } = join(sam, ['calls']);
  const last = connection.received.at(-1);
  const seq = last !== undefined && 'seq' in last ? last.seq : 0;
  if (socket !== undefined) hub.gone(socket);
  clock.advance(120_000);
  t.equal(calls.sinks.size, 0);
  calls.happen('unheard');
  t.same(join(sam, ['calls'], seq).connection.take(), ['hello', 'state calls']);
  t.end();
});

t.test('a slow client gets its last state when it has read, and is closed when it does not', (t) => {
  const { desk, join, hub, clock } = stage(t);
  const { connection, socket } = join(ann, ['desk']);
  connection.take();
  connection.bufferedBytes = 1_000_000;
  for (let number = 0; number < 100; number++) {
    desk.changed();
    clock.advance(0);
  }
  t.same(connection.take(), [], 'nothing more is put before it');
  t.ok(hub.counts.coalesced >= 98);
  connection.bufferedBytes = 0;
  clock.advance(250);
  t.match(
    connection.received,
    [{ type: 'state', data: { undispositioned: desk.asked } }],
    'the last one alone',
  );
  t.same(connection.take(), ['state desk']);

  connection.bufferedBytes = 1_000_000;
  desk.changed();
  for (let second = 0; second < 11; second++) {
    if (socket !== undefined) hub.heard(socket);
    clock.advance(1000);
  }
  t.equal(connection.closed, 4413);
  t.ok(connection.isTerminated);
  t.equal(hub.counts.closed.slow, 1);
  t.equal(hub.counts.sockets, 0);
  t.end();
});

t.test('a client that answers no ping is closed', (t) => {
  const { join, hub, clock } = stage(t);
  const silent = join(ann, ['desk']);
  const loud = join(sam, ['desk']);
  for (let beat = 0; beat < 5; beat++) {
    clock.advance(hub.beatMs);
    if (loud.socket !== undefined) hub.heard(loud.socket);
  }
  t.equal(silent.connection.closed, 4408);
  t.equal(loud.connection.closed, undefined);
  t.end();
});

t.test('the link of a session that ended is closed; while nobody knows, it stays', async (t) => {
  const open = new Set(['session-1', 'session-2']);
  let isDown = true;
  const { join, hub, clock } = stage(t, { beatMs: 100_000 });
  const one = join(ann, ['desk']);
  const two = join(sam, ['desk']);
  for (const { connection, socket } of [one, two]) {
    connection.isAllowed = () =>
      isDown
        ? Promise.reject(new Error('database down'))
        : Promise.resolve(open.has(socket?.principal === ann ? 'session-1' : 'session-2'));
  }
  open.delete('session-1');
  clock.advance(15_000);
  await new Promise(setImmediate);
  t.equal(one.connection.closed, undefined);
  isDown = false;
  clock.advance(15_000);
  await new Promise(setImmediate);
  t.match(one.connection.received.at(-1), { type: 'refused', code: 'session-ended' });
  t.equal(one.connection.closed, 4401);
  t.equal(two.connection.closed, undefined);
  hub.endSession('session-2');
  t.equal(two.connection.closed, 4401, 'at once, where it is told');
  const three = join({ ...ann, session: 'session-3' }, ['desk']);
  // The round that is under way asked before the second change.
  const answers = [true, false];
  three.connection.isAllowed = () => Promise.resolve(answers.shift() ?? false);
  hub.peopleChanged();
  hub.peopleChanged();
  await new Promise(setImmediate);
  t.equal(three.connection.closed, 4401, 'and when people were changed');
});

t.test('a client changes its topics; what is no such message closes the link', (t) => {
  const { desk, calls, join, hub } = stage(t);
  const { connection, socket } = join(sam, ['desk']);
  if (socket === undefined) throw new Error('refused');
  connection.take();
  hub.message(socket, JSON.stringify({ type: 'topics', topics: ['calls'] }));
  t.same(connection.take(), ['state calls']);
  calls.happen('d1');
  desk.changed();
  t.same(connection.take(), ['event calls']);
  hub.message(socket, '{"type":"topics"}');
  t.equal(connection.closed, 4400);
  t.end();
});

t.test('a topic that throws costs its own state alone', (t) => {
  const { desk, join, hub } = stage(t);
  desk.state = () => {
    throw new Error('broken');
  };
  t.same(join(sam, ['desk', 'calls']).connection.take(), ['hello', 'state calls']);
  desk.open = () => {
    throw new Error('cannot be opened');
  };
  const { connection, socket } = join({ ...sam, agent: 'sue' }, ['calls']);
  if (socket !== undefined)
    hub.message(socket, JSON.stringify({ type: 'topics', topics: ['desk', 'calls'] }));
  t.equal(connection.closed, undefined, 'nor does it end the process that serves it');
  t.end();
});
