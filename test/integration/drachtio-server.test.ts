// The unchanged router on a real drachtio-server: runs when DRACHTIO_HOST is set (with DRACHTIO_PORT and DRACHTIO_SECRET),
// against a server that listens on a loopback address and that nothing else uses.
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { AnsweringEndpoint, TestCaller } from '../../src/switch-standin/index.js';
import type { TestCall, TestCallResult } from '../../src/switch-standin/index.js';
import { waitUntil } from '../support/child-process.js';
import {
  drachtioEnvironment,
  drachtioServerMissing,
  keepDrachtioServer,
} from '../support/drachtio-server.js';
import { freePorts } from '../support/free-port.js';
import { RouterProcess } from '../support/router-process.js';
import { trunkAddress } from '../support/router-settings.js';

const parts = { clock: systemClock, log: silentLogger };

interface Stage {
  readonly router: RouterProcess;
  readonly sip: string;
  readonly east: AnsweringEndpoint;
  readonly west: AnsweringEndpoint;
}

async function stage(t: Test, options: { eastRingMs?: number; eastMaxCalls?: number } = {}): Promise<Stage> {
  t.teardown(await keepDrachtioServer());
  const [east = 0, west = 0, overflow = 0] = await freePorts(3);
  const endpoint = async (name: string, port: number, ringMs: number, maxCalls: number) => {
    const one = new AnsweringEndpoint({ ...parts, name, listen: `sip:127.0.0.1:${port}`, ringMs, maxCalls });
    await one.start();
    t.teardown(() => one.stop());
    return one;
  };
  const centres = {
    east: await endpoint('east', east, options.eastRingMs ?? 20, options.eastMaxCalls ?? 100),
    west: await endpoint('west', west, 20, 100),
  };
  const router = await RouterProcess.start({
    centres: { east, west, overflow },
    env: drachtioEnvironment,
  });
  t.teardown(() => router.stop());
  const sip = /udp\/(127\.0\.0\.1:\d+)/.exec(router.output)?.[1] ?? '';
  t.not(sip, '', 'the server told its SIP address');
  return { router, sip, ...centres };
}

async function place(
  t: Test,
  { sip }: Stage,
  address: string,
  call: Partial<TestCall> = {},
): Promise<TestCallResult> {
  const caller = new TestCaller({ ...parts, address });
  await caller.open();
  t.teardown(() => caller.close());
  return caller.place({
    to: `sip:+18005550100@${sip}`,
    from: `sip:+15550100001@${address}`,
    talkMs: 100,
    answerWithinMs: 20_000,
    headers: [['X-Offer-ID', 'FORGED']],
    ...call,
  });
}

async function outcome(router: RouterProcess, type = 'outcome'): Promise<Record<string, unknown>> {
  return (await router.recordsOf('"callId"', type)).find((one) => one['type'] === type) ?? {};
}

const skip = drachtioServerMissing() ?? false;

t.test('the router on a drachtio-server', { skip, timeout: 300_000 }, async (t) => {
  for (const action of ['proxy', 'b2bua'] as const) {
    t.test(`${action}: a known customer lands at the queue of the best offer`, async (t) => {
      const all = await stage(t);
      t.match(await place(t, all, trunkAddress[action]), { kind: 'answered', endedBy: 'us' });
      t.match(await outcome(all.router), {
        result: 'success',
        destination: 'east/acme-sales',
        offer: 'ACME-PLATINUM',
      });
      await waitUntil('no leg is left', () => all.east.callsInProgress === 0);
    });

    t.test(`${action}: a busy destination is followed by the next`, async (t) => {
      const all = await stage(t, { eastMaxCalls: 0 });
      t.match(await place(t, all, trunkAddress[action]), { kind: 'answered' });
      t.match(await outcome(all.router), { result: 'success', destination: 'west/acme-sales' });
    });

    t.test(`${action}: a caller who gives up while it rings leaves nothing behind`, async (t) => {
      const all = await stage(t, { eastRingMs: 30_000 });
      const result = await place(t, all, trunkAddress[action], { answerWithinMs: 300 });
      t.match(result, { kind: 'refused', response: { statusCode: 487 } });
      await outcome(all.router);
      await waitUntil('no ghost leg', () => all.east.callsInProgress === 0);
    });
  }

  t.test('redirect: the Contacts lead to the queues, best first, with the data of the offer', async (t) => {
    const all = await stage(t);
    const result = await place(t, all, trunkAddress.redirect);
    if (result.kind !== 'redirected') {
      t.fail(`the call was ${result.kind}`);
      return;
    }
    t.match(result.contacts[0], /^sip:acme-sales@127\.0\.0\.1:\d+.*X-Offer-ID=ACME-PLATINUM/);
    t.ok(result.contacts.length >= 3, 'plain service and overflow follow');
  });

  t.test('an unknown number is 404, a stranger 403', async (t) => {
    const all = await stage(t);
    t.match(await place(t, all, trunkAddress.proxy, { to: `sip:+18005559999@${all.sip}` }), {
      kind: 'refused',
      response: { statusCode: 404 },
    });
    t.match(await place(t, all, trunkAddress.stranger), { kind: 'refused', response: { statusCode: 403 } });
  });
});
