// UDP ports for RTP, of a bounded range. Every port that is open is counted, so that a test can ask whether one leaked.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { AppError, errorCode } from '../../kernel/index.js';

export interface MediaPortsOptions {
  /** Default 127.0.0.1. */
  readonly address?: string;
  /** Lowest port, even. Default 10,000. */
  readonly from?: number;
  /** Highest port. Default 19,998: below what tests and systems hand out. */
  readonly to?: number;
}

/** Thrown when every port of the range is in use. */
export class MediaPortsExhaustedError extends AppError {
  constructor(from: number, to: number) {
    super('MEDIA_PORTS_EXHAUSTED', `no free UDP port for RTP between ${from} and ${to}`, {
      fields: { from, to },
    });
  }
}

/** One open port. */
export class MediaPort {
  readonly port: number;
  readonly #socket: Socket;
  readonly #release: () => void;
  #isOpen = true;

  constructor(socket: Socket, release: () => void) {
    this.#socket = socket;
    this.#release = release;
    this.port = socket.address().port;
    // An ICMP error of a peer whose port is closed is no concern of ours.
    socket.on('error', () => undefined);
  }

  onPacket(listener: (bytes: Buffer) => void): void {
    this.#socket.on('message', listener);
  }

  send(bytes: Buffer, port: number, address: string): void {
    if (this.#isOpen) this.#socket.send(bytes, port, address, () => undefined);
  }

  /** May be called again. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#socket.close();
    this.#release();
  }
}

export class MediaPorts {
  readonly address: string;
  readonly #from: number;
  readonly #to: number;
  readonly #open = new Map<number, MediaPort | undefined>();
  #next: number;

  constructor({ address = '127.0.0.1', from = 10_000, to = 19_998 }: MediaPortsOptions = {}) {
    this.address = address;
    this.#from = from;
    this.#to = to;
    // Two centres of one machine begin at different places.
    this.#next = from + 2 * Math.floor((Math.random() * (to - from)) / 2);
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** @throws MediaPortsExhaustedError */
  async open(): Promise<MediaPort> {
    for (let tries = (this.#to - this.#from) / 2 + 1; tries > 0; tries--) {
      const port = this.#next;
      this.#next = port + 2 > this.#to ? this.#from : port + 2;
      if (this.#open.has(port)) continue;
      this.#open.set(port, undefined);
      const socket = await bind(port, this.address);
      if (socket === undefined) {
        this.#open.delete(port);
        continue;
      }
      const opened = new MediaPort(socket, () => this.#open.delete(port));
      this.#open.set(port, opened);
      return opened;
    }
    throw new MediaPortsExhaustedError(this.#from, this.#to);
  }

  closeAll(): void {
    for (const port of [...this.#open.values()]) port?.close();
  }
}

/** @returns undefined when somebody else has the port */
async function bind(port: number, address: string): Promise<Socket | undefined> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      if (errorCode(error) === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    socket.bind(port, address, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
