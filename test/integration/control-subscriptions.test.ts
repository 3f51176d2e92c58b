// Subscriptions and transfers of an unmodified drachtio-srf application, on both sides: RFC 6665, RFC 3515, RFC 4488.
import t from 'tap';
import type { SipMessage } from '../../src/sip/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { contactOf, inDialog, Notes, openStage, sdp } from './control-support.js';
import type {
  Handler,
  SipPeer,
  SrfApplication,
  SrfDialog,
  SrfMessage,
  SrfRequest,
  SrfResponse,
  StageOptions,
} from './control-support.js';

const notes = new Notes();
const { note } = notes;

const dialogs: SrfDialog[] = [];
/** Id of the dialog that a REFER outside dialogs made. */
let referred: string | undefined;

function application(
  srf: SrfApplication & { refer?(handler: Handler): void; notify?(handler: Handler): void },
): void {
  srf.subscribe((req, res) => {
    void srf.createUAS(req, res, { headers: { Expires: req.get('Expires') } }).then((dialog) => {
      dialog.on('subscribe', (again: SrfRequest, response: SrfResponse) => {
        response.send(200, { headers: { Expires: again.get('Expires') } });
      });
      dialog.on('unsubscribe', () => note('unsubscribe'));
      dialog.on('destroy', () => note('notifier destroyed'));
      dialogs.push(dialog);
      note('subscribed');
    });
  });
  srf.invite((req, res) => {
    void srf.createUAS(req, res, { localSdp: sdp }).then((dialog) => {
      dialog.on('refer', (refer: SrfRequest, response: SrfResponse) => {
        note(`refer ${refer.get('Refer-To')} ${refer.get('Referred-By')}`);
        response.send(202);
      });
      dialog.on('notify', (notify: SrfRequest, response: SrfResponse) => {
        note(`in call ${notify.get('Subscription-State')} ${notify.body.trim()}`);
        response.send(200);
      });
      dialogs.push(dialog);
      note(`call ${req.get('Replaces')} ${req.get('Referred-By')}`);
    });
  });
  srf.refer?.((req, res) => {
    const headers = req.get('Subject') === 'none' ? { 'Refer-Sub': 'false' } : {};
    res.send(202, { headers }, (_error: unknown, _sent: SrfMessage) => {
      referred = (res as unknown as { meta?: { dialogId?: string } }).meta?.dialogId;
      note('referred');
    });
  });
  srf.notify?.((req, res) => {
    note(`notify ${req.get('Subscription-State')} ${req.body.trim()}`);
    res.send(200);
  });
}

async function stageFor(child: Pick<typeof t, 'teardown'>, options: StageOptions = {}) {
  const stage = await openStage('tcp', application, options);
  child.teardown(() => stage.close());
  notes.clear();
  dialogs.length = 0;
  return stage;
}

/** A NOTIFY of the one that was asked by `request`. */
function notify(
  peer: SipPeer,
  request: SipMessage,
  options: { tag: string; cseq: number; state: string; event?: string; body?: string },
): void {
  peer.request('NOTIFY', {
    uri: contactOf(request),
    callId: request.callId,
    fromTag: options.tag,
    toTag: request.from()?.tag ?? '',
    cseq: options.cseq,
    headers: [`Event: ${options.event ?? 'presence'}`, `Subscription-State: ${options.state}`],
    body: options.body ?? '',
    type: 'message/sipfrag',
  });
}

const status = (message: SipMessage): boolean => !message.isRequest && message.method === 'NOTIFY';

t.test('a NOTIFY before the 2xx makes the dialog (RFC 6665 4.4.1); other branches get 481', async (t) => {
  const { peer, srf, engine } = await stageFor(t);
  const bob = await peer();
  const headers = { Event: 'presence', Expires: '600' };
  const created = srf.createUAC(bob.uri, { method: 'SUBSCRIBE', headers }).then((dialog) => {
    dialog.on('notify', (req: SrfRequest, res: SrfResponse) => {
      note(`notify ${req.get('Subscription-State')}`);
      res.send(200);
    });
    return dialog;
  });
  const subscribe = await bob.hearRequest('SUBSCRIBE');
  notify(bob, subscribe, { tag: 'first', cseq: 1, state: 'pending', event: 'dialog' });
  t.equal((await bob.hear(status)).statusCode, 481, 'of another event package');
  notify(bob, subscribe, { tag: 'first', cseq: 1, state: 'pending' });
  while (engine.openDialogs === 0) await new Promise((next) => setImmediate(next));
  notify(bob, subscribe, { tag: 'second', cseq: 1, state: 'active' });
  const refused = await bob.hear(status);
  t.equal(refused.statusCode, 481);
  t.equal(refused.from()?.tag, 'second');
  bob.reply(subscribe, 202, {
    tag: 'first',
    headers: [
      ['Contact', `<${bob.uri}>`],
      ['Expires', '600'],
    ],
  });
  const dialog = await created;
  t.equal((await bob.hear(status)).statusCode, 200);
  await notes.hear('notify pending');

  const refresh = dialog.request({ method: 'SUBSCRIBE', headers });
  const again = await bob.hearRequest('SUBSCRIBE');
  t.equal(again.to()?.tag, 'first');
  t.equal(again.requestUri, `sip:alice@127.0.0.1:${bob.port}`, 'the Contact of the NOTIFY');
  bob.reply(again, 200, { headers: [['Expires', '600']] });
  await refresh;
  notify(bob, subscribe, { tag: 'first', cseq: 2, state: 'terminated;reason=timeout' });
  await bob.hearStatus(200, 'NOTIFY');
  await notes.hear('notify terminated;reason=timeout');
  t.equal(engine.openDialogs, 0);

  const refusing = srf.createUAC(bob.uri, { method: 'SUBSCRIBE', headers }).catch(() => 'refused');
  const other = await bob.hearRequest('SUBSCRIBE');
  notify(bob, other, { tag: 'first', cseq: 1, state: 'pending' });
  while (engine.openDialogs === 0) await new Promise((next) => setImmediate(next));
  bob.reply(other, 489);
  t.equal((await bob.hear(status)).statusCode, 481, 'no subscription was made');
  t.equal(await refusing, 'refused');
  t.equal(engine.openDialogs, 0);
});

t.test('a notifier: refreshed, expired, left by its application', async (t) => {
  const clock = new FakeClock();
  const stage = await stageFor(t, { clock });
  const { peer, engine } = stage;
  const alice = await peer();
  const begin = async () => {
    const first = alice.request('SUBSCRIBE', { headers: ['Event: presence', 'Expires: 100'] });
    const ok = await alice.hearStatus(202, 'SUBSCRIBE');
    await notes.hear('subscribed');
    return { ...first, toTag: ok.to()?.tag ?? '', target: contactOf(ok), ok };
  };
  const call = await begin();
  const notified = dialogs[0]?.request({
    method: 'NOTIFY',
    headers: { Event: 'presence', 'Subscription-State': 'active' },
  });
  alice.reply(await alice.hearRequest('NOTIFY'), 200);
  t.equal((await notified)?.status, 200);
  clock.advance(90_000);
  alice.request('SUBSCRIBE', { ...inDialog(call, 2), headers: ['Event: presence', 'Expires: 100'] });
  await alice.hearStatus(200, 'SUBSCRIBE');
  clock.advance(110_000);
  t.equal(engine.openDialogs, 1, 'refreshed');
  clock.advance(30_000);
  t.equal(engine.openDialogs, 0, 'it was not refreshed again');

  await begin();
  stage.leave();
  const last = await alice.hearRequest('NOTIFY');
  t.equal(last.get('subscription-state'), 'terminated;reason=noresource');
  t.equal(last.get('event'), 'presence');
  alice.reply(last, 200);
});

const referTo = '<sip:carol@c.example?Replaces=12%40x%3Bto-tag%3D1%3Bfrom-tag%3D2&X-Offer-ID=7>';
const referredBy = '"Alice" <sip:alice@a.example>;cid="1@a"';

t.test('REFER and NOTIFY in a call, both ways; Replaces and Referred-By unchanged', async (t) => {
  const { peer } = await stageFor(t);
  const alice = await peer();
  const replaces = '12@x;to-tag=1;from-tag=2;early-only';
  const call = await alice.call({
    headers: ['Require: replaces', `Replaces: ${replaces}`, `Referred-By: ${referredBy}`],
  });
  await notes.hear(`call ${replaces} ${referredBy}`);
  const [dialog] = dialogs;
  const asked = dialog?.request({
    method: 'REFER',
    headers: { 'Refer-To': referTo, 'Referred-By': referredBy },
  });
  const refer = await alice.hearRequest('REFER');
  t.equal(refer.get('refer-to'), referTo);
  t.equal(refer.get('referred-by'), referredBy);
  alice.reply(refer, 202);
  await asked;
  const progress = {
    ...inDialog(call, 2),
    headers: ['Event: refer;id=1', 'Subscription-State: active;expires=60'],
    body: 'SIP/2.0 100 Trying\r\n',
    type: 'message/sipfrag',
  };
  alice.request('NOTIFY', progress);
  await notes.hear('in call active;expires=60 SIP/2.0 100 Trying');
  await alice.hearStatus(200, 'NOTIFY');
  alice.request('REFER', {
    ...inDialog(call, 3),
    headers: [`Refer-To: ${referTo}`, `Referred-By: ${referredBy}`],
    body: '',
  });
  await alice.hearStatus(202, 'REFER');
  await notes.hear(`refer ${referTo} ${referredBy}`);
  const answered = dialog?.request({
    method: 'NOTIFY',
    headers: { Event: 'refer', 'Subscription-State': 'terminated', 'Content-Type': 'message/sipfrag' },
    body: 'SIP/2.0 200 OK',
  });
  const done = await alice.hearRequest('NOTIFY');
  t.equal(done.body, 'SIP/2.0 200 OK');
  alice.reply(done, 200);
  await answered;
  alice.request('BYE', inDialog(call, 4));
  t.equal((await alice.hearStatus(200, 'BYE')).statusCode, 200, 'the call outlives its subscriptions');
});

t.test('REFER outside a dialog makes one, unless Refer-Sub says no (RFC 4488)', async (t) => {
  const { peer, srf, engine } = await stageFor(t);
  const bob = await peer();
  const ask = async (headers: readonly (readonly [string, string])[]): Promise<SipMessage> => {
    void srf.request(bob.uri, { method: 'REFER', headers: { 'Refer-To': referTo } });
    const refer = await bob.hearRequest('REFER');
    bob.reply(refer, 202, { tag: 'bob', headers: [['Contact', `<${bob.uri}>`], ...headers] });
    return refer;
  };
  const refer = await ask([]);
  notify(bob, refer, { tag: 'bob', cseq: 1, state: 'active', event: 'refer', body: 'SIP/2.0 180 Ringing' });
  await bob.hearStatus(200, 'NOTIFY');
  await notes.hear('notify active SIP/2.0 180 Ringing');
  notify(bob, refer, { tag: 'bob', cseq: 2, state: 'terminated', event: 'refer', body: 'SIP/2.0 200 OK' });
  await bob.hearStatus(200, 'NOTIFY');
  t.equal(engine.openDialogs, 0);
  const none = await ask([['Refer-Sub', 'false']]);
  while (engine.counters.responsesIn.get(202) !== 2) await new Promise((next) => setImmediate(next));
  notify(bob, none, { tag: 'bob', cseq: 1, state: 'active', event: 'refer', body: 'SIP/2.0 180 Ringing' });
  await bob.hearStatus(481, 'NOTIFY');

  bob.request('REFER', { headers: [`Refer-To: ${referTo}`, 'Subject: none'] });
  await bob.hearStatus(202, 'REFER');
  await notes.hear('referred');
  t.equal(engine.openDialogs, 0);
  bob.request('REFER', { headers: [`Refer-To: ${referTo}`, 'Subject: yes'] });
  const accepted = await bob.hearStatus(202, 'REFER');
  t.ok(accepted.has('contact'));
  await notes.hear('referred');
  const headers = { Event: 'refer', 'Subscription-State': 'terminated', 'Content-Type': 'message/sipfrag' };
  void srf.request('sip:placeholder', {
    method: 'NOTIFY',
    stackDialogId: referred,
    headers,
    body: 'SIP/2.0 486 Busy Here',
  });
  const result = await bob.hearRequest('NOTIFY');
  t.equal(result.from()?.tag, accepted.to()?.tag);
  bob.reply(result, 200);
  while (engine.openDialogs > 0) await new Promise((next) => setImmediate(next));
});

t.test('extension methods: 501 outside a dialog, the application inside one', async (t) => {
  const { peer, engine } = await stageFor(t);
  const alice = await peer();
  alice.request('FOO');
  await alice.hearStatus(501, 'FOO');
  const call = await alice.call();
  alice.request('FOO', inDialog(call, 2));
  await alice.hear((message) => message.method === 'FOO');
  t.equal(engine.counters.refused.get(501), 1, 'the second answer is the one of drachtio-srf');
});
