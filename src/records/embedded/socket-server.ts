// PGlite for many clients over a unix socket. PGlite is one backend: one statement at a time, one session for all.
// Not PGLiteSocketServer: it hands messages over one by one, so that a statement of several chunks is mixed up with those of other
// clients, stops for ever after an error of the backend, and buffers what claims to be a message of any length.
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { errorMessage, TimerSet } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import { fatalResponse, FrameReader, queryMessage, startupMessage } from './frames.js';
import type { Frame } from './frames.js';

/** What of PGlite is used. */
export interface Backend {
  execProtocolRaw(message: Uint8Array): Promise<Uint8Array>;
  execProtocolRawStream(
    message: Uint8Array,
    options: { readonly onRawData: (data: Uint8Array) => void },
  ): Promise<void>;
  isInTransaction(): boolean;
}

export interface SocketServerOptions {
  readonly backend: Backend;
  readonly path: string;
  readonly maxConnections: number;
  /** A client that sends nothing inside its transaction for so long, while others wait, is cut off, in milliseconds. */
  readonly idleInTransactionMs: number;
  readonly clock: Clock;
  /** The last client has gone; its connection stays open until the process has ended or `dismiss` is called. */
  readonly onEmpty: () => void;
  /** The backend itself failed: nothing more can be expected of it. */
  readonly onBroken: (reason: string) => void;
}

interface Client {
  readonly socket: Socket;
  readonly reader: FrameReader;
  isGone: boolean;
}

interface Unit {
  readonly client: Client;
  readonly bytes: Uint8Array;
  readonly isOpen: boolean;
}

export class SocketServer {
  readonly #options: SocketServerOptions;
  readonly #timers: TimerSet;
  readonly #server: Server;
  readonly #clients = new Set<Client>();
  #units: Unit[] = [];
  /** Who has begun a transaction, or an extended query that is not over: until then nobody else comes in. */
  #holder: Client | undefined;
  #isHolderOpen = false;
  #isRunning = false;
  #greeting: Uint8Array = new Uint8Array();
  #statements = 0;

  constructor(options: SocketServerOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  async start(): Promise<void> {
    this.#greeting = Uint8Array.from(
      await this.#options.backend.execProtocolRaw(startupMessage('postgres', 'postgres')),
    );
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.path, resolve);
    });
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Statements so far, of any client. */
  get statements(): number {
    return this.#statements;
  }

  /** No new clients, and the socket is gone; those that are connected stay. */
  stopListening(): void {
    this.#server.close();
  }

  /** A statement of the server itself, when nobody has a transaction open. Gives whether it ran. */
  async runOwn(text: string): Promise<boolean> {
    if (this.#isRunning || this.#holder !== undefined || this.#units.length > 0) return false;
    this.#isRunning = true;
    await this.#rollback(text);
    this.#isRunning = false;
    void this.#pump();
    return true;
  }

  /** Hangs up on everybody; what they had open is rolled back by the end of the backend. */
  dismiss(): void {
    this.#timers.cancelAll();
    for (const { socket } of this.#clients) socket.destroy();
  }

  #accept(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.#clients.size >= this.#options.maxConnections) {
      socket.end(fatalResponse('53300', 'sorry, too many clients already'));
      return;
    }
    const client: Client = { socket, reader: new FrameReader(), isGone: false };
    this.#clients.add(client);
    socket.on('data', (chunk: Buffer) => this.#read(client, chunk));
    socket.on('end', () => this.#leave(client));
    socket.on('close', () => this.#leave(client));
  }

  #read(client: Client, chunk: Buffer): void {
    if (client.isGone) return;
    for (const frame of client.reader.read(chunk)) this.#take(client, frame);
    void this.#pump();
  }

  #take(client: Client, frame: Frame): void {
    switch (frame.kind) {
      case 'encryption':
        client.socket.write('N');
        return;
      case 'startup':
        // Without asking the backend, which a transaction of somebody else may have: to connect never waits.
        client.socket.write(this.#greeting);
        return;
      case 'unit':
        this.#units.push({ client, bytes: frame.bytes, isOpen: frame.isOpen });
        return;
      case 'invalid':
        client.socket.write(fatalResponse('08P01', frame.reason));
        this.#leave(client);
        return;
      // Deviation: a cancel request is not carried out, since the one backend does not listen while it works.
      case 'cancel':
      case 'end':
        this.#leave(client);
    }
  }

  #leave(client: Client): void {
    if (client.isGone) return;
    client.isGone = true;
    this.#clients.delete(client);
    this.#units = this.#units.filter((unit) => unit.client !== client);
    if (this.#clients.size > 0) client.socket.end();
    // What it had open is rolled back before anything else.
    if (this.#holder === client) void this.#pump();
    if (this.#clients.size === 0) this.#options.onEmpty();
  }

  async #pump(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      await this.#runUnits();
    } catch (error) {
      this.#options.onBroken(errorMessage(error));
      return;
    }
    this.#isRunning = false;
    this.#watchHolder();
  }

  async #runUnits(): Promise<void> {
    for (;;) {
      if (this.#holder?.isGone === true) await this.#abandon();
      const unit = this.#next();
      if (unit === undefined) return;
      await this.#run(unit);
      // The others are to be read, and to be seen leaving, between two statements of one.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #next(): Unit | undefined {
    const holder = this.#holder;
    const index = holder === undefined ? 0 : this.#units.findIndex(({ client }) => client === holder);
    return index === -1 ? undefined : this.#units.splice(index, 1)[0];
  }

  async #run({ client, bytes, isOpen }: Unit): Promise<void> {
    const { backend } = this.#options;
    this.#statements++;
    this.#holder = client;
    this.#isHolderOpen = isOpen;
    await backend.execProtocolRawStream(bytes, {
      onRawData: (data) => {
        if (!client.isGone) client.socket.write(Buffer.from(data));
      },
    });
    if (!isOpen && !backend.isInTransaction()) this.#holder = undefined;
  }

  /** The holder has gone. */
  async #abandon(): Promise<void> {
    if (this.#isHolderOpen) await this.#options.backend.execProtocolRaw(syncMessage);
    if (this.#options.backend.isInTransaction()) await this.#rollback('ROLLBACK');
    this.#holder = undefined;
    this.#isHolderOpen = false;
  }

  async #rollback(text: string): Promise<void> {
    await this.#options.backend.execProtocolRaw(queryMessage(text));
  }

  #watchHolder(): void {
    this.#timers.cancel('idle-in-transaction');
    const holder = this.#holder;
    if (holder === undefined) return;
    this.#timers.start('idle-in-transaction', this.#options.idleInTransactionMs, () => {
      if (this.#holder !== holder || this.#isRunning) return;
      if (this.#units.length === 0) {
        this.#watchHolder();
        return;
      }
      holder.socket.write(
        fatalResponse('25P03', 'terminating connection due to idle-in-transaction timeout'),
      );
      this.#leave(holder);
    });
  }
}

const syncMessage = new Uint8Array([0x53, 0, 0, 0, 4]);
