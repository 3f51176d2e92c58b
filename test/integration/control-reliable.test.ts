// Reliable provisional responses (RFC 3262) of an unmodified drachtio-srf application, as callee and as caller. The real
// drachtio-server dies in three of these stories.
import t from 'tap';
import { inDialog, Notes, openStage, sdp } from './control-support.js';
import type { RequestOptions, SipPeer, SrfApplication, SrfMessage, Stage } from './control-support.js';
import type { SipMessage } from '../../src/sip/index.js';

const notes = new Notes();
const { note } = notes;

interface ReliableResponse {
  send(status: number, options: object, callback?: (error: string | null, sent?: SrfMessage) => void): void;
}

const rel = { headers: { Require: '100rel' }, body: sdp };

/** What the application does is said by the Subject. */
function application(srf: SrfApplication): void {
  srf.invite((req, res) => {
    const reply = (status: number, options: object, name: string): void => {
      (res as ReliableResponse).send(status, options, (error, sent) => {
        note(`${name} ${error ?? String(sent?.status)}`);
      });
    };
    req.on('cancel', (cancel: SrfMessage) =>
      note(`cancel ${cancel.has('Reason') ? cancel.get('Reason') : 'received'}`),
    );
    const plan = req.get('Subject');
    if (plan === 'ring') reply(180, {}, 'ringing');
    else reply(183, rel, 'first');
    if (plan === 'two') reply(180, { headers: { Require: '100rel' } }, 'second');
    if (plan === 'answer') reply(200, { body: sdp }, 'answer');
    if (plan === 'busy') reply(486, {}, 'busy');
  });
}

async function stageFor(child: Pick<typeof t, 'teardown'>, t1: number): Promise<Stage> {
  const stage = await openStage('in-process', application, { methods: ['invite'], t1 });
  child.teardown(() => stage.close());
  notes.clear();
  return stage;
}

const offering = (subject: string): RequestOptions => ({
  headers: ['Supported: 100rel', `Subject: ${subject}`],
});

interface Ringing {
  readonly callId: string;
  readonly response: SipMessage;
  readonly prack: (rack: string, cseq: number) => void;
}

async function ring(alice: SipPeer, options: RequestOptions, status = 183): Promise<Ringing> {
  const invite = alice.request('INVITE', options);
  const response = await alice.hearStatus(status);
  const call = { ...invite, toTag: response.to()?.tag ?? '', target: invite.uri, ok: response };
  const prack = (rack: string, cseq: number): void => {
    alice.request('PRACK', { ...inDialog(call, cseq), headers: [`RAck: ${rack} 1 INVITE`] });
  };
  return { callId: invite.callId, response, prack };
}

t.test('one at a time, each until its PRACK (RFC 3262 3)', async (t) => {
  const { peer } = await stageFor(t, 20);
  const alice = await peer();
  const { response, prack } = await ring(alice, offering('two'));
  t.equal(response.get('require'), '100rel');
  const number = Number(response.get('rseq'));
  t.ok(number >= 1 && number < 2 ** 31);
  const again = await alice.hearStatus(183);
  t.equal(again.get('rseq'), String(number), 'repeated until the PRACK');
  await notes.hear('first 183');
  prack(String(number + 1), 2);
  await alice.hearStatus(481, 'PRACK');
  t.equal(notes.count('second 180'), 0, 'the second waits');
  prack(String(number), 3);
  await alice.hearStatus(200, 'PRACK');
  const second = await alice.hearStatus(180);
  t.equal(second.get('rseq'), String(number + 1));
  await notes.hear('second 180');
  prack(String(number), 4);
  await alice.hearStatus(481, 'PRACK');
  prack(String(number + 1), 5);
  await alice.hearStatus(200, 'PRACK');
});

t.test('a 2xx waits for the PRACK of an offer or answer, then is sent and reported', async (t) => {
  const { peer } = await stageFor(t, 20);
  const alice = await peer();
  const { response, prack } = await ring(alice, offering('answer'));
  await alice.hearStatus(183);
  await notes.hear('first 183');
  t.equal(notes.count('answer 200'), 0);
  prack(response.get('rseq') ?? '', 2);
  const first = await alice.hear((message) => message.statusCode === 200);
  t.equal(first.method, 'PRACK');
  const answer = await alice.hearStatus(200, 'INVITE');
  t.equal(answer.reasonPhrase, 'OK');
  await notes.hear('answer 200');
});

t.test('without a PRACK the INVITE is rejected after 64*T1, and the application told', async (t) => {
  const { peer, engine } = await stageFor(t, 5);
  const alice = await peer();
  await ring(alice, offering('answer'));
  await alice.hearStatus(504, 'INVITE');
  await notes.hear('answer Response not sent due to unknown transaction');
  await ring(alice, offering('silent'));
  await alice.hearStatus(504, 'INVITE');
  await notes.hear('cancel SIP;cause=504;text="provisional response not acknowledged"');
  t.equal(engine.counters.prackTimeouts, 2);
  t.equal(engine.openDialogs, 0);
});

t.test('a rejection goes out at once; a PRACK that comes later gets 481', async (t) => {
  const { peer, engine } = await stageFor(t, 20);
  const alice = await peer();
  const { response, prack } = await ring(alice, offering('busy'));
  await alice.hearStatus(486);
  await notes.hear('busy 486');
  prack(response.get('rseq') ?? '', 2);
  await alice.hearStatus(481, 'PRACK');
  t.equal(engine.openDialogs, 0);
});

t.test('a CANCEL before the PRACK', async (t) => {
  const { peer } = await stageFor(t, 100);
  const alice = await peer();
  for (const plan of ['silent', 'answer']) {
    const invite = alice.request('INVITE', offering(plan));
    await alice.hearStatus(183);
    await notes.hear('first 183');
    alice.request('CANCEL', { ...invite, body: '' });
    await alice.hearStatus(200, 'CANCEL');
    await alice.hearStatus(487, 'INVITE');
    await notes.hear(
      plan === 'silent' ? 'cancel received' : 'answer Response not sent due to unknown transaction',
    );
  }
});

t.test(
  'who requires 100rel gets every provisional response reliably; who offers none gets none',
  async (t) => {
    const { peer } = await stageFor(t, 20);
    const alice = await peer();
    const { response, prack } = await ring(alice, { headers: ['Require: 100rel', 'Subject: ring'] }, 180);
    t.equal(response.get('require'), '100rel');
    await notes.hear('ringing 180');
    prack(response.get('rseq') ?? '', 2);
    await alice.hearStatus(200, 'PRACK');
    alice.request('INVITE', { headers: ['Subject: silent'] });
    await notes.hear('first Remote endpoint does not support 100rel');
  },
);

t.test('as a caller: copies and what is out of order are not shown (RFC 3262 4)', async (t) => {
  const { peer, srf } = await stageFor(t, 500);
  const bob = await peer();
  const seen: string[] = [];
  const calling = srf.createUAC(
    bob.uri,
    { localSdp: sdp, headers: { Supported: '100rel' } },
    { cbProvisional: (res: SrfMessage) => seen.push(`${res.status} ${res.get('RSeq')}`) },
  );
  const invite = await bob.hearRequest('INVITE');
  const reliable = (status: number, number: number): void => {
    const headers = [['Require', '100rel'] as const, ['RSeq', String(number)] as const];
    bob.reply(invite, status, { headers, body: sdp });
  };
  const cseq = invite.cseq()?.number ?? 0;
  reliable(183, 7);
  const first = await bob.hearRequest('PRACK');
  t.equal(first.get('rack'), `7 ${cseq} INVITE`);
  bob.reply(first, 200);
  reliable(183, 7);
  reliable(183, 9);
  reliable(180, 8);
  const second = await bob.hearRequest('PRACK');
  t.equal(second.get('rack'), `8 ${cseq} INVITE`);
  bob.reply(second, 200);
  bob.reply(invite, 200, { body: sdp });
  await bob.hearRequest('ACK');
  await calling;
  t.strictSame(seen, ['183 7', '180 8']);
});
