// A scripted FreeSWITCH for the IVR bank: its event socket (fsmrf-connect-inbound-socket.txt), a SIP profile that answers the INVITEs
// of drachtio-fsmrf, and FakeChannel for each call. It is no stand-in: it does what the test says, at the wrong time too.
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createResponse, SipEngine, composeInDialog } from '../../src/sip/index.js';
import type { Dialog, ServerExchange, SipMessage } from '../../src/sip/index.js';
import { sdpAnswer } from '../../src/switch-standin/index.js';
import { FakeChannel } from './fake-channel.js';
import type { ChannelScript } from './fake-channel.js';

export interface MediaScript extends ChannelScript {
  readonly password: string;
  readonly profile: string;
  /** Status of the INVITE's answer; 0 for none. */
  status: number;
  answerDelayMs: number;
  /** The outbound socket is opened. */
  opensSocket: boolean;
  /** The event socket answers. */
  answersEventSocket: boolean;
}

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class FakeMediaServer {
  readonly script: Mutable<MediaScript> = {
    password: 'ClueCon',
    profile: 'drachtio_mrf',
    missing: /nothing-there/,
    promptMs: 0,
    bridge: 'answered',
    keys: '',
    padding: 0,
    status: 200,
    answerDelayMs: 0,
    opensSocket: true,
    answersEventSocket: true,
  };
  /** Calls in the order they came. */
  readonly channels: FakeChannel[] = [];
  readonly invites: SipMessage[] = [];
  /** In-dialog requests, ACK but for INVITE, and answers to requests of ours: `BYE`, `200 INVITE`. */
  readonly heard: string[] = [];
  readonly sockets = new Set<Socket>();
  connections = 0;
  readonly #engine = new SipEngine({ listen: ['sip:127.0.0.1:0;transport=udp'] });
  readonly #dialogs = new Map<FakeChannel, Dialog>();
  readonly #byDialog = new Map<string, FakeChannel>();
  readonly #cancelled = new Set<ServerExchange>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((socket) => this.#onEventSocket(socket));
    this.#engine.use({
      admit: () => ({ kind: 'taken' }),
      onRequest: (exchange) => this.#onRequest(exchange),
      onCancel: (exchange) => {
        this.heard.push('CANCEL');
        this.#cancelled.add(exchange);
      },
      onAck: (_dialog, _id, ack) => this.heard.push(ack.body === '' ? 'ACK' : 'ACK with SDP'),
      onResponse: ({ dialog }, response) => {
        this.heard.push(`${response.statusCode} ${response.method}`);
        if (response.method === 'INVITE' && response.statusCode < 300 && dialog !== undefined)
          this.#acknowledge(dialog);
      },
      onDialogEnded: () => undefined,
      onRouted: () => undefined,
    });
  }

  static async open(port = 0): Promise<FakeMediaServer> {
    const fake = new FakeMediaServer();
    await fake.#engine.start();
    await new Promise<void>((resolve) => fake.#server.listen(port, '127.0.0.1', () => resolve()));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get openDialogs(): number {
    return this.#engine.openDialogs;
  }

  /** The newest call. */
  get channel(): FakeChannel {
    const channel = this.channels.at(-1);
    if (channel === undefined) throw new Error('no call has come');
    return channel;
  }

  /** A request inside the call's dialog. */
  async request(channel: FakeChannel, method: string, body = ''): Promise<void> {
    const dialog = this.#dialogs.get(channel);
    const route = dialog === undefined ? 'invalid' : this.#engine.route(dialog);
    if (dialog === undefined || typeof route === 'string') throw new Error('the call has no dialog');
    dialog.localSeq += 1;
    const lines = [
      { name: 'contact' as const, spelled: 'Contact', value: `<sip:mod_sofia@${route.hop.local.hostPort}>` },
      ...(body === ''
        ? []
        : [{ name: 'content-type' as const, spelled: 'Content-Type', value: 'application/sdp' }]),
    ];
    const message = composeInDialog(dialog, route, { method, cseq: dialog.localSeq, lines, body });
    this.#engine.send(message, route.hop, undefined, dialog);
  }

  /** The process is gone: every connection is reset, nothing answers. */
  async kill(): Promise<void> {
    this.script.status = 0;
    for (const channel of this.channels) channel.cut();
    for (const socket of this.sockets) socket.resetAndDestroy();
    await this.close();
  }

  async close(): Promise<void> {
    for (const channel of this.channels) if (channel.isConnected) channel.cut();
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#engine.stop();
  }

  #acknowledge(dialog: Dialog): void {
    const route = this.#engine.route(dialog);
    if (typeof route === 'string') return;
    const ack = composeInDialog(dialog, route, { method: 'ACK', cseq: dialog.localSeq, lines: [], body: '' });
    this.#engine.ack(dialog, ack, route.hop);
  }

  #onEventSocket(socket: Socket): void {
    this.connections += 1;
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (const line of data.toString().split('\n')) if (line !== '') this.#onCommand(socket, line);
    });
    if (this.script.answersEventSocket) socket.write('Content-Type: auth/request\n\n');
  }

  #onCommand(socket: Socket, line: string): void {
    if (!this.script.answersEventSocket) return;
    const { password, profile } = this.script;
    if (line.startsWith('auth ')) {
      const isRight = line === `auth ${password}`;
      socket.write(
        `Content-Type: command/reply\nReply-Text: ${isRight ? '+OK accepted' : '-ERR invalid'}\n\n`,
      );
      if (!isRight) socket.end('Content-Type: text/disconnect-notice\nContent-Length: 0\n\n');
    } else if (line === 'api sofia status') {
      const address = this.#engine.localAddresses[0]?.hostPort ?? '';
      const body = `   Name\t   Type\t  Data\tState\n===\n ${profile}\tprofile\t  sip:mod_sofia@${address}\tRUNNING (0)\n===\n1 profile 0 aliases\n`;
      socket.write(`Content-Type: api/response\nContent-Length: ${body.length}\n\n${body}`);
    } else if (line.startsWith('api ')) {
      socket.write('Content-Type: api/response\nContent-Length: 4\n\nUP 0');
    } else socket.write('Content-Type: command/reply\nReply-Text: +OK event listener enabled json\n\n');
  }

  #onRequest(exchange: ServerExchange): void {
    const { request } = exchange;
    if (exchange.isInDialog) {
      this.heard.push(request.method);
      if (request.method === 'BYE') this.#byDialog.get(exchange.dialogId)?.hangup('NORMAL_CLEARING');
      this.#respond(exchange, 200, request.method === 'INVITE');
      return;
    }
    this.invites.push(request);
    const { status, answerDelayMs } = this.script;
    if (status === 0) return;
    if (answerDelayMs === 0) this.#answer(exchange, status);
    else setTimeout(() => this.#answer(exchange, status), answerDelayMs);
  }

  #answer(exchange: ServerExchange, status: number): void {
    if (this.#cancelled.has(exchange)) return;
    const sdp = this.#respond(exchange, status, status < 300);
    const { dialog, request } = exchange;
    if (status >= 300 || dialog === undefined) return;
    const channel = new FakeChannel({
      script: this.script,
      sdp,
      userAgent: request.get('user-agent') ?? '',
      socketAddress: request.get('x-esl-outbound') ?? '',
      onHangup: () => {
        if (dialog.state === 'confirmed') this.#engine.endDialog(dialog, 'Q.850;cause=16');
      },
    });
    this.channels.push(channel);
    this.#dialogs.set(channel, dialog);
    this.#byDialog.set(exchange.dialogId, channel);
    if (this.script.opensSocket) channel.open();
  }

  #respond(exchange: ServerExchange, status: number, hasSdp: boolean): string {
    const { request, server, flow } = exchange;
    const response = createResponse(request, status, undefined, server.toTag);
    response.append('contact', `<sip:mod_sofia@${this.#engine.localOf(flow).hostPort}>`);
    const sdp = hasSdp ? sdpAnswer(request.body, '127.0.0.1') : '';
    if (hasSdp) response.append('content-type', 'application/sdp');
    response.body = sdp;
    this.#engine.respond(exchange, response);
    return sdp;
  }
}
