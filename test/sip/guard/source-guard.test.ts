// Limits of one source and the bytes that go back to it, on a clock that only the test moves.
import t from 'tap';
import { defaultGuardLimits } from '../../../src/sip/guard/guard-limits.js';
import type { GuardLimits } from '../../../src/sip/guard/guard-limits.js';
import { SourceGuard } from '../../../src/sip/guard/source-guard.js';
import type { Origin } from '../../../src/sip/guard/source-guard.js';
import { FakeClock } from '../../support/fake-clock.js';

const mallory = '203.0.113.7';
const alice = '192.0.2.1';
const from = (remoteAddress: string): Origin => ({ protocol: 'udp', remoteAddress });

function guarded(limits: Partial<GuardLimits>, isTrusted: (origin: Origin) => boolean = () => false) {
  const clock = new FakeClock();
  const silenced: string[] = [];
  const guard = new SourceGuard({
    limits: { ...defaultGuardLimits, ...limits },
    clock,
    isTrusted,
    onSilenced: (address) => silenced.push(address),
  });
  const send = (address: string, times = 1): number => {
    let admitted = 0;
    for (let i = 0; i < times; i++) if (guard.admits(address, 'udp', 500)) admitted++;
    return admitted;
  };
  return { guard, clock, silenced, send };
}

t.test('a source above its rate is not heard until it has been quiet; others are', (t) => {
  const { guard, clock, silenced, send } = guarded({ messagesPerWindow: 100, quietMs: 10_000 });
  t.equal(send(mallory, 150), 100);
  t.equal(send(alice, 100), 100, 'another source is heard');
  for (let second = 0; second < 60; second++) {
    clock.advance(1000);
    t.equal(send(mallory, 100), 0, 'it goes on: it stays unheard');
  }
  t.strictSame(silenced, [mallory], 'told once');
  t.equal(guard.admitsConnection(mallory, 'tcp'), false);
  clock.advance(5000);
  t.equal(send(mallory), 0, 'a little does not count as flood, and does not shorten the silence');
  clock.advance(5001);
  t.equal(send(mallory), 1);
  t.equal(guard.admitsConnection(mallory, 'tcp'), true);
  t.end();
});

t.test('trusted sources and peers that answered us have no limit', (t) => {
  const { guard, send } = guarded(
    { messagesPerWindow: 10, invitesPerWindow: 1, openTransactions: 1 },
    ({ remoteAddress }) => remoteAddress === alice,
  );
  t.equal(send(alice, 1000), 1000);
  t.equal(guard.enter(from(alice), true, false), undefined);
  guard.answered(from(mallory));
  t.equal(send(mallory, 1000), 1000);
  t.end();
});

t.test('trust is of an address, not of its /64', (t) => {
  const { send } = guarded({ messagesPerWindow: 5 }, ({ remoteAddress }) => remoteAddress === '2001:db8::1');
  t.equal(send('2001:db8::1', 50), 50);
  t.equal(send('2001:db8::2', 50), 5);
  t.equal(send('2001:db8::3', 50), 0, 'its neighbour in the /64 shares its limit');
  t.equal(send('2001:db8::1', 50), 50);
  t.end();
});

t.test(
  'INVITEs and open transactions of one source are limited; what ends calls has room for as many again',
  (t) => {
    const { guard, clock } = guarded({ invitesPerWindow: 3, openTransactions: 5 });
    const enter = (isInvite: boolean, endsCalls = false) => guard.enter(from(mallory), isInvite, endsCalls);
    const held = [enter(true), enter(true), enter(true)];
    t.equal(enter(true), 'limited', 'a fourth INVITE in the window');
    held.push(enter(false), enter(false));
    t.equal(enter(false), 'limited', 'a sixth transaction');
    t.not(enter(false, true), 'limited', 'a BYE');
    clock.advance(2001);
    t.equal(enter(true), 'limited', 'the window is over, its transactions are not');
    for (const one of held) if (typeof one === 'object') guard.leave(one);
    t.not(enter(true), 'limited');
    t.strictSame({ ...guard.counters }, { ...guard.counters, invites: 1, transactions: 2 });
    t.end();
  },
);

t.test('sources are bounded whatever addresses are made up, and those that are active stay known', (t) => {
  const { guard, send } = guarded({ messagesPerWindow: 100, sources: 1000 });
  send(mallory, 101);
  for (let i = 0; i < 20_000; i++) {
    send(`10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`);
    if (i % 100 === 0 && send(mallory) !== 0) t.fail('the flooding source was forgotten');
  }
  t.ok(guard.size <= 1000, `${guard.size} sources`);
  t.end();
});

t.test('a 100 goes out only while enough is left for the final response', (t) => {
  const { guard, send } = guarded({});
  const trying = `SIP/2.0 100 Trying\r\n${'x'.repeat(280)}`;
  send(mallory);
  t.equal(guard.fit(trying, mallory), undefined, '500 bytes came');
  send(mallory);
  t.equal(guard.fit(trying, mallory), trying, 'the INVITE was repeated');
  t.end();
});

t.test('a source that proved its address, or is trusted, gets its responses whole', (t) => {
  const { guard } = guarded({}, ({ remoteAddress }) => remoteAddress === alice);
  const response = `SIP/2.0 404 Not Found\r\n${'x'.repeat(280)}`;
  t.equal(guard.fit(response, mallory), undefined);
  t.equal(guard.fit(response, alice), response);
  t.equal(guard.needsProof(from(mallory)), true);
  guard.prove(from(mallory));
  t.equal(guard.needsProof(from(mallory)), false);
  t.equal(guard.fit(response, mallory), response);
  t.end();
});
