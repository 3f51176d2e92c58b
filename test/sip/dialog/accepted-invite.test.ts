import t from 'tap';
import { AcceptedInvite } from '../../../src/sip/dialog/accepted-invite.js';
import type { Clock } from '../../../src/kernel/index.js';
import { FakeClock } from '../../support/fake-clock.js';

t.test(
  'the 2xx is repeated at T1, doubling up to T2, until 64*T1, however late timers fire (RFC 3261 13.3.1.4)',
  (t) => {
    for (const lateMs of [0, 45]) {
      const fake = new FakeClock();
      const clock: Clock = {
        now: () => fake.now(),
        wallNow: () => fake.wallNow(),
        after: (ms, name, fn) => fake.after(ms + lateMs, name, fn),
      };
      const begin = fake.now();
      const repeats: number[] = [];
      let timedOut = 0;
      const accepted = new AcceptedInvite({
        ...{ clock, t1: 500, t2: 4000, cseq: 1, inviteId: 'invite' },
        resend: () => repeats.push(fake.now() - begin - lateMs),
        onTimeout: () => (timedOut += 1),
      });
      fake.advance(40_000);
      t.strictSame(
        repeats,
        [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500],
        `${lateMs} ms late`,
      );
      t.equal(timedOut, 1);
      t.equal(accepted.isWaiting, false);
      t.strictSame(fake.running, []);
    }
    t.end();
  },
);

t.test('an ACK ends it, and only the first one counts', (t) => {
  const clock = new FakeClock();
  let repeats = 0;
  const accepted = new AcceptedInvite({
    ...{ clock, t1: 500, t2: 4000, cseq: 1, inviteId: 'invite' },
    resend: () => (repeats += 1),
    onTimeout: () => t.fail('it was acknowledged'),
  });
  clock.advance(600);
  t.equal(accepted.acknowledge(), true);
  t.equal(accepted.acknowledge(), false);
  clock.advance(40_000);
  t.equal(repeats, 1);
  t.end();
});
