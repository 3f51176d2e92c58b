// Transcripts of an application on a real drachtio-server, and their replay against our engine: the application's frames and
// the SIP of its peers are sent again, with the ids, tags, branches and ports of this run in place of the recorded ones.
import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.js';

export type TranscriptStep =
  | { readonly kind: 'connect' | 'accept' | 'disconnect'; readonly connection: string }
  | { readonly kind: 'command' | 'frame'; readonly connection: string; readonly text: string }
  | {
      readonly kind: 'to-engine' | 'from-engine';
      readonly peer: string;
      readonly protocol: string;
      readonly text: string;
    };

const ctlHeading = /^---- \+ *[\d.]+ \[CTL (conn \d+)\] (.+)$/;
const sipHeading = /^---- \+ *[\d.]+ \[SIP\/(\w+)\] (\S+) -> (\S+)$/;

/** Lines are shown with LF; a body ends where its last line does. */
export function parseTranscript(text: string): TranscriptStep[] {
  const steps: TranscriptStep[] = [];
  for (const block of text.split(/^(?=---- )/m)) {
    const [heading = '', ...lines] = block.split('\n');
    const content = lines.join('\n').replace(/\n+$/, '').replaceAll('\n', '\r\n');
    const ctl = ctlHeading.exec(heading);
    const sip = sipHeading.exec(heading);
    if (ctl !== null) {
      const [, connection = '', what = ''] = ctl;
      if (what === 'APP connected') steps.push({ kind: 'connect', connection });
      else if (what === 'SRV connected') steps.push({ kind: 'accept', connection });
      else if (what === 'APP>SRV' || what === 'SRV>APP') {
        const kind = what === 'APP>SRV' ? 'command' : 'frame';
        steps.push({ kind, connection, text: content.slice(content.indexOf('#') + 1) });
      } else if (/closed|disconnect|FIN/i.test(what)) steps.push({ kind: 'disconnect', connection });
    } else if (sip !== null) {
      const [, protocol = '', from = '', to = ''] = sip;
      const isOut = from.startsWith('drachtio');
      const peer = /:(\d+)\)?$/.exec(isOut ? to : from)?.[1] ?? '';
      steps.push({ kind: isOut ? 'from-engine' : 'to-engine', peer, protocol, text: content });
    }
  }
  return steps;
}

/** What the HTTP handler of a transcript answered, in order. */
export function parseHandlerAnswers(text: string): { readonly status: number; readonly body: string }[] {
  const lines = text.matchAll(/^# HTTP: .* -> (\d{3}) (.*)$/gm);
  return [...lines].map(([, status, body = '']) => ({ status: Number(status), body }));
}

/** What a message is, apart from everything that changes from run to run. */
export function kindOf(message: string): string {
  const [first = ''] = message.split('\r\n');
  const method = /^cseq *: *\d+ +(\w+)/im.exec(message)?.[1] ?? '';
  return first.startsWith('SIP/2.0 ') ? `${first.slice(8, 11)} ${method}` : (first.split(' ')[0] ?? '');
}

const leaderOf = (payload: string): string => payload.split('\r\n', 1)[0] ?? '';
const messageOf = (payload: string): string => payload.slice(leaderOf(payload).length + 2);

function withLength(message: string): string {
  const blank = message.indexOf('\r\n\r\n');
  const head = blank === -1 ? message : message.slice(0, blank);
  const content = blank === -1 ? '' : message.slice(blank + 4).replace(/(\r\n)+$/, '');
  const body = content.startsWith('v=0') ? `${content}\r\n` : content;
  return `${head.replace(/^(content-length *: *)\d+/im, `$1${body.length}`)}\r\n\r\n${body}`;
}

/** Recorded value to the value of this run. */
class Names {
  readonly #pairs = new Map<string, string>();

  learn(recorded: string | undefined, ours: string | undefined): void {
    if (recorded !== undefined && ours !== undefined && recorded !== '' && recorded !== ours) {
      this.#pairs.set(recorded, ours);
    }
  }

  apply(text: string): string {
    let result = text;
    for (const [recorded, ours] of this.#pairs) result = result.replaceAll(recorded, ours);
    return result;
  }
}

export interface Comparison {
  readonly recorded: string;
  readonly ours: string;
  readonly differences: readonly string[];
}

export interface ReplayOptions {
  /** Kinds of messages that our engine does not send, to peers or to the application. */
  readonly without?: readonly string[];
  /** The kind that our engine sends in place of the recorded one. */
  readonly instead?: Readonly<Record<string, string>>;
  /** Frames that our engine sends and the real server did not, by `type source kind`. */
  readonly besides?: readonly string[];
  /** Kinds of messages that our engine sends later than recorded: looked for at the end. */
  readonly later?: readonly string[];
  /** Ports of the recording where nothing is to be heard that no step is about. */
  readonly unheard?: readonly string[];
}

/**
 * The recording up to the first step like `after`, and then another story in place of its rest.
 * @param after kind of step, port of the peer if it is one's, kind of message: `frame 603 INVITE`, `from-engine 5070 180 INVITE`
 */
export function departing(
  recorded: readonly TranscriptStep[],
  after: string,
  ours: readonly TranscriptStep[],
): TranscriptStep[] {
  const at = recorded.findIndex((step) => stepKind(step) === after);
  if (at === -1) throw new Error(`nothing recorded is ${after}`);
  return [...recorded.slice(0, at + 1), ...ours];
}

function stepKind(step: TranscriptStep): string {
  if (!('text' in step)) return step.kind;
  if ('peer' in step) return `${step.kind} ${step.peer} ${kindOf(step.text)}`;
  return `${step.kind} ${kindOf(messageOf(step.text))}`;
}

interface Queue {
  readonly items: string[];
}

/** Waits for an item that fits and takes it out; undefined when none came in time. */
async function take(queue: Queue, fits: (item: string) => boolean): Promise<string | undefined> {
  for (let round = 0; round < 500; round += 1) {
    const at = queue.items.findIndex(fits);
    if (at !== -1) return queue.items.splice(at, 1)[0];
    await sleep(10);
  }
  return undefined;
}

class Peer {
  readonly queue: Queue = { items: [] };
  readonly #udp: UdpSocket = createSocket('udp4');
  readonly #tcp: Server;
  readonly #streams: Socket[] = [];
  readonly #enginePort: number;
  port = 0;

  constructor(enginePort: number) {
    this.#enginePort = enginePort;
    this.#udp.on('message', (data) => this.queue.items.push(data.toString('latin1')));
    this.#tcp = createServer((socket) => this.#adopt(socket));
  }

  async open(): Promise<void> {
    this.port = await freePort();
    this.#udp.bind(this.port, '127.0.0.1');
    await once(this.#udp, 'listening');
    this.#tcp.listen(this.port, '127.0.0.1');
    await once(this.#tcp, 'listening');
  }

  send(protocol: string, text: string): void {
    if (protocol !== 'tcp') {
      this.#udp.send(Buffer.from(text, 'latin1'), this.#enginePort, '127.0.0.1');
      return;
    }
    if (this.#streams.length === 0) {
      // From the port that the transcript shows; it cannot be listened on as well.
      this.#tcp.close();
      this.#adopt(connect({ port: this.#enginePort, host: '127.0.0.1', localPort: this.port }));
    }
    this.#streams[0]?.write(text, 'latin1');
  }

  #adopt(socket: Socket): void {
    this.#streams.push(socket);
    socket.setEncoding('latin1');
    socket.on('error', () => undefined);
    // Transcripts have one message a segment, and so has loopback.
    socket.on('data', (data: Buffer | string) => {
      for (const text of String(data).split(/(?<=\r\n)(?=SIP\/2\.0 |[A-Z]+ sip:\S+ SIP\/2\.0\r\n)/)) {
        this.queue.items.push(text);
      }
    });
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    await new Promise<void>((resolve) => this.#udp.close(() => resolve()));
    await new Promise<void>((resolve) => this.#tcp.close(() => resolve()));
  }
}

class Application {
  readonly queue: Queue = { items: [] };
  readonly #socket: Socket;
  #buffer = '';

  /** @param socket of a connection, or the port to connect to */
  constructor(socket: Socket | number) {
    this.#socket = typeof socket === 'number' ? connect(socket, '127.0.0.1') : socket;
    this.#socket.setEncoding('latin1');
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (data: Buffer | string) => {
      this.#buffer += String(data);
      for (;;) {
        const hash = this.#buffer.indexOf('#');
        const length = Number(this.#buffer.slice(0, hash));
        if (hash === -1 || this.#buffer.length < hash + 1 + length) return;
        this.queue.items.push(this.#buffer.slice(hash + 1, hash + 1 + length));
        this.#buffer = this.#buffer.slice(hash + 1 + length);
      }
    });
  }

  send(payload: string): void {
    this.#socket.write(`${payload.length}#${payload}`, 'latin1');
  }

  close(): void {
    this.#socket.destroy();
  }
}

const volatileTokens = /^(?:\d\d:\d\d:\d\d\.\d{6}|v0\.9\.10.*)$/;

export class Replay {
  readonly comparisons: Comparison[] = [];
  /** Messages and frames that were recorded and did not come. */
  readonly missing: string[] = [];
  readonly #names = new Names();
  readonly #peers = new Map<string, Peer>();
  readonly #applications = new Map<string, Application>();
  readonly #options: ReplayOptions;
  readonly #controlPort: number;

  constructor(sipPort: number, controlPort: number, options: ReplayOptions) {
    this.#options = options;
    this.#controlPort = controlPort;
    this.#names.learn(':5060', `:${sipPort}`);
    this.#names.learn('|5060|', `|${sipPort}|`);
    this.#sipPort = sipPort;
  }

  readonly #sipPort: number;
  /** Connections that the engine opened and no step has taken yet. */
  readonly #accepted: Socket[] = [];
  readonly #listener = createServer((socket) => this.#accepted.push(socket));

  /** Where the application listens, for transcripts in which the engine connects: 9021 there. */
  async listen(): Promise<void> {
    this.#listener.listen(await freePort(), '127.0.0.1');
    await once(this.#listener, 'listening');
    const address = this.#listener.address();
    if (typeof address === 'object') this.#names.learn(':9021', `:${address?.port ?? 0}`);
  }

  /** Recorded text with the names of this run. */
  rename(text: string): string {
    return this.#names.apply(text);
  }

  /** Frames that came and that no step was about, and messages to peers that are to hear none. */
  get unexpected(): readonly string[] {
    const frames = [...this.#applications.values()].flatMap((one) => one.queue.items).map(frameKind);
    const heard = (this.#options.unheard ?? []).flatMap((port) => this.#peers.get(port)?.queue.items ?? []);
    return [...frames.filter((kind) => this.#options.besides?.includes(kind) !== true), ...heard.map(kindOf)];
  }

  /** Opens the peers of these steps, so that their ports have names before anything is sent. */
  async open(steps: readonly TranscriptStep[]): Promise<void> {
    for (const step of steps) if ('peer' in step) await this.#peer(step.peer);
  }

  async run(steps: readonly TranscriptStep[]): Promise<void> {
    await this.open(steps);
    const atEnd: TranscriptStep[] = [];
    for (const step of steps) {
      const isLate = step.kind === 'from-engine' && this.#options.later?.includes(kindOf(step.text)) === true;
      if (this.#isLeftOut(step)) continue;
      if (isLate) atEnd.push(step);
      else await this.#step(step);
      if (this.missing.length > 0) return;
    }
    for (const step of atEnd) await this.#step(step);
  }

  #isLeftOut(step: TranscriptStep): boolean {
    if (step.kind !== 'frame' && step.kind !== 'from-engine') return false;
    const message = step.kind === 'frame' ? messageOf(step.text) : step.text;
    return message !== '' && this.#options.without?.includes(kindOf(message)) === true;
  }

  async close(): Promise<void> {
    for (const application of this.#applications.values()) application.close();
    for (const peer of this.#peers.values()) await peer.close();
    this.#listener.close();
  }

  async #peer(recordedPort: string): Promise<Peer> {
    const known = this.#peers.get(recordedPort);
    if (known !== undefined) return known;
    const peer = new Peer(this.#sipPort);
    await peer.open();
    this.#peers.set(recordedPort, peer);
    this.#names.learn(`:${recordedPort}`, `:${peer.port}`);
    this.#names.learn(`|${recordedPort}|`, `|${peer.port}|`);
    this.#names.learn(`rport=${recordedPort}`, `rport=${peer.port}`);
    return peer;
  }

  async #step(step: TranscriptStep): Promise<void> {
    switch (step.kind) {
      case 'connect':
        this.#applications.set(step.connection, new Application(this.#controlPort));
        return;
      case 'accept': {
        for (let round = 0; this.#accepted.length === 0 && round < 500; round += 1) await sleep(10);
        const socket = this.#accepted.shift();
        if (socket === undefined) this.missing.push('a connection to the application');
        else this.#applications.set(step.connection, new Application(socket));
        return;
      }
      case 'disconnect':
        this.#applications.get(step.connection)?.close();
        // The peers of the transcript wait longer than this too.
        await sleep(100);
        return;
      case 'command': {
        const payload = this.#names.apply(step.text);
        const message = messageOf(payload);
        const text = message === '' ? payload : `${leaderOf(payload)}\r\n${withLength(message)}`;
        this.#applications.get(step.connection)?.send(text);
        return;
      }
      case 'to-engine':
        // The real server adds rport to every Via; ours only when asked to (RFC 3581), so peers have none to copy.
        (await this.#peer(step.peer)).send(
          step.protocol,
          withLength(this.#names.apply(step.text).replaceAll(/;rport=\d+/g, '')),
        );
        return;
      case 'from-engine':
        return this.#expectSip(step);
      case 'frame':
        return this.#expectFrame(step);
    }
  }

  async #expectSip(step: TranscriptStep & { readonly peer: string; readonly text: string }): Promise<void> {
    const recorded = kindOf(step.text);
    const wanted = this.#options.instead?.[recorded] ?? recorded;
    const ours = await take((await this.#peer(step.peer)).queue, (text) => kindOf(text) === wanted);
    if (ours === undefined) this.missing.push(`SIP ${wanted}`);
    else this.#learnMessage(step.text, ours);
  }

  async #expectFrame(
    step: TranscriptStep & { readonly connection: string; readonly text: string },
  ): Promise<void> {
    const recorded = leaderOf(step.text);
    const kind = this.#kindOfFrame(step.text);
    const queue = this.#applications.get(step.connection)?.queue ?? { items: [] };
    const ours = await take(queue, (payload) => frameKind(payload) === kind);
    if (ours === undefined) {
      this.missing.push(`${kind} (came: ${queue.items.map(frameKind).join('; ')})`);
      return;
    }
    this.#learnMessage(messageOf(step.text), messageOf(ours));
    this.comparisons.push({
      recorded,
      ours: leaderOf(ours),
      differences: this.#compare(recorded, leaderOf(ours)),
    });
  }

  #kindOfFrame(text: string): string {
    let kind = frameKind(this.#names.apply(text));
    for (const [recorded, ours] of Object.entries(this.#options.instead ?? {})) {
      if (kind.endsWith(recorded)) kind = kind.slice(0, -recorded.length) + ours;
    }
    return kind;
  }

  /** Token by token: the random ones must keep standing for the same thing. */
  #compare(recorded: string, ours: string): string[] {
    const expected = recorded.split('|');
    const actual = ours.split('|');
    if (expected.length !== actual.length) return [`${expected.length} tokens, ours has ${actual.length}`];
    const differences: string[] = [];
    for (const [index, token] of expected.entries()) {
      const mine = actual[index] ?? '';
      if (index === 0) {
        this.#names.learn(token, mine);
      } else if (/^[\da-f]{8}-[\da-f-]{27}$/.test(token) && !this.#names.apply(token).includes(mine)) {
        if (this.#names.apply(token) === token && /^[\da-f]{8}-[\da-f-]{27}$/.test(mine))
          this.#names.learn(token, mine);
        else differences.push(`token ${index}: ${token} stands for another id`);
      } else if (volatileTokens.test(token)) {
        if (token.includes(':') && !volatileTokens.test(mine))
          differences.push(`token ${index}: ${mine} is no time`);
      } else if (isByteCount(recorded, index)) {
        if ((token === '0') !== (mine === '0'))
          differences.push(`token ${index}: ${token} bytes, ours ${mine}`);
      } else if (this.#names.apply(`|${token}|`) !== `|${mine}|`) {
        differences.push(`token ${index}: ${this.#names.apply(`|${token}|`)}, ours ${mine}`);
      }
    }
    return differences;
  }

  #learnMessage(recorded: string, ours: string): void {
    for (const pattern of [
      /^call-id *: *(\S+)/im,
      /^from *:.*;tag=([^;\s]+)/im,
      /^to *:.*;tag=([^;\s]+)/im,
      /branch=([^;,\s]+)/i,
    ]) {
      this.#names.learn(pattern.exec(recorded)?.[1], pattern.exec(ours)?.[1]);
    }
    const cseq = /^cseq *: *(\d{4,}) /im;
    this.#names.learn(cseq.exec(recorded)?.[1], cseq.exec(ours)?.[1]);
    const number = /^rseq *: *(\d+)/im;
    this.#names.learn(number.exec(recorded)?.[1], number.exec(ours)?.[1]);
    const route = /^record-route *: *(\S+)/im;
    // Ours has the mark of the call; the port in it has a name of its own by now.
    this.#names.learn(route.exec(this.rename(recorded))?.[1], route.exec(ours)?.[1]);
    const contact = /^contact *: *<([^>]+)>/im;
    if (!recorded.startsWith('SIP/2.0 3'))
      this.#names.learn(contact.exec(recorded)?.[1], contact.exec(ours)?.[1]);
  }
}

/** The size of the SIP message: third of a sip frame, fifth of a response. */
function isByteCount(leader: string, index: number): boolean {
  return leader.includes('|response|') ? index === 5 : leader.includes('|sip|') && index === 3;
}

/** What tells one frame from another: its type, what it answers, and the kind of its message. */
function frameKind(payload: string): string {
  const tokens = leaderOf(payload).split('|');
  const message = messageOf(payload);
  const about = message === '' ? '' : kindOf(message);
  if (tokens[1] === 'response') return `response ${tokens[2] ?? ''} ${tokens[3] ?? ''} ${about}`;
  return `${tokens[1] ?? ''} ${tokens[2] ?? ''} ${about}`;
}
