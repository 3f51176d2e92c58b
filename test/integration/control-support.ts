// An engine, an unmodified drachtio-srf application on it, and SIP peers over UDP, all in this process.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import type { Test } from 'tap';
import { ControlServer } from '../../src/control/index.js';
import type { ControlServerOptions } from '../../src/control/index.js';
import type { Clock } from '../../src/kernel/index.js';
import { createResponse, parseMessage, SipEngine } from '../../src/sip/index.js';
import type { DnsOptions, EngineLimits, SipEngineOptions, SipMessage } from '../../src/sip/index.js';

// The types that drachtio-srf ships leave out most of what is used here.
export interface SrfMessage {
  status: number;
  reason: string;
  method: string;
  uri: string;
  body: string;
  raw: string;
  source: string;
  get(name: string): string;
  has(name: string): boolean;
}
export interface SrfRequest extends SrfMessage, EventEmitter {
  protocol: string;
  receivedOn: string;
  source_address: string;
  source_port: number;
  stackTxnId: string;
  cancel(options?: object): void;
}
export type SendCallback = (error: unknown, sent: SrfMessage) => void;
export interface SrfResponse extends EventEmitter {
  send(status: number, options?: object, callback?: SendCallback): void;
}
export interface SrfDialog extends EventEmitter {
  id: string;
  local: { uri: string; sdp: string };
  remote: { uri: string; sdp: string };
  destroy(options?: object): Promise<SrfMessage>;
  modify(sdp: string): Promise<string>;
  request(options: object): Promise<SrfMessage>;
}
export type Handler = (request: SrfRequest, response: SrfResponse, next: () => void) => void;
export interface ProxyResult {
  connected: boolean;
  finalStatus: number;
  responses: { address: string; port: number; msgs: { status: number }[] }[];
}
export interface SrfApplication extends EventEmitter {
  connect(options: object): void;
  listen(options: { server: Server; secret: string }): void;
  disconnect(): void;
  use(handler: Handler): void;
  invite(handler: Handler): void;
  options(handler: Handler): void;
  message(handler: Handler): void;
  subscribe(handler: Handler): void;
  request(uri: string, options: object): Promise<SrfRequest>;
  createUAS(request: SrfRequest, response: SrfResponse, options: object): Promise<SrfDialog>;
  createUAC(uri: string, options: object, callbacks?: object): Promise<SrfDialog>;
  createB2BUA(
    request: SrfRequest,
    response: SrfResponse,
    uri: string,
    options: object,
  ): Promise<{ uas: SrfDialog; uac: SrfDialog }>;
  proxyRequest(request: SrfRequest, destinations: string[], options: object): Promise<ProxyResult>;
}
type SrfClass = new (tags?: string[]) => SrfApplication;
export const Srf = createRequire(import.meta.url)('drachtio-srf') as SrfClass;

export type LinkKind = 'tcp' | 'in-process';
export const linkKinds: readonly LinkKind[] = ['tcp', 'in-process'];
export const secret = 'cymru';
export const sdp =
  'v=0\r\no=bot 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0\r\n';

export interface Stage {
  readonly engine: SipEngine;
  readonly control: ControlServer;
  readonly srf: SrfApplication;
  readonly sipPort: number;
  readonly controlPort: number;
  /** @param address that it listens on; default 127.0.0.1 */
  readonly peer: (address?: string, port?: number) => Promise<SipPeer>;
  /** The application ends its connection. */
  leave(): void;
  /** Ends everything that it started. */
  close(): Promise<void>;
}

export interface StageOptions {
  /** RFC 3261 T1, in ms: 64 of them are a timeout. */
  readonly t1?: number;
  readonly limits?: Partial<EngineLimits>;
  readonly methods?: readonly string[];
  /** The engine's. */
  readonly clock?: Clock;
  readonly dns?: Partial<DnsOptions>;
}

export async function openStage(
  kind: LinkKind,
  prepare: (srf: SrfApplication) => void,
  options: StageOptions = {},
): Promise<Stage> {
  const engine = new SipEngine({
    listen: ['sip:127.0.0.1:0;transport=udp,tcp'],
    timers: { t1: options.t1 ?? 500 },
    limits: options.limits ?? {},
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    dns: options.dns ?? {},
  });
  const control = new ControlServer(engine, { secret });
  await engine.start();
  const controlPort = await control.listen(0);
  const srf = new Srf();
  const peers: SipPeer[] = [];
  srf.on('error', () => undefined);
  prepare(srf);
  const connected = new Promise<void>((resolve) => srf.once('connect', () => resolve()));
  let isConnected = true;
  const leave = (): void => {
    if (isConnected) srf.disconnect();
    isConnected = false;
  };
  let unlink = leave;
  if (kind === 'tcp') {
    srf.connect({ host: '127.0.0.1', port: controlPort, secret });
  } else {
    const methods = options.methods ?? ['invite', 'options', 'message', 'subscribe'];
    const link = control.link({ methods });
    srf.listen({ server: link.server, secret });
    link.connect();
    unlink = () => link.close();
  }
  await connected;
  const sipPort = engine.localAddresses[0]?.port ?? 0;
  return {
    engine,
    control,
    srf,
    sipPort,
    controlPort,
    peer: async (address, port) => {
      const peer = await SipPeer.open(sipPort, address, port);
      peers.push(peer);
      return peer;
    },
    leave,
    close: async () => {
      unlink();
      await control.close();
      await engine.stop();
      for (const peer of peers) await peer.close();
    },
  };
}

/** An engine with its control port and one peer, without an application; all of it ends with the test. */
export async function openEngine(
  t: Pick<Test, 'teardown'>,
  controlOptions: Partial<ControlServerOptions> = {},
  engineOptions: Partial<SipEngineOptions> = {},
) {
  const engine = new SipEngine({ listen: ['sip:127.0.0.1:0'], ...engineOptions });
  const control = new ControlServer(engine, { secret, ...controlOptions });
  await engine.start();
  const controlPort = await control.listen(0);
  const sipPort = engine.localAddresses[0]?.port ?? 0;
  const peer = await SipPeer.open(sipPort);
  t.teardown(async () => {
    await control.close();
    await engine.stop();
    await peer.close();
  });
  return { engine, control, controlPort, sipPort, peer };
}

/** The port of a server that listens, from now on at the latest, until the test ends. */
export async function portOf(server: Server, t: Pick<Test, 'teardown'>): Promise<number> {
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** What an application saw, in words: it notes, the test waits. */
export class Notes {
  readonly #lines: string[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly note = (line: string): void => {
    this.#lines.push(line);
    for (const wake of this.#waiting.splice(0)) wake();
  };

  /** Waits for a line and takes it out. */
  async hear(line: string): Promise<void> {
    while (!this.#lines.includes(line)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#lines.splice(this.#lines.indexOf(line), 1);
  }

  /** How often the line was noted and not heard. */
  count(line: string): number {
    return this.#lines.filter((one) => one === line).length;
  }

  clear(): void {
    this.#lines.length = 0;
  }
}

/** Every method outside dialogs that drachtio-srf has a verb for. */
export const verbs = [
  'invite',
  'register',
  'message',
  'options',
  'info',
  'notify',
  'subscribe',
  'publish',
  'refer',
] as const;

/** Takes all of them with one handler; the types of the application name but a few. */
export function serveAll(srf: SrfApplication, handler: Handler): void {
  for (const verb of verbs) (srf as unknown as Record<string, (handler: Handler) => void>)[verb]?.(handler);
}

type Wanted = (message: SipMessage) => boolean;

/** A SIP user agent without a mind of its own: it sends what it is told and hands out what it hears, in order. */
export class SipPeer {
  readonly address: string;
  readonly port: number;
  readonly #socket: Socket;
  readonly #enginePort: number;
  readonly #heard: SipMessage[] = [];
  #waiting: { wanted: Wanted; resolve: (message: SipMessage) => void }[] = [];
  #branches = 0;

  private constructor(socket: Socket, enginePort: number) {
    this.#socket = socket;
    this.port = socket.address().port;
    this.address = socket.address().address;
    this.#enginePort = enginePort;
    socket.on('message', (data) => {
      const parsed = parseMessage(data, 'datagram');
      if (!parsed.ok) throw new Error(`the engine sent what cannot be parsed: ${data.toString()}`);
      const { message } = parsed;
      const at = this.#waiting.findIndex(({ wanted }) => wanted(message));
      if (at === -1) this.#heard.push(message);
      else this.#waiting.splice(at, 1)[0]?.resolve(message);
    });
  }

  /** @param address 127.0.0.2 and so on are others; what a peer there sends says 127.0.0.1 in its Via all the same */
  static async open(enginePort: number, address = '127.0.0.1', port = 0): Promise<SipPeer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(port, address, () => resolve()));
    return new SipPeer(socket, enginePort);
  }

  get uri(): string {
    return `sip:bob@${this.address}:${this.port}`;
  }

  /** The first message heard, now or later, that is wanted; it is taken out. */
  async hear(wanted: Wanted): Promise<SipMessage> {
    const at = this.#heard.findIndex(wanted);
    const found = at === -1 ? undefined : this.#heard.splice(at, 1)[0];
    if (found !== undefined) return found;
    return new Promise((resolve) => this.#waiting.push({ wanted, resolve }));
  }

  async hearRequest(method: string): Promise<SipMessage> {
    return this.hear((message) => message.isRequest && message.method === method);
  }

  async hearStatus(status: number, method?: string): Promise<SipMessage> {
    return this.hear(
      (message) => message.statusCode === status && (method === undefined || message.method === method),
    );
  }

  /** How many messages that match wait to be heard. */
  pending(wanted: Wanted): number {
    return this.#heard.filter(wanted).length;
  }

  sendText(text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'), this.#enginePort, '127.0.0.1');
  }

  /** A request outside a dialog. @returns its Call-ID */
  request(method: string, options: RequestOptions = {}): OutgoingRequest {
    this.#branches += 1;
    const branch = `z9hG4bK-${this.port}-${this.#branches}-${Math.random().toString(36).slice(2)}`;
    const callId = options.callId ?? `call-${branch}`;
    const cseq = options.cseq ?? 1;
    const body = options.body ?? (method === 'INVITE' ? sdp : '');
    const fromTag = options.fromTag ?? 'alice-tag';
    const uri = options.uri ?? `sip:1000@127.0.0.1:${this.#enginePort}`;
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=${options.branch ?? branch}`,
      `From: "Alice" <sip:alice@127.0.0.1:${this.port}>;tag=${fromTag}`,
      `To: <sip:1000@127.0.0.1:${this.#enginePort}>${options.toTag === undefined ? '' : `;tag=${options.toTag}`}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:alice@127.0.0.1:${this.port}>`,
      'Max-Forwards: 70',
      ...(options.headers ?? []),
      ...(body === '' ? [] : [`Content-Type: ${options.type ?? 'application/sdp'}`]),
      `Content-Length: ${body.length}`,
    ];
    this.sendText(`${lines.join('\r\n')}\r\n\r\n${body}`);
    return { callId, branch: options.branch ?? branch, cseq, uri, fromTag };
  }

  /** Sets up a call to the engine up to the ACK. */
  async call(options: RequestOptions = {}): Promise<EstablishedCall> {
    const invite = this.request('INVITE', options);
    const ok = await this.hearStatus(200, 'INVITE');
    const call = { ...invite, toTag: ok.to()?.tag ?? '', target: contactOf(ok), ok };
    this.request('ACK', { ...inDialog(call, invite.cseq), body: '' });
    return call;
  }

  /** Answers a request that was heard. */
  reply(request: SipMessage, status: number, options: ReplyOptions = {}): SipMessage {
    const response = createResponse(request, status, undefined, options.tag ?? `tag-${this.port}`);
    if (request.method === 'INVITE' && status < 300)
      response.append('Contact', `<${options.contact ?? this.uri}>`);
    for (const [name, value] of options.headers ?? []) response.append(name, value);
    if (options.body !== undefined) {
      response.append('Content-Type', 'application/sdp');
      response.body = options.body;
    }
    this.sendText(response.toString());
    return response;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

export interface RequestOptions {
  readonly uri?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly branch?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly type?: string;
}
export interface ReplyOptions {
  /** URI; default that of the peer's own address. */
  readonly contact?: string;
  readonly tag?: string;
  readonly body?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}
export interface OutgoingRequest {
  readonly callId: string;
  readonly branch: string;
  readonly cseq: number;
  readonly uri: string;
  readonly fromTag: string;
}
export interface EstablishedCall extends OutgoingRequest {
  readonly toTag: string;
  /** Contact of the engine. */
  readonly target: string;
  readonly ok: SipMessage;
}

/** Options of a request inside the call. */
export function inDialog(call: EstablishedCall, cseq: number): RequestOptions {
  return { uri: call.target, callId: call.callId, fromTag: call.fromTag, toTag: call.toTag, cseq };
}

/** URI of the first Contact. */
export function contactOf(message: SipMessage): string {
  return /<([^>]+)>/.exec(message.get('contact') ?? '')?.[1] ?? '';
}
