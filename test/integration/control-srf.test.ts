// Every call of an unmodified drachtio-srf application, over the control port and over the in-process link.
import t from 'tap';
import { contactOf, inDialog, linkKinds, openStage, sdp } from './control-support.js';
import type { SrfApplication, SrfDialog, SrfMessage, SrfRequest, Stage } from './control-support.js';

type Test = Pick<typeof t, 'equal' | 'match' | 'ok' | 'pass'>;
type Scenario = (t: Test, stage: Stage) => Promise<void>;

async function once<T>(
  emitter: { once(event: string, fn: (...args: T[]) => void): unknown },
  event: string,
): Promise<T[]> {
  return new Promise((resolve) => emitter.once(event, (...args: T[]) => resolve(args)));
}

function story(
  name: string,
  prepare: (srf: SrfApplication) => void,
  scenario: Scenario,
  options: Parameters<typeof openStage>[2] = {},
): void {
  for (const kind of linkKinds) {
    t.test(`${name} (${kind})`, async (child) => {
      const stage = await openStage(kind, prepare, options);
      child.teardown(() => stage.close());
      await scenario(child, stage);
    });
  }
}

/** The status, else the message, of what went wrong. */
async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return 'no failure';
  } catch (error) {
    const { status, message } = error as { status?: number; message?: string };
    return status ?? message;
  }
}

/** Collects what a handler of the application saw. */
class Seen<T> {
  readonly #values: T[] = [];
  #waiting: ((value: T) => void)[] = [];

  add(value: T): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#values.push(value);
    else next(value);
  }

  async next(): Promise<T> {
    const value = this.#values.shift();
    return value === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : value;
  }

  get count(): number {
    return this.#values.length;
  }
}

const dialogs = new Seen<SrfDialog>();
const events = new Seen<string>();

function answering(srf: SrfApplication): void {
  srf.invite((req, res) => {
    void srf.createUAS(req, res, { localSdp: sdp }).then((dialog) => {
      dialog.on('ack', () => events.add('ack'));
      dialog.on('destroy', (bye: SrfMessage, reason: string) =>
        events.add(`destroy ${bye.source} ${reason}`),
      );
      dialogs.add(dialog);
    });
  });
}

story(
  'redirect: 100 at once, 302 with the contacts, the echo of what was sent',
  (srf) => {
    srf.invite((req, res) => {
      res.send(302, { headers: { Contact: '<sip:a@127.0.0.1:9>;q=0.9' } }, (error, sent) => {
        events.add(`${String(error)} ${sent.status} ${req.protocol} ${req.receivedOn}`);
      });
    });
  },
  async (t, { peer, sipPort }) => {
    const alice = await peer();
    alice.request('INVITE');
    await alice.hearStatus(100);
    const moved = await alice.hearStatus(302);
    t.equal(moved.get('contact'), '<sip:a@127.0.0.1:9>;q=0.9');
    t.ok(moved.to()?.tag);
    t.equal(await events.next(), `null 302 udp 127.0.0.1:${sipPort}`);
  },
);

story('createUAS: 200, ack, INFO, re-INVITE, BYE from the caller', answering, async (t, { peer }) => {
  const alice = await peer();
  const call = await alice.call();
  const dialog = await dialogs.next();
  t.equal(dialog.id, `${call.callId};from-tag=alice-tag`);
  t.equal(await events.next(), 'ack');
  t.match(call.ok.get('contact'), /^<sip:127\.0\.0\.1:\d+>$/);
  t.equal(call.ok.get('content-type'), 'application/sdp');

  dialog.on('info', (_req: SrfRequest, res: { send(status: number): void }) => res.send(200));
  alice.request('INFO', { ...inDialog(call, 2), body: 'x', type: 'text/plain' });
  await alice.hearStatus(200, 'INFO');
  alice.request('INVITE', inDialog(call, 3));
  const again = await alice.hearStatus(200, 'INVITE');
  t.equal(again.body, sdp);
  alice.request('ACK', { ...inDialog(call, 3), body: '' });
  t.equal(await events.next(), 'ack');
  alice.request('BYE', inDialog(call, 4));
  await alice.hearStatus(200, 'BYE');
  t.match(await events.next(), /^destroy network/);
  alice.request('INFO', inDialog(call, 5));
  await alice.hearStatus(481, 'INFO');
});

story(
  'the dialog of a UAS sends every request, and ends the call',
  answering,
  async (t, { peer, engine }) => {
    const alice = await peer();
    const call = await alice.call();
    const dialog = await dialogs.next();
    await events.next();
    const modified = dialog.modify(sdp);
    const invite = await alice.hearRequest('INVITE');
    t.equal(invite.requestUri, `sip:alice@127.0.0.1:${alice.port}`);
    t.equal(invite.from()?.tag, call.toTag);
    alice.reply(invite, 200, { body: sdp });
    const ack = await alice.hearRequest('ACK');
    t.equal(ack.cseq()?.number, invite.cseq()?.number);
    t.equal(await modified, sdp);
    let cseq = invite.cseq()?.number ?? 0;
    for (const method of ['INFO', 'MESSAGE', 'NOTIFY', 'REFER', 'UPDATE', 'OPTIONS']) {
      const body = method === 'MESSAGE' ? { body: 'hello', headers: { 'Content-Type': 'text/plain' } } : {};
      const answered = dialog.request({ method, ...body });
      const request = await alice.hearRequest(method);
      cseq += 1;
      t.equal(request.cseq()?.number, cseq, `CSeq of ${method} is the next (RFC 3261 12.2.1.1)`);
      alice.reply(request, 200);
      t.equal((await answered).status, 200);
    }
    const ended = dialog.destroy();
    const bye = await alice.hearRequest('BYE');
    alice.reply(bye, 200);
    await ended;
    t.equal(engine.openDialogs, 0);
  },
);

story(
  'a 2xx without ACK is repeated, then the engine ends the call',
  answering,
  async (t, { peer, engine }) => {
    const alice = await peer();
    alice.request('INVITE');
    for (let copy = 0; copy < 3; copy += 1) await alice.hearStatus(200, 'INVITE');
    const bye = await alice.hearRequest('BYE');
    t.equal(bye.get('reason'), 'SIP;cause=200;text="ACK timeout"');
    alice.reply(bye, 200);
    await dialogs.next();
    t.equal(await events.next(), 'destroy application ACK timeout');
    t.equal(engine.counters.ackTimeouts, 1);
  },
  { t1: 20 },
);

story(
  'a CANCEL before and after the application said something',
  (srf) => {
    srf.invite((req, res) => {
      req.on('cancel', () => {
        res.send(487, {}, (error) => events.add(String(error)));
      });
      if (req.get('Subject') === 'ring') res.send(180);
      else events.add('silent');
    });
  },
  async (t, { peer }) => {
    const alice = await peer();
    for (const subject of ['ring', 'silent']) {
      const invite = alice.request('INVITE', { headers: [`Subject: ${subject}`] });
      if (subject === 'ring') await alice.hearStatus(180);
      else t.equal(await events.next(), 'silent');
      alice.request('CANCEL', { ...invite, body: '' });
      await alice.hearStatus(200, 'CANCEL');
      await alice.hearStatus(487, 'INVITE');
      t.equal(await events.next(), 'Response not sent due to unknown transaction');
    }
    const stray = alice.request('INVITE');
    await alice.hearStatus(100);
    t.equal(await events.next(), 'silent');
    alice.request('CANCEL', { ...stray, branch: 'z9hG4bK-other', body: '' });
    await alice.hearStatus(481, 'CANCEL');
  },
);

story(
  'createUAC: ringing, answer, BYE from the callee',
  () => undefined,
  async (t, { srf, peer, sipPort }) => {
    const bob = await peer();
    const ringing = new Seen<number>();
    const created = srf.createUAC(
      bob.uri,
      { localSdp: sdp, callingNumber: '5551000' },
      { cbProvisional: (res: SrfMessage) => ringing.add(res.status) },
    );
    const invite = await bob.hearRequest('INVITE');
    t.match(invite.get('from'), new RegExp(`^<sip:5551000@127.0.0.1:${sipPort}>;tag=`));
    t.equal(invite.get('contact'), `<sip:5551000@127.0.0.1:${sipPort}>`);
    t.equal(invite.get('max-forwards'), '70');
    bob.reply(invite, 100);
    bob.reply(invite, 180);
    t.equal(await ringing.next(), 180, 'a 100 is not passed up');
    bob.reply(invite, 200, { body: sdp });
    await bob.hearRequest('ACK');
    const dialog = await created;
    t.equal(dialog.remote.sdp, sdp);
    bob.reply(invite, 200, { body: sdp });
    await bob.hearRequest('ACK');
    t.pass('a 2xx that comes again is acknowledged again (13.2.2.4)');

    const destroyed = once<SrfMessage>(dialog, 'destroy');
    bob.sendText(
      `BYE sip:127.0.0.1:${sipPort} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${bob.port};branch=z9hG4bK-bye-${bob.port}\r\n` +
        `From: ${invite.get('to') ?? ''};tag=tag-${bob.port}\r\nTo: ${invite.get('from') ?? ''}\r\n` +
        `Call-ID: ${invite.callId}\r\nCSeq: 1 BYE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`,
    );
    await bob.hearStatus(200, 'BYE');
    await destroyed;
  },
);

story(
  'a forked 2xx is acknowledged and ended by the engine',
  () => undefined,
  async (t, { srf, peer, engine }) => {
    const bob = await peer();
    const created = srf.createUAC(bob.uri, { localSdp: sdp });
    const invite = await bob.hearRequest('INVITE');
    bob.reply(invite, 200, { body: sdp, tag: 'first' });
    const ack = await bob.hearRequest('ACK');
    t.equal(ack.to()?.tag, 'first');
    await created;
    bob.reply(invite, 200, { body: sdp, tag: 'second' });
    t.equal((await bob.hearRequest('ACK')).to()?.tag, 'second');
    const bye = await bob.hearRequest('BYE');
    t.equal(bye.to()?.tag, 'second');
    bob.reply(bye, 200);
    t.equal(engine.openDialogs, 1);
  },
);

story(
  'createUAC: refused, challenged, unreachable',
  () => undefined,
  async (t, { srf, peer }) => {
    const bob = await peer();
    const refused = failure(srf.createUAC(bob.uri, { localSdp: sdp }));
    const first = await bob.hearRequest('INVITE');
    bob.reply(first, 486);
    t.equal((await bob.hearRequest('ACK')).topVia()?.branch, first.topVia()?.branch);
    t.equal(await refused, 486);

    const challenged = srf.createUAC(bob.uri, { localSdp: sdp, auth: { username: 'u', password: 'p' } });
    const second = await bob.hearRequest('INVITE');
    bob.reply(second, 407, {
      headers: [['Proxy-Authenticate', 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"']],
    });
    await bob.hearRequest('ACK');
    const third = await bob.hearRequest('INVITE');
    t.equal(third.callId, second.callId);
    t.equal(third.from()?.tag, second.from()?.tag);
    t.equal(third.cseq()?.number, (second.cseq()?.number ?? 0) + 1);
    t.match(third.get('proxy-authorization'), /^Digest username="u"/);
    bob.reply(third, 200, { body: sdp });
    await bob.hearRequest('ACK');
    await challenged;

    const unreachable = (uri: string): Promise<unknown> => failure(srf.createUAC(uri, { localSdp: sdp }));
    t.equal(await unreachable('sip:x@127.0.0.1:9;transport=tcp'), 503);
    const tls = await unreachable('sip:x@127.0.0.1:9;transport=tls');
    t.equal(tls, 'requested protocol/transport not available');
    t.match(await failure(srf.createUAC('tel:+15551234', { localSdp: sdp })), /invalid request-uri/);
  },
);

story(
  'a callee that stays silent is a 408',
  () => undefined,
  async (t, { srf, peer }) => {
    const bob = await peer();
    t.equal(await failure(srf.createUAC(bob.uri, { localSdp: sdp })), 408);
  },
  { t1: 10 },
);

story(
  'cancelling a UAC INVITE, and losing the race',
  () => undefined,
  async (t, { srf, peer }) => {
    const bob = await peer();
    const outgoing = new Seen<SrfRequest>();
    const hold = { cbRequest: (_error: unknown, req: SrfRequest) => outgoing.add(req) };
    const cancelled = failure(srf.createUAC(bob.uri, { localSdp: sdp }, hold));
    const invite = await bob.hearRequest('INVITE');
    bob.reply(invite, 180);
    (await outgoing.next()).cancel({ headers: { Reason: 'SIP;cause=200' } });
    const cancel = await bob.hearRequest('CANCEL');
    t.equal(cancel.get('reason'), 'SIP;cause=200');
    t.equal(cancel.topVia()?.branch, invite.topVia()?.branch);
    bob.reply(cancel, 200);
    bob.reply(invite, 487);
    t.equal(await cancelled, 487);

    const raced = srf.createUAC(bob.uri, { localSdp: sdp }, hold);
    const late = await bob.hearRequest('INVITE');
    bob.reply(late, 180);
    (await outgoing.next()).cancel();
    await bob.hearRequest('CANCEL');
    bob.reply(late, 200, { body: sdp });
    const dialog = await raced;
    const destroyed = once<unknown>(dialog, 'destroy');
    await bob.hearRequest('ACK');
    const bye = await bob.hearRequest('BYE');
    t.match(bye.get('reason'), /cancel race/);
    bob.reply(bye, 200);
    await destroyed;
  },
);

function bridging(srf: SrfApplication): void {
  srf.invite((req, res) => {
    const target = req.get('X-Target');
    srf.createB2BUA(req, res, target, { localSdpB: req.body }).then(
      ({ uas, uac }) => {
        uas.on('destroy', () => void uac.destroy());
        uac.on('destroy', () => void uas.destroy());
        events.add('bridged');
      },
      (error: unknown) => events.add(`failed ${String((error as { status?: number }).status)}`),
    );
  });
}

story('createB2BUA: BYE from either side, CANCEL, failure', bridging, async (t, { peer, engine }) => {
  const alice = await peer();
  const bob = await peer();
  const headers = [`X-Target: ${bob.uri}`];
  for (const hangsUp of ['alice', 'bob']) {
    const calling = alice.call({ headers });
    const invite = await bob.hearRequest('INVITE');
    bob.reply(invite, 180);
    await alice.hearStatus(180);
    const ok = bob.reply(invite, 200, { body: sdp });
    const call = await calling;
    await bob.hearRequest('ACK');
    t.equal(await events.next(), 'bridged');
    if (hangsUp === 'alice') {
      alice.request('BYE', inDialog(call, 2));
      await alice.hearStatus(200, 'BYE');
      bob.reply(await bob.hearRequest('BYE'), 200);
    } else {
      bob.sendText(
        `BYE ${contactOf(invite)} SIP/2.0\r\n` +
          `Via: SIP/2.0/UDP 127.0.0.1:${bob.port};branch=z9hG4bK-b2b-${bob.port}\r\n` +
          `From: ${ok.get('to') ?? ''}\r\nTo: ${invite.get('from') ?? ''}\r\nCall-ID: ${invite.callId}\r\n` +
          `CSeq: 1 BYE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`,
      );
      await bob.hearStatus(200, 'BYE');
      alice.reply(await alice.hearRequest('BYE'), 200);
    }
  }
  const invite = alice.request('INVITE', { headers });
  const ringing = await bob.hearRequest('INVITE');
  bob.reply(ringing, 180);
  await alice.hearStatus(180);
  alice.request('CANCEL', { ...invite, body: '', headers: ['Reason: SIP;cause=487'] });
  await alice.hearStatus(487, 'INVITE');
  const cancel = await bob.hearRequest('CANCEL');
  t.equal(cancel.get('reason'), 'SIP;cause=487');
  bob.reply(cancel, 200);
  bob.reply(ringing, 487);
  t.equal(await events.next(), 'failed 487');

  alice.request('INVITE', { headers });
  bob.reply(await bob.hearRequest('INVITE'), 486);
  await alice.hearStatus(486);
  t.equal(await events.next(), 'failed 486');
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(engine.openDialogs, 0, 'no dialog is left behind');
});

story(
  'proxyRequest: serial failover, record-routed BYE, CANCEL',
  (srf) => {
    srf.invite((req) => {
      srf
        .proxyRequest(req, req.get('X-Targets').split(' '), { recordRoute: true, forking: 'sequential' })
        .then(
          (result) => {
            events.add(
              `${result.connected} ${result.responses.flatMap((one) => one.msgs.map((msg) => msg.status)).join()}`,
            );
          },
          (error: unknown) => events.add(String(error)),
        );
    });
  },
  async (t, { peer, sipPort }) => {
    const alice = await peer();
    const bob = await peer();
    const carol = await peer();
    const calling = alice.call({ headers: [`X-Targets: ${bob.uri} ${carol.uri}`] });
    bob.reply(await bob.hearRequest('INVITE'), 503);
    const invite = await carol.hearRequest('INVITE');
    t.equal(invite.get('max-forwards'), '69');
    const recorded = invite.get('record-route') ?? '';
    t.match(recorded, `<sip:127.0.0.1:${sipPort};lr;pk=`);
    carol.reply(invite, 200, { body: sdp });
    const call = await calling;
    t.equal(await events.next(), 'true 503,200');
    // Whoever knows our address and nothing of a call sends nobody a request by us.
    alice.request('BYE', { ...inDialog(call, 2), headers: [`Route: <sip:127.0.0.1:${sipPort};lr>`] });
    await alice.hearStatus(481, 'BYE');
    const route = [`Route: ${recorded}`];
    alice.request('BYE', { ...inDialog(call, 2), headers: route });
    const bye = await carol.hearRequest('BYE');
    carol.reply(bye, 200);
    await alice.hearStatus(200, 'BYE');

    const cancelled = alice.request('INVITE', { headers: [`X-Targets: ${bob.uri}`] });
    const ringing = await bob.hearRequest('INVITE');
    bob.reply(ringing, 180);
    await alice.hearStatus(180);
    alice.request('CANCEL', { ...cancelled, body: '' });
    await alice.hearStatus(200, 'CANCEL');
    bob.reply(await bob.hearRequest('CANCEL'), 200);
    bob.reply(ringing, 487);
    await alice.hearStatus(487, 'INVITE');
    t.match(await events.next(), /^false/);
    alice.request('INVITE', { headers: ['X-Targets: sip:x@127.0.0.1:9;transport=tls'] });
    await alice.hearStatus(500, 'INVITE');
    t.equal(await events.next(), 'error proxying request to ');
  },
);

story(
  'requests outside dialogs, both ways',
  (srf) => {
    srf.options((_req, res) => res.send(200));
    srf.message((req, res) => {
      events.add(req.body);
      res.send(202);
    });
  },
  async (t, { srf, peer }) => {
    const alice = await peer();
    alice.request('OPTIONS');
    await alice.hearStatus(200, 'OPTIONS');
    alice.request('MESSAGE', { body: 'gr\u00c3\u00bc\u00c3\u009fe', type: 'text/plain' });
    await alice.hearStatus(202, 'MESSAGE');
    t.equal(await events.next(), 'grüße', 'UTF-8 passes');
    const sent = await srf.request(alice.uri, { method: 'OPTIONS', headers: { Subject: 'ping ☎' } });
    const heard = await alice.hearRequest('OPTIONS');
    t.equal(Buffer.from(heard.get('subject') ?? '', 'latin1').toString(), 'ping ☎');
    const answered = once<SrfMessage>(sent, 'response');
    alice.reply(heard, 200);
    t.equal((await answered)[0]?.status, 200);
    t.equal(await failure(srf.request(alice.uri, { method: 'MESSAGE', body: 'x' })), 'missing content-type');
  },
);

story(
  'what an application may not smuggle',
  () => undefined,
  async (t, { srf, peer }) => {
    const bob = await peer();
    const headers = { Subject: 'hi\r\n P-Asserted-Identity: <sip:boss@example.com>' };
    t.match(await failure(srf.request(bob.uri, { method: 'OPTIONS', headers })), /invalid header line/);
    t.equal(
      bob.pending(() => true),
      0,
    );
  },
);

for (const kind of linkKinds) {
  t.test(`when the application is gone (${kind})`, async (t) => {
    const stage = await openStage(kind, (srf) => {
      srf.invite((req, res) => {
        if (req.get('Subject') !== 'answer') res.send(180);
        else void srf.createUAS(req, res, { localSdp: sdp }).then((dialog) => dialogs.add(dialog));
      });
    });
    t.teardown(() => stage.close());
    const alice = await stage.peer();
    const bob = await stage.peer();
    const call = await alice.call({ headers: ['Subject: answer'] });
    await dialogs.next();
    alice.request('INVITE');
    await alice.hearStatus(180);
    void stage.srf.createUAC(bob.uri, { localSdp: sdp }).catch(() => undefined);
    const ringing = await bob.hearRequest('INVITE');
    bob.reply(ringing, 180);
    stage.leave();
    const gone = await alice.hearStatus(503, 'INVITE');
    t.ok(gone.has('retry-after'));
    const bye = await alice.hearRequest('BYE');
    t.equal(bye.callId, call.callId);
    t.match(bye.get('reason'), /application lost/);
    const cancel = await bob.hearRequest('CANCEL');
    bob.reply(cancel, 200);
    bob.reply(ringing, 200, { body: sdp });
    await bob.hearRequest('ACK');
    bob.reply(await bob.hearRequest('BYE'), 200);
    t.pass('an answer after all is acknowledged and ended');
  });
}

const cdrRoutes = ['invite', 'cdr:attempt', 'cdr:start', 'cdr:stop'];

story(
  'CDRs of a refused, an answered and a proxied call',
  (srf) => {
    for (const event of ['attempt', 'start', 'stop']) {
      srf.on(`cdr:${event}`, (source: string, _time: string, ...rest: unknown[]) => {
        const message = rest.at(-1) as SrfMessage;
        const detail = rest.length > 1 ? ` ${String(rest[0])}` : '';
        events.add(`${event} ${source}${detail} ${message.method || message.status}`);
      });
    }
    srf.invite((req, res) => {
      const target = req.get('Subject');
      if (target === 'busy') res.send(486);
      else if (target === 'answer') void srf.createUAS(req, res, { localSdp: sdp });
      else void srf.proxyRequest(req, [target], { recordRoute: true });
    });
  },
  async (t, { peer, sipPort }) => {
    const alice = await peer();
    const bob = await peer();
    const expect = async (expected: readonly string[]): Promise<void> => {
      for (const one of expected) t.equal(await events.next(), one);
    };
    alice.request('INVITE', { headers: ['Subject: busy'] });
    await alice.hearStatus(486);
    await expect(['attempt network INVITE', 'stop application call-rejected 486']);
    const call = await alice.call({ headers: ['Subject: answer'] });
    alice.request('BYE', inDialog(call, 2));
    await expect(['attempt network INVITE', 'start application uas 200', 'stop network normal-release BYE']);
    const calling = alice.call({ headers: [`Subject: ${bob.uri}`] });
    bob.reply(await bob.hearRequest('INVITE'), 200, { body: sdp });
    const proxied = await calling;
    // Of calls that are up, what is refused tells nothing: a BYE that nobody forwards does not end one.
    const forged = inDialog(proxied, 2);
    alice.request('BYE', { ...forged, headers: [`Route: <sip:127.0.0.1:${sipPort};lr>`] });
    await alice.hearStatus(481, 'BYE');
    alice.request('BYE', {
      ...inDialog(proxied, 2),
      headers: [`Route: ${proxied.ok.get('record-route') ?? ''}`],
    });
    await expect([
      'attempt network INVITE',
      'start network proxy-uac 200',
      'start application proxy-uas 200',
      'stop network normal-release BYE',
    ]);
  },
  { methods: cdrRoutes },
);
