// What the engine answers by itself, whoever the application is, over real sockets.
import t from 'tap';
import { inDialog, openStage, sdp } from './control-support.js';
import type { SrfApplication, Stage } from './control-support.js';

const silent = (srf: SrfApplication): void => {
  srf.invite((req, res) => {
    if (req.get('Subject') === 'ring') res.send(180);
    else if (req.get('Subject') === 'answer') void srf.createUAS(req, res, { localSdp: sdp });
  });
};

async function stageFor(
  child: Pick<typeof t, 'teardown'>,
  options: Parameters<typeof openStage>[2] = {},
): Promise<Stage> {
  const stage = await openStage('in-process', silent, { methods: ['invite'], ...options });
  child.teardown(() => stage.close());
  return stage;
}

t.test('refusals', async (t) => {
  const stage = await stageFor(t);
  const alice = await stage.peer();
  for (const [method, status, options] of [
    ['BYE', 481, {}],
    ['UPDATE', 481, {}],
    ['PRACK', 481, {}],
    ['INFO', 481, { toTag: 'nobody' }],
    ['INVITE', 481, { toTag: 'nobody' }],
    ['CANCEL', 481, { body: '' }],
    ['FOO', 501, {}],
    ['MESSAGE', 405, { body: 'x', type: 'text/plain' }],
    ['INVITE', 416, { uri: 'mailto:x@example.com' }],
    ['INVITE', 416, { uri: 'sips:x@127.0.0.1' }],
    ['INVITE', 420, { headers: ['Require: path, replaces'] }],
  ] as const) {
    alice.request(method, options);
    const response = await alice.hear((message) => message.statusCode >= 200 && message.method === method);
    t.equal(response.statusCode, status, `${method} ${JSON.stringify(options)}`);
    t.equal(response.to()?.tag !== undefined, true, 'with a To tag (8.2.6.2)');
    if (status === 405) t.match(response.get('allow'), /^INVITE, ACK, BYE, CANCEL/);
    if (status === 420) t.equal(response.get('unsupported'), 'path');
  }
  alice.request('ACK', { toTag: 'nobody', body: '' });
  alice.request('INVITE', { headers: ['Max-Forwards: many'] });
  await alice.hearStatus(400);
  t.equal(stage.engine.counters.malformed, 1);
  t.equal(
    alice.pending(() => true),
    0,
    'an ACK gets no answer',
  );
});

t.test('no application that takes anything: 503 with Retry-After', async (t) => {
  const stage = await openStage('tcp', () => undefined);
  t.teardown(() => stage.close());
  const alice = await stage.peer();
  alice.request('INVITE');
  const refused = await alice.hearStatus(503);
  t.equal(refused.get('retry-after'), '5');
  stage.leave();
  alice.request('OPTIONS');
  await alice.hearStatus(503, 'OPTIONS');
});

t.test('an INVITE that the application leaves open', async (t) => {
  const stage = await stageFor(t, { limits: { inviteSilenceMs: 60, ringingMs: 80, retryAfterSeconds: 7 } });
  const alice = await stage.peer();
  alice.request('INVITE');
  await alice.hearStatus(503);
  alice.request('INVITE', { headers: ['Subject: ring'] });
  await alice.hearStatus(180);
  await alice.hearStatus(480);
  t.equal(stage.engine.counters.unanswered, 2);
});

t.test('100 Trying is held back when that was asked for', async (t) => {
  const stage = await stageFor(t, { limits: { tryingDelayMs: 40, inviteSilenceMs: 10_000 } });
  const alice = await stage.peer();
  alice.request('INVITE', { headers: ['Subject: ring'] });
  await alice.hearStatus(180);
  alice.request('INVITE');
  await alice.hearStatus(100);
  t.equal(
    alice.pending((message) => message.statusCode === 100),
    0,
    'none for the one that rang',
  );
});

t.test('requests that cross inside a dialog', async (t) => {
  const stage = await stageFor(t);
  const alice = await stage.peer();
  const call = await alice.call({ headers: ['Subject: answer'] });
  alice.request('INFO', { ...inDialog(call, 1), cseq: 0, body: 'x', type: 'text/plain' });
  await alice.hearStatus(500, 'INFO');
  t.pass('a CSeq that goes back is a 500 (12.2.2)');
  const wrong = { ...inDialog(call, 2), fromTag: 'mallory' };
  alice.request('BYE', wrong);
  await alice.hearStatus(481, 'BYE');
  alice.request('BYE', inDialog(call, 3));
  await alice.hearStatus(200, 'BYE');
  t.equal(stage.engine.openDialogs, 0);
});

t.test('glare of INVITEs (14.2) and a BYE that crosses ours (15.1.2)', async (t) => {
  const found: { modify(sdp: string): Promise<string>; destroy(): Promise<unknown> }[] = [];
  const stage = await openStage('in-process', (srf) => {
    srf.invite((req, res) => {
      void srf.createUAS(req, res, { localSdp: sdp }).then((dialog) => found.push(dialog));
    });
  });
  t.teardown(() => stage.close());
  const alice = await stage.peer();
  const call = await alice.call();
  await new Promise((resolve) => setImmediate(resolve));
  const [dialog] = found;
  const modified = dialog?.modify(sdp).then(
    () => 'modified',
    (error: unknown) => (error as { status: number }).status,
  );
  const invite = await alice.hearRequest('INVITE');
  alice.request('INVITE', inDialog(call, 2));
  await alice.hearStatus(491, 'INVITE');
  alice.request('ACK', { ...inDialog(call, 2), body: '' });
  alice.reply(invite, 491);
  t.equal(await modified, 491);
  await alice.hearRequest('ACK');
  const ended = dialog?.destroy();
  const bye = await alice.hearRequest('BYE');
  alice.request('BYE', inDialog(call, 3));
  await alice.hearStatus(200, 'BYE');
  alice.reply(bye, 200);
  await ended;
  t.equal(stage.engine.openDialogs, 0);
});

t.test('a BYE in an early dialog ends the INVITE too (15.1.2)', async (t) => {
  const stage = await stageFor(t);
  const alice = await stage.peer();
  const invite = alice.request('INVITE', { headers: ['Subject: ring'] });
  const ringing = await alice.hearStatus(180);
  t.ok(ringing.has('contact'), 'a response that forms an early dialog has a Contact (12.1.1)');
  alice.request('BYE', { callId: invite.callId, toTag: ringing.to()?.tag ?? '', cseq: 2 });
  await alice.hearStatus(200, 'BYE');
  await alice.hearStatus(487, 'INVITE');
});

t.test('too many dialogs', async (t) => {
  const stage = await stageFor(t, { limits: { maxDialogs: 1 } });
  const alice = await stage.peer();
  const call = await alice.call({ headers: ['Subject: answer'] });
  alice.request('INVITE', { headers: ['Subject: answer'] });
  await alice.hearStatus(503, 'INVITE');
  alice.request('BYE', inDialog(call, 2));
  await alice.hearStatus(200, 'BYE');
  await alice.call({ headers: ['Subject: answer'] });
  t.equal(stage.engine.openDialogs, 1);
});

t.test('a dialog that nobody ends is ended at its greatest age', async (t) => {
  const stage = await stageFor(t, { limits: { maxDialogAgeMs: 100 } });
  const alice = await stage.peer();
  await alice.call({ headers: ['Subject: answer'] });
  const bye = await alice.hearRequest('BYE');
  t.match(bye.get('reason'), /maximal duration/);
  alice.reply(bye, 200);
});
