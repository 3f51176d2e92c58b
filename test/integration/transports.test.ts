// Whole calls between two drachtio-srf applications on two engines: IPv6 over every transport, and what is too large for UDP.
import t from 'tap';
import type { Test } from 'tap';
import { ControlServer } from '../../src/control/index.js';
import { SipEngine } from '../../src/sip/index.js';
import type { Protocol, SipEngineOptions } from '../../src/sip/index.js';
import { CertificateFolder } from '../support/certificates.js';
import { NameServer } from '../support/name-server.js';
import { sdp, secret, Srf } from './control-support.js';
import type { SrfApplication, SrfDialog, SrfRequest } from './control-support.js';

interface Node {
  readonly engine: SipEngine;
  readonly srf: SrfApplication;
  uri(protocol: Protocol): string;
}

const folder = await CertificateFolder.make(t);
const own = await folder.leaf('engine');
const tls = { ...own, authorities: folder.authority, clientCertificates: 'require' } as const;

async function open(t: Test, options: SipEngineOptions): Promise<Node> {
  const engine = new SipEngine(options);
  const control = new ControlServer(engine, { secret });
  await engine.start();
  const srf = new Srf();
  srf.on('error', () => undefined);
  const link = control.link({ methods: ['invite'] });
  srf.listen({ server: link.server, secret });
  link.connect();
  t.teardown(async () => {
    link.close();
    await control.close();
    await engine.stop();
  });
  await new Promise<void>((resolve) => srf.once('connect', () => resolve()));
  return {
    engine,
    srf,
    uri: (protocol) => {
      const { hostPort } = engine.localAddresses.find((one) => one.protocol === protocol)!;
      return `sip:bob@${hostPort};transport=${protocol}`;
    },
  };
}

const destroyed = async (dialog: SrfDialog): Promise<void> =>
  new Promise((resolve) => dialog.once('destroy', () => resolve()));

/** Answers calls, and hands out the request and the dialog of each. */
function answering(node: Node): () => Promise<{ request: SrfRequest; dialog: SrfDialog }> {
  const waiting: ((call: { request: SrfRequest; dialog: SrfDialog }) => void)[] = [];
  node.srf.invite((request, response) => {
    void node.srf.createUAS(request, response, { localSdp: sdp }).then((dialog) => {
      dialog.on('modify', (_request: SrfRequest, reply: { send(status: number, options: object): void }) =>
        reply.send(200, { body: sdp }),
      );
      waiting.shift()?.({ request, dialog });
    });
  });
  return async () => new Promise((resolve) => waiting.push(resolve));
}

t.test('RFC 5922 7.3: of the servers of a name, the one whose certificate is for it', async (t) => {
  const dns = await NameServer.start();
  t.teardown(() => dns.stop());
  const server = async (name: string): Promise<Node> => {
    const certificate = await folder.leaf(name, { dns: [name] });
    return open(t, { listen: ['sips:127.0.0.1:0'], tls: { ...tls, ...certificate } });
  };
  const [mallory, bob] = [await server('mallory.example'), await server('bob.example')];
  for (const [node, priority] of [
    [mallory, 10],
    [bob, 20],
  ] as const) {
    const port = node.engine.localAddresses[0]?.port ?? 0;
    dns.srv('_sips._tcp.bob.example', `host${priority}.bob.example:${port}`, priority);
    dns.a(`host${priority}.bob.example`, '127.0.0.1');
  }
  const heard: string[] = [];
  mallory.srf.invite((_request, response) => {
    heard.push('mallory');
    response.send(486);
  });
  const next = answering(bob);
  const alice = await open(t, {
    listen: ['sip:127.0.0.1:0', 'sips:127.0.0.1:0'],
    tls,
    dns: { servers: [dns.address] },
  });
  const coming = next();
  const dialog = await alice.srf.createUAC('sip:bob@bob.example;transport=tls', { localSdp: sdp });
  const called = await coming;
  t.equal(called.request.protocol, 'tls');
  t.strictSame(heard, [], 'the first server is not that of the name');
  t.equal(alice.engine.resolver.failed.failures, 1);
  const ended = destroyed(called.dialog);
  await dialog.destroy();
  await ended;
  dns.srv('_sips._tcp.carol.example', `host10.bob.example:${mallory.engine.localAddresses[0]?.port ?? 0}`);
  const alone = alice.srf.createUAC('sip:carol@carol.example;transport=tls', { localSdp: sdp });
  const status = await alone.then(
    () => 200,
    (error: unknown) => (error as { status?: number }).status,
  );
  t.equal(status, 503, 'with no other server the call fails');
  t.strictSame(heard, []);
});

const everywhere: SipEngineOptions = { listen: ['sip:[::1]:0;transport=udp,tcp', 'sips:[::1]:0'], tls };

t.test('calls over IPv6', async (t) => {
  const alice = await open(t, everywhere);
  const bob = await open(t, everywhere);
  const next = answering(bob);
  for (const protocol of ['udp', 'tcp', 'tls'] as const) {
    const coming = next();
    const dialog = await alice.srf.createUAC(bob.uri(protocol), { localSdp: sdp });
    const called = await coming;
    t.equal(called.request.protocol, protocol);
    t.equal(called.request.source_address, '::1');
    const suffix = protocol === 'udp' ? '' : `;transport=${protocol}`;
    const { hostPort } = alice.engine.localAddresses.find((one) => one.protocol === protocol)!;
    t.match(called.request.get('Contact'), `${hostPort}${suffix}`, protocol);
    t.match(called.request.get('Via'), `SIP/2.0/${protocol.toUpperCase()} ${hostPort};`);
    await dialog.modify(sdp);
    const ended = destroyed(dialog);
    await called.dialog.destroy();
    await ended;
  }
  t.equal(alice.engine.openConnections, 2, 'one of TCP and one of TLS, for everything in both directions');
});

t.test('an INVITE too large for UDP (RFC 3261 18.1.1)', async (t) => {
  const alice = await open(t, { listen: ['sip:127.0.0.1:0;transport=udp,tcp'] });
  const body = `${sdp}${'a=x:0123456789\r\n'.repeat(90)}`;
  const both = await open(t, { listen: ['sip:127.0.0.1:0;transport=udp,tcp'] });
  const udpOnly = await open(t, { listen: ['sip:127.0.0.1:0;transport=udp'] });
  for (const [bob, protocol] of [
    [both, 'tcp'],
    [udpOnly, 'udp'],
  ] as const) {
    const next = answering(bob);
    const coming = next();
    const dialog = await alice.srf.createUAC(bob.uri('udp'), { localSdp: body });
    const called = await coming;
    t.equal(called.request.protocol, protocol);
    t.match(called.request.get('Via'), `SIP/2.0/${protocol.toUpperCase()} `);
    const ended = destroyed(called.dialog);
    await dialog.destroy();
    await ended;
  }
  t.match(alice.engine.largeRequests, { movedToTcp: 2, fellBack: 1 });
});

t.test('a proxy between two networks tells each side its own address', async (t) => {
  const alice = await open(t, { listen: ['sip:127.0.0.1:0;transport=udp'] });
  const bob = await open(t, { listen: ['sip:127.0.0.1:0;transport=udp,tcp', 'sips:127.0.0.1:0'], tls });
  const proxy = await open(t, {
    listen: [
      'sip:127.0.0.1:0;transport=udp',
      { uri: 'sips:127.0.0.1:0', advertised: 'sip.example.com:5061' },
    ],
    tls,
  });
  proxy.srf.invite((request) => {
    void proxy.srf.proxyRequest(request, [bob.uri('tls')], { remainInDialog: true });
  });
  const next = answering(bob);
  const coming = next();
  const dialog = await alice.srf.createUAC(proxy.uri('udp'), { localSdp: sdp });
  const called = await coming;
  t.equal(called.request.protocol, 'tls');
  t.match(called.request.get('Via'), 'SIP/2.0/TLS sip.example.com:5061;');
  const routes = called.request.raw.split('\r\n').filter((line) => /^record-route:/i.test(line));
  t.match(
    routes.join(','),
    /<sip:sip\.example\.com:5061;transport=tls;lr;pk=\w+>.*<sip:127\.0\.0\.1:\d+;lr;pk=\w+>/,
  );
  const ended = destroyed(called.dialog);
  await dialog.destroy();
  await ended;
});

t.test(
  'where no call may wait, the first large INVITE goes over UDP and the peer is asked beside',
  async (t) => {
    const listen = ['sip:127.0.0.1:0;transport=udp,tcp'];
    const alice = await open(t, { listen, largeRequestsOverTcp: 'when-known' });
    const bob = await open(t, { listen });
    const body = `${sdp}${'a=x:0123456789\r\n'.repeat(90)}`;
    const next = answering(bob);
    const protocols: string[] = [];
    while (protocols.at(-1) !== 'tcp') {
      const coming = next();
      const dialog = await alice.srf.createUAC(bob.uri('udp'), { localSdp: body });
      const called = await coming;
      protocols.push(called.request.protocol);
      const ended = destroyed(called.dialog);
      await dialog.destroy();
      await ended;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    t.equal(protocols[0], 'udp');
  },
);
