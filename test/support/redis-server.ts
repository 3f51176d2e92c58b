// A real redis-server of the test's own: free port, its own directory, nothing kept unless asked, ended by its process id.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RedisServerOptions {
  /** A port to use again, for a server that comes back; default a free one. */
  readonly port?: number;
  /** Write an append-only file, so that `restart` finds the data again. */
  readonly persistent?: boolean;
  /** Further settings, such as `['--maxmemory', '4mb']`. */
  readonly args?: readonly string[];
}

const START_WITHIN_MS = 10_000;

export class RedisServer {
  readonly port: number;
  readonly #args: readonly string[];
  readonly #directory: string;
  #process: ChildProcess;

  private constructor(port: number, args: readonly string[], directory: string) {
    this.port = port;
    this.#args = args;
    this.#directory = directory;
    this.#process = this.#spawn();
    // A test that dies takes its server with it.
    process.once('exit', () => this.#process.kill('SIGKILL'));
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const port = options.port ?? (await freePort());
    const directory = mkdtempSync(join(tmpdir(), 'proffer-redis-'));
    const keep = options.persistent === true ? ['--appendonly', 'yes'] : ['--appendonly', 'no'];
    const server = new RedisServer(port, [...keep, ...(options.args ?? [])], directory);
    await server.#answers();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** SIGSTOP: sockets stay open and nothing answers. */
  stall(): void {
    this.#process.kill('SIGSTOP');
  }

  resume(): void {
    this.#process.kill('SIGCONT');
  }

  /** SIGKILL: sockets are reset, the port refuses. */
  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }

  /** Starts again on the same port after `kill`; empty unless `persistent`. */
  async restart(): Promise<void> {
    this.#process = this.#spawn();
    await this.#answers();
  }

  /** Ends the server and removes its directory. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #spawn(): ChildProcess {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#directory, '--save', ''];
    return spawn('redis-server', [...args, ...this.#args], { stdio: 'ignore' });
  }

  async #answers(): Promise<void> {
    const until = Date.now() + START_WITHIN_MS;
    while (Date.now() < until) {
      if (await isAnswering(this.port)) return;
      if (this.#process.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await this.kill();
    throw new Error(`redis-server did not start on port ${this.port}`);
  }
}

/** A port of 127.0.0.1 that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isAnswering(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(500, () => socket.destroy());
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (data) => {
      socket.destroy();
      resolve(/^(\+PONG|-NOAUTH)/.test(data.toString()));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(false));
  });
}
