// What a real drachtio-server 0.9.10 did at the edges (90-edge-cases of the captures, section names in each title), and what
// ours does, with a raw control client and raw peers. `real:` is said where the two differ. The sections noprack, rel_only,
// rel_486, rel_late and rel_cancel are in control-reliable.test.ts, those about the control port in control-port.test.ts.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import t from 'tap';
import { FakeClock } from '../support/fake-clock.js';
import { openStage, sdp } from './control-support.js';
import type { StageOptions } from './control-support.js';

/** An application without a library: it sends leaders and texts, and hears frames. */
class RawApplication {
  readonly #socket: Socket;
  readonly #frames: string[] = [];
  #buffer = '';
  #wake: (() => void) | undefined;
  #count = 0;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (data: Buffer | string) => {
      this.#buffer += String(data);
      for (;;) {
        const at = this.#buffer.indexOf('#');
        const end = at + 1 + Number(this.#buffer.slice(0, at));
        if (at === -1 || this.#buffer.length < end) break;
        this.#frames.push(this.#buffer.slice(at + 1, end));
        this.#buffer = this.#buffer.slice(end);
      }
      this.#wake?.();
    });
  }

  send(rest: string): string {
    this.#count += 1;
    const payload = `r${this.#count}|${rest}`;
    this.#socket.write(`${payload.length}#${payload}`, 'latin1');
    return `r${this.#count}`;
  }

  async hear(wanted: (frame: string) => boolean): Promise<string> {
    for (;;) {
      const at = this.#frames.findIndex(wanted);
      if (at !== -1) return this.#frames.splice(at, 1)[0] ?? '';
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The answer to a command, without the ids before it. */
  async ask(rest: string): Promise<string> {
    const id = this.send(rest);
    const frame = await this.hear((one) => one.split('|', 3)[2] === id);
    return frame.split('|').slice(3).join('|');
  }

  async hearText(start: string): Promise<{ tokens: string[]; text: string }> {
    const frame = await this.hear((one) => one.split('|', 2)[1] === 'sip' && one.includes(`\r\n${start}`));
    const end = frame.indexOf('\r\n');
    return { tokens: frame.slice(0, end).split('|'), text: frame.slice(end + 2) };
  }

  pending(start: string): number {
    return this.#frames.filter((one) => one.includes(`\r\n${start}`)).length;
  }

  close(): void {
    this.#socket.destroy();
  }
}

async function stageFor(child: Pick<typeof t, 'teardown'>, options: StageOptions = {}) {
  const stage = await openStage('tcp', () => undefined, options);
  const app = new RawApplication(stage.controlPort);
  child.teardown(async () => {
    app.close();
    await stage.close();
  });
  await app.ask('authenticate|cymru|');
  for (const verb of ['invite', 'options', 'cdr:stop']) await app.ask(`route|${verb}`);
  return { ...stage, app };
}

const leader = (answer: string): string => answer.split('\r\n', 1)[0] ?? '';
const normal = (answer: string): string =>
  leader(answer)
    .replace(/[\da-f]{8}-[\da-f-]{27}/g, '<id>')
    .replace(/\d\d:\d\d:\d\d\.\d{6}/, '<time>')
    .replace(/\|\d{3,4}\|/, '|<n>|');
/** The application's response to a transaction. */
const response = (id: string, text: string): string => `sip|${id}|\r\nSIP/2.0 ${text}`;

t.test('unanswered: the INVITE is answered in the end (real: never)', async (t) => {
  const clock = new FakeClock();
  const { peer, app } = await stageFor(t, { clock });
  const alice = await peer();
  alice.request('INVITE');
  const { tokens } = await app.hearText('INVITE');
  clock.advance(40_000);
  await alice.hearStatus(503, 'INVITE');
  const late = await app.ask(response(tokens[8] ?? '', '200 OK\r\n\r\n'));
  t.equal(late, 'NOK|Response not sent due to unknown transaction');
});

t.test('latefinal, tag180: a second final, a tag of the application, in-dialog URIs', async (t) => {
  const { peer, app } = await stageFor(t, { t1: 50 });
  const alice = await peer();
  alice.request('INVITE');
  const first = (await app.hearText('INVITE')).tokens[8] ?? '';
  t.match(await app.ask(response(first, '486 Busy Here\r\n\r\n')), /^OK\|application\|\d+\|udp\|/);
  const second = await app.ask(response(first, `200 OK\r\n\r\n${sdp}`));
  t.match(normal(second), /^OK\|application\|.*\|<id>\|\|\|Msg sent:\|$/, 'answered OK, and not sent');
  await alice.hearStatus(486);
  await alice.hearStatus(486);
  t.equal(
    alice.pending((message) => message.statusCode === 200),
    0,
  );
  t.equal(app.pending('ACK'), 0);

  alice.request('INVITE', { headers: ['Subject: tags'] });
  const id = (await app.hearText('INVITE')).tokens[8] ?? '';
  await app.ask(response(id, `183 Session Progress\r\nto: <sip:1000@x>;tag=mytag77\r\n\r\n${sdp}`));
  const early = await alice.hearStatus(183);
  t.equal(early.to()?.tag, 'mytag77');
  t.equal(early.get('content-type'), 'application/sdp');
  t.ok(early.has('contact'), 'RFC 3261 12.1.1 (real: none in an unreliable 183)');
  const ok = await app.ask(
    response(id, `200 Fine\r\nTo: <sip:changed@example>\r\nContact: <sip:x@localhost;foo=1>\r\n\r\n${sdp}`),
  );
  const dialogId = leader(ok).split('|')[8] ?? '';
  t.match(dialogId, /;from-tag=alice-tag$/);
  const fine = await alice.hearStatus(200, 'INVITE');
  t.equal(fine.reasonPhrase, 'Fine');
  t.match(fine.get('contact'), /^<sip:x@127\.0\.0\.1:\d+;foo=1>$/);
  t.equal(fine.to()?.uri, 'sip:changed@example', 'as the application wrote it, with the tag of the dialog');
  t.equal(fine.to()?.tag, 'mytag77');

  const info = 'INFO sip:else@b SIP/2.0\r\nfrom: <sip:other@other>\r\nto: <sip:q@q>\r\n';
  void app.ask(`sip||${dialogId}\r\n${info}Content-Type: text/plain\r\n\r\nhey`);
  const heard = await alice.hearRequest('INFO');
  t.equal(heard.requestUri, `sip:alice@127.0.0.1:${alice.port}`, 'the remote target, always');
  t.equal(heard.get('from'), '<sip:other@other>;tag=mytag77');
  t.equal(heard.get('to'), '<sip:q@q>;tag=alice-tag');
  alice.reply(heard, 200);
  void app.ask(`sip||${dialogId}\r\nBYE sip:placeholder SIP/2.0\r\nReason: Q.850;cause=16\r\n\r\n`);
  const bye = await alice.hearRequest('BYE');
  t.equal(bye.get('reason'), 'Q.850;cause=16');
  alice.reply(bye, 200);
  t.equal(
    (await app.hear((one) => one.includes('\r\nSIP/2.0 200') && one.includes(' BYE\r\n'))).split('|')[9],
    dialogId,
  );
  const gone = await app.ask(`sip||${dialogId}\r\nINFO sip:placeholder SIP/2.0\r\n\r\n`);
  t.equal(gone, 'NOK|Server error: unable to find dialog for dialog id provided');
});

t.test('uacfail: refused, and silent', async (t) => {
  const clock = new FakeClock();
  const { peer, app } = await stageFor(t, { clock });
  const bob = await peer();
  const dial = async (): Promise<string> => app.ask(`sip||\r\nINVITE ${bob.uri} SIP/2.0\r\n\r\n${sdp}`);
  t.match(normal(await dial()), /^OK\|application\|<n>\|udp\|127\.0\.0\.1\|\d+\|<time>\|<id>\|Msg sent:\|$/);
  bob.reply(await bob.hearRequest('INVITE'), 486);
  await bob.hearRequest('ACK');
  const busy = await app.hearText('SIP/2.0 486');
  const ack = await app.ask(`sip||${busy.tokens[9] ?? ''}\r\nACK ${bob.uri} SIP/2.0\r\n\r\n`);
  t.equal(ack, 'NOK|Server error: ACK for non-success final response is automatically generated by server');
  await dial();
  clock.advance(32_000);
  const silent = await app.hearText('SIP/2.0 408');
  t.strictSame(silent.tokens.slice(2, 7), ['network', '0', 'udp', '', '0'], 'one of our own');
});

t.test('uacnoack: the ACK is the application’s, then ours', async (t) => {
  const { peer, app } = await stageFor(t, { t1: 100 });
  const bob = await peer();
  await app.ask(`sip||\r\nINVITE ${bob.uri} SIP/2.0\r\n\r\n${sdp}`);
  const invite = await bob.hearRequest('INVITE');
  bob.reply(invite, 180);
  const ringing = await app.hearText('SIP/2.0 180');
  bob.reply(invite, 200, { body: sdp });
  const ok = await app.hearText('SIP/2.0 200');
  t.equal(ok.tokens[9], ringing.tokens[9]);
  bob.reply(invite, 200, { body: sdp });
  t.match(await app.ask(`sip||${ok.tokens[9] ?? ''}\r\nACK ${bob.uri} SIP/2.0\r\n\r\n`), /^OK\|/);
  await bob.hearRequest('ACK');
  bob.reply(invite, 200, { body: sdp });
  await bob.hearRequest('ACK');
  bob.reply(invite, 200, { body: sdp, tag: 'fork' });
  // Real: acknowledged with the tag of the first, and left open.
  await bob.hear((message) => message.method === 'ACK' && message.to()?.tag === 'fork');
  t.equal((await bob.hearRequest('BYE')).to()?.tag, 'fork');
  t.equal(app.pending('SIP/2.0 200 OK'), 0, 'copies are not shown (real: before the ACK they are)');
});

t.test('uaccancel: held until a provisional response', async (t) => {
  const { peer, app } = await stageFor(t);
  const bob = await peer();
  const sent = await app.ask(`sip||\r\nINVITE ${bob.uri} SIP/2.0\r\n\r\n${sdp}`);
  const id = leader(sent).split('|')[7] ?? '';
  const invite = await bob.hearRequest('INVITE');
  const cancel = `sip|${id}|\r\nCANCEL ${bob.uri} SIP/2.0\r\nFrom: <sip:wrong@x>\r\n\r\n`;
  const cancelled = await app.ask(cancel);
  t.match(cancelled, /^OK\|application\|/);
  t.not(leader(cancelled).split('|')[7], id, 'an id of its own');
  t.equal(
    bob.pending((message) => message.method === 'CANCEL'),
    0,
  );
  bob.reply(invite, 180);
  const heard = await bob.hearRequest('CANCEL');
  t.equal(heard.get('from'), invite.get('from'));
  bob.reply(heard, 200);
  bob.reply(invite, 487);
  await app.hearText('SIP/2.0 487');
  t.equal(app.pending('SIP/2.0 200'), 0, 'the 200 to CANCEL is not passed up');
  t.equal(await app.ask(cancel), `NOK|unable to cancel unknown transaction id: ${id}`);
});

t.test('netmethods: outside dialogs', async (t) => {
  const { peer, app } = await stageFor(t);
  const alice = await peer();
  const verbs = ['info', 'notify', 'publish', 'subscribe', 'message', 'register', 'refer'];
  for (const verb of verbs) await app.ask(`route|${verb}`);
  for (const verb of [...verbs, 'options']) {
    const method = verb.toUpperCase();
    alice.request(method, { body: '' });
    const { tokens } = await app.hearText(method);
    t.equal(tokens[9], '', `${method} (real: REFER is dropped)`);
    await app.ask(response(tokens[8] ?? '', '202 Accepted\r\n\r\n'));
    await alice.hearStatus(202, method);
  }
  for (const [method, status] of [
    ['FOO', 501],
    ['PRACK', 481],
    ['BYE', 481],
    ['UPDATE', 481],
    ['CANCEL', 481],
  ] as const) {
    alice.request(method, { body: '' });
    await alice.hearStatus(status, method);
  }
  t.pass('real: FOO and PRACK are dropped');
});

t.test('badresp: what cannot be sent', async (t) => {
  const { peer, app } = await stageFor(t);
  const alice = await peer();
  const ask = async (method: string, text: string, body = ''): Promise<string> => {
    alice.request(method, { body });
    const id = (await app.hearText(method)).tokens[8] ?? '';
    return leader(await app.ask(response(id, text)));
  };
  t.equal(await ask('OPTIONS', '700 Odd\r\n\r\n'), 'NOK|Unknown server error sending response');
  await alice.hearStatus(500, 'OPTIONS');
  t.match(await ask('OPTIONS', '200 OK\r\n\r\nplain text'), /^OK\|/);
  const plain = await alice.hearStatus(200, 'OPTIONS');
  t.equal(plain.body, 'plain text');
  t.equal(plain.has('content-type'), false);
  const reliable = await ask('INVITE', '183 Session Progress\r\nRequire: 100rel\r\n\r\n', sdp);
  t.equal(reliable, 'NOK|Remote endpoint does not support 100rel');
  t.match(await ask('INVITE', '302 Moved\r\nContact: <sip:new@localhost>\r\n\r\n', sdp), /^OK\|/);
  t.match((await alice.hearStatus(302)).get('contact'), /^<sip:new@127\.0\.0\.1:\d+>$/);
});

t.test(
  'appgone_uac, appgone_other: calls of an application that goes are ended (real: left open)',
  async (t) => {
    const { peer, app, engine } = await stageFor(t);
    const bob = await peer();
    await app.ask(`sip||\r\nINVITE ${bob.uri} SIP/2.0\r\n\r\n${sdp}`);
    const invite = await bob.hearRequest('INVITE');
    bob.reply(invite, 180);
    await app.hearText('SIP/2.0 180');
    app.close();
    const cancel = await bob.hearRequest('CANCEL');
    bob.reply(cancel, 200);
    bob.reply(invite, 200, { body: sdp });
    await bob.hearRequest('ACK');
    bob.reply(await bob.hearRequest('BYE'), 200);
    while (engine.openDialogs > 0) await new Promise((next) => setImmediate(next));
  },
);
