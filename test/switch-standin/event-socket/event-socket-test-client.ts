// A client of an event socket that keeps every byte, for tests.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface Frame {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export class EventSocketTestClient {
  readonly #socket: Socket;
  #text = '';
  #closed = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      this.#text += chunk;
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  static async open(port: number): Promise<EventSocketTestClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new EventSocketTestClient(socket);
  }

  /** Connected and past authentication. */
  static async authenticated(port: number, password = 'ClueCon'): Promise<EventSocketTestClient> {
    const client = await EventSocketTestClient.open(port);
    await client.frame();
    await client.ask(`auth ${password}`);
    return client;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  send(line: string): void {
    this.#socket.write(`${line}\n\n`);
  }

  pause(): void {
    this.#socket.pause();
  }

  /** Sends a line and gives the next frame. */
  async ask(line: string): Promise<Frame> {
    this.send(line);
    return this.frame();
  }

  /** The answer to `api` in full. */
  async api(command: string): Promise<string> {
    return (await this.ask(`api ${command}`)).body;
  }

  async frame(): Promise<Frame> {
    const raw = await this.raw();
    const [head = ''] = raw.split('\n\n', 1);
    const headers = new Map(
      head.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    return { headers, body: raw.slice(head.length + 2) };
  }

  /** The next frame as it came. */
  async raw(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      const length = Number(/^Content-Length: (\d+)$/m.exec(this.#text.slice(0, end + 1))?.[1] ?? 0);
      const bytes = Buffer.from(this.#text.slice(end + 2));
      if (end >= 0 && bytes.length >= length) {
        const body = bytes.subarray(0, length).toString();
        const raw = this.#text.slice(0, end + 2) + body;
        this.#text = this.#text.slice(raw.length);
        return raw;
      }
      if (this.#closed) throw new Error(`closed after: ${this.#text}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async closed(): Promise<void> {
    while (!this.#closed) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  close(): void {
    this.#socket.destroy();
  }
}
