// The caller, and the destinations, of npm run bench:engine: a process of its own, whose CPU is not counted. It takes one
// order at a time by message and answers each with its result.
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { answerText, requestText } from './messages.js';

/** redirect: INVITE, 302, ACK. uas: INVITE, 200, ACK, BYE, 200. proxy: INVITE, 200 through the server to a destination. */
export type CallKind = 'redirect' | 'uas' | 'proxy';

export interface LoadOrder {
  readonly kind: CallKind;
  /** `host:port` of the server. */
  readonly server: string;
  /** Address that the calls come from. */
  readonly from: string;
  readonly calls: number;
  readonly callsPerSecond: number;
  /** Numbers of the callers, in turn. */
  readonly callers: readonly string[];
  /** Ports of 127.0.0.1 at which destinations answer. */
  readonly destinationPorts: readonly number[];
}

/** Calls that came to their end. */
export interface LoadResult {
  readonly answered: number;
}

async function open(port: number, address: string): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  await new Promise<void>((resolve) => socket.bind(port, address, () => resolve()));
  return socket;
}

async function destinationAt(port: number): Promise<Socket> {
  const socket = await open(port, '127.0.0.1');
  socket.on('message', (data: Buffer, from: RemoteInfo) => {
    const text = data.toString('latin1');
    if (text.startsWith('INVITE ')) {
      socket.send(Buffer.from(answerText(text, `127.0.0.1:${port}`), 'latin1'), from.port, from.address);
    }
  });
  return socket;
}

/** Of the floor the request itself comes back, and counts as its final answer. */
const isFinal = (text: string): boolean => !text.startsWith('SIP/2.0 1');

const isOfBye = (text: string): boolean => text.startsWith('BYE ') || /^CSeq: \d+ BYE/m.test(text);

async function place(order: LoadOrder): Promise<LoadResult> {
  const { kind, server, calls, callsPerSecond, callers } = order;
  const destinations = await Promise.all(order.destinationPorts.map(destinationAt));
  const socket = await open(0, order.from);
  const from = `${order.from}:${socket.address().port}`;
  const [host = '', port = ''] = server.split(':');
  const send = (text: string): void => socket.send(Buffer.from(text, 'latin1'), Number(port), host);
  const partyOf = (id: number) => ({ from, to: server, user: callers[id % callers.length] ?? '' });
  let ended = 0;
  /** How far each call is: a response that comes again counts once. */
  const progress = new Uint8Array(calls);
  socket.on('message', (data: Buffer) => {
    const text = data.toString('latin1');
    if (!isFinal(text)) return;
    const id = Number(/^Call-ID: (\d+)-/m.exec(text)?.[1]);
    if (kind === 'proxy' || (kind === 'uas' && isOfBye(text))) {
      if (progress[id] !== 2) ended += 1;
      progress[id] = 2;
      return;
    }
    const toTag = /^To: .*(;tag=[^\r\n]+)/m.exec(text)?.[1] ?? '';
    send(requestText('ACK', id, partyOf(id), kind === 'uas' ? `${toTag}2xx` : toTag));
    if (progress[id] !== 0) return;
    progress[id] = 1;
    if (kind === 'uas') send(requestText('BYE', id, partyOf(id), toTag));
    else ended += 1;
  });
  const started = performance.now();
  for (let id = 0; id < calls;) {
    const due = Math.min(calls, Math.floor(((performance.now() - started) * callsPerSecond) / 1000));
    for (; id < due; id += 1) send(requestText('INVITE', id, partyOf(id)));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  for (let wait = 0; ended < calls && wait < 500; wait += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const one of [socket, ...destinations]) one.close();
  return { answered: ended };
}

process.on('message', (order: LoadOrder) => {
  void place(order).then((result) => process.send?.(result));
});
