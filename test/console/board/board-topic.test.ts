// Live topics `board` and `calls`: made once for everybody with the same partners, and only while somebody looks.
import t from 'tap';
import { BoardTopic, CallsTopic } from '../../../src/console/index.js';
import type { BoardScope, BoardState, CallLineView, Principal } from '../../../src/console/index.js';
import { FakeClock } from '../../support/fake-clock.js';

const person = (agent: string, partners: readonly string[]): Principal => ({
  kind: 'person',
  agent,
  name: agent,
  role: 'supervisor',
  partners,
  centreAgents: [],
  session: agent,
});
const alice = person('alice', []);
const bob = person('bob', ['borealis', 'acme']);
const carol = person('carol', ['acme', 'borealis']);
const dave = person('dave', ['borealis']);

const line = (decisionId: string, more: Partial<CallLineView> = {}): CallLineView => ({
  at: 0,
  decisionId,
  partner: 'acme',
  caller: '********01',
  arm: 'offer',
  offer: 'ACME-PLATINUM',
  presented: undefined,
  destination: 'east/acme-sales',
  reason: 'offer',
  result: 'answered',
  status: 200,
  failOpen: [],
  decisionMs: 1,
  ...more,
});

const ignore = (): void => undefined;

t.test('a board is made once a second for all who see the same partners', (t) => {
  const clock = new FakeClock();
  const scopes: BoardScope[] = [];
  const topic = new BoardTopic({
    read: (scope) => {
      scopes.push(scope);
      return { at: clock.wallNow() } as BoardState;
    },
    clock,
  });
  t.equal(topic.state(bob), topic.state(carol), 'the order of partners means nothing');
  topic.state(alice);
  t.strictSame(scopes, [['acme', 'borealis'], undefined]);
  clock.advance(1000);
  topic.state(bob);
  t.equal(scopes.length, 3);
  t.end();
});

t.test('the board ticks and asks the records only while somebody looks', (t) => {
  const clock = new FakeClock();
  const watched: boolean[] = [];
  const topic = new BoardTopic({
    read: () => ({}) as BoardState,
    onWatched: (isWatched) => watched.push(isWatched),
    clock,
  });
  let changes = 0;
  const sink = () => ({ changed: () => (changes += 1), event: ignore });
  const ends = [topic.open(alice, sink()), topic.open(dave, sink())];
  clock.advance(1000);
  t.equal(changes, 2);
  for (const end of ends) end();
  clock.advance(5000);
  t.equal(changes, 2);
  t.strictSame(watched, [true, false]);
  t.end();
});

t.test('the stream tells each person the calls of their partners, newest first and bounded', (t) => {
  const clock = new FakeClock();
  const topic = new CallsTopic({ clock });
  const seen: string[] = [];
  const watch = (principal: Principal, name: string) =>
    topic.open(principal, { changed: ignore, event: (call) => seen.push(`${name} ${call.decisionId}`) });
  watch(alice, 'alice');
  const end = watch(dave, 'dave');
  topic.add(line('one'));
  topic.add(line('two', { partner: 'borealis' }));
  topic.add(line('three', { partner: undefined }));
  t.strictSame(seen, ['alice one', 'alice two', 'dave two', 'alice three']);
  t.strictSame(
    topic.state(alice).map((call) => call.decisionId),
    ['three', 'two', 'one'],
  );
  t.strictSame(
    topic.state(dave).map((call) => call.decisionId),
    ['two'],
  );
  end();
  clock.advance(1000);
  for (let i = 0; i < 1000; i++) topic.add(line(`more-${i}`));
  t.equal(seen.length, 4 + 25, 'no more than anybody could read');
  t.equal(topic.state(alice)[0]?.decisionId, 'more-999');
  t.equal(topic.state(alice).length, 100);
  t.end();
});

t.test('calls that failed open are remembered, a hundred of them', (t) => {
  const topic = new CallsTopic({ clock: new FakeClock() });
  for (let i = 0; i < 150; i++) topic.add(line(`f-${i}`, { failOpen: ['store-failure'] }));
  topic.add(line('other', { partner: 'borealis', failOpen: ['deadline', 'board-stale'] }));
  const events = topic.failOpenEvents(undefined);
  t.equal(events.length, 100);
  t.match(events[0], { reason: 'board-stale', decisionId: 'other' });
  t.equal(topic.failOpenEvents(['borealis']).length, 2);
  t.end();
});
