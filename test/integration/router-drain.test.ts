// The router told to stop while calls run: nothing new is taken, what is there has its time, and that is bounded.
import t from 'tap';
import type { Test } from 'tap';
import { freePorts } from '../support/free-port.js';
import { RouterProcess } from '../support/router-process.js';
import { trunkAddress } from '../support/router-settings.js';
import { inDialog, sdp, SipPeer } from './control-support.js';
import type { EstablishedCall } from './control-support.js';

interface Stage {
  readonly router: RouterProcess;
  /** On a b2bua trunk. */
  readonly alice: SipPeer;
  /** On a proxy trunk. */
  readonly carol: SipPeer;
  /** Every destination. It answers the checks. */
  readonly centre: SipPeer;
}

async function open(t: Test, drainSeconds: number): Promise<Stage> {
  const [sipPort = 0, httpPort = 0, centrePort = 0] = await freePorts(3);
  const centre = await SipPeer.open(sipPort, '127.0.0.1', centrePort);
  const isClosing = { is: false };
  const checks = async (): Promise<void> => {
    for (;;) {
      const check = await centre.hearRequest('OPTIONS');
      if (isClosing.is) return;
      centre.reply(check, 200);
    }
  };
  void checks();
  const router = await RouterProcess.start({
    centres: { east: centrePort, west: centrePort, overflow: centrePort },
    ports: [sipPort, httpPort],
    args: ['--drain', String(drainSeconds)],
    edit: ({ trunks }) => {
      const [loopback] = trunks.trunks ?? [];
      if (loopback !== undefined) loopback.action = 'b2bua';
    },
  });
  const alice = await SipPeer.open(sipPort);
  const carol = await SipPeer.open(sipPort, trunkAddress.proxy);
  t.teardown(async () => {
    isClosing.is = true;
    await router.stop();
    for (const peer of [alice, carol, centre]) await peer.close();
  });
  return { router, alice, carol, centre };
}

const uri = (router: RouterProcess): string => `sip:+18005550100@${router.sip}`;

/** A call of Alice's that runs through us. */
async function bridged({ router, alice, centre }: Stage): Promise<EstablishedCall> {
  const call = alice.call({ uri: uri(router) });
  centre.reply(await centre.hearRequest('INVITE'), 200, { body: sdp });
  await centre.hearRequest('ACK');
  return call;
}

/** Until it is refused: the signal may take a moment. */
async function draining(alice: SipPeer): Promise<void> {
  for (let status = 200; status !== 503;) {
    alice.request('OPTIONS', { body: '' });
    const answer = await alice.hear((message) => !message.isRequest && message.method === 'OPTIONS');
    status = answer.statusCode;
    if (status === 503 && answer.get('retry-after') === undefined) throw new Error('503 without Retry-After');
  }
}

t.test(
  'what rings is answered, a call that is up ends by its people, and then the router is gone',
  async (t) => {
    const stage = await open(t, 60);
    const { router, alice, carol, centre } = stage;
    const call = await bridged(stage);
    const proxied = carol.request('INVITE', { uri: uri(router) });
    const ringing = await centre.hearRequest('INVITE');
    centre.reply(ringing, 180);
    await carol.hearStatus(180);

    router.child.signal('SIGTERM');
    await draining(alice);
    for (const peer of [alice, carol]) {
      const refused = peer.request('INVITE', { uri: uri(router) });
      const answer = await peer.hear(
        (message) => message.callId === refused.callId && message.statusCode === 503,
      );
      t.match(answer.get('retry-after'), /^\d+$/);
    }
    alice.request('INVITE', inDialog(call, 2));
    centre.reply(await centre.hearRequest('INVITE'), 200, { body: sdp });
    await alice.hearStatus(200, 'INVITE');
    alice.request('ACK', { ...inDialog(call, 2), body: '' });
    await centre.hearRequest('ACK');
    centre.reply(ringing, 200, { body: sdp });
    const answered = await carol.hear(({ statusCode, method }) => statusCode === 200 && method === 'INVITE');
    t.equal(answered.callId, proxied.callId, 'the proxied call is connected, and goes on without us');
    t.equal(answered.get('record-route'), undefined, 'nothing in its dialog needs us');
    t.equal(router.child.hasExited, false, 'the bridged call is waited for');
    alice.request('BYE', { ...inDialog(call, 3), body: '' });
    centre.reply(await centre.hearRequest('BYE'), 200);
    await alice.hearStatus(200, 'BYE');
    t.strictSame(await router.child.exited, { code: 0, signal: null });
    const records = await router.recordsOf(proxied.callId, 'outcome');
    t.match(
      records.find(({ type }) => type === 'outcome'),
      { result: 'success', status: 200 },
    );
  },
);

t.test('when the time is over both legs get a BYE, and what rings is refused', async (t) => {
  const stage = await open(t, 0);
  const { router, alice, carol, centre } = stage;
  await bridged(stage);
  const proxied = carol.request('INVITE', { uri: uri(router) });
  const ringing = await centre.hearRequest('INVITE');
  centre.reply(ringing, 180);
  await carol.hearStatus(180);
  router.child.signal('SIGTERM');
  await Promise.all([alice.hearRequest('BYE'), centre.hearRequest('BYE')]);
  const final = await carol.hear((message) => message.callId === proxied.callId && message.statusCode >= 300);
  t.equal(final.statusCode, 503);
  t.match(final.get('retry-after'), /^\d+$/);
  await centre.hearRequest('CANCEL');
  t.strictSame(await router.child.exited, { code: 0, signal: null });
});

t.test('a second signal ends it at once', async (t) => {
  const stage = await open(t, 600);
  await bridged(stage);
  stage.router.child.signal('SIGTERM');
  await draining(stage.alice);
  stage.router.child.signal('SIGINT');
  t.strictSame(await stage.router.child.exited, { code: 1, signal: null });
});
