// Session timers (RFC 4028) that the engine runs for an unmodified drachtio-srf application, in both roles. Time is the
// test's: minutes pass at once.
import t from 'tap';
import { contactOf, inDialog, Notes, openStage, sdp } from './control-support.js';
import type { EstablishedCall, SipPeer, SrfApplication, SrfDialog, SrfMessage } from './control-support.js';
import type { SipMessage } from '../../src/sip/index.js';
import { FakeClock } from '../support/fake-clock.js';

const notes = new Notes();
const { note } = notes;

const dialogs: SrfDialog[] = [];
function keep(dialog: SrfDialog): void {
  dialog.on('ack', () => note('ack'));
  dialog.on('modify', () => note('modify'));
  dialog.on('destroy', (_bye: SrfMessage, reason: string) => note(`destroy ${reason}`));
  dialogs.push(dialog);
}

/** The Subject of a call is the Session-Expires of the answer. */
function application(srf: SrfApplication): void {
  srf.invite((req, res) => {
    const expires = req.get('Subject');
    const headers = expires === '-' ? {} : { 'Session-Expires': expires, Require: 'timer' };
    void srf.createUAS(req, res, { localSdp: sdp, headers }).then(keep);
  });
}

async function stageFor(child: Pick<typeof t, 'teardown'>) {
  const clock = new FakeClock();
  const stage = await openStage('in-process', application, { methods: ['invite'], clock });
  child.teardown(() => stage.close());
  notes.clear();
  dialogs.length = 0;
  const { counters } = stage.engine;
  /** Lets time pass until the engine has sent one more request of that method. @returns the milliseconds */
  const untilSent = (method: string, most = 400_000): number => {
    const sent = counters.requestsOut.get(method) ?? 0;
    let passed = 0;
    for (; passed < most && (counters.requestsOut.get(method) ?? 0) === sent; passed += 100)
      clock.advance(100);
    return passed;
  };
  return { ...stage, clock, untilSent };
}

async function callWith(
  alice: SipPeer,
  answer: string,
  headers: readonly string[],
): Promise<EstablishedCall> {
  const call = await alice.call({ headers: [`Subject: ${answer}`, ...headers] });
  await notes.hear('ack');
  return call;
}

const expires = (message: SipMessage): string | undefined => message.get('session-expires');

t.test('the peer refreshes: what it asks for is granted, kept, and runs out', async (t) => {
  const { peer, clock, untilSent, engine } = await stageFor(t);
  const alice = await peer();
  const headers = ['Supported: timer', 'Session-Expires: 1800;refresher=uac', 'Min-SE: 90'];
  const call = await callWith(alice, '-', headers);
  t.equal(expires(call.ok), '1800;refresher=uac');
  t.equal(call.ok.get('require'), 'timer', 'RFC 4028 9');

  const small = { ...inDialog(call, 2), headers: ['Supported: timer', 'Session-Expires: 60'] };
  alice.request('UPDATE', small);
  t.equal((await alice.hearStatus(422, 'UPDATE')).get('min-se'), '90');
  const update = { ...inDialog(call, 3), headers: ['Supported: timer', 'Session-Expires: 120'] };
  alice.request('UPDATE', update);
  t.equal(expires(await alice.hearStatus(200, 'UPDATE')), '120;refresher=uac', 'who refreshes is settled');
  clock.advance(119_000);
  alice.request('UPDATE', { ...update, cseq: 4 });
  await alice.hearStatus(200, 'UPDATE');
  t.equal(untilSent('BYE'), 120_000, 'from the last refresh');
  const bye = await alice.hearRequest('BYE');
  t.equal(bye.get('reason'), 'SIP;cause=200;text="Session timer expired"');
  alice.reply(bye, 200);
  await notes.hear('destroy Session timer expired');
  t.equal(engine.counters.sessionsExpired, 1);
});

t.test('no timer without a refresher, and none after a 2xx that has none', async (t) => {
  const { peer, clock, engine } = await stageFor(t);
  const alice = await peer();
  const open = await callWith(alice, '-', ['Supported: timer', 'Session-Expires: 90']);
  t.equal(expires(open.ok), undefined);
  const call = await callWith(alice, '-', ['Supported: timer', 'Session-Expires: 90;refresher=uac']);
  alice.request('UPDATE', inDialog(call, 2));
  t.equal(expires(await alice.hearStatus(200, 'UPDATE')), undefined);
  clock.advance(200_000);
  t.equal(engine.counters.requestsOut.get('BYE'), undefined);
  alice.request('INVITE', { headers: ['Require: timer', 'Subject: -'] });
  await alice.hearStatus(200, 'INVITE');
});

t.test('we refresh: with the last session description, unseen by the application', async (t) => {
  const { peer, clock, untilSent, engine } = await stageFor(t);
  const alice = await peer();
  const call = await callWith(alice, '90;refresher=uas', ['Supported: timer', 'Session-Expires: 90']);
  const waited = untilSent('INVITE');
  t.ok(waited >= 40_000 && waited <= 45_000, `a little before half of it: ${waited}`);
  const refresh = await alice.hearRequest('INVITE');
  t.equal(expires(refresh), '90;refresher=uac');
  t.equal(refresh.body, sdp);
  t.equal(contactOf(refresh), contactOf(call.ok));
  t.equal(refresh.from()?.tag, call.toTag);

  // Glare with the peer's INVITE (RFC 3261 14.2): it comes again.
  alice.request('INVITE', inDialog(call, 2));
  await alice.hearStatus(491, 'INVITE');
  const modified = dialogs[0]?.modify(sdp.replace('20000', '20002'));
  alice.reply(refresh, 491);
  await alice.hearRequest('ACK');
  // The application's own INVITE waited for the outcome, and goes on with the timer.
  const own = await alice.hearRequest('INVITE');
  t.match(own.body, '20002');
  t.equal(expires(own), '90;refresher=uac');
  t.equal(own.get('supported'), 'timer');
  alice.reply(own, 200, { body: sdp, headers: [['Session-Expires', '90;refresher=uac']] });
  await modified;
  await alice.hearRequest('ACK');

  untilSent('INVITE');
  const second = await alice.hearRequest('INVITE');
  t.match(second.body, '20002', 'what the application said last');
  alice.reply(second, 200, { body: sdp, headers: [['Session-Expires', '90;refresher=uac']] });
  const ack = await alice.hearRequest('ACK');
  t.equal(ack.cseq()?.number, second.cseq()?.number);
  alice.reply(second, 200, { body: sdp });
  t.equal((await alice.hearRequest('ACK')).cseq()?.number, ack.cseq()?.number, 'the 2xx came again');
  t.equal(engine.counters.sessionRefreshes, 1);

  // One that is refused is no reason to end the call: it is tried again, not at once, until the session is over (10).
  untilSent('INVITE');
  alice.reply(await alice.hearRequest('INVITE'), 500, { headers: [['Retry-After', '20']] });
  await alice.hearRequest('ACK');
  t.ok(untilSent('INVITE') >= 19_900);
  alice.reply(await alice.hearRequest('INVITE'), 488);
  await alice.hearRequest('ACK');
  t.ok(untilSent('INVITE') >= 4900);
  alice.reply(await alice.hearRequest('INVITE'), 200, {
    body: sdp,
    headers: [['Session-Expires', '90;refresher=uac']],
  });
  await alice.hearRequest('ACK');
  t.equal(engine.counters.sessionRefreshes, 2);
  t.equal(engine.counters.sessionsExpired, 0);
  const expired = (): boolean => engine.counters.sessionsExpired > 0;
  let tries = 0;
  for (; !expired() && tries < 10; tries += 1) {
    untilSent('INVITE', 50_000);
    if (expired()) break;
    alice.reply(await alice.hearRequest('INVITE'), 488);
    await alice.hearRequest('ACK');
  }
  t.ok(tries > 1 && tries < 10, `tried ${tries} times, then it ends`);
  alice.reply(await alice.hearRequest('BYE'), 200);
  await notes.hear('destroy Session timer expired');
  t.equal(notes.count('modify') + notes.count('ack'), 0);
  clock.advance(40_000);
  t.equal(engine.openDialogs, 0);
  t.strictSame(clock.running, []);
});

t.test('as a caller: we refresh, or the peer does', async (t) => {
  const { peer, srf, untilSent } = await stageFor(t);
  const dial = async (bob: SipPeer, answer: string): Promise<SipMessage> => {
    const headers = { 'Session-Expires': '90' };
    const calling = srf.createUAC(bob.uri, { localSdp: sdp, headers });
    const invite = await bob.hearRequest('INVITE');
    bob.reply(invite, 200, { body: sdp, headers: [['Session-Expires', answer]] });
    await bob.hearRequest('ACK');
    keep(await calling);
    return invite;
  };
  const bob = await peer();
  const invite = await dial(bob, '90;refresher=uac');
  t.equal(invite.get('supported'), 'timer', 'RFC 4028 7.1');
  untilSent('INVITE');
  const refresh = await bob.hearRequest('INVITE');
  t.equal(refresh.body, sdp);
  bob.reply(refresh, 422, { headers: [['Min-SE', '120']] });
  await bob.hearRequest('ACK');
  untilSent('INVITE', 200);
  const longer = await bob.hearRequest('INVITE');
  t.equal(expires(longer), '120;refresher=uac');
  // It is never answered.
  untilSent('BYE', 40_000);
  bob.reply(await bob.hearRequest('BYE'), 200);
  await notes.hear('destroy Session timer expired');

  await dial(await peer(), '100;refresher=uas');
  t.equal(untilSent('BYE'), 100_000);
  await notes.hear('destroy Session timer expired');
});
