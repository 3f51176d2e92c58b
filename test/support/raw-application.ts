// An application that speaks the control protocol by itself: no reconnecting, no state, and it can be told to misbehave.
import type { Socket } from 'node:net';
import { FrameReader } from '../../src/control/frame.js';

export interface ControlFrame {
  /** Tokens of the leader. */
  readonly tokens: readonly string[];
  readonly text: string;
}

const sdp =
  'v=0\r\no=bot 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0\r\n';

export class RawApplication {
  readonly socket: Socket;
  readonly frames: ControlFrame[] = [];
  /** The other side has ended the connection. */
  readonly closed: Promise<void>;
  /** Answers every request with 200, INVITE with SDP. */
  answers = true;
  #waiting: { wanted: (frame: ControlFrame) => boolean; resolve: (frame: ControlFrame) => void }[] = [];
  #ids = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    const reader = new FrameReader(64 * 1024 * 1024);
    socket.setEncoding('latin1');
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer | string) => reader.push(String(data), (payload) => this.#take(payload)));
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Authenticates and registers methods, all in one piece, and waits for the last answer. */
  async join(secret: string, methods: readonly string[], tags = ''): Promise<void> {
    this.send(`authenticate|${secret}|${tags}`);
    let last = 'a1';
    for (const method of methods) last = this.send(`route|${method}`);
    await this.hear(({ tokens }) => tokens[1] === 'response' && tokens[2] === last);
  }

  /** @returns its id */
  send(rest: string): string {
    const id = `a${(this.#ids += 1)}`;
    const payload = `${id}|${rest}`;
    this.socket.write(`${payload.length}#${payload}`, 'latin1');
    return id;
  }

  respond(frame: ControlFrame, status: number, headers: readonly string[] = [], body = ''): string {
    const lines = [`SIP/2.0 ${status} `, ...headers].join('\r\n');
    return this.send(`sip|${frame.tokens[8] ?? ''}|\r\n${lines}\r\n\r\n${body}`);
  }

  /** The first frame that is wanted, now or later; it is taken out. */
  async hear(wanted: (frame: ControlFrame) => boolean): Promise<ControlFrame> {
    const at = this.frames.findIndex(wanted);
    const found = at === -1 ? undefined : this.frames.splice(at, 1)[0];
    if (found !== undefined) return found;
    return new Promise((resolve) => this.#waiting.push({ wanted, resolve }));
  }

  async hearRequest(method: string): Promise<ControlFrame> {
    return this.hear(({ tokens, text }) => tokens[1] === 'sip' && text.startsWith(`${method} `));
  }

  #take(payload: string): void {
    const [leader = '', ...lines] = payload.split('\r\n');
    const frame = { tokens: leader.split('|'), text: lines.join('\r\n') };
    const at = this.#waiting.findIndex(({ wanted }) => wanted(frame));
    if (at === -1) this.frames.push(frame);
    else this.#waiting.splice(at, 1)[0]?.resolve(frame);
    const isRequest =
      frame.tokens[1] === 'sip' && !frame.text.startsWith('SIP/') && frame.tokens[2] === 'network';
    if (!this.answers || !isRequest || /^(ACK|CANCEL) /.test(frame.text)) return;
    this.respond(frame, 200, [], frame.text.startsWith('INVITE ') ? sdp : '');
  }
}
