// The transport on real sockets of the loopback; times are those of a clock that tests move.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../../src/kernel/index.js';
import { createResponse, parseListenAddress, SipMessage, TransportLayer } from '../../../src/sip/index.js';
import type {
  Flow,
  Refused,
  SipTransportError,
  Target,
  TransportLayerOptions,
} from '../../../src/sip/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { freePort } from '../../support/free-port.js';
import { accepted, textOf } from '../message/messages.js';

interface Received {
  readonly message: SipMessage | Refused;
  readonly flow: Flow;
}

/** A transport that answers 200 to requests and what is due to bad ones, and keeps what it got. */
class Peer {
  readonly clock = new FakeClock();
  readonly got: Received[] = [];
  readonly closedFlows: Flow[] = [];
  readonly layer: TransportLayer;
  #wake: () => void = () => undefined;

  constructor(options: Partial<TransportLayerOptions> = {}) {
    this.layer = new TransportLayer({
      log: silentLogger,
      clock: this.clock,
      onMessage: (message, flow) => {
        if (message.isRequest) this.#answer(createResponse(message, 200, undefined, 'peer'), flow);
        this.#keep({ message, flow });
      },
      onBadMessage: (message, flow) => {
        if (message.partial !== null)
          this.#answer(createResponse(message.partial, message.status, message.reason), flow);
        this.#keep({ message, flow });
      },
      onFlowClosed: (flow) => {
        this.closedFlows.push(flow);
        this.#wake();
      },
      ...options,
    });
  }

  static async listening(t: Test, on: string, options: Partial<TransportLayerOptions> = {}): Promise<Peer> {
    const peer = new Peer(options);
    t.teardown(async () => peer.layer.close());
    await peer.layer.listen(parseListenAddress(on));
    return peer;
  }

  get port(): number {
    return this.layer.listenAddresses[0]?.port ?? 0;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** Waits for the next that it gets. */
  async next(): Promise<Received> {
    await this.until(() => this.got.length > 0);
    return this.got.shift()!;
  }

  #answer(response: SipMessage, flow: Flow): void {
    const { protocol, remoteAddress, remotePort } = flow;
    this.layer.send(response, { protocol, address: remoteAddress, port: remotePort, flow }, () => undefined);
  }

  #keep(received: Received): void {
    this.got.push(received);
    this.#wake();
  }
}

const request = (via: string): string => textOf({ headers: { Via: via, 'Content-Length': '0' } });
const failed = async (layer: TransportLayer, target: Target, message: SipMessage | string = 'x') =>
  new Promise<SipTransportError>((resolve) => layer.send(message, target, resolve));
const unexpected = (error: Error): void => {
  throw error;
};

/** What a plain TCP client reads until `enough` says so or the connection ends. */
async function readUntil(socket: Socket, enough: (text: string) => boolean): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (enough(text)) resolve(text);
    });
    socket.on('close', () => resolve(text));
  });
}

async function client(t: Test, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

for (const protocol of ['udp', 'tcp'] as const) {
  t.test(`a request and its response over ${protocol}`, async (t) => {
    const alice = await Peer.listening(t, `sip:127.0.0.1:0;transport=${protocol}`);
    const bob = await Peer.listening(t, `sip:0.0.0.0:0;transport=${protocol}`);
    const target: Target = { protocol, address: '127.0.0.1', port: bob.port };
    const { hostPort } = alice.layer.localFor(target);
    t.equal(hostPort, `127.0.0.1:${alice.port}`);
    const body = '\0\xff\r\n\r\n\x80';
    const message = accepted(request(`SIP/2.0/${protocol.toUpperCase()} ${hostPort};rport;branch=z9hG4bK1`));
    message.body = body;
    alice.layer.send(message, target, unexpected);
    const asked = await bob.next();
    t.ok(
      asked.message instanceof SipMessage && asked.message.body === body,
      'the body is intact to the byte',
    );
    t.equal(asked.flow.localAddress, '127.0.0.1', 'a wildcard address is made concrete');
    t.equal(asked.flow.localPort, bob.port);
    const answered = await alice.next();
    t.ok(answered.message instanceof SipMessage && answered.message.statusCode === 200);
    const via = (answered.message as SipMessage).topVia();
    t.equal(via?.param('received'), '127.0.0.1');
    t.equal(via?.param('rport'), String(asked.flow.remotePort));
    if (protocol === 'tcp') {
      alice.layer.send(message, target, unexpected);
      const again = await bob.next();
      t.equal(again.flow.connectionId, asked.flow.connectionId, 'the connection is used again');
      t.equal(bob.layer.connectionCount, 1);
    }
  });
}

t.test('over IPv6', async (t) => {
  const bob = await Peer.listening(t, 'sip:[::]:0');
  const alice = await Peer.listening(t, 'sip:[::1]:0');
  for (const protocol of ['udp', 'tcp'] as const) {
    const target: Target = { protocol, address: '::1', port: bob.port };
    const { hostPort } = alice.layer.localFor(target);
    t.equal(hostPort, `[::1]:${alice.port}`);
    alice.layer.send(request(`SIP/2.0/UDP ${hostPort};branch=z9hG4bK1`), target, unexpected);
    const { message, flow } = await bob.next();
    t.equal(flow.localAddress, '::1');
    t.equal((message as SipMessage).get('via'), `SIP/2.0/UDP ${hostPort};branch=z9hG4bK1`, 'nothing to note');
  }
});

t.test('one free port for both protocols, and the real one is told', async (t) => {
  const { layer } = await Peer.listening(t, 'sip:127.0.0.1:0;transport=udp,tcp');
  const [udp, tcp] = layer.listenAddresses;
  t.not(udp?.port, 0);
  t.equal(udp?.port, tcp?.port);
});

t.test('what cannot be listened on', async (t) => {
  const taken = await Peer.listening(t, 'sip:127.0.0.1:0');
  for (const protocol of ['udp', 'tcp']) {
    const peer = new Peer();
    await t.rejects(
      peer.layer.listen(parseListenAddress(`sip:127.0.0.1:${taken.port};transport=${protocol}`)),
      {
        code: 'SIP_PORT_IN_USE',
        message: `cannot listen on 127.0.0.1:${taken.port}/${protocol}: the port is in use; stop the program that has it or set another port`,
      },
    );
    t.strictSame(peer.layer.listenAddresses, []);
  }
  const server = createServer().listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const half = new Peer();
  const { port } = server.address() as AddressInfo;
  await t.rejects(half.layer.listen(parseListenAddress(`sip:127.0.0.1:${port}`)), {
    code: 'SIP_PORT_IN_USE',
  });
  t.strictSame(half.layer.listenAddresses, [], 'all or none');
  await t.rejects(new Peer().layer.listen(parseListenAddress('sip:192.0.2.77:0')), {
    code: 'SIP_LISTEN_ADDRESS',
  });
});

t.test('what cannot be sent', async (t) => {
  const { layer } = await Peer.listening(t, 'sip:127.0.0.1:0');
  const local = { address: '127.0.0.1', port: 1 } as const;
  t.equal(
    (await failed(layer, { protocol: 'tcp', ...local })).code,
    'SIP_CONNECT_FAILED',
    'connection refused',
  );
  t.equal((await failed(layer, { protocol: 'udp', address: '::1', port: 5060 })).code, 'SIP_NO_ROUTE');
  t.equal(
    (await failed(layer, { protocol: 'udp', ...local }, 'x'.repeat(65_508))).code,
    'SIP_MESSAGE_TOO_LARGE',
  );
  await layer.close();
  t.equal((await failed(layer, { protocol: 'udp', ...local })).code, 'SIP_TRANSPORT_CLOSED');
});

t.test('a connection that does not come about in time', async (t) => {
  const peer = await Peer.listening(t, 'sip:127.0.0.1:0;transport=tcp', {
    limits: { connectTimeoutMs: 500 },
  });
  // A connection is only made on a later turn, and time is up before that.
  const error = failed(peer.layer, { protocol: 'tcp', address: '127.0.0.1', port: peer.port });
  peer.clock.advance(500);
  t.equal((await error).code, 'SIP_CONNECT_TIMEOUT');
});

t.test('a send queue is bounded', async (t) => {
  const mute = createServer((socket) => socket.pause()).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const { layer } = await Peer.listening(t, 'sip:127.0.0.1:0;transport=tcp', {
    limits: { sendQueueBytes: 50_000 },
  });
  const target: Target = {
    protocol: 'tcp',
    address: '127.0.0.1',
    port: (mute.address() as AddressInfo).port,
  };
  const errors: string[] = [];
  for (let i = 0; i < 6; i++) layer.send('x'.repeat(10_000), target, (error) => errors.push(error.code));
  await new Promise((resolve) => setImmediate(resolve));
  t.strictSame(errors, ['SIP_SEND_QUEUE_FULL']);
  await layer.close();
  mute.close();
});

t.test('connections are bounded, for each peer and in all', async (t) => {
  for (const limits of [{ maxConnectionsPerPeer: 2 }, { maxConnections: 2 }]) {
    const peer = await Peer.listening(t, 'sip:127.0.0.1:0;transport=tcp', { limits });
    const first = await client(t, peer.port);
    await client(t, peer.port);
    const third = await client(t, peer.port);
    t.equal(await readUntil(third, () => false), '', 'closed at once');
    t.equal(peer.layer.connectionCount, 2);
    t.equal(peer.layer.refusedConnections, 1);
    const error = await failed(peer.layer, { protocol: 'tcp', address: '127.0.0.1', port: 1 });
    t.equal(error.code, 'SIP_TOO_MANY_CONNECTIONS');
    first.destroy();
    await peer.until(() => peer.closedFlows.length === 1);
    t.equal(peer.layer.connectionCount, 1, 'and one that goes makes room');
  }
});

t.test('messages split and joined at will over TCP', async (t) => {
  const peer = await Peer.listening(t, 'sip:127.0.0.1:0;transport=tcp');
  const socket = await client(t, peer.port);
  const text = request('SIP/2.0/TCP client;branch=z9hG4bK1');
  socket.write(text + text + text.slice(0, 40));
  await peer.next();
  await peer.next();
  socket.write(text.slice(40, 41));
  socket.write(text.slice(41));
  await peer.next();
  socket.write('\r\n\r\n');
  const read = await readUntil(socket, (all) => all.endsWith('\r\n\r\n\r\n'));
  t.equal(read.match(/^SIP\/2\.0 200 OK\r$/gm)?.length, 3);
  t.equal(read.endsWith('\r\n\r\n\r\n'), true, 'and the ping is answered (RFC 5626 4.4.1)');
});

t.test('a stream error is answered, then the connection is closed', async (t) => {
  for (const [text, answer] of [
    [textOf({ headers: { 'Content-Length': '99999999' } }), 'SIP/2.0 513 Message Too Large\r\n'],
    [textOf({ headers: { 'Content-Length': '-1' } }), 'SIP/2.0 400 Malformed Content-Length\r\n'],
    [textOf(), 'SIP/2.0 400 Missing Content-Length\r\n'],
    [textOf({ lines: `X: ${'y'.repeat(70_000)}\r\n` }), 'SIP/2.0 400 Header Too Long\r\n'],
    ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', ''],
    ['z'.repeat(70_000), ''],
  ] as const) {
    const peer = await Peer.listening(t, 'sip:127.0.0.1:0;transport=tcp');
    const socket = await client(t, peer.port);
    socket.write(text, 'latin1');
    const read = await readUntil(socket, () => false);
    t.equal(read.slice(0, answer.length), answer, text.slice(0, 20));
    if (answer === '') t.equal(read, '', 'nothing is said to what is not SIP');
    t.equal(peer.got.length, 1);
  }
});

t.test('slow garbage and idle connections are closed', async (t) => {
  const limits = { partialMessageTimeoutMs: 1000, idleTimeoutMs: 60_000 };
  const peer = await Peer.listening(t, 'sip:127.0.0.1:0;transport=tcp', { limits });
  const sound = await client(t, peer.port);
  sound.write(request('SIP/2.0/TCP client;branch=z9hG4bK1'));
  await peer.next();
  const slow = await client(t, peer.port);
  const slowPort = slow.localPort;
  // The ping's answer shows that what was written before it has come.
  slow.write('\r\n\r\nINVITE sip:b');
  await readUntil(slow, (text) => text === '\r\n');
  peer.clock.advance(999);
  t.equal(peer.closedFlows.length, 0);
  peer.clock.advance(1);
  await peer.until(() => peer.closedFlows.length === 1);
  t.equal(peer.closedFlows[0]?.remotePort, slowPort);
  t.equal(peer.layer.connectionCount, 1);
  peer.clock.advance(60_000);
  await readUntil(sound, () => false);
  await peer.until(() => peer.closedFlows.length === 2);
  t.equal(peer.layer.connectionCount, 0);
});

t.test('datagrams: keep-alives say nothing, bad ones are reported, others go on', async (t) => {
  const peer = await Peer.listening(t, 'sip:127.0.0.1:0;transport=udp');
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  const mismatch = textOf({ headers: { CSeq: '1 BYE', Via: 'SIP/2.0/UDP h;rport;branch=z9hG4bK1' } });
  for (const text of ['\r\n\r\n', '', '\0', '\r\n', 'garbage', mismatch, textOf()]) {
    socket.send(Buffer.from(text, 'latin1'), peer.port, '127.0.0.1');
  }
  const first = await peer.next();
  t.equal((first.message as Refused).partial, null);
  const second = await peer.next();
  const { reason, partial } = second.message as Refused;
  t.equal(reason, 'CSeq Method Mismatch');
  t.equal(
    partial?.topVia()?.param('rport'),
    String(second.flow.remotePort),
    'so that the answer finds its way',
  );
  const third = await peer.next();
  t.equal((third.message as SipMessage).method, 'INVITE');
  t.equal(third.flow.remotePort, socket.address().port);
});

t.test('a handler that throws breaks nothing', async (t) => {
  let calls = 0;
  let wake: () => void = () => undefined;
  const peer = await Peer.listening(t, 'sip:127.0.0.1:0;transport=udp', {
    onMessage: () => {
      calls++;
      wake();
      throw new Error('handler');
    },
  });
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  for (const count of [1, 2]) {
    const called = new Promise<void>((resolve) => (wake = resolve));
    socket.send(textOf(), peer.port, '127.0.0.1');
    await called;
    t.equal(calls, count);
  }
});

t.test('the advertised host is what peers are told', async (t) => {
  const peer = new Peer();
  t.teardown(async () => peer.layer.close());
  await peer.layer.listen([
    { protocol: 'udp', address: '127.0.0.1', port: 0, advertised: 'sip.example.com' },
    { protocol: 'tcp', address: '127.0.0.1', port: 0, advertised: 'sip.example.com:15060' },
  ]);
  const target = { address: '127.0.0.1', port: 5060 } as const;
  t.equal(peer.layer.localFor({ protocol: 'udp', ...target }).hostPort, `sip.example.com:${peer.port}`);
  t.equal(peer.layer.localFor({ protocol: 'tcp', ...target }).hostPort, 'sip.example.com:15060');
});

t.test('a silent connection of ours is pinged, and closed when a peer that answered is mute', async (t) => {
  const limits = { pingIntervalMs: 100_000, pongTimeoutMs: 50_000, idleTimeoutMs: 1_000_000 };
  const peer = await Peer.listening(t, 'sip:127.0.0.1:0;transport=tcp', { limits });
  const words = request('SIP/2.0/TCP server;branch=z9hG4bK2');
  let isMute = false;
  const server = createServer((socket) => {
    t.teardown(() => socket.destroy());
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      if (text.startsWith('INVITE')) socket.write(words);
      if (!/(^|\r\n\r\n)\r\n\r\n$/.test(text)) return;
      // What comes after its pong shows the test that the pong has come.
      if (!isMute) socket.write(`\r\n${words}`);
    });
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  peer.layer.send(words, { protocol: 'tcp', address: '127.0.0.1', port }, unexpected);
  await peer.next();
  for (let i = 0; i < 2; i++) {
    peer.clock.advance(100_000);
    await peer.next();
  }
  t.equal(peer.layer.connectionCount, 1);
  isMute = true;
  peer.clock.advance(300_000);
  await peer.until(() => peer.closedFlows.length === 1);
  t.equal(peer.layer.connectionCount, 0);
});

t.test('of several listeners the one that the peer can answer to', async (t) => {
  const { layer } = await Peer.listening(t, 'sip:127.0.0.1:0;transport=udp');
  const two = new Peer();
  t.teardown(async () => two.layer.close());
  await two.layer.listen([
    ...parseListenAddress('sip:127.0.0.2:0;transport=udp', '203.0.113.2'),
    ...parseListenAddress('sip:127.0.0.1:0;transport=udp'),
    ...parseListenAddress(`sip:127.0.0.1:${await freePort()};transport=udp`, '203.0.113.1'),
  ]);
  const of = (address: string, advertised?: string) =>
    two.layer.listenAddresses.find((one) => one.address === address && one.advertised === advertised);
  const inside = of('127.0.0.1');
  const outside = of('127.0.0.1', '203.0.113.1');
  const toward = (address: string, port = 5060): string =>
    two.layer.localFor({ protocol: 'udp', address, port }).hostPort;
  t.equal(
    toward('127.0.0.1'),
    `127.0.0.1:${inside?.port}`,
    'that of the route; a private peer sees it as it is',
  );
  t.match(toward('192.0.2.9'), /^203\.0\.113\.[12]:/, 'a public peer one that is advertised');
  const flow: Flow = {
    protocol: 'udp',
    localAddress: '127.0.0.1',
    localPort: outside?.port ?? 0,
    remoteAddress: '127.0.0.1',
    remotePort: layer.listenAddresses[0]?.port ?? 0,
  };
  const { hostPort } = two.layer.localFor({ protocol: 'udp', address: '127.0.0.1', port: 5060, flow });
  t.equal(hostPort, `203.0.113.1:${outside?.port}`, 'a response leaves by the socket of its request');
});
