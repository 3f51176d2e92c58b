// Outbound connections: a handler says who serves a request, and the engine connects to that application.
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { waitUntil } from '../support/child-process.js';
import { inDialog, openEngine, portOf, sdp, secret, Srf } from './control-support.js';
import type { SrfApplication, SrfRequest } from './control-support.js';

interface ListeningSrf extends SrfApplication {
  endSession(request: SrfRequest): void;
}

/** A handler whose answer can be changed; it keeps what it was asked. */
async function openHandler(t: Test) {
  const asked: { method: string; url: string; body: string }[] = [];
  const handler = { status: 200, answer: {} as unknown, isSilent: false, asked, url: '' };
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', body });
      if (handler.isSilent) return;
      response.writeHead(handler.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(handler.answer));
    });
  });
  handler.url = `http://127.0.0.1:${await portOf(server, t)}`;
  t.teardown(() => server.closeAllConnections());
  return handler;
}

/** An unmodified application that listens, answers calls, and ends its session with the call. */
async function openApplication(t: Test, use: string = secret) {
  const srf = new Srf(['tagA']) as ListeningSrf;
  const server = createTcpServer();
  srf.on('error', () => undefined);
  srf.listen({ server, secret: use });
  srf.invite((request, response) => {
    void srf.createUAS(request, response, { localSdp: sdp }).then((dialog) => {
      dialog.on('destroy', () => srf.endSession(request));
    });
  });
  return { srf, port: await portOf(server, t) };
}

t.test('a call to an application that the handler names: transcript 20a', async (t) => {
  const handler = await openHandler(t);
  const application = await openApplication(t);
  const { engine, control, peer } = await openEngine(t, {
    handlers: [{ sipMethod: 'INVITE', httpMethod: 'GET', uri: handler.url }],
  });
  handler.answer = { action: 'route', data: { uri: `127.0.0.1:${application.port}` } };
  const call = await peer.call();
  t.match(handler.asked[0], { method: 'GET', url: /^\/\?method=INVITE&domain=127\.0\.0\.1&protocol=udp&/ });
  peer.request('BYE', { ...inDialog(call, 2), body: '' });
  await peer.hearStatus(200, 'BYE');
  await waitUntil('endSession ends the connection', () => engine.owners().size === 0);
  t.equal(control.applications, 0, 'it is no application for others');
});

t.test('transcript 20b: tags, reject, redirect, proxy, and what fails', async (t) => {
  const handler = await openHandler(t);
  const { controlPort, peer } = await openEngine(t, {
    handlers: [{ sipMethod: 'INVITE', httpMethod: 'POST', uri: handler.url }],
  });
  const inbound = new Srf(['tagA', 'tagB']);
  inbound.invite((_request, response) => response.send(480));
  const connected = new Promise((resolve) => inbound.once('connect', resolve));
  inbound.connect({ host: '127.0.0.1', port: controlPort, secret });
  await connected;
  t.teardown(() => inbound.disconnect());
  const answerTo = async (answer: unknown, status = 200): Promise<string> => {
    Object.assign(handler, { answer, status });
    const { callId } = peer.request('INVITE');
    const final = await peer.hear((message) => message.statusCode >= 200 && message.callId === callId);
    return `${final.statusCode} ${final.reasonPhrase}`;
  };
  for (const [action, data, expected] of [
    ['route', { tag: 'tagB' }, '480 Temporarily Unavailable'],
    ['route', { tag: 'nosuch' }, '480 Temporarily Unavailable'],
    ['reject', { status: 503, reason: 'Max Calls Exceeded' }, '503 Max Calls Exceeded'],
    ['reject', { status: 486 }, '486 Busy Here'],
    ['redirect', { contact: ['sip:a@127.0.0.1:5080', 'sip:b@127.0.0.1:5081'] }, '302 Moved Temporarily'],
    ['redirect', { contact: 'sip:a@h>\r\nX-Smuggled: 1' }, '500 Server Internal Error'],
    ['reject', { status: 486, reason: 'Busy\r\nX-Smuggled: 1' }, '500 Server Internal Error'],
    ['dance', {}, '500 Server Internal Error'],
  ] as const) {
    t.equal(await answerTo({ action, data }), expected, `${action} ${JSON.stringify(data)}`);
  }
  t.equal(await answerTo({}, 500), '500 Server Internal Error');
  t.match(handler.asked[0], { method: 'POST', body: /^INVITE sip:1000@.*m=audio/s });
  handler.status = 200;
  handler.answer = { action: 'proxy', data: { destination: [peer.uri], recordRoute: true } };
  peer.request('INVITE');
  const copy = await peer.hearRequest('INVITE');
  t.match(copy.get('record-route'), /;lr;pk=[0-9a-f]{20}>/);
  peer.reply(copy, 486);
  await peer.hearStatus(486, 'INVITE');
  const closed = createTcpServer();
  const port = await portOf(closed, t);
  await new Promise((resolve) => closed.close(resolve));
  t.equal(
    await answerTo({ action: 'route', data: { uri: `127.0.0.1:${port}` } }),
    '480 Temporarily Unavailable',
    'an application that is not there',
  );
});

t.test('a handler that is silent costs 3 s, and a caller that gives up meanwhile is let go', async (t) => {
  const handler = await openHandler(t);
  handler.isSilent = true;
  const { engine, peer } = await openEngine(t, {
    handlers: [{ sipMethod: '*', httpMethod: 'GET', uri: handler.url }],
  });
  const slow = peer.request('MESSAGE', { body: '' });
  const { callId, branch, cseq } = peer.request('INVITE');
  await peer.hearStatus(100, 'INVITE');
  peer.request('CANCEL', { callId, branch, cseq, body: '' });
  await peer.hearStatus(487, 'INVITE');
  const final = await peer.hear((message) => message.statusCode >= 200 && message.callId === slow.callId);
  t.equal(final.statusCode, 500);
  t.equal(engine.isIdle, true);
});

t.test(
  'tcp://host:port of an application, without a handler; one with another secret gets nothing',
  async (t) => {
    const application = await openApplication(t);
    const stranger = await openApplication(t, 'another');
    const { engine, peer } = await openEngine(t, {
      handlers: [
        { sipMethod: 'INVITE', httpMethod: 'GET', uri: `tcp://127.0.0.1:${application.port}` },
        { sipMethod: 'MESSAGE', httpMethod: 'GET', uri: `tcp://127.0.0.1:${stranger.port}` },
      ],
    });
    const first = await peer.call();
    const second = await peer.call();
    t.equal(engine.owners().size, 2, 'a connection for each call');
    for (const call of [first, second]) peer.request('BYE', { ...inDialog(call, 2), body: '' });
    await peer.hearStatus(200, 'BYE');
    await peer.hearStatus(200, 'BYE');
    peer.request('MESSAGE', { body: '' });
    await peer.hearStatus(480, 'MESSAGE');
    peer.request('OPTIONS', { body: '' });
    t.equal(
      (await peer.hearStatus(503, 'OPTIONS')).statusCode,
      503,
      'methods without a handler go to those connected',
    );
  },
);
