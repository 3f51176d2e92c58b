// Calls that do not go the straight way, with an unmodified drachtio-srf application: forks, late offers, early media, UPDATE,
// what crosses, and what gets lost.
import t from 'tap';
import type { ClientExchange, SipMessage } from '../../src/sip/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { contactOf, inDialog, Notes, openStage, sdp } from './control-support.js';
import type { SipPeer, SrfApplication, SrfDialog, SrfMessage, StageOptions } from './control-support.js';

const notes = new Notes();
const { note } = notes;

const offer = sdp.replace('20000', '30000');
const dialogs: SrfDialog[] = [];
interface UpdateResponse {
  send(status: number, options: object): void;
}
let answerUpdate = (): void => undefined;

function application(srf: SrfApplication): void {
  srf.options((_req, res) => res.send(200));
  srf.invite((req, res) => {
    if (req.get('Subject') === 'early') {
      req.on('update', (_update: unknown, response: UpdateResponse) => {
        answerUpdate = (): void => response.send(200, { body: offer });
        note('update');
      });
      res.send(183, { body: sdp });
    } else {
      void srf.createUAS(req, res, { localSdp: sdp }).then((dialog) => {
        dialog.on('ack', (ack: SrfMessage) => note(ack.body === '' ? 'ack' : `ack ${dialog.remote.sdp}`));
        dialog.on('destroy', (bye: SrfMessage) => note(`destroy ${bye.source}`));
        dialogs.push(dialog);
      });
    }
  });
}

async function stageFor(child: Pick<typeof t, 'teardown'>, options: StageOptions = {}) {
  const stage = await openStage('in-process', application, { methods: ['invite'], ...options });
  child.teardown(() => stage.close());
  notes.clear();
  dialogs.length = 0;
  return stage;
}

/** A request of the callee, in the dialog that its response with `tag` made. */
function fromCallee(
  bob: SipPeer,
  invite: SipMessage,
  method: string,
  options: { tag: string; cseq: number },
) {
  bob.request(method, {
    uri: contactOf(invite),
    callId: invite.callId,
    fromTag: options.tag,
    toTag: invite.from()?.tag ?? '',
    cseq: options.cseq,
    body: '',
  });
}

async function outcome(work: Promise<unknown> | undefined): Promise<unknown> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return (error as { status?: number }).status ?? (error as Error).message;
  }
}

t.test('early dialogs of a fork: each PRACK goes to the branch that it acknowledges', async (t) => {
  const { peer, srf, engine } = await stageFor(t);
  const bob = await peer();
  const calling = srf.createUAC(bob.uri, { localSdp: sdp, headers: { Supported: '100rel' } });
  const invite = await bob.hearRequest('INVITE');
  const ring = (tag: string, number: number): void => {
    const headers = [['Require', '100rel'] as const, ['RSeq', String(number)] as const];
    bob.reply(invite, 183, { tag, headers, body: sdp });
  };
  // Both are on their way to the application before it has acknowledged one.
  ring('desk', 11);
  ring('mobile', 501);
  for (const [tag, number] of [
    ['desk', 11],
    ['mobile', 501],
  ] as const) {
    const prack = await bob.hear((message) => message.get('rack')?.startsWith(`${number} `) === true);
    t.equal(prack.to()?.tag, tag);
    t.equal(prack.cseq()?.number, (invite.cseq()?.number ?? 0) + 1, 'each branch counts for itself');
    bob.reply(prack, 200);
  }
  fromCallee(bob, invite, 'OPTIONS', { tag: 'desk', cseq: 1 });
  await bob.hear((message) => !message.isRequest && message.method === 'OPTIONS');
  bob.reply(invite, 200, { tag: 'mobile', body: sdp });
  t.equal((await bob.hearRequest('ACK')).to()?.tag, 'mobile');
  await calling;
  t.equal(engine.openDialogs, 1, 'the others are forgotten');
  for (const tag of ['desk', 'third']) {
    bob.reply(invite, 200, { tag, body: sdp });
    t.equal((await bob.hearRequest('ACK')).to()?.tag, tag, 'a second 2xx is acknowledged and ended');
    const bye = await bob.hearRequest('BYE');
    t.equal(bye.to()?.tag, tag);
    bob.reply(bye, 200, { tag });
  }
  t.equal(engine.openDialogs, 1);
});

t.test('an in-dialog request goes to the branch last heard of; when it fails, to the one left', async (t) => {
  const { peer, srf, engine } = await stageFor(t);
  const bob = await peer();
  const calling = outcome(srf.createUAC(bob.uri, { localSdp: sdp }));
  const invite = await bob.hearRequest('INVITE');
  const id = `${invite.callId};from-tag=${invite.from()?.tag ?? ''}`;
  const last = async (tag: string): Promise<void> => {
    const before = engine.counters.responsesIn.get(180) ?? 0;
    bob.reply(invite, 180, { tag });
    while ((engine.counters.responsesIn.get(180) ?? 0) === before)
      await new Promise((next) => setImmediate(next));
  };
  await last('desk');
  await last('mobile');
  await last('desk');
  const meant = (toTag?: string): string | undefined =>
    engine.dialog(id, { toTag, rseq: undefined })?.remoteTag;
  t.equal(meant(), 'desk');
  t.equal(meant('mobile'), 'mobile', 'a To tag of the application decides');
  const info = srf.request('sip:placeholder', { method: 'INFO', stackDialogId: id });
  const heard = await bob.hearRequest('INFO');
  t.equal(heard.to()?.tag, 'desk');
  bob.reply(heard, 481, { tag: 'desk' });
  await info;
  while (meant() === 'desk') await new Promise((next) => setImmediate(next));
  t.equal(meant(), 'mobile');
  bob.reply(invite, 486, { tag: 'mobile' });
  t.equal(await calling, 486);
  t.equal(engine.openDialogs, 0);
  t.equal(engine.counters.requestsOut.get('BYE'), undefined, 'a branch that is gone is sent nothing more');
});

t.test('late offers, and the answer in the ACK (RFC 3261 13.2.1)', async (t) => {
  const { peer, srf } = await stageFor(t);
  const alice = await peer();
  const invite = alice.request('INVITE', { body: '', headers: ['Supported: x'] });
  const ok = await alice.hearStatus(200, 'INVITE');
  t.equal(ok.body, sdp, 'our offer');
  const call = { ...invite, toTag: ok.to()?.tag ?? '', target: contactOf(ok), ok };
  alice.request('ACK', { ...inDialog(call, 1), body: offer });
  await notes.hear(`ack ${offer}`);

  const bob = await peer();
  const calling = srf.createUAC(bob.uri, { noAck: true }) as unknown as Promise<{
    sdp: string;
    ack(answer: string): Promise<SrfDialog>;
  }>;
  const sent = await bob.hearRequest('INVITE');
  t.equal(sent.body, '');
  bob.reply(sent, 200, { body: offer });
  const answered = await calling;
  t.equal(answered.sdp, offer);
  bob.reply(sent, 200, { body: offer });
  const dialog = answered.ack(sdp);
  const ack = await bob.hearRequest('ACK');
  t.equal(ack.body, sdp, 'a delayed ACK, with the answer');
  t.equal(ack.get('content-type'), 'application/sdp');
  bob.reply(sent, 200, { body: offer });
  t.equal((await bob.hearRequest('ACK')).body, sdp, 'again, for a 2xx that came again');
  await dialog;
});

t.test('early media and UPDATE before the answer, both ways (RFC 3311)', async (t) => {
  const { peer, srf, engine } = await stageFor(t);
  const alice = await peer();
  const invite = alice.request('INVITE', { headers: ['Subject: early'] });
  const early = await alice.hearStatus(183);
  t.equal(early.body, sdp);
  const call = { ...invite, toTag: early.to()?.tag ?? '', target: contactOf(early), ok: early };
  alice.request('UPDATE', { ...inDialog(call, 2), body: offer });
  await notes.hear('update');
  alice.request('UPDATE', { ...inDialog(call, 3), body: offer });
  const refused = await alice.hearStatus(500, 'UPDATE');
  t.equal(refused.cseq()?.number, 3, 'one at a time (5.2)');
  t.ok(Number(refused.get('retry-after')) <= 10);
  answerUpdate();
  t.equal((await alice.hearStatus(200, 'UPDATE')).body, offer);

  const bob = await peer();
  const outgoing: (ClientExchange | undefined)[] = [];
  const calling = srf.createUAC(
    bob.uri,
    { localSdp: sdp },
    { cbProvisional: () => outgoing.push(undefined) },
  );
  const sent = await bob.hearRequest('INVITE');
  const id = `${sent.callId};from-tag=${sent.from()?.tag ?? ''}`;
  bob.reply(sent, 183, { body: sdp });
  while (engine.dialog(id) === undefined || outgoing.length === 0) {
    await new Promise((next) => setImmediate(next));
  }
  const headers = { 'Content-Type': 'application/sdp' };
  void srf.request('sip:placeholder', { method: 'UPDATE', stackDialogId: id, body: offer, headers });
  const update = await bob.hearRequest('UPDATE');
  t.equal(update.body, offer);
  const tag = `tag-${bob.port}`;
  fromCallee(bob, sent, 'UPDATE', { tag, cseq: 1 });
  t.equal((await bob.hear((message) => message.statusCode >= 400)).statusCode, 491, 'they cross (5.2)');
  bob.reply(update, 200, { body: sdp });
  while (engine.dialog(id)?.pending.localUpdate === true) await new Promise((next) => setImmediate(next));
  fromCallee(bob, sent, 'UPDATE', { tag, cseq: 2 });
  await bob.hearStatus(200, 'UPDATE');
  bob.reply(sent, 200, { body: sdp });
  await bob.hearRequest('ACK');
  await calling;
});

t.test('an ACK that is 5 s late, and one that is lost', async (t) => {
  const clock = new FakeClock();
  const { peer, engine } = await stageFor(t, { clock });
  const alice = await peer();
  const invite = alice.request('INVITE');
  const ok = await alice.hearStatus(200, 'INVITE');
  const call = { ...invite, toTag: ok.to()?.tag ?? '', target: contactOf(ok), ok };
  clock.advance(5000);
  for (let copy = 0; copy < 3; copy += 1) await alice.hearStatus(200, 'INVITE');
  alice.request('ACK', { ...inDialog(call, 1), body: '' });
  alice.request('ACK', { ...inDialog(call, 1), body: '' });
  await notes.hear('ack');
  clock.advance(40_000);
  t.equal(engine.counters.ackTimeouts, 0);
  alice.request('BYE', inDialog(call, 2));
  await alice.hearStatus(200, 'BYE');
  alice.request('BYE', inDialog(call, 2));
  await alice.hearStatus(481, 'BYE');
  t.equal(notes.count('ack'), 0, 'told once');
  t.equal(engine.openDialogs, 0);

  alice.request('INVITE');
  await alice.hearStatus(200, 'INVITE');
  clock.advance(32_000);
  const bye = await alice.hearRequest('BYE');
  t.equal(bye.get('reason'), 'SIP;cause=200;text="ACK timeout"');
  await notes.hear('destroy application');
});

t.test('a BYE whose 200 is lost, BYEs that cross, an INVITE that crosses a BYE', async (t) => {
  const { peer, engine } = await stageFor(t, { t1: 20 });
  const alice = await peer();
  const first = await alice.call();
  await notes.hear('ack');
  const bye = { ...inDialog(first, 2), branch: `z9hG4bK-lost-${alice.port}` };
  alice.request('BYE', bye);
  await alice.hearStatus(200, 'BYE');
  alice.request('BYE', bye);
  await alice.hearStatus(200, 'BYE');
  t.equal(notes.count('destroy network'), 1, 'the copy is absorbed');

  const second = await alice.call();
  await notes.hear('ack');
  const modified = outcome(dialogs[1]?.modify(offer));
  const invite = await alice.hearRequest('INVITE');
  alice.request('BYE', inDialog(second, 2));
  await alice.hearStatus(200, 'BYE');
  alice.reply(invite, 487);
  await alice.hearRequest('ACK');
  t.equal(await modified, 487);

  const third = await alice.call();
  await notes.hear('ack');
  const ended = dialogs[2]?.destroy();
  const ours = await alice.hearRequest('BYE');
  alice.request('INVITE', inDialog(third, 2));
  await alice.hearStatus(481, 'INVITE');
  // Never answered: repeated, then over for the application too (408).
  await alice.hearRequest('BYE');
  await ended;
  t.equal(ours.cseq()?.number, 1);
  while (engine.openDialogs > 0) await new Promise((next) => setImmediate(next));
});
