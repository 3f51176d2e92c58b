// TLS of the transport on real sockets of the loopback: RFC 3261 26.2.1, RFC 5922; certificates made for the test.
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../../src/kernel/index.js';
import { createResponse, parseListenAddress, TransportLayer } from '../../../src/sip/index.js';
import type {
  Flow,
  SipMessage,
  SipTransportError,
  Target,
  TlsFiles,
  TransportLimits,
} from '../../../src/sip/index.js';
import { CertificateFolder } from '../../support/certificates.js';
import type { CertificateFiles } from '../../support/certificates.js';
import { accepted, textOf } from '../message/messages.js';

const folder = await CertificateFolder.make(t);
const ours = await folder.leaf('ours');

const filesOf = (
  files: CertificateFiles,
  clientCertificates: TlsFiles['clientCertificates'] = 'ignore',
  authorities = folder.authority,
): TlsFiles => ({ ...files, authorities, clientCertificates });

/** A transport on TLS that answers 200 to requests. */
class Peer {
  readonly got: { readonly message: SipMessage; readonly flow: Flow }[] = [];
  readonly layer: TransportLayer;
  #wake: () => void = () => undefined;

  constructor(tls: TlsFiles, limits: Partial<TransportLimits> = {}) {
    this.layer = new TransportLayer({
      log: silentLogger,
      tls,
      limits,
      onMessage: (message, flow) => {
        if (message.isRequest) {
          const { protocol, remoteAddress: address, remotePort: port } = flow;
          const response = createResponse(message, 200, undefined, 'peer');
          this.layer.send(response, { protocol, address, port, flow }, () => undefined);
        }
        this.got.push({ message, flow });
        this.#wake();
      },
      onBadMessage: () => undefined,
      onFlowClosed: () => this.#wake(),
    });
  }

  static async listening(
    t: Test,
    tls: TlsFiles = filesOf(ours),
    limits: Partial<TransportLimits> = {},
    on = 'sips:127.0.0.1:0',
  ): Promise<Peer> {
    const peer = new Peer(tls, limits);
    t.teardown(async () => peer.layer.close());
    await peer.layer.listen(parseListenAddress(on));
    return peer;
  }

  get port(): number {
    return this.layer.listenAddresses[0]?.port ?? 0;
  }

  target(serverName?: string): Target {
    return {
      protocol: 'tls',
      address: '127.0.0.1',
      port: this.port,
      ...(serverName === undefined ? {} : { serverName }),
    };
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async next(): Promise<{ readonly message: SipMessage; readonly flow: Flow }> {
    await this.until(() => this.got.length > 0);
    return this.got.shift()!;
  }
}

const request = (hostPort = 'client'): SipMessage =>
  accepted(
    textOf({ headers: { Via: `SIP/2.0/TLS ${hostPort};branch=z9hG4bK1;rport`, 'Content-Length': '0' } }),
  );
const failure = async (from: Peer, target: Target): Promise<SipTransportError> =>
  new Promise((resolve) => from.layer.send(request(), target, resolve));
const unexpected = (error: Error): void => {
  throw error;
};

t.test('a request and its response over TLS, and the connection is used again', async (t) => {
  const alice = await Peer.listening(t);
  const bob = await Peer.listening(t, filesOf(ours, 'require'));
  const { hostPort, protocol } = alice.layer.localFor(bob.target());
  t.equal(hostPort, `127.0.0.1:${alice.port}`);
  t.equal(protocol, 'tls');
  for (let i = 0; i < 2; i++) {
    alice.layer.send(request(hostPort), bob.target(), unexpected);
    const asked = await bob.next();
    t.equal(asked.flow.protocol, 'tls');
    t.strictSame(asked.flow.peerIdentities, ['127.0.0.1', '::1'], 'whom the client certificate speaks for');
    const answered = await alice.next();
    t.equal(answered.message.statusCode, 200);
  }
  t.equal(bob.layer.connectionCount, 1, 'and the handshake is no longer counted');
});

t.test('over IPv6', async (t) => {
  const bob = await Peer.listening(t, filesOf(ours), {}, 'sips:[::]:0');
  const alice = await Peer.listening(t, filesOf(ours), {}, 'sips:[::1]:0');
  alice.layer.send(request(), { protocol: 'tls', address: '::1', port: bob.port }, unexpected);
  t.equal((await bob.next()).flow.localAddress, '::1');
  t.equal((await alice.next()).message.statusCode, 200);
});

t.test('the certificate must be that of the one we called (RFC 5922 7.3)', async (t) => {
  const alice = await Peer.listening(t);
  const cases = [
    { leaf: { uris: ['sip:example.com'] }, called: 'example.com', isGood: true },
    { leaf: { uris: ['sip:example.com'], dns: ['other.example'] }, called: 'EXAMPLE.com', isGood: true },
    { leaf: { dns: ['sip.example.com'] }, called: 'sip.example.com', isGood: true },
    { leaf: { dns: ['*.example.com'] }, called: 'sip.example.com', isGood: true },
    { leaf: { cn: 'sip.example.com' }, called: 'sip.example.com', isGood: true },
    { leaf: { ips: ['127.0.0.1'] }, called: undefined, isGood: true },
    { leaf: { uris: ['sip:127.0.0.1'] }, called: undefined, isGood: true },
    { leaf: { uris: ['sip:alice@example.com'] }, called: 'example.com', isGood: false },
    { leaf: { uris: ['https://example.com'] }, called: 'example.com', isGood: false },
    { leaf: { dns: ['other.example'] }, called: 'example.com', isGood: false },
    { leaf: { dns: ['other.example'], cn: 'example.com' }, called: 'example.com', isGood: false },
    { leaf: { ips: ['192.0.2.1'] }, called: undefined, isGood: false },
    { leaf: { dns: ['localhost'] }, called: undefined, isGood: false },
  ];
  for (const [index, { leaf, called, isGood }] of cases.entries()) {
    const bob = await Peer.listening(t, filesOf(await folder.leaf(`case${index}`, leaf)));
    const what = `${JSON.stringify(leaf)} for ${called ?? '127.0.0.1'}`;
    if (isGood) {
      alice.layer.send(request(), bob.target(called), unexpected);
      const { flow } = await alice.next();
      t.equal(flow.serverName, called, what);
    } else {
      t.match(
        await failure(alice, bob.target(called)),
        { code: 'SIP_TLS_PEER', message: 'its certificate is for another' },
        what,
      );
      t.equal(bob.got.length, 0, 'nothing was sent to it');
    }
    await bob.layer.close();
  }
});

t.test('a peer of an authority that we do not know, or whose certificate has expired', async (t) => {
  const alice = await Peer.listening(t);
  const strangers = await CertificateFolder.make(t, 'Strangers');
  const stranger = await Peer.listening(t, filesOf(await strangers.leaf('stranger')));
  t.match(await failure(alice, stranger.target()), { code: 'SIP_TLS_PEER', message: /add it to the/ });
  const old = { ips: ['127.0.0.1'], notAfter: new Date(Date.now() - 86_400_000) };
  const expired = await Peer.listening(t, filesOf(await folder.leaf('expired', old)));
  t.match(await failure(alice, expired.target()), { code: 'SIP_TLS_PEER', message: /has expired/ });
});

t.test(
  'one address under two names is two connections, and a Contact is called under the name',
  async (t) => {
    const both = await folder.leaf('both', { dns: ['a.example', 'b.example'] });
    const alice = await Peer.listening(t);
    const bob = await Peer.listening(t, filesOf(both));
    alice.layer.send(request(), bob.target('a.example'), unexpected);
    const { flow } = await alice.next();
    alice.layer.send(request(), bob.target('b.example'), unexpected);
    t.not((await alice.next()).flow.connectionId, flow.connectionId);
    const { connectionId: _gone, ...closed } = flow;
    alice.layer.send(request(), { ...bob.target(), flow: closed }, unexpected);
    t.equal((await alice.next()).flow.serverName, 'a.example', 'its own address would not pass');
  },
);

/** Connects as a client does; resolves with the socket, or with null when it was refused. */
async function client(t: Test, port: number, files?: CertificateFiles): Promise<TLSSocket | null> {
  const own =
    files === undefined ? {} : { cert: readFileSync(files.certificate), key: readFileSync(files.key) };
  const socket = connect({ port, host: '127.0.0.1', ca: readFileSync(folder.authority), ...own });
  t.teardown(() => socket.destroy());
  return new Promise((resolve) => {
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(null));
    // Of TLS 1.3 a refusal comes after the client believes that it is connected.
    socket.once('data', () => resolve(socket));
    socket.once('secureConnect', () => socket.write(`\r\n\r\n`));
  });
}

t.test('client certificates are ignored, asked for or required', async (t) => {
  const strangers = await CertificateFolder.make(t, 'Strangers');
  const good = await folder.leaf('client', { uris: ['sip:trunk.example'], dns: ['Trunk.example'] });
  const bad = await strangers.leaf('client');
  const cases = [
    { policy: 'ignore', files: undefined, isIn: true, identities: undefined },
    { policy: 'ignore', files: good, isIn: true, identities: undefined },
    { policy: 'request', files: undefined, isIn: true, identities: undefined },
    { policy: 'request', files: bad, isIn: true, identities: undefined },
    { policy: 'request', files: good, isIn: true, identities: ['trunk.example'] },
    { policy: 'require', files: undefined, isIn: false, identities: undefined },
    { policy: 'require', files: bad, isIn: false, identities: undefined },
    { policy: 'require', files: good, isIn: true, identities: ['trunk.example'] },
  ] as const;
  for (const { policy, files, isIn, identities } of cases) {
    const bob = await Peer.listening(t, filesOf(ours, policy));
    const socket = await client(t, bob.port, files);
    const what = `${policy}, ${files === undefined ? 'none' : files === good ? 'a good one' : 'a bad one'}`;
    t.equal(socket !== null, isIn, what);
    if (socket !== null) {
      socket.write(request().toString());
      t.strictSame((await bob.next()).flow.peerIdentities, identities, what);
    }
    await bob.layer.close();
  }
});

t.test('half-open handshakes are bounded in number and in time', async (t) => {
  const limits = { maxTlsHandshakes: 2, tlsHandshakeTimeoutMs: 300 };
  const bob = await Peer.listening(t, filesOf(ours), limits);
  const open = async (): Promise<{ readonly closed: Promise<unknown> }> => {
    const socket = connectTcp(bob.port, '127.0.0.1').on('error', () => undefined);
    t.teardown(() => socket.destroy());
    const closed = once(socket, 'close');
    socket.resume();
    await once(socket, 'connect');
    return { closed };
  };
  const first = await open();
  const second = await open();
  const third = await open();
  await third.closed;
  t.equal(bob.layer.refusedConnections, 1);
  t.ok(bob.layer.connectionCount <= 2);
  await Promise.all([first.closed, second.closed]);
  t.ok(await client(t, bob.port), 'and room again for one who means it');
  t.equal(bob.layer.connectionCount, 1);

  const narrow = await Peer.listening(t, filesOf(ours), { maxConnectionsPerPeer: 1 });
  t.ok(await client(t, narrow.port));
  t.equal(await client(t, narrow.port), null, 'a TLS connection counts as one of its peer');
  t.equal(narrow.layer.refusedConnections, 1);
});

t.test('certificates are taken over while connections live on', async (t) => {
  const certificate = join(folder.path, 'live.pem');
  const key = join(folder.path, 'live.key');
  const put = (files: CertificateFiles): void => {
    copyFileSync(files.certificate, certificate);
    copyFileSync(files.key, key);
  };
  put(ours);
  const bob = await Peer.listening(t, filesOf({ certificate, key }));
  const before = await client(t, bob.port);
  const newer = await folder.leaf('newer', { cn: 'newer', ips: ['127.0.0.1'] });
  writeFileSync(key, readFileSync(newer.key));
  await t.rejects(bob.layer.reloadCertificates(), { code: 'SIP_TLS_CERTIFICATE', message: key });
  const still = await client(t, bob.port);
  t.equal(still?.getPeerCertificate().subject.CN, 'ours', 'half of a change is none');
  put(newer);
  await bob.layer.reloadCertificates();
  const after = await client(t, bob.port);
  t.equal(after?.getPeerCertificate().subject.CN, 'newer');
  before?.write(request().toString());
  t.equal((await bob.next()).message.method, 'INVITE', 'who was there before stays');
});

t.test('files that cannot be used are named, with what to do', async (t) => {
  const other = await folder.leaf('other');
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder.path, name), text);
    return join(folder.path, name);
  };
  const locked = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----\n';
  const cases: readonly (readonly [Partial<TlsFiles>, RegExp])[] = [
    [
      { certificate: '/nowhere/a.pem' },
      /certificate \/nowhere\/a\.pem cannot be read: there is no such file/,
    ],
    [{ key: folder.path }, /key .* cannot be read: it is a directory/],
    [{ key: other.key }, /other\.key does not belong to the first certificate of .*ours\.pem/],
    [{ key: write('locked.key', locked) }, /locked\.key has a passphrase/],
    [{ key: ours.certificate }, /ours\.pem is no private key/],
    [{ certificate: ours.key }, /certificate .*ours\.key has no certificate/],
    [
      { authorities: write('a.pem', '-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----') },
      /authorities .*a\.pem has a cert/,
    ],
  ];
  for (const [change, message] of cases) {
    const peer = new Peer({ ...filesOf(ours), ...change });
    await t.rejects(
      peer.layer.listen(parseListenAddress('sips:127.0.0.1:0')),
      { code: 'SIP_TLS_CERTIFICATE', message },
      message.source,
    );
    t.strictSame(peer.layer.listenAddresses, []);
  }
});

t.test('without files there is no TLS, either way', async (t) => {
  const layer = new TransportLayer({
    log: silentLogger,
    onMessage: () => undefined,
    onBadMessage: () => undefined,
  });
  t.teardown(async () => layer.close());
  await t.rejects(layer.listen(parseListenAddress('sips:127.0.0.1:0')), {
    code: 'SIP_LISTEN_ADDRESS',
    message: /certificate/,
  });
  await layer.listen(parseListenAddress('sip:127.0.0.1:0'));
  const target: Target = { protocol: 'tls', address: '127.0.0.1', port: 1 };
  const error = await new Promise<SipTransportError>((resolve) => layer.send('x', target, resolve));
  t.equal(error.code, 'SIP_NO_ROUTE');
});
