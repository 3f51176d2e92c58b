// Hostile TCP peers against one engine on real sockets: each is got rid of, and a good peer is served all the while.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { SipEngine } from '../../src/sip/index.js';
import type { EngineUser, SipEngineOptions } from '../../src/sip/index.js';
import { defaultTransportLimits } from '../../src/sip/index.js';
import { answering } from '../support/engine-bench.js';

const good = '127.0.0.9';
const bad = '127.0.0.66';

let serial = 0;
const options = (extra = '', body = '', length: number | string = body.length): string => {
  serial += 1;
  return (
    `OPTIONS sip:bob@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK${serial}\r\nFrom: <sip:a@x>;tag=1\r\n` +
    `To: <sip:b@x>\r\nCall-ID: ${serial}\r\nCSeq: 1 OPTIONS\r\n${extra}Content-Length: ${length}\r\n\r\n${body}`
  );
};

/** A peer that counts the statuses it gets. */
class Peer {
  readonly socket: Socket;
  readonly statuses: string[] = [];
  closed = false;
  #wake: () => void = () => undefined;
  /** The begin of a line whose end has not come: a status line may lie across two chunks. */
  #line = '';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      const lines = (this.#line + data.toString('latin1')).split('\r\n');
      this.#line = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('SIP/2.0 ')) this.statuses.push(line.slice(8, 11));
      this.#wake();
    });
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  static async connected(t: Test, port: number, localAddress: string): Promise<Peer> {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    t.teardown(() => socket.destroy());
    const peer = new Peer(socket);
    await once(socket, 'connect');
    return peer;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        // Another that waits for the same peer may have taken the wake.
        setTimeout(resolve, 50);
      });
    }
  }

  /** Asks once; resolves when it is answered. */
  async ask(): Promise<void> {
    const before = this.statuses.length;
    this.socket.write(options());
    await this.until(() => this.statuses.length > before || this.closed);
  }
}

interface Stage {
  readonly engine: SipEngine;
  readonly port: number;
  /** A well-behaved peer that is connected before the others come. */
  readonly alice: Peer;
  /** Alice is served, over her connection and over a new one. */
  readonly served: () => Promise<void>;
}

async function stage(t: Test, engineOptions: Partial<SipEngineOptions> = {}): Promise<Stage> {
  const engine = new SipEngine({
    listen: ['sip:127.0.0.1:0;transport=tcp'],
    isTrusted: ({ remoteAddress }) => remoteAddress === good,
    ...engineOptions,
  });
  const user: EngineUser = {
    admit: () => ({ kind: 'taken' }),
    onRequest: (exchange) => answering(200)(exchange, engine),
    onCancel: () => undefined,
    onAck: () => undefined,
    onResponse: () => undefined,
    onDialogEnded: () => undefined,
    onRouted: () => undefined,
  };
  engine.use(user);
  await engine.start();
  t.teardown(async () => engine.stop());
  const port = engine.localAddresses[0]?.port ?? 0;
  const alice = await Peer.connected(t, port, good);
  const served = async (): Promise<void> => {
    await alice.ask();
    const again = await Peer.connected(t, port, good);
    await again.ask();
    again.socket.destroy();
    t.equal(alice.closed, false);
    t.strictSame([alice.statuses.at(-1), again.statuses.at(-1)], ['200', '200'], 'the good peer is served');
  };
  return { engine, port, alice, served };
}

t.test(
  'peers that send a byte at a time are closed when their message does not become whole in time',
  async (t) => {
    const { engine, port, served } = await stage(t, {
      transportLimits: { ...defaultTransportLimits, partialMessageTimeoutMs: 400 },
    });
    const slow = await Promise.all(Array.from({ length: 20 }, async () => Peer.connected(t, port, bad)));
    const text = options();
    let at = 0;
    const drip = setInterval(() => {
      for (const { socket } of slow) if (socket.writable) socket.write(text.charAt(at % text.length));
      at += 1;
    }, 20);
    t.teardown(() => clearInterval(drip));
    await served();
    await Promise.all(slow.map(async (one) => one.until(() => one.closed)));
    clearInterval(drip);
    await served();
    t.equal(engine.openConnections <= 2, true);
  },
);

t.test('garbage and lies about Content-Length are answered where possible, and end the stream', async (t) => {
  const { engine, port, served } = await stage(t, {
    transportLimits: { ...defaultTransportLimits, partialMessageTimeoutMs: 200 },
  });
  const table: readonly (readonly [string, string, readonly string[]])[] = [
    ['nothing but garbage', `${'\x00\xff{}'.repeat(500)}\r\n\r\n`, []],
    ['garbage that has no end', 'A'.repeat(80_000), []],
    ['another protocol', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', []],
    ['a whole message, then garbage', `${options()}garbage\r\n\r\n`, ['200']],
    ['Content-Length too small: the rest is no message', options('', 'v=0\r\ngarbage\r\n\r\n', 3), ['200']],
    ['Content-Length too large: the body does not come', options('', 'v=0', 4000), []],
    ['Content-Length beyond the bound', options('', '', 99_999_999), ['513']],
    ['negative', options('', 'v=0', -3), ['400']],
    ['no number', options('', 'v=0', '0x3'), ['400']],
    ['beyond all numbers', options('', '', '99999999999999999999999'), ['400']],
    ['twice, and different', options('Content-Length: 10\r\n', 'v=0'), ['400']],
    ['twice, and equal', options('Content-Length: 3\r\n', 'v=0'), ['400']],
    ['twice, the other in compact form', options('l: 0\r\n', 'v=0'), ['400']],
    ['none', options().replace(/Content-Length: 0\r\n/, ''), ['400']],
    [
      'keep-alives, then a message in pieces of CRLF',
      `${'\r\n'.repeat(5000)}${options()}x: y\r\n\r\n`,
      ['200'],
    ],
  ];
  for (const [name, text, statuses] of table) {
    const peer = await Peer.connected(t, port, bad);
    peer.socket.write(Buffer.from(text, 'latin1'));
    await peer.until(() => peer.closed);
    t.strictSame(peer.statuses, statuses, name);
  }
  await served();
  t.equal(engine.openTransactions, 0);
});

t.test(
  'a flood of pipelined requests: a good peer gets every answer, another is cut off at its limit',
  async (t) => {
    const { engine, port, alice, served } = await stage(t, {
      guard: { messagesPerWindow: 100, windowMs: 60_000 },
    });
    const flood = Array.from({ length: 2000 }, () => options()).join('');
    const mallory = await Peer.connected(t, port, bad);
    mallory.socket.write(flood);
    await mallory.until(() => mallory.closed);
    t.ok(mallory.statuses.length <= 100, `${mallory.statuses.length} answers`);
    alice.socket.write(flood);
    await alice.until(() => alice.statuses.length >= 2000);
    await served();
    const again = await Peer.connected(t, port, bad);
    await again.until(() => again.closed);
    t.ok(engine.guardCounters.connections >= 1, 'it may not even connect');
  },
);

t.test('a peer that does not read makes the engine hold no more than the bound', async (t) => {
  const sendQueueBytes = 65_536;
  const { engine, port, served } = await stage(t, {
    transportLimits: { ...defaultTransportLimits, sendQueueBytes },
  });
  const deaf = await Peer.connected(t, port, bad);
  deaf.socket.pause();
  const total = 10_000;
  for (let sent = 0; sent < total; sent += 1000) {
    const isRoom = deaf.socket.write(Array.from({ length: 1000 }, () => options()).join(''));
    if (!isRoom) await once(deaf.socket, 'drain');
  }
  while ((engine.counters.requestsIn.get('OPTIONS') ?? 0) < total) await served();
  t.equal(engine.openTransactions, 0);
  deaf.socket.resume();
  await deaf.ask();
  t.ok(deaf.statuses.length < total, `${deaf.statuses.length} of ${total} answers were kept for it`);
  await served();
});

t.test('a flood of connections takes the places of its own source alone', async (t) => {
  const { engine, port, served } = await stage(t, {
    transportLimits: { ...defaultTransportLimits, maxConnectionsPerPeer: 20 },
  });
  const many = await Promise.all(Array.from({ length: 200 }, async () => Peer.connected(t, port, bad)));
  while (many.filter(({ closed }) => closed).length < 180) await new Promise(setImmediate);
  await served();
  t.ok(engine.openConnections <= 22, `${engine.openConnections} open`);
  for (const { socket } of many) socket.destroy();
});
