// drachtio's documentation: middleware, UAS, UAC, dialogs, REFER, SUBSCRIBE, authentication and recording sessions.
import t from 'tap';
import { contactOf, inDialog, sdp } from './control-support.js';
import type { SrfMessage, SrfRequest, SrfResponse } from './control-support.js';
import { failureOf, isAuthorized, pattern } from './srf-patterns.js';
import type { PatternDialog } from './srf-patterns.js';

t.setTimeout(300_000);

// A real server answers 500 when a header that it knows is malformed.
const date = 'Thu, 26 Nov 2026 20:00:00 GMT';
const changed = sdp.replace('20000', '20002').replace('bot 1 1', 'bot 1 2');

pattern(
  'middleware: srf.use for all requests and for one method, next, call blocking',
  (srf, noted) => {
    srf.use((req, _res, next) => {
      noted.add(`all ${req.method}`);
      next();
    });
    srf.use('invite', (req, res, next) => {
      if (/scanner/i.test(req.get('User-Agent'))) res.send(603);
      else if ((req as unknown as { callingNumber: string }).callingNumber === 'alice')
        res.send(403, { headers: { 'X-Reason': 'blocked' } });
      else next();
    });
    srf.invite((_req, res) => res.send(486, { headers: { 'Retry-After': '9' } }));
    srf.options((_req, res) => res.send(200, { headers: { 'X-Load': '1' } }));
  },
  async (t, { alice, noted }) => {
    alice.request('INVITE');
    t.equal((await alice.hearStatus(403)).get('x-reason'), 'blocked');
    t.equal(await noted.next(), 'all INVITE');
    alice.request('INVITE', {
      headers: ['User-Agent: friendly-caller', 'P-Asserted-Identity: <sip:carol@127.0.0.1>'],
    });
    t.equal(
      (await alice.hearStatus(486)).get('retry-after'),
      '9',
      'callingNumber is P-Asserted-Identity first',
    );
    t.equal(await noted.next(), 'all INVITE');
    alice.request('OPTIONS');
    t.equal((await alice.hearStatus(200)).get('x-load'), '1');
    t.equal(await noted.next(), 'all OPTIONS');
  },
);

pattern(
  'UAS: 180, 183 and 200 with headers, then every event of a dialog',
  (srf, noted) => {
    srf.invite(async (req, res) => {
      res.send(180, { headers: { 'X-Early': 'yes' } });
      res.send(183, { body: sdp });
      const dialog = await srf.createUAS(req, res, {
        localSdp: () => Promise.resolve(sdp),
        headers: { 'X-Answer': 'yes', 'User-Agent': 'pattern' },
      });
      for (const event of ['info', 'notify', 'message', 'options', 'update', 'refer']) {
        dialog.on(event, (one: SrfRequest, two: SrfResponse) => {
          noted.add(`${event} ${one.body}`);
          two.send(event === 'refer' ? 202 : 200, { headers: { 'X-Event': event } });
        });
      }
      dialog.on('refresh', () => noted.add('refresh'));
      dialog.on('modify', (one: SrfRequest, two: SrfResponse) => {
        noted.add('modify');
        two.send(200, { body: one.body });
      });
      dialog.on('destroy', (_bye: SrfMessage, reason: string) => noted.add(`destroy ${reason}`));
      const same = srf.findDialogByCallIDAndFromTag(dialog.sip.callId, dialog.sip.remoteTag);
      noted.add(same === dialog && srf.findDialogById(dialog.id) === dialog ? 'found' : 'not found');
    });
  },
  async (t, { alice, noted }) => {
    const invite = alice.request('INVITE');
    t.equal((await alice.hearStatus(180)).get('x-early'), 'yes');
    t.equal((await alice.hearStatus(183)).body, sdp);
    const ok = await alice.hearStatus(200, 'INVITE');
    t.equal(ok.get('x-answer'), 'yes');
    const call = { ...invite, toTag: ok.to()?.tag ?? '', target: contactOf(ok), ok };
    alice.request('ACK', { ...inDialog(call, 1), body: '' });
    t.equal(await noted.next(), 'found');
    let cseq = 2;
    for (const method of ['INFO', 'NOTIFY', 'MESSAGE', 'OPTIONS', 'UPDATE', 'REFER']) {
      const body = method === 'INFO' ? { body: 'Signal=5', type: 'application/dtmf-relay' } : {};
      const headers = ['Refer-To: <sip:x@127.0.0.1>', 'Event: x', 'Subscription-State: active'];
      alice.request(method, { ...inDialog(call, cseq), ...body, headers });
      const answer = await alice.hear((one) => one.method === method && one.statusCode >= 200);
      t.equal(answer.get('x-event'), method.toLowerCase());
      t.equal(await noted.next(), `${method.toLowerCase()} ${method === 'INFO' ? 'Signal=5' : ''}`);
      cseq += 1;
    }
    for (const [body, event] of [
      [sdp, 'refresh'],
      [changed, 'modify'],
    ] as const) {
      alice.request('INVITE', { ...inDialog(call, cseq), body });
      const again = await alice.hearStatus(200, 'INVITE');
      alice.request('ACK', { ...inDialog(call, cseq), body: '' });
      t.equal(await noted.next(), event);
      if (event === 'modify') t.equal(again.body, changed);
      cseq += 1;
    }
    alice.request('BYE', inDialog(call, cseq));
    await alice.hearStatus(200, 'BYE');
    t.equal(await noted.next(), 'destroy normal release');
  },
);

pattern(
  'UAC: headers, callbacks, modify, hold and unhold, requests, destroy with headers',
  () => undefined,
  async (t, { srf, bob, noted }) => {
    const created = srf.createUAC(
      bob.uri,
      {
        localSdp: `${sdp}a=sendrecv\r\n`,
        callingNumber: '+15550100',
        headers: { 'X-Custom': 'one', Subject: 'two' },
      },
      {
        cbRequest: (error: unknown, req: SrfRequest) => noted.add(`sent ${String(error)} ${req.method}`),
        cbProvisional: (res: SrfMessage) => noted.add(`provisional ${res.status}`),
      },
    );
    const invite = await bob.hearRequest('INVITE');
    t.equal(await noted.next(), 'sent null INVITE');
    t.equal(invite.get('x-custom'), 'one');
    t.equal(invite.get('subject'), 'two');
    bob.reply(invite, 183, { body: sdp });
    t.equal(await noted.next(), 'provisional 183');
    bob.reply(invite, 200, { body: sdp });
    await bob.hearRequest('ACK');
    const dialog = await created;
    const modified = async (work: Promise<unknown>, expected: RegExp): Promise<void> => {
      const again = await bob.hearRequest('INVITE');
      t.match(again.body, expected);
      bob.reply(again, 200, { body: changed });
      await bob.hearRequest('ACK');
      await work;
      t.equal(dialog.remote.sdp, changed);
    };
    await modified(dialog.modify('hold'), /a=inactive/);
    await modified(dialog.modify('unhold'), /a=sendrecv/);
    const refused = failureOf(dialog.modify(changed));
    bob.reply(await bob.hearRequest('INVITE'), 488);
    t.equal(await refused, 488);
    await bob.hear((one) => one.method === 'ACK');
    const info = dialog.request({ method: 'INFO', body: 'x', headers: { 'Content-Type': 'text/plain' } });
    bob.reply(await bob.hearRequest('INFO'), 200, { headers: [['X-Back', 'yes']] });
    t.equal((await info).get('X-Back'), 'yes');
    const ended = dialog.destroy({ headers: { 'X-Reason': 'done' } });
    const bye = await bob.hearRequest('BYE');
    t.equal(bye.get('x-reason'), 'done');
    bob.reply(bye, 200);
    await ended;
    t.equal(srf.findDialogById(dialog.id), undefined);
  },
);

pattern(
  'UAC: outbound proxy, redirects followed, a Request-URI kept',
  () => undefined,
  async (t, { srf, bob, carol }) => {
    const proxied = srf.createUAC('sip:dave@example.invalid', { localSdp: sdp, proxy: bob.uri });
    const invite = await bob.hearRequest('INVITE');
    t.equal(invite.requestUri, 'sip:dave@example.invalid');
    bob.reply(invite, 302, { headers: [['Contact', `<${carol.uri}>`]] });
    t.equal(await failureOf(proxied), 302, 'not without followRedirects');
    for (const keepUriOnRedirect of [false, true]) {
      const followed = srf.createUAC(bob.uri, { localSdp: sdp, followRedirects: true, keepUriOnRedirect });
      bob.reply(await bob.hearRequest('INVITE'), 302, { headers: [['Contact', `<${carol.uri}>`]] });
      const second = await carol.hearRequest('INVITE');
      t.equal(second.requestUri, keepUriOnRedirect ? bob.uri : carol.uri);
      carol.reply(second, 200, { body: sdp });
      await carol.hearRequest('ACK');
      await followed;
    }
  },
);

pattern(
  'UAC: an INVITE without SDP, answered in the ACK',
  () => undefined,
  async (t, { srf, bob }) => {
    const created = srf.createUAC(bob.uri, { noAck: true });
    const invite = await bob.hearRequest('INVITE');
    t.equal(invite.body, '');
    bob.reply(invite, 200, { body: sdp });
    const offer = await created;
    t.equal(offer.sdp, sdp);
    const dialog = offer.ack(changed);
    t.equal((await bob.hearRequest('ACK')).body, changed);
    t.equal((await dialog).local.sdp, changed);

    const inactive = srf.createUAC(bob.uri, {});
    bob.reply(await bob.hearRequest('INVITE'), 200, { body: sdp });
    t.match((await bob.hearRequest('ACK')).body, /a=recvonly/, 'a black hole when nobody gives an answer');
    await inactive;
  },
);

pattern(
  'cancel of a request with headers, and of one that is challenged',
  () => undefined,
  async (t, { srf, bob }) => {
    let sent: SrfRequest | undefined;
    const auth = { username: 'u', password: 'p' };
    const cbRequest = (_error: unknown, req: SrfRequest): void => void (sent = req);
    const created = failureOf(srf.createUAC(bob.uri, { localSdp: sdp, auth }, { cbRequest }));
    const challenge = 'Digest realm="r", nonce="n1", qop="auth", algorithm=MD5';
    const first = await bob.hearRequest('INVITE');
    bob.reply(first, 401, { headers: [['WWW-Authenticate', challenge]] });
    const second = await bob.hear((one) => one.method === 'INVITE' && one.has('authorization'));
    t.equal(second.cseq()?.number, (first.cseq()?.number ?? 0) + 1);
    t.ok(isAuthorized(second.get('authorization') ?? '', 'INVITE', 'p'));
    bob.reply(second, 180);
    sent?.cancel({ headers: { Reason: 'SIP;cause=26' } });
    const cancel = await bob.hearRequest('CANCEL');
    t.equal(cancel.get('reason'), 'SIP;cause=26');
    bob.reply(cancel, 200);
    bob.reply(second, 487);
    t.equal(await created, 487);
  },
);

pattern(
  'requests outside dialogs: REGISTER with digest, MESSAGE, PUBLISH, and their answers',
  () => undefined,
  async (t, { srf, bob }) => {
    const answered = async (
      method: string,
      options: object,
      prepare?: () => Promise<void>,
    ): Promise<number> => {
      const req = await srf.request(bob.uri, { method, ...options });
      const response = new Promise<SrfMessage>((resolve) => req.once('response', resolve));
      await prepare?.();
      const heard = await bob.hear(
        (one) => one.method === method && (prepare === undefined || one.has('authorization')),
      );
      bob.reply(heard, 200);
      return (await response).status;
    };
    const challenge = async (): Promise<void> => {
      const first = await bob.hearRequest('REGISTER');
      bob.reply(first, 401, { headers: [['WWW-Authenticate', 'Digest realm="r", nonce="n"']] });
    };
    const register = {
      headers: { Contact: '<sip:me@localhost>', Expires: '60' },
      auth: { username: 'u', password: 'p' },
    };
    t.equal(await answered('REGISTER', register, challenge), 200);
    t.equal(await answered('MESSAGE', { body: 'hi', headers: { 'Content-Type': 'text/plain' } }), 200);
    t.equal(await answered('PUBLISH', { headers: { Event: 'presence', Expires: '60' } }), 200);
  },
);

pattern(
  'a registrar and its digest challenge, by hand',
  (srf, noted) => {
    srf.register((req, res) => {
      if (!req.has('Authorization')) {
        res.send(401, { headers: { 'WWW-Authenticate': 'Digest realm="here", nonce="n", algorithm=MD5' } });
        return;
      }
      noted.add(
        `${req.get('Contact')} ${req.get('Expires')} ${req.source_address}:${req.source_port} ${req.protocol}`,
      );
      res.send(200, { headers: { Contact: req.get('Contact'), Expires: '60', Date: date } });
    });
  },
  async (t, { alice, noted }) => {
    const first = alice.request('REGISTER', { headers: ['Expires: 60'] });
    t.match((await alice.hearStatus(401)).get('www-authenticate'), /realm="here"/);
    const headers = [
      'Expires: 60',
      'Authorization: Digest username="a", realm="here", nonce="n", uri="sip:x", response="0"',
    ];
    alice.request('REGISTER', { callId: first.callId, cseq: 2, headers });
    const ok = await alice.hearStatus(200, 'REGISTER');
    t.equal(ok.get('expires'), '60');
    t.equal(await noted.next(), `<sip:alice@127.0.0.1:${alice.port}> 60 127.0.0.1:${alice.port} udp`);
  },
);

pattern(
  'REFER: accepted by the application, a new call, NOTIFY with sipfrag',
  (srf, noted, stage) => {
    srf.invite(async (req, res) => {
      const dialog = await srf.createUAS(req, res, { localSdp: sdp });
      dialog.on('refer', (refer: SrfRequest, answer: SrfResponse) => {
        noted.add(`${refer.get('Refer-To')} by ${refer.get('Referred-By')}`);
        answer.send(202);
        const notify = (fragment: string, state: string): Promise<SrfMessage> =>
          dialog.request({
            method: 'NOTIFY',
            body: fragment,
            headers: {
              Event: 'refer',
              'Content-Type': 'message/sipfrag;version=2.0',
              'Subscription-State': state,
            },
          });
        void notify('SIP/2.0 100 Trying', 'active;expires=60')
          .then(() =>
            srf.createUAC(stage().bob.uri, {
              localSdp: sdp,
              headers: { 'Referred-By': refer.get('Referred-By') },
            }),
          )
          .then(() => notify('SIP/2.0 200 OK', 'terminated;reason=noresource'))
          .then(() => noted.add('transferred'));
      });
    });
  },
  async (t, { alice, bob, noted }) => {
    const call = await alice.call();
    const headers = [`Refer-To: <${bob.uri}?Replaces=a%3Bto-tag%3Db>`, 'Referred-By: <sip:alice@127.0.0.1>'];
    alice.request('REFER', { ...inDialog(call, 2), headers });
    await alice.hearStatus(202);
    t.equal(await noted.next(), `<${bob.uri}?Replaces=a%3Bto-tag%3Db> by <sip:alice@127.0.0.1>`);
    const trying = await alice.hearRequest('NOTIFY');
    t.equal(trying.body, 'SIP/2.0 100 Trying');
    alice.reply(trying, 200);
    const invite = await bob.hearRequest('INVITE');
    t.equal(invite.get('referred-by'), '<sip:alice@127.0.0.1>');
    bob.reply(invite, 200, { body: sdp });
    const done = await alice.hearRequest('NOTIFY');
    t.equal(done.get('subscription-state'), 'terminated;reason=noresource');
    alice.reply(done, 200);
    t.equal(await noted.next(), 'transferred');
  },
);

pattern(
  'SUBSCRIBE: a notifier with refresh and unsubscribe',
  (srf, noted) => {
    srf.subscribe(async (req, res) => {
      const dialog = await srf.createUAS(req, res, { headers: { Expires: '60' } });
      dialog.on('subscribe', (again: SrfRequest, answer: SrfResponse) => {
        noted.add(`refresh ${again.get('Expires')}`);
        answer.send(202, { headers: { Expires: again.get('Expires') } });
      });
      dialog.on('unsubscribe', () => noted.add('unsubscribe'));
      const headers = { Event: 'presence', 'Subscription-State': 'active;expires=60' };
      await dialog.request({ method: 'NOTIFY', headers });
      noted.add(`subscribed to ${(dialog as unknown as { subscribeEvent: string }).subscribeEvent}`);
    });
  },
  async (t, { alice, noted }) => {
    const event = 'Event: presence';
    const sent = alice.request('SUBSCRIBE', { headers: [event, 'Expires: 60'] });
    const ok = await alice.hearStatus(202, 'SUBSCRIBE');
    const notify = await alice.hearRequest('NOTIFY');
    t.equal(notify.get('subscription-state'), 'active;expires=60');
    alice.reply(notify, 200);
    t.equal(await noted.next(), 'subscribed to presence');
    const call = { ...sent, toTag: ok.to()?.tag ?? '', target: contactOf(ok), ok };
    alice.request('SUBSCRIBE', { ...inDialog(call, 2), headers: [event, 'Expires: 30'] });
    t.equal((await alice.hearStatus(202, 'SUBSCRIBE')).get('expires'), '30');
    t.equal(await noted.next(), 'refresh 30');
    alice.request('SUBSCRIBE', { ...inDialog(call, 3), headers: [event, 'Expires: 0'] });
    await alice.hearStatus(202, 'SUBSCRIBE');
    t.equal(await noted.next(), 'unsubscribe');
  },
);

pattern(
  'SUBSCRIBE: a subscriber hears NOTIFYs until the last',
  () => undefined,
  async (t, { srf, bob, noted, sipPort, isOurs }) => {
    // drachtio-srf knows the end of a subscription only when both ends have one user and host.
    const headers = { Event: 'dialog', Expires: '60' };
    const created = srf.createUAC(bob.uri, { method: 'SUBSCRIBE', callingNumber: 'bob', headers });
    const subscribe = await bob.hearRequest('SUBSCRIBE');
    const ok = bob.reply(subscribe, 200, {
      headers: [
        ['Contact', `<${bob.uri}>`],
        ['Expires', '60'],
      ],
    });
    const dialog: PatternDialog = await created;
    dialog.on('notify', (req: SrfRequest, res: SrfResponse) => {
      noted.add(req.get('Subscription-State'));
      res.send(200);
    });
    dialog.on('destroy', () => noted.add('destroy'));
    // The real server forgets the dialog before the application has answered its last NOTIFY, and answers that itself.
    for (const [cseq, state, status] of [
      [1, 'active', 200],
      [2, 'terminated;reason=timeout', isOurs ? 200 : 500],
    ] as const) {
      bob.sendText(
        `NOTIFY ${contactOf(subscribe)} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${bob.port};branch=z9hG4bK-n${cseq}-${bob.port}-${sipPort}\r\n` +
          `From: ${ok.get('to') ?? ''}\r\nTo: ${subscribe.get('from') ?? ''}\r\nCall-ID: ${subscribe.callId}\r\nCSeq: ${cseq} NOTIFY\r\n` +
          `Contact: <${bob.uri}>\r\nMax-Forwards: 70\r\nEvent: dialog\r\nSubscription-State: ${state}\r\nContent-Length: 0\r\n\r\n`,
      );
      await bob.hearStatus(status, 'NOTIFY');
      t.equal(await noted.next(), state);
    }
    t.equal(await noted.next(), 'destroy');
  },
);

pattern(
  'a recording session: multipart with SDP and metadata reaches the application whole',
  (srf, noted) => {
    srf.invite(async (req, res) => {
      const payload = (req as unknown as { payload: { type: string; content: string }[] }).payload;
      noted.add(payload.map(({ type }) => type).join(' '));
      await srf.createUAS(req, res, { localSdp: sdp });
    });
  },
  async (t, { alice, noted }) => {
    const body =
      `--b\r\nContent-Type: application/sdp\r\n\r\n${sdp}\r\n--b\r\nContent-Type: application/rs-metadata+xml\r\n\r\n` +
      '<?xml version="1.0"?><recording/>\r\n--b--\r\n';
    const call = await alice.call({ body, type: 'multipart/mixed;boundary=b', headers: ['Require: siprec'] });
    t.equal(await noted.next(), 'application/sdp application/rs-metadata+xml');
    alice.request('BYE', inDialog(call, 2));
    await alice.hearStatus(200, 'BYE');
  },
);
