// Sound between sessions over real ports of the loopback, driven by a clock of the test.
import t from 'tap';
import type { Test } from 'tap';
import { ToneSource } from '../../../src/switch-standin/media/audio-source.js';
import type { Direction } from '../../../src/switch-standin/media/media-description.js';
import { MediaPorts } from '../../../src/switch-standin/media/media-ports.js';
import { MediaSession } from '../../../src/switch-standin/media/media-session.js';
import { MediaTicker } from '../../../src/switch-standin/media/media-ticker.js';
import { FakeClock } from '../../support/fake-clock.js';
import { waitUntil } from '../../support/child-process.js';

const range = { from: 19_000, to: 19_998 };
const tone = (ms: number) => new ToneSource([{ onMs: ms, offMs: 0, frequencies: [440] }]);

function stage(t: Test) {
  const clock = new FakeClock();
  const ticker = new MediaTicker(clock);
  const ports = new MediaPorts(range);
  const keys: string[] = [];
  const open = async (name: string): Promise<MediaSession> => {
    const session = new MediaSession(await ports.open(), ticker, ({ key }) => keys.push(`${name}${key}`));
    t.teardown(() => session.close());
    return session;
  };
  const join = (from: MediaSession, to: MediaSession, direction: Direction = 'sendrecv'): void => {
    const remote = { address: '127.0.0.1', law: 'PCMU', payloadType: 0, keyPayloadType: 101 } as const;
    from.setRemote({ ...remote, port: to.localPort, direction });
    to.setRemote({ ...remote, port: from.localPort, direction: 'sendrecv' });
  };
  return { clock, ticker, ports, keys, open, join };
}

t.test('what is played arrives, 50 packets a second, and nothing ticks afterwards', async (t) => {
  const { clock, ticker, open, join } = stage(t);
  const [alice, bob] = [await open('a'), await open('b')];
  join(alice, bob);
  let ended = 0;
  alice.play(tone(1000), () => (ended += 1));
  clock.advance(1000);
  t.equal(ended, 0);
  clock.advance(20);
  t.equal(ended, 1);
  t.equal(alice.counters.packetsOut, 50);
  t.same([ticker.size, clock.running], [0, []], 'no timer when idle');
  await waitUntil('bob hears', () => bob.counters.packetsIn === 50);
});

t.test('a stream that the peer holds gets nothing, and time passes all the same', async (t) => {
  const { clock, open, join } = stage(t);
  const [alice, bob] = [await open('a'), await open('b')];
  join(alice, bob, 'inactive');
  let ended = 0;
  alice.play(tone(200), () => (ended += 1));
  clock.advance(300);
  t.same([ended, alice.counters.packetsOut], [1, 0]);
});

t.test('keys arrive, through a relay too', async (t) => {
  const { clock, keys, open, join } = stage(t);
  const [alice, left, right, bob] = [await open('a'), await open('l'), await open('r'), await open('b')];
  join(alice, left);
  join(right, bob);
  left.relayTo(right);
  right.relayTo(left);
  alice.sendKeys('4#');
  for (let i = 0; i < 20; i++) {
    clock.advance(20);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await waitUntil('bob has heard both keys', () => keys.includes('b#'));
  t.same(
    keys.filter((one) => one.startsWith('b')),
    ['b4', 'b#'],
  );
  t.same(
    keys.filter((one) => one.startsWith('l')),
    ['l4', 'l#'],
  );
});

t.test('late ticks are made up for, within bounds', async (t) => {
  const { clock, ticker } = stage(t);
  let ticks = 0;
  const sender = { tick: () => (ticks += 1) };
  ticker.add(sender);
  clock.advance(100);
  t.equal(ticks, 5);
  ticker.delete(sender);
  t.same(clock.running, []);
});

t.test('ports are counted, and there are only so many', async (t) => {
  const ports = new MediaPorts({ from: 18_900, to: 18_904 });
  const open = [await ports.open(), await ports.open(), await ports.open()];
  t.equal(ports.openCount, 3);
  await t.rejects(ports.open(), { code: 'MEDIA_PORTS_EXHAUSTED' });
  open[1]!.close();
  open[1]!.close();
  t.equal(ports.openCount, 2);
  ports.closeAll();
  t.equal(ports.openCount, 0);
});

t.test('a port that somebody else has is passed over', async (t) => {
  const mine = new MediaPorts({ from: 18_910, to: 18_914 });
  const theirs = new MediaPorts({ from: 18_910, to: 18_914 });
  t.teardown(() => [mine, theirs].forEach((ports) => ports.closeAll()));
  await mine.open();
  await theirs.open();
  await theirs.open();
  await t.rejects(theirs.open(), { code: 'MEDIA_PORTS_EXHAUSTED' });
});
