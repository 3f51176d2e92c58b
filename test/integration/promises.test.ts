// The promises of the field notes, section 4, each by its name, over real sockets. The seventh is in promise-smuggling.test.ts.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import type { SipMessage } from '../../src/sip/index.js';
import { flows } from '../fuzz/call-flows.js';
import { Party } from '../fuzz/party.js';
import { World } from '../fuzz/world.js';
import { TestChild, waitUntil } from '../support/child-process.js';
import { Random } from '../support/random.js';
import { repositoryRoot } from '../support/repository-root.js';
import { openCallsStage } from './calls-support.js';
import { contactOf, inDialog, openStage, sdp, secret, serveAll, SipPeer, Srf } from './control-support.js';
import type { EstablishedCall, SrfDialog, Stage } from './control-support.js';

t.setTimeout(300_000);

const outsideDialog = [
  'INVITE',
  'REGISTER',
  'MESSAGE',
  'OPTIONS',
  'INFO',
  'NOTIFY',
  'SUBSCRIBE',
  'PUBLISH',
  'REFER',
  'BYE',
  'UPDATE',
  'PRACK',
  'CANCEL',
  'FROBNICATE',
] as const;
/** Short ones, so that the bounds are reached. */
const limits = { inviteSilenceMs: 100, ringingMs: 100, answerMs: 60 };

const isFinalOf =
  (callId: string, method: string) =>
  (message: SipMessage): boolean =>
    message.statusCode >= 200 && message.callId === callId && message.method === method;

async function finalOf(peer: SipPeer, callId: string, method: string): Promise<SipMessage> {
  return peer.hear(isFinalOf(callId, method));
}

/** An application in a process of its own. */
async function startApplication(stage: Stage, code: string): Promise<TestChild> {
  const script = `
    const Srf = require('drachtio-srf');
    const srf = new Srf();
    srf.on('error', () => {});
    srf.connect({ host: '127.0.0.1', port: ${stage.controlPort}, secret: '${secret}' });
    srf.on('connect', () => console.log('connected'));
    ${code}`;
  const child = new TestChild({ command: process.execPath, cwd: repositoryRoot, args: ['-e', script] });
  await waitUntil('the application is connected', () => child.stdout.includes('connected'));
  return child;
}

void t.test(
  'promise 1: every request other than ACK gets a final response when the application is silent',
  async (t) => {
    let dialog: SrfDialog | undefined;
    const stage = await openStage(
      'tcp',
      (srf) => {
        serveAll(srf, (req, res) => {
          if (req.get('Subject') === 'ring') res.send(180);
          if (req.get('Subject') === 'answer')
            void srf.createUAS(req, res, { localSdp: sdp }).then((one) => {
              for (const event of ['info', 'modify', 'refer', 'notify', 'options', 'message', 'update'])
                one.on(event, () => undefined);
              dialog = one;
            });
        });
      },
      { limits },
    );
    t.teardown(() => stage.close());
    const peer = await stage.peer();
    for (const method of outsideDialog) {
      const { callId } = peer.request(method);
      const { statusCode } = await finalOf(peer, callId, method);
      t.ok(statusCode >= 400, `${method}: ${statusCode}`);
    }
    const ringing = peer.request('INVITE', { headers: ['Subject: ring'] });
    t.equal((await finalOf(peer, ringing.callId, 'INVITE')).statusCode, 480, 'one that rings for ever');
    const call = await peer.call({ headers: ['Subject: answer'] });
    await waitUntil('the dialog is there', () => dialog !== undefined);
    let cseq = 2;
    for (const method of [
      'INFO',
      'OPTIONS',
      'MESSAGE',
      'NOTIFY',
      'REFER',
      'UPDATE',
      'PRACK',
      'INVITE',
      'BYE',
    ]) {
      peer.request(method, { ...inDialog(call, cseq), headers: ['Refer-To: <sip:x@127.0.0.1>'] });
      const final = await peer.hear(
        (one) => one.statusCode >= 200 && one.method === method && one.cseq()?.number === cseq,
      );
      t.ok(final.statusCode >= 200, `${method} in the dialog: ${final.statusCode}`);
      if (method === 'INVITE') peer.request('ACK', { ...inDialog(call, cseq), body: '' });
      cseq += 1;
    }
    t.equal(stage.engine.openDialogs, 0);
  },
);

void t.test('promise 1: ... when the application throws', async (t) => {
  const stage = await openStage('tcp', () => undefined);
  t.teardown(() => stage.close());
  stage.leave();
  await waitUntil('nobody is there', () => stage.control.applications === 0);
  const peer = await stage.peer();
  for (const method of ['INVITE', 'OPTIONS', 'MESSAGE']) {
    const child = await startApplication(
      stage,
      `for (const verb of ['invite', 'options', 'message']) srf[verb](() => { throw new Error('thrown'); });`,
    );
    const { callId } = peer.request(method);
    const { statusCode } = await finalOf(peer, callId, method);
    t.ok(statusCode >= 500, `${method}: ${statusCode}`);
    await child.stop();
  }
});

void t.test('promise 1: ... when the application disappears', async (t) => {
  const stage = await openStage('tcp', () => undefined);
  t.teardown(() => stage.close());
  stage.leave();
  await waitUntil('nobody is there', () => stage.control.applications === 0);
  const peer = await stage.peer();
  for (const method of ['INVITE', 'OPTIONS', 'SUBSCRIBE']) {
    const child = await startApplication(
      stage,
      `for (const verb of ['invite', 'options', 'subscribe']) srf[verb](() => console.log('taken'));`,
    );
    const { callId } = peer.request(method);
    await waitUntil('the application has it', () => child.stdout.includes('taken'));
    child.signal('SIGKILL');
    const final = await finalOf(peer, callId, method);
    t.equal(final.statusCode, 503, method);
    t.ok(final.has('retry-after'));
    await child.stop();
  }
  const { callId } = peer.request('INVITE');
  t.equal((await finalOf(peer, callId, 'INVITE')).statusCode, 503, 'and when there was none');
});

void t.test('promise 2: memory after N messages equals memory after 2N', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const world = new World(1);
  const srf = new Srf();
  srf.on('error', () => undefined);
  await world.start((server) => srf.listen({ server, secret: 's' }));
  const answer = flows.find(({ name }) => name === 'answer');
  answer?.play({ world, srf, random: new Random(3), app: 'right' });
  const calls = async (): Promise<number> => {
    for (let group = 0; group < 8; group += 1) {
      // Parties remember their calls; new ones have nothing to remember.
      const caller = new Party(world, '10.0.0.5', { inCall: ['INFO', 'INVITE', 'BYE'] });
      for (let call = 0; call < 20; call += 1) caller.ask('INVITE');
      await world.run();
      world.passed.length = 0;
      world.appEvents.length = 0;
    }
    await world.run();
    for (let round = 0; round < 3; round += 1) {
      await world.settle();
      collect();
    }
    return process.memoryUsage().heapUsed / 1024;
  };
  for (let warm = 0; warm < 2; warm += 1) await calls();
  const afterN = await calls();
  const after2N = await calls();
  t.strictSame(world.faults, []);
  t.equal(world.engine.openTransactions + world.engine.openDialogs + world.engine.openExchanges, 0);
  // 160 calls of some 14 messages: 100 bytes kept for each message would be 220 KiB.
  t.ok(after2N - afterN < 200, `${Math.round(after2N - afterN)} KiB more`);
});

function wrongOnes(call: EstablishedCall): { name: string; call: EstablishedCall }[] {
  return [
    { name: 'another To tag', call: { ...call, toTag: 'other' } },
    { name: 'another From tag', call: { ...call, fromTag: 'other' } },
    { name: 'another Call-ID', call: { ...call, callId: `x${call.callId}` } },
  ];
}

void t.test(
  'promise 3: a CANCEL, BYE or in-dialog request with the wrong branch, tags or source changes nothing',
  async (t) => {
    const stage = await openCallsStage('in-process', { action: 'b2bua' });
    const stranger = await SipPeer.open(stage.engine.localAddresses[0]?.port ?? 0, '127.0.0.2');
    t.teardown(async () => {
      await stranger.close();
      await stage.close();
    });
    const { alice, east } = stage;
    const invite = stage.invite();
    const leg = await east.hearRequest('INVITE');
    east.reply(leg, 180);
    await alice.hearStatus(180);

    alice.request('CANCEL', { ...invite, branch: 'z9hG4bK-other', body: '' });
    await alice.hearStatus(481, 'CANCEL');
    stranger.request('CANCEL', { ...invite, body: '' });
    await stranger.hearStatus(481, 'CANCEL');
    alice.request('CANCEL', { ...invite, callId: 'other', branch: 'z9hG4bK-other2', body: '' });
    await alice.hearStatus(481, 'CANCEL');

    east.reply(leg, 200, { body: sdp });
    const ok = await alice.hearStatus(200, 'INVITE');
    const call = { ...invite, toTag: ok.to()?.tag ?? '', target: contactOf(ok), ok };
    alice.request('ACK', { ...inDialog(call, 1), body: '' });
    await east.hearRequest('ACK');
    for (const method of ['BYE', 'INVITE', 'INFO', 'UPDATE', 'REFER']) {
      for (const { name, call: wrong } of wrongOnes(call)) {
        alice.request(method, { ...inDialog(wrong, 50), headers: ['Refer-To: <sip:x@127.0.0.1>'] });
        t.equal((await finalOf(alice, wrong.callId, method)).statusCode, 481, `${method} with ${name}`);
      }
      stranger.request(method, { ...inDialog(call, 60), headers: ['Refer-To: <sip:x@127.0.0.1>'] });
      t.equal((await finalOf(stranger, call.callId, method)).statusCode, 481, `${method} from elsewhere`);
    }
    t.equal(
      east.pending((one) => one.isRequest && one.method !== 'ACK' && one.to()?.tag !== undefined),
      0,
      'the other side has heard nothing',
    );
    t.equal(stage.router.callsInProgress, 1);
    // With a CSeq below those of the forged ones: they have not counted.
    alice.request('BYE', inDialog(call, 2));
    const bye = await east.hearRequest('BYE');
    east.reply(bye, 200);
    t.equal((await finalOf(alice, call.callId, 'BYE')).statusCode, 200);
  },
);

void t.test('promise 4: when the application dies no leg is left behind, and it may come back', async (t) => {
  const stage = await openStage('tcp', () => undefined);
  t.teardown(() => stage.close());
  stage.leave();
  await waitUntil('nobody is there', () => stage.control.applications === 0);
  const alice = await stage.peer();
  const bob = await stage.peer();
  const code = `
    srf.invite((req, res) => {
      const kind = req.get('Subject');
      if (kind === 'b2bua') srf.createB2BUA(req, res, '${bob.uri}', { localSdpB: req.body }).then(() => console.log('bridged'));
      else if (kind === 'proxy') srf.proxyRequest(req, '${bob.uri}', { recordRoute: true });
      else if (kind === 'ring') res.send(180);
      else res.send(486);
    });`;
  const child = await startApplication(stage, code);
  const bridged = alice.call({ headers: ['Subject: b2bua'] });
  const leg = await bob.hearRequest('INVITE');
  bob.reply(leg, 200, { body: sdp });
  const call = await bridged;
  await bob.hearRequest('ACK');
  await waitUntil('the legs are joined', () => child.stdout.includes('bridged'));
  const pending = alice.request('INVITE', { headers: ['Subject: ring'] });
  await alice.hearStatus(180);
  const proxied = alice.request('INVITE', { headers: ['Subject: proxy'] });
  const ringing = await bob.hearRequest('INVITE');
  bob.reply(ringing, 180);
  await alice.hearStatus(180);

  child.signal('SIGKILL');
  t.equal((await finalOf(alice, pending.callId, 'INVITE')).statusCode, 503, 'the pending INVITE fails over');
  const byes = [await alice.hearRequest('BYE'), await bob.hearRequest('BYE')];
  t.strictSame(
    byes.map(({ callId }) => callId),
    [call.callId, leg.callId],
    'both legs of the bridged call are ended',
  );
  alice.reply(byes[0] as SipMessage, 200);
  bob.reply(byes[1] as SipMessage, 200);
  bob.reply(ringing, 200, { body: sdp });
  const ok = await finalOf(alice, proxied.callId, 'INVITE');
  t.equal(ok.statusCode, 200, 'the proxied call, which rang, is answered');
  const route = [`Route: ${ok.get('record-route') ?? ''}`];
  const up = {
    ...inDialog({ ...proxied, toTag: ok.to()?.tag ?? '', target: contactOf(ok), ok }, 2),
    headers: route,
  };
  alice.request('ACK', { ...up, cseq: 1, body: '' });
  await bob.hearRequest('ACK');
  alice.request('BYE', up);
  bob.reply(await bob.hearRequest('BYE'), 200);
  t.equal((await finalOf(alice, proxied.callId, 'BYE')).statusCode, 200, 'and hung up');
  await child.stop();

  const again = await startApplication(stage, code);
  t.equal((await finalOf(alice, alice.request('INVITE').callId, 'INVITE')).statusCode, 486, 'it is back');
  await again.stop();
});

/** A centre that answers every INVITE with the status of the moment: 0 is silence, 180 rings and no more. */
class Centre {
  status = 200;
  invites = 0;
  readonly #peer: SipPeer;

  constructor(peer: SipPeer) {
    this.#peer = peer;
    let last: SipMessage | undefined;
    this.#serve('INVITE', (invite) => {
      this.invites += 1;
      last = invite;
      if (this.status !== 0) peer.reply(invite, this.status, this.status === 200 ? { body: sdp } : {});
    });
    this.#serve('BYE', (request) => peer.reply(request, 200));
    this.#serve('CANCEL', (request) => {
      peer.reply(request, 200);
      if (last !== undefined) peer.reply(last, 487);
    });
  }

  #serve(method: string, work: (request: SipMessage) => void): void {
    void this.#peer.hearRequest(method).then((request) => {
      work(request);
      this.#serve(method, work);
    });
  }
}

for (const action of ['proxy', 'b2bua'] as const) {
  void t.test(`promise 5: a call goes on where it can, and stops where it must (${action})`, async (t) => {
    const stage = await openCallsStage('in-process', {
      action,
      trusted: true,
      identityHeaders: ['P-Asserted-Identity', 'From'],
    });
    t.teardown(() => stage.close());
    const { alice } = stage;
    const [east, west] = [new Centre(stage.east), new Centre(stage.west)];
    const outcome = async (): Promise<number> => {
      [east.invites, west.invites] = [0, 0];
      const { callId } = stage.invite();
      const final = await finalOf(alice, callId, 'INVITE');
      await stage.ended();
      return final.statusCode;
    };
    for (const status of [503, 408, 500, 480, 486]) {
      east.status = status;
      t.equal(await outcome(), 200, `${status}: the next destination, at once`);
      t.ok(east.invites > 0 && west.invites > 0);
    }
    east.status = 0;
    t.equal(await outcome(), 200, 'a gateway that is silent is left after provisionalTimeout');

    east.status = 603;
    t.equal(await outcome(), 603, 'a 6xx ends the search');
    t.equal(west.invites, 0);

    east.status = 180;
    west.invites = 0;
    const invite = stage.invite();
    await alice.hear((one) => one.statusCode === 180 && one.callId === invite.callId);
    alice.request('CANCEL', { ...invite, body: '' });
    t.equal((await finalOf(alice, invite.callId, 'CANCEL')).statusCode, 200);
    await stage.ended();
    t.equal(west.invites, 0, 'a caller who hangs up stops it');
  });
}

void t.test('promise 6: a flood from one source does not stop calls from another', async (t) => {
  const stage = await openCallsStage('in-process', { action: 'redirect' });
  const flooder = await SipPeer.open(stage.engine.localAddresses[0]?.port ?? 0, '127.0.0.2');
  let isFlooding = true;
  const flood = (): void => {
    if (!isFlooding) return;
    for (let index = 0; index < 50; index += 1) {
      flooder.request(index % 2 === 0 ? 'INVITE' : 'OPTIONS');
      flooder.sendText('INVITE sip:x SIP/2.0\r\nnonsense\r\n\r\n');
    }
    setImmediate(flood);
  };
  t.teardown(async () => {
    isFlooding = false;
    await flooder.close();
    await stage.close();
  });
  flood();
  for (let call = 0; call < 3; call += 1) {
    // Whoever sends over UDP sends again; what is asked here is that an answer comes at all.
    const invite = stage.invite();
    const again = setInterval(() => stage.alice.request('INVITE', { ...invite, headers: [] }), 500);
    const final = await finalOf(stage.alice, invite.callId, 'INVITE');
    clearInterval(again);
    t.equal(final.statusCode, 302);
  }
});

void t.test('promise 6: overload is answered 503 with Retry-After', async (t) => {
  const stage = await openStage('tcp', (srf) => srf.invite((_req, res) => res.send(180)), {
    limits: { maxTransactions: 10 },
  });
  t.teardown(() => stage.close());
  const peer = await stage.peer();
  const calls = Array.from({ length: 15 }, () => peer.request('INVITE'));
  const refused = calls.slice(10);
  for (const { callId } of refused) {
    const final = await finalOf(peer, callId, 'INVITE');
    t.equal(final.statusCode, 503);
    t.ok(final.has('retry-after'));
  }
  const [first] = calls;
  if (first === undefined) throw new Error('no call');
  peer.request('CANCEL', { ...first, body: '' });
  t.equal(
    (await finalOf(peer, first.callId, 'CANCEL')).statusCode,
    200,
    'what ends calls is taken all the same',
  );
});
