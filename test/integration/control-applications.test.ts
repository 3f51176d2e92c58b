// Applications as they are: several at once, gone in the middle of things, slow, rude, too many.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import type { Test } from 'tap';
import type { ControlServerOptions } from '../../src/control/index.js';
import { waitUntil } from '../support/child-process.js';
import { RawApplication } from '../support/raw-application.js';
import { inDialog, openEngine, secret } from './control-support.js';

async function open(t: Test, options: Partial<ControlServerOptions> = {}) {
  const opened = await openEngine(t, options);
  const dial = (): Socket => {
    const socket = connect(opened.controlPort, '127.0.0.1');
    socket.on('error', () => undefined);
    t.teardown(() => socket.destroy());
    return socket;
  };
  const join = async (methods = ['invite', 'message'], tags = ''): Promise<RawApplication> => {
    const application = new RawApplication(dial());
    await application.join(secret, methods, tags);
    return application;
  };
  return { ...opened, dial, join };
}

/** Requests of a method that it was given. */
const given = (application: RawApplication, method: string): number =>
  application.frames.filter(({ text }) => text.startsWith(`${method} `)).length;

t.test('when one goes its calls end, and new requests go to the others', async (t) => {
  const { control, peer, join } = await open(t);
  const one = await join();
  const two = await join();
  const first = await peer.call();
  const second = await peer.call();
  t.strictSame([given(one, 'INVITE'), given(two, 'INVITE')], [1, 1], 'in turn');
  one.socket.destroy();
  t.equal((await peer.hearRequest('BYE')).callId, first.callId, 'its call gets a BYE');
  await waitUntil('it is gone', () => control.applications === 1, 5000, 5);
  for (let round = 0; round < 3; round += 1) await peer.call();
  t.equal(given(two, 'INVITE'), 4);
  peer.request('INFO', { ...inDialog(second, 2), body: '' });
  t.equal((await peer.hearStatus(200, 'INFO')).callId, second.callId, 'a dialog of another goes on');
});

t.test('an INVITE that an application took and said nothing about goes to another, once', async (t) => {
  const { peer, join } = await open(t);
  const silent = async (): Promise<RawApplication> => {
    const application = await join(['invite']);
    application.answers = false;
    return application;
  };
  const one = await silent();
  peer.request('INVITE');
  const asked = await one.hearRequest('INVITE');
  const two = await silent();
  one.socket.destroy();
  const again = await two.hearRequest('INVITE');
  t.equal(again.tokens[8], asked.tokens[8], 'the same request');
  const three = await join(['invite']);
  two.socket.destroy();
  t.match((await peer.hearStatus(503, 'INVITE')).get('retry-after'), /\d/);
  t.equal(given(three, 'INVITE'), 0, 'it does not go round');
});

t.test('one that has rung is not given to another: the caller gets 503 and tries again itself', async (t) => {
  const { peer, join } = await open(t);
  const one = await join(['invite']);
  one.answers = false;
  const { callId } = peer.request('INVITE');
  one.respond(await one.hearRequest('INVITE'), 180);
  await peer.hearStatus(180);
  const two = await join(['invite']);
  one.socket.destroy();
  t.equal((await peer.hearStatus(503, 'INVITE')).callId, callId);
  t.equal(given(two, 'INVITE'), 0);
});

t.test('routes and ping: said twice, taken back one by one, without a name', async (t) => {
  const { peer, join } = await open(t);
  const application = await join(['invite', 'message', 'message']);
  const answerOf = async (rest: string): Promise<string> => {
    const id = application.send(rest);
    return (await application.hear(({ tokens }) => tokens[2] === id)).tokens.slice(3).join('|');
  };
  t.equal(await answerOf('ping'), 'OK|pong');
  t.equal(await answerOf('route'), 'OK');
  t.equal(await answerOf('remove_route|message'), 'OK');
  peer.request('MESSAGE', { body: '' });
  t.match((await peer.hearStatus(405, 'MESSAGE')).get('allow'), /INVITE/);
  await peer.call();
  t.equal(await answerOf('remove_route|invite'), 'OK');
  peer.request('INVITE');
  await peer.hearStatus(503, 'INVITE');
});

t.test('the same application connected twice takes turns with itself', async (t) => {
  const { peer, join } = await open(t);
  const both = [await join(['invite'], 'app'), await join(['invite'], 'app')];
  for (let round = 0; round < 4; round += 1) await peer.call();
  t.strictSame(
    both.map((one) => given(one, 'INVITE')),
    [2, 2],
  );
});

t.test('one that does not read is cut, and its requests are answered', async (t) => {
  const { peer, join, control } = await open(t, { maxQueuedBytes: 100_000 });
  const deaf = await join(['message']);
  const good = await join(['invite']);
  deaf.socket.pause();
  let isCut = false;
  const body = 'x'.repeat(50_000);
  for (let round = 0; round < 1500 && !isCut; round += 1) {
    peer.request('MESSAGE', { body, type: 'text/plain' });
    await new Promise((resolve) => setImmediate(resolve));
    isCut = control.applications === 1;
  }
  t.equal(isCut, true);
  t.match((await peer.hearStatus(503, 'MESSAGE')).get('retry-after'), /\d/);
  await peer.call();
  t.equal(given(good, 'INVITE'), 1, 'the others are served');
});

t.test('many connections: the bound holds, and those that never authenticate make room', async (t) => {
  const { dial, join, peer } = await open(t, { maxConnections: 10, authenticateTimeoutMs: 300 });
  const idle = Array.from({ length: 10 }, dial);
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  const tooMany = dial();
  tooMany.resume();
  await once(tooMany, 'close');
  await Promise.all(idle.map((socket) => once(socket.resume(), 'close')));
  await join(['invite']);
  await peer.call();
});

t.test('a flood of commands is answered, and callers meanwhile too', async (t) => {
  const { join, peer } = await open(t);
  const flood = await join([]);
  const good = await join(['invite']);
  flood.socket.write('6#a|ping'.repeat(20_000), 'latin1');
  await peer.call();
  await waitUntil(
    'all are answered',
    () => flood.frames.filter(({ tokens }) => tokens[4] === 'pong').length === 20_000,
  );
  t.equal(given(good, 'INVITE'), 1);
});

t.test('rubbish of any kind harms nobody else', async (t) => {
  const { dial, join, peer, engine } = await open(t);
  const good = await join();
  const sip = fc.constantFrom(
    'INVITE sip:x@127.0.0.1:9 SIP/2.0',
    'SIP/2.0 200 OK',
    'SIP/2.0 999 No',
    'CANCEL x SIP/2.0',
    'ACK sip:placeholder SIP/2.0',
    'OPTIONS sip:x@127.0.0.1:99999 SIP/2.0',
    '',
  );
  const header = fc.constantFrom(
    'Contact: *',
    'From: <sip:',
    'X: \r\n y',
    'Via: z',
    ': x',
    'CSeq: -1 INVITE',
    'To: "',
  );
  const command = fc.tuple(
    fc.constantFrom('sip', 'proxy', 'route', 'remove_route', 'authenticate', 'ping', 'nonsense', ''),
    fc.array(fc.string({ maxLength: 20 }), { maxLength: 12 }),
    sip,
    fc.array(header, { maxLength: 4 }),
    fc.string({ maxLength: 50 }),
  );
  const framed = command.map(([name, tokens, start, headers, body]) => {
    const payload = `r|${[name, ...tokens].join('|')}\r\n${[start, ...headers].join('\r\n')}\r\n\r\n${body}`;
    return `${Buffer.byteLength(payload)}#${payload}`;
  });
  const raw = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.constantFrom('#', '0#', '-1#x', '1e3#', '999999999999#', '5', '10#half', '3#a|b', '1048577#'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(framed, { maxLength: 5 }), raw, fc.boolean(), async (frames, rest, knows) => {
      const socket = dial();
      const hello = `25#h|authenticate|${secret}|rude`;
      socket.write(`${knows ? hello : ''}${frames.join('')}${rest}`, 'latin1');
      socket.resume();
      socket.end();
      await once(socket, 'close');
    }),
    { numRuns: 150 },
  );
  await peer.call();
  t.equal(given(good, 'INVITE'), 1);
  await waitUntil('what they began is over', () => engine.owners().size <= 1);
});

t.test('the To of a response: another URI, and a tag, of the application', async (t) => {
  const { peer, join } = await open(t);
  const application = await join(['invite']);
  application.answers = false;
  const invite = peer.request('INVITE');
  const asked = await application.hearRequest('INVITE');
  application.respond(asked, 180, ['to: <sip:desk@localhost>;tag=of-app']);
  const ringing = await peer.hearStatus(180);
  t.match(ringing.get('to'), /^<sip:desk@127\.0\.0\.1:\d+>;tag=of-app$/);
  application.respond(asked, 486, ['to: <sip:other@example.com>;tag=another']);
  const refused = await peer.hearStatus(486);
  t.equal(refused.get('to'), '<sip:other@example.com>;tag=of-app', 'the tag of the first response stays');
  t.equal(refused.callId, invite.callId);
});

t.test('the CDR of a call that the engine refused because its application had gone', async (t) => {
  const { peer, join } = await open(t);
  const watcher = await join(['cdr:attempt', 'cdr:stop', 'message']);
  const one = await join(['invite']);
  one.answers = false;
  peer.request('INVITE');
  await one.hearRequest('INVITE');
  one.socket.destroy();
  await peer.hearStatus(503, 'INVITE');
  const attempt = await watcher.hear(({ tokens }) => tokens[1] === 'cdr:attempt');
  t.match(attempt.text, /^INVITE /);
  const stop = await watcher.hear(({ tokens }) => tokens[1] === 'cdr:stop');
  t.strictSame([stop.tokens[2], stop.tokens[4]], ['application', 'call-rejected']);
  t.match(stop.text, /^SIP\/2\.0 503 /);
});
