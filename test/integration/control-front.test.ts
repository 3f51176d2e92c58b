// What `proffer engine` is told by its settings, over real sockets: rules, the outbound proxy, applications that we connect to.
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:tls';
import t from 'tap';
import { CertificateFolder } from '../support/certificates.js';
import { waitUntil } from '../support/child-process.js';
import { FakeClock } from '../support/fake-clock.js';
import { inDialog, openEngine, portOf, sdp, secret, SipPeer, Srf } from './control-support.js';

t.test('REGISTER to an address is refused, to a domain it is for the application', async (t) => {
  const { controlPort, peer } = await openEngine(t, { rules: { refusesRegisterWithoutDomain: true } });
  const srf = new Srf() as InstanceType<typeof Srf> & {
    register(handler: Parameters<typeof srf.use>[0]): void;
  };
  srf.register((_request, response) => response.send(404));
  srf.connect({ host: '127.0.0.1', port: controlPort, secret });
  await new Promise<void>((resolve) => srf.once('connect', () => resolve()));
  t.teardown(() => srf.disconnect());
  for (const [uri, status] of [
    ['sip:127.0.0.1', 403],
    ['sip:192.0.2.1:5060', 403],
    ['sip:example.com', 404],
    ['sip:[::1]', 404],
  ] as const) {
    const { callId } = peer.request('REGISTER', { uri, body: '' });
    const final = await peer.hear((message) => message.callId === callId && message.statusCode >= 200);
    t.equal(final.statusCode, status, uri);
  }
});

t.test('the outbound proxy is the next hop of new requests that name none, and of no others', async (t) => {
  const proxy = await SipPeer.open(9);
  t.teardown(() => proxy.close());
  const { controlPort, peer } = await openEngine(t, { outboundProxy: `sip:127.0.0.1:${proxy.port}` });
  const srf = new Srf();
  srf.connect({ host: '127.0.0.1', port: controlPort, secret });
  await new Promise<void>((resolve) => srf.once('connect', () => resolve()));
  t.teardown(() => srf.disconnect());
  // A name that nobody can look up: it need not be.
  await srf.request('sip:bob@bob.invalid', { method: 'OPTIONS' });
  const sent = await proxy.hearRequest('OPTIONS');
  t.equal(sent.requestUri, 'sip:bob@bob.invalid');
  t.equal(sent.get('route'), undefined);
  await srf.request('sip:bob@bob.invalid', { method: 'OPTIONS', proxy: peer.uri });
  t.equal((await peer.hearRequest('OPTIONS')).requestUri, 'sip:bob@bob.invalid', 'its own proxy goes first');
});

t.test('tls://host:port of an application: it is verified, and then served', async (t) => {
  const folder = await CertificateFolder.make(t);
  const application = async (name: string, ips: readonly string[]): Promise<number> => {
    const files = await folder.leaf(name, { ips });
    const server = createTlsServer({ cert: readFileSync(files.certificate), key: readFileSync(files.key) });
    // drachtio-srf waits for the connections of a server; those of TLS are another event.
    const plain = createServer();
    server.on('secureConnection', (socket) => plain.emit('connection', socket));
    server.on('tlsClientError', () => undefined);
    const srf = new Srf();
    srf.on('error', () => undefined);
    srf.listen({ server: plain, secret });
    srf.invite((request, response) => void srf.createUAS(request, response, { localSdp: sdp }));
    srf.message((_request, response) => response.send(202));
    return portOf(server, t);
  };
  const right = await application('right', ['127.0.0.1']);
  const wrong = await application('wrong', ['192.0.2.1']);
  const own = await folder.leaf('engine');
  const { peer } = await openEngine(t, {
    tls: { ...own, authorities: folder.authority },
    handlers: [
      { sipMethod: 'INVITE', httpMethod: 'GET', uri: `tls://127.0.0.1:${right}`, mustVerifyPeer: true },
      { sipMethod: 'MESSAGE', httpMethod: 'GET', uri: `tls://127.0.0.1:${wrong}`, mustVerifyPeer: true },
    ],
  });
  const call = await peer.call();
  peer.request('BYE', { ...inDialog(call, 2), body: '' });
  await peer.hearStatus(200, 'BYE');
  const { callId } = peer.request('MESSAGE', { body: '' });
  const refused = await peer.hear((message) => message.callId === callId && message.statusCode >= 200);
  t.equal(refused.statusCode, 480, 'a certificate for another address');
});

t.test('an application that takes the connection and says nothing: 480 after four seconds', async (t) => {
  const clock = new FakeClock();
  const sockets: Socket[] = [];
  const silent = createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  const uri = `tcp://127.0.0.1:${await portOf(silent, t)}`;
  const { engine, peer } = await openEngine(t, {
    clock,
    handlers: [{ sipMethod: '*', httpMethod: 'GET', uri }],
  });
  peer.request('INVITE');
  await waitUntil('the engine has connected', () => sockets.length === 1);
  const closed = new Promise((resolve) => sockets[0]?.resume().once('close', resolve));
  clock.advance(3999);
  t.equal(engine.isIdle, false);
  clock.advance(1);
  await peer.hearStatus(480, 'INVITE');
  await closed;
  t.equal(engine.owners().size, 0, 'and the connection is closed');
});
