import t from 'tap';
import { LiveLink } from '../../../src/console/ui/src/app/live-link.js';
import type { SocketListener } from '../../../src/console/ui/src/app/live-link.js';
import { FakeClock } from '../../support/fake-clock.js';

class FakeServer {
  readonly queries: string[] = [];
  readonly sent: string[] = [];
  listener: SocketListener | undefined;
  closed = 0;
  readonly connect = (query: string, listener: SocketListener) => {
    this.queries.push(query);
    this.listener = listener;
    return {
      send: (text: string) => this.sent.push(text),
      close: () => (this.closed += 1),
    };
  };
  say(message: object): void {
    this.listener?.onMessage(JSON.stringify(message));
  }
  hello(resumed: readonly string[] = [], stream = 'aa'): void {
    this.say({ type: 'hello', stream, now: 0, beatMs: 1000, resumed });
  }
  state(topic: string, seq: number, data: unknown): void {
    this.say({ type: 'state', topic, seq, data });
  }
  hangUp(code = 1006): void {
    this.listener?.onClose(code);
  }
}

function stage() {
  const clock = new FakeClock();
  const server = new FakeServer();
  const link = new LiveLink({ connect: server.connect, clock, random: () => 1 });
  return { clock, server, link };
}

t.test('nothing is connected before somebody shows a topic; then its state is live', (t) => {
  const { server, link } = stage();
  let told = 0;
  link.listen(() => (told += 1));
  t.same(server.queries, []);
  link.use('desk');
  t.same(server.queries, ['topics=desk']);
  t.equal(link.state, 'connecting');
  server.hello();
  t.equal(link.state, 'live');
  t.same(link.snapshot('desk'), { data: undefined, isLive: false }, 'no state came yet');
  server.state('desk', 1, { calls: [] });
  t.same(link.snapshot('desk'), { data: { calls: [] }, isLive: true });
  t.equal(link.snapshot('desk'), link.snapshot('desk'), 'the same object while nothing changes');
  t.ok(told >= 2);
  t.end();
});

t.test('after a drop nothing is live until a new state came', (t) => {
  const { server, link, clock } = stage();
  link.use('desk');
  server.hello();
  server.state('desk', 7, 'first');
  server.hangUp();
  t.equal(link.state, 'down');
  t.same(link.snapshot('desk'), { data: 'first', isLive: false });
  clock.advance(250);
  t.same(server.queries.at(-1), 'topics=desk&resume=aa:7');
  server.hello();
  t.equal(link.state, 'live');
  t.equal(link.snapshot('desk').isLive, false);
  server.state('desk', 9, 'second');
  t.same(link.snapshot('desk'), { data: 'second', isLive: true });
  t.end();
});

t.test('a stream that is resumed goes on with the events that were missed', (t) => {
  const { server, link, clock } = stage();
  link.use('calls');
  server.hello();
  server.state('calls', 1, ['a']);
  server.say({ type: 'event', topic: 'calls', seq: 2, data: 'b' });
  t.same(link.snapshot('calls').data, ['b', 'a']);
  server.hangUp();
  clock.advance(250);
  server.hello(['calls']);
  t.ok(link.snapshot('calls').isLive);
  server.say({ type: 'event', topic: 'calls', seq: 3, data: 'c' });
  t.same(link.snapshot('calls').data, ['c', 'b', 'a']);
  t.end();
});

t.test('a topic that came into use while the link was down is not resumed without a state', (t) => {
  const { server, link, clock } = stage();
  link.use('desk');
  server.hello();
  server.state('desk', 7, 'first');
  server.hangUp();
  link.use('calls');
  clock.advance(250);
  t.equal(server.queries.at(-1), 'topics=desk,calls');
  t.end();
});

t.test('silence of two and a half beats is a link that is down', (t) => {
  const { server, link, clock } = stage();
  link.use('desk');
  server.hello();
  server.state('desk', 1, 'first');
  for (let beat = 0; beat < 10; beat++) {
    clock.advance(1000);
    server.say({ type: 'beat', seq: 1, now: 0 });
  }
  t.equal(link.state, 'live');
  clock.advance(2499);
  t.equal(link.state, 'live');
  clock.advance(2501);
  t.equal(link.state, 'down');
  t.notOk(link.snapshot('desk').isLive);
  t.equal(server.closed > 0, true, 'the old socket is closed');
  t.end();
});

t.test('what waited while the tab slept is not taken for news', (t) => {
  const { server, link, clock } = stage();
  link.use('desk');
  server.hello();
  server.state('desk', 1, 'before');
  const asleep = server.listener;
  const start = clock.now();
  Object.defineProperty(clock, 'now', { value: () => start + 60_000, configurable: true });
  asleep?.onMessage(JSON.stringify({ type: 'state', topic: 'desk', seq: 2, data: 'old' }));
  t.same(link.snapshot('desk'), { data: 'before', isLive: false });
  t.equal(link.state, 'down');
  t.end();
});

t.test('a tab that wakes looks at once', (t) => {
  const { server, link, clock } = stage();
  link.use('desk');
  server.hello();
  const start = clock.now();
  Object.defineProperty(clock, 'now', { value: () => start + 60_000, configurable: true });
  link.wake();
  t.equal(link.state, 'down');
  link.wake();
  t.equal(server.queries.length, 2, 'and does not wait for its turn');
  t.end();
});

t.test('a computer that lost its network shows nothing as live, and tries again', (t) => {
  const { server, link, clock } = stage();
  link.doubt();
  link.use('desk');
  server.hello();
  server.state('desk', 1, { calls: [] });
  link.doubt();
  t.equal(link.state, 'down');
  t.same(link.snapshot('desk'), { data: { calls: [] }, isLive: false });
  t.equal(server.closed, 1);
  clock.advance(250);
  t.equal(server.queries.length, 2);
  server.hello(['desk']);
  t.equal(link.snapshot('desk').isLive, true);
  t.end();
});

t.test('tries come ever more slowly, by half by chance, and quickly again after a success', (t) => {
  const { server, link, clock } = stage();
  link.use('desk');
  const waits: number[] = [];
  for (let number = 0; number < 9; number++) {
    server.hangUp();
    const before = server.queries.length;
    let waited = 0;
    while (server.queries.length === before) {
      clock.advance(250);
      waited += 250;
    }
    waits.push(waited);
  }
  t.same(waits, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  server.hello();
  server.hangUp();
  const before = server.queries.length;
  clock.advance(250);
  t.equal(server.queries.length, before + 1);
  t.end();
});

t.test('a session that is over is not tried again until somebody says so', (t) => {
  const { server, link, clock } = stage();
  link.use('desk');
  server.hello();
  server.say({ type: 'refused', code: 'session-ended', message: '' });
  server.hangUp(4401);
  clock.advance(100_000);
  t.equal(server.queries.length, 1);
  t.equal(link.state, 'down');
  link.wake();
  t.equal(server.queries.length, 2);
  t.end();
});

t.test('topics come and go over one socket', (t) => {
  const { server, link, clock } = stage();
  const end = link.use('desk');
  server.hello();
  link.use('board');
  t.same(server.sent, ['{"type":"topics","topics":["desk","board"]}']);
  end();
  clock.advance(2400);
  server.say({ type: 'beat', seq: 1, now: 0 });
  clock.advance(2400);
  server.say({ type: 'beat', seq: 1, now: 0 });
  t.equal(server.sent.length, 1, 'a page that is left may be come back to');
  clock.advance(200);
  t.same(server.sent.at(-1), '{"type":"topics","topics":["board"]}');
  t.equal(server.queries.length, 1);
  t.end();
});

t.test('no topic, no link, and no timer', (t) => {
  const { server, link, clock } = stage();
  const end = link.use('desk');
  server.hello();
  end();
  for (let beat = 0; beat < 6; beat++) {
    clock.advance(1000);
    server.say({ type: 'beat', seq: 1, now: 0 });
  }
  t.ok(server.closed > 0);
  t.same(clock.running, []);
  t.end();
});

t.test('it says with which code it was ended for good, until somebody wakes it', (t) => {
  const { server, link } = stage();
  link.use('desk');
  server.hello();
  server.hangUp(1006);
  t.equal(link.endedBy, undefined, 'it comes back by itself');
  link.wake();
  server.hello();
  server.hangUp(4401);
  t.equal(link.endedBy, 4401);
  link.wake();
  t.equal(link.endedBy, undefined);
  t.equal(server.queries.length, 3);
  t.end();
});
