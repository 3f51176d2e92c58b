// drachtio's documentation: createB2BUA with each of its options, proxyRequest and req.proxy with each of theirs.
import t from 'tap';
import { contactOf, inDialog, sdp } from './control-support.js';
import type { EstablishedCall, SrfMessage, SrfRequest } from './control-support.js';
import type { SipMessage } from '../../src/sip/index.js';
import { failureOf, pattern } from './srf-patterns.js';
import type { PatternStage } from './srf-patterns.js';

t.setTimeout(300_000);

const answerOfBob = sdp.replace('20000', '30000');
const forCaller = sdp.replace('20000', '40000');
const forCallee = sdp.replace('20000', '50000');

interface Bridged {
  readonly call: EstablishedCall;
  readonly leg: SipMessage;
  readonly ok: SipMessage;
}

/** Alice calls, Bob answers what reaches him. */
async function bridge(
  { alice, bob, noted }: PatternStage,
  headers: readonly string[] = [],
  answer: readonly (readonly [string, string])[] = [],
): Promise<Bridged> {
  const calling = alice.call({ headers });
  const leg = await bob.hearRequest('INVITE');
  const ok = bob.reply(leg, 200, { body: answerOfBob, headers: answer });
  const call = await calling;
  await bob.hearRequest('ACK');
  if ((await noted.next()) !== 'bridged') throw new Error('not bridged');
  return { call, leg, ok };
}

async function hangUp({ alice, bob, noted }: PatternStage, call: EstablishedCall): Promise<void> {
  alice.request('BYE', inDialog(call, 9));
  await alice.hearStatus(200, 'BYE');
  bob.reply(await bob.hearRequest('BYE'), 200);
  await noted.next();
}

function bridging(options: (req: SrfRequest, stage: PatternStage) => object): Parameters<typeof pattern>[1] {
  return (srf, noted, stage) => {
    srf.invite((req, res) => {
      srf.createB2BUA(req, res, stage().bob.uri, options(req, stage())).then(
        ({ uas, uac }) => {
          for (const dialog of [uas, uac]) {
            dialog.on('destroy', () => {
              void dialog.other.destroy().then(() => noted.add('destroyed'));
            });
          }
          noted.add(uas.other === uac && uac.other === uas ? 'bridged' : 'not joined');
        },
        (error: unknown) => noted.add(`failed ${String((error as SrfMessage).status)}`),
      );
    });
  };
}

pattern(
  'B2BUA: headers of either leg chosen, passed on and made by a function',
  bridging(() => ({
    headers: { 'X-To-Callee': 'set' },
    proxyRequestHeaders: ['Subject', 'X-Custom', 'X-Not-There'],
    proxyResponseHeaders: ['X-From-Callee'],
    responseHeaders: (response: SrfMessage, headers: object) => ({
      'X-Status': `${response.status} ${Object.keys(headers).join()}`,
    }),
  })),
  async (t, stage) => {
    const sent = ['Subject: hello', 'X-Custom: 1', 'X-Secret: 2'];
    const { call, leg } = await bridge(stage, sent, [
      ['X-From-Callee', 'yes'],
      ['X-Private', 'no'],
    ]);
    t.equal(leg.get('subject'), 'hello');
    t.equal(leg.get('x-custom'), '1');
    t.equal(leg.get('x-to-callee'), 'set');
    t.notOk(leg.has('x-secret'));
    t.match(
      leg.get('from'),
      /^"?Alice"? <sip:alice@127\.0\.0\.1:\d+>;tag=/,
      'the caller is shown to the callee',
    );
    t.equal(leg.requestUri, stage.bob.uri);
    t.equal(leg.body, sdp, 'the SDP passes through');
    t.equal(call.ok.body, answerOfBob);
    t.equal(call.ok.get('x-from-callee'), 'yes');
    t.equal(call.ok.get('x-status')?.toLowerCase(), '200 x-from-callee');
    t.notOk(call.ok.has('x-private'));
    await hangUp(stage, call);
  },
);

pattern(
  "B2BUA: 'all' headers but some, and SDP of our own on either side",
  bridging(() => ({
    proxyRequestHeaders: ['all', '-X-Secret'],
    localSdpB: forCallee,
    localSdpA: (sdpB: string, response: SrfMessage) =>
      Promise.resolve(sdpB === answerOfBob && response.status === 200 ? forCaller : 'wrong'),
  })),
  async (t, stage) => {
    const { call, leg } = await bridge(stage, ['X-Custom: 1', 'X-Secret: 2']);
    t.equal(leg.get('x-custom'), '1');
    t.notOk(leg.has('x-secret'));
    t.equal(leg.body, forCallee);
    t.equal(call.ok.body, forCaller);
    await hangUp(stage, call);
  },
);

pattern(
  'B2BUA: provisional responses pass, with their SDP, and a refusal with its headers',
  bridging(() => ({ proxyResponseHeaders: ['Retry-After', 'Reason'], responseHeaders: { 'X-Ours': 'yes' } })),
  async (t, { alice, bob, noted }) => {
    alice.request('INVITE');
    const leg = await bob.hearRequest('INVITE');
    bob.reply(leg, 180);
    t.equal((await alice.hearStatus(180)).get('x-ours'), 'yes');
    bob.reply(leg, 183, { body: answerOfBob });
    t.equal((await alice.hearStatus(183)).body, answerOfBob);
    bob.reply(leg, 486, { headers: [['Retry-After', '30']] });
    const busy = await alice.hearStatus(486);
    t.equal(busy.get('retry-after'), '30');
    t.equal(busy.get('x-ours'), 'yes');
    t.equal(await noted.next(), 'failed 486');
  },
);

pattern(
  'B2BUA: neither provisional responses nor a failure pass, and the application tries another',
  (srf, noted, stage) => {
    srf.invite(async (req, res) => {
      const options = { passFailure: false, passProvisionalResponses: false };
      noted.add(String(await failureOf(srf.createB2BUA(req, res, stage().bob.uri, options))));
      await srf.createB2BUA(req, res, stage().carol.uri, {});
      noted.add('bridged');
    });
  },
  async (t, { alice, bob, carol, noted }) => {
    const calling = alice.call();
    const leg = await bob.hearRequest('INVITE');
    bob.reply(leg, 180);
    bob.reply(leg, 503);
    t.equal(await noted.next(), '503');
    carol.reply(await carol.hearRequest('INVITE'), 200, { body: answerOfBob });
    t.equal((await calling).ok.body, answerOfBob);
    await carol.hearRequest('ACK');
    t.equal(await noted.next(), 'bridged');
    t.equal(
      alice.pending((one) => one.statusCode === 180),
      0,
    );
  },
);

pattern(
  'B2BUA: an INVITE without SDP is answered end to end in the ACK',
  bridging(() => ({ localSdpB: (sdpA: string) => Promise.resolve(sdpA === sdp ? forCallee : 'wrong') })),
  async (t, stage) => {
    const { alice, bob, noted } = stage;
    const invite = alice.request('INVITE', { body: '' });
    const leg = await bob.hearRequest('INVITE');
    bob.reply(leg, 200, { body: answerOfBob });
    const ok = await alice.hearStatus(200, 'INVITE');
    t.equal(ok.body, answerOfBob);
    const call = { ...invite, toTag: ok.to()?.tag ?? '', target: contactOf(ok), ok };
    alice.request('ACK', { ...inDialog(call, 1), body: sdp });
    t.equal((await bob.hearRequest('ACK')).body, forCallee);
    t.equal(await noted.next(), 'bridged');
    await hangUp(stage, call);
  },
);

pattern(
  'B2BUA: the leg is authenticated, sent by a proxy, and told to callbacks',
  (srf, noted, stage) => {
    srf.invite(async (req, res) => {
      const auth = { username: 'u', password: 'p' };
      await srf.createB2BUA(
        req,
        res,
        'sip:dave@example.invalid',
        { proxy: stage().bob.uri, auth, callingNumber: '5551', calledNumber: '5552' },
        {
          cbRequest: (_error: unknown, sent: SrfRequest) => noted.add(`request ${sent.method}`),
          cbProvisional: (one: SrfMessage) => noted.add(`provisional ${one.status}`),
          cbFinalizedUac: (uac: { id: string }) => noted.add(`uac ${typeof uac.id}`),
        },
      );
    });
  },
  async (t, { alice, bob, noted }) => {
    const calling = alice.call();
    const first = await bob.hearRequest('INVITE');
    bob.reply(first, 407, { headers: [['Proxy-Authenticate', 'Digest realm="r", nonce="n", qop="auth"']] });
    const leg = await bob.hear((one) => one.method === 'INVITE' && one.has('proxy-authorization'));
    t.match(leg.requestUri, /@example\.invalid/);
    t.match(leg.get('from'), /sip:5551@/);
    bob.reply(leg, 180);
    bob.reply(leg, 200, { body: answerOfBob });
    await calling;
    const ack = await bob.hear((one) => one.method === 'ACK' && one.cseq()?.number === leg.cseq()?.number);
    t.match(ack.requestUri, new RegExp(`:${bob.port}`), 'the ACK goes to the Contact');
    const told = [await noted.next(), await noted.next(), await noted.next()];
    t.strictSame(told, ['request INVITE', 'provisional 180', 'uac string']);
  },
);

pattern(
  'proxy: req.proxy and srf.proxyRequest, with headers, Record-Route and redirects followed',
  (srf, noted) => {
    srf.invite((req) => {
      const destinations = req.get('X-Targets').split(' ');
      const options = {
        recordRoute: true,
        followRedirects: true,
        forking: req.get('X-Forking') || 'sequential',
        provisionalTimeout: '1s',
        finalTimeout: '5s',
        headers: { 'X-Added': 'yes', Subject: 'replaced' },
      };
      const done = (error: unknown, result: { connected: boolean; finalStatus: number }): void =>
        noted.add(`${String(error)} ${result.connected} ${result.finalStatus}`);
      const { proxy } = req as unknown as { proxy: (options: object, callback: typeof done) => void };
      if (req.get('X-How') === 'req.proxy') proxy.call(req, { ...options, destination: destinations }, done);
      else
        void srf
          .proxyRequest(req, destinations, options)
          .then((result) => done(null, result))
          .catch((error: unknown) => noted.add(`failed ${String(error)}`));
    });
  },
  async (t, { alice, bob, carol, noted, sipPort }) => {
    for (const how of ['req.proxy', 'proxyRequest']) {
      const sent = alice.request('INVITE', {
        headers: [`X-Targets: ${bob.uri}`, `X-How: ${how}`, 'Subject: original'],
      });
      bob.reply(await bob.hearRequest('INVITE'), 302, { headers: [['Contact', `<${carol.uri}>`]] });
      const leg = await carol.hearRequest('INVITE');
      t.equal(leg.get('x-added'), 'yes');
      t.equal(leg.get('subject'), 'replaced');
      t.match(leg.get('record-route'), new RegExp(`^<sip:127\\.0\\.0\\.1:${sipPort};lr(;pk=[^>]+)?>$`));
      t.equal(leg.callId, sent.callId);
      carol.reply(leg, 200, { body: sdp });
      const ok = await alice.hear((one) => one.statusCode === 200 && one.callId === sent.callId);
      t.equal(await noted.next(), 'null true 200');
      const route = [`Route: ${ok.get('record-route') ?? ''}`];
      const call = { ...sent, toTag: ok.to()?.tag ?? '', target: contactOf(ok), ok };
      alice.request('ACK', { ...inDialog(call, 1), body: '', headers: route });
      await carol.hearRequest('ACK');
    }
    const forked = alice.request('INVITE', {
      headers: [`X-Targets: ${bob.uri} ${carol.uri}`, 'X-Forking: simultaneous'],
    });
    const loser = await bob.hearRequest('INVITE');
    const winner = await carol.hearRequest('INVITE');
    bob.reply(loser, 180);
    carol.reply(winner, 180);
    carol.reply(winner, 200, { body: sdp });
    await alice.hear((one) => one.statusCode === 200 && one.callId === forked.callId);
    bob.reply(await bob.hearRequest('CANCEL'), 200);
    bob.reply(loser, 487);
    t.equal(await noted.next(), 'null true 200');
    alice.request('INVITE', { headers: [`X-Targets: ${bob.uri} ${carol.uri}`] });
    bob.reply(await bob.hearRequest('INVITE'), 486);
    carol.reply(await carol.hearRequest('INVITE'), 404);
    t.ok((await alice.hear((one) => one.statusCode >= 400)).statusCode);
    t.equal(await noted.next(), 'null false 404', 'finalStatus is that of the last response');
  },
);

pattern(
  'B2BUA: a re-INVITE and an INFO are passed to the other leg',
  (srf, noted, stage) => {
    srf.invite(async (req, res) => {
      const { uas, uac } = await srf.createB2BUA(req, res, stage().bob.uri, {});
      uas.on('modify', (again: SrfRequest, answer: { send(status: number, options: object): void }) => {
        void uac.modify(again.body).then((body: string) => answer.send(200, { body }));
      });
      uas.on('info', (info: SrfRequest, answer: { send(status: number, options?: object): void }) => {
        const headers = { 'Content-Type': info.get('Content-Type') };
        void uac
          .request({ method: 'INFO', body: info.body, headers })
          .then((response) => answer.send(response.status, {}));
      });
      noted.add('bridged');
    });
  },
  async (t, stage) => {
    const { alice, bob } = stage;
    const { call } = await bridge(stage);
    alice.request('INVITE', { ...inDialog(call, 2), body: forCallee });
    const again = await bob.hearRequest('INVITE');
    t.equal(again.body, forCallee);
    bob.reply(again, 200, { body: forCaller });
    t.equal((await alice.hearStatus(200, 'INVITE')).body, forCaller);
    await bob.hearRequest('ACK');
    alice.request('ACK', { ...inDialog(call, 2), body: '' });
    alice.request('INFO', { ...inDialog(call, 3), body: 'Signal=1', type: 'application/dtmf-relay' });
    const info = await bob.hearRequest('INFO');
    t.equal(info.body, 'Signal=1');
    bob.reply(info, 200);
    await alice.hearStatus(200, 'INFO');
  },
);
