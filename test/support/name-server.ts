// A DNS server on loopback, UDP and TCP, whose records a test sets: it can be slow, silent, refuse and truncate.
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket as UdpSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import {
  decode,
  encode,
  RECURSION_DESIRED,
  streamDecode,
  streamEncode,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import type { Answer, Packet, Question } from 'dns-packet';
import { freePort } from './free-port.js';

export type RecordType = 'A' | 'AAAA' | 'SRV' | 'NAPTR';
/** How a name, or all of them, behaves; `truncated`: the answer comes over TCP alone. */
export type Behaviour = 'answer' | 'silent' | 'nxdomain' | 'servfail' | 'truncated';

const rcodes = { nxdomain: 3, servfail: 2 } as const;

export class NameServer {
  /** Questions that came, as `A bob.example`, in order. */
  readonly asked: string[] = [];
  /** For every name that has none of its own. */
  behaviour: Behaviour = 'answer';
  delayMs = 0;
  /** Of all records. */
  ttlSeconds = 60;
  readonly behaviours = new Map<string, Behaviour>();
  readonly #records = new Map<string, Answer[]>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #connections = new Set<Socket>();

  private constructor(
    readonly port: number,
    private readonly udp: UdpSocket,
    private readonly tcp: Server,
  ) {
    udp.on('message', (data, from) => this.#overUdp(data, from));
    tcp.on('connection', (socket) => this.#overTcp(socket));
  }

  static async start(): Promise<NameServer> {
    const port = await freePort();
    const udp = createSocket('udp4');
    const tcp = createServer();
    await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
    await new Promise<void>((resolve) => tcp.listen(port, '127.0.0.1', resolve));
    return new NameServer(port, udp, tcp);
  }

  /** As in `dns.servers`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Questions of one type and name that came. */
  count(type: RecordType, name: string): number {
    return this.asked.filter((one) => one === `${type} ${name}`).length;
  }

  a(name: string, ...addresses: string[]): this {
    for (const data of addresses) this.#add(name, data.includes(':') ? 'AAAA' : 'A', data);
    return this;
  }

  /** @param target `host:port` */
  srv(name: string, target: string, priority = 0, weight = 0): this {
    const [host = '', port] = target.split(':');
    return this.#add(name, 'SRV', { priority, weight, port: Number(port), target: host });
  }

  naptr(name: string, service: string, replacement: string, order = 10): this {
    const data = { order, preference: 10, flags: 's', services: service, regexp: '', replacement };
    return this.#add(name, 'NAPTR', data);
  }

  remove(name: string): void {
    this.#records.delete(name);
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#connections) socket.destroy();
    await new Promise<void>((resolve) => this.udp.close(() => resolve()));
    await new Promise<void>((resolve) => this.tcp.close(() => resolve()));
  }

  #add(name: string, type: RecordType, data: unknown): this {
    const records = this.#records.get(name) ?? [];
    // The types of dns-packet leave out what it can do with NAPTR.
    records.push({ type, name, class: 'IN', data } as unknown as Answer);
    this.#records.set(name, records);
    return this;
  }

  #overUdp(data: Buffer, from: RemoteInfo): void {
    this.#answer(decode(data), false, (packet) => this.udp.send(encode(packet), from.port, from.address));
  }

  #overTcp(socket: Socket): void {
    this.#connections.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#connections.delete(socket));
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      this.#answer(streamDecode(received), true, (packet) => socket.write(streamEncode(packet)));
      received = Buffer.alloc(0);
    });
  }

  #answer(query: Packet, isTcp: boolean, send: (packet: Packet) => void): void {
    const question = query.questions?.[0];
    if (question === undefined) return;
    this.asked.push(`${question.type} ${question.name}`);
    const behaviour = this.behaviours.get(question.name) ?? this.behaviour;
    if (behaviour === 'silent') return;
    const packet = this.#packet(query, question, behaviour, isTcp);
    if (this.delayMs === 0) {
      send(packet);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send(packet);
    }, this.delayMs);
    this.#timers.add(timer);
  }

  #packet(query: Packet, question: Question, behaviour: Behaviour, isTcp: boolean): Packet {
    const all = this.#records.get(question.name);
    const isKnown = all !== undefined;
    const rcode =
      behaviour === 'servfail' ? rcodes.servfail : behaviour === 'nxdomain' || !isKnown ? rcodes.nxdomain : 0;
    const isCut = behaviour === 'truncated' && !isTcp;
    const answers = (all ?? []).filter((one) => one.type === question.type);
    const flags = RECURSION_DESIRED | (isCut ? TRUNCATED_RESPONSE : 0) | rcode;
    return {
      type: 'response',
      id: query.id ?? 0,
      flags,
      questions: [question],
      answers: rcode !== 0 || isCut ? [] : answers.map((one) => ({ ...one, ttl: this.ttlSeconds }) as Answer),
    };
  }
}
