// The stand-in that answers calls and the caller that places them, over real sockets.
import t from 'tap';
import type { Test } from 'tap';
import { errorCode, silentLogger, systemClock } from '../../src/kernel/index.js';
import { AnsweringEndpoint, TestCaller } from '../../src/switch-standin/index.js';
import type { AnsweringEndpointOptions, TestCall } from '../../src/switch-standin/index.js';

const parts = { clock: systemClock, log: silentLogger };

async function endpoint(t: Test, options: Partial<AnsweringEndpointOptions> = {}) {
  const one = new AnsweringEndpoint({
    ...parts,
    name: 'centre east',
    listen: 'sip:127.0.0.1:0;transport=udp,tcp',
    ringMs: 20,
    ...options,
  });
  await one.start();
  t.teardown(() => one.stop());
  return one;
}

async function caller(t: Test) {
  const one = new TestCaller(parts);
  await one.open();
  t.teardown(() => one.close());
  return one;
}

const call = (to: string): TestCall => ({
  to,
  from: 'sip:+15550100001@caller.invalid',
  talkMs: 50,
  answerWithinMs: 10_000,
  headers: [],
});

for (const transport of ['udp', 'tcp']) {
  t.test(
    `a call over ${transport} rings, is answered and ends, and the answer says what arrived`,
    async (t) => {
      const east = await endpoint(t);
      const alice = await caller(t);
      const to = `sip:acme-sales@${east.address};transport=${transport}`;
      const result = await alice.place({ ...call(to), headers: [['X-Offer-ID', 'ACME-PLATINUM']] });
      if (result.kind !== 'answered') {
        t.fail(`the call was ${result.kind}`);
        return;
      }
      t.equal(result.endedBy, 'us');
      t.equal(result.response.get('x-offer-id'), 'ACME-PLATINUM');
      t.match(result.response.get('contact'), /^<sip:acme-sales@127\.0\.0\.1:/);
      t.match(result.response.body, /m=audio 9/);
      t.strictSame(
        alice.ladder.map(({ isSent, text }) => `${isSent ? '>' : '<'} ${text}`),
        ['> INVITE', '< 100 Trying', '< 180 Ringing', '< 200 OK', '> ACK', '> BYE', '< 200 OK'],
      );
      t.equal(east.callsInProgress, 0, 'nothing is left of the call');
    },
  );
}

t.test('headers that a URI asks for are on the INVITE (RFC 3261 19.1.5)', async (t) => {
  const east = await endpoint(t);
  const alice = await caller(t);
  const result = await alice.place(call(`sip:acme-sales@${east.address}?X-Offer-ID=A%20B&X-Decision-ID=7`));
  if (result.kind !== 'answered') {
    t.fail(`the call was ${result.kind}`);
    return;
  }
  t.equal(result.response.get('x-offer-id'), 'A B');
  t.equal(result.response.get('x-decision-id'), '7');
});

t.test('a caller that gives up while it rings gets 487', async (t) => {
  const east = await endpoint(t, { ringMs: 60_000 });
  const alice = await caller(t);
  const result = await alice.place({ ...call(`sip:acme-sales@${east.address}`), answerWithinMs: 50 });
  t.match(result, { kind: 'refused', response: { statusCode: 487 } });
  t.equal(east.callsInProgress, 0);
});

t.test('more calls than it takes are busy', async (t) => {
  const east = await endpoint(t, { maxCalls: 0 });
  const alice = await caller(t);
  t.match(await alice.place(call(`sip:acme-sales@${east.address}`)), {
    kind: 'refused',
    response: { statusCode: 486 },
  });
});

t.test('it hangs up a call that is too old', async (t) => {
  const east = await endpoint(t, { maxCallMs: 100 });
  const alice = await caller(t);
  const result = await alice.place({ ...call(`sip:acme-sales@${east.address}`), talkMs: 60_000 });
  t.match(result, { kind: 'answered', endedBy: 'them' });
});

t.test('an address in use is an error with a code', async (t) => {
  const east = await endpoint(t);
  const second = new AnsweringEndpoint({
    ...parts,
    name: 'again',
    listen: `sip:${east.address};transport=udp`,
  });
  await second.start().then(
    () => t.fail('it must not start'),
    (error: unknown) => t.equal(errorCode(error), 'SIP_PORT_IN_USE'),
  );
});
