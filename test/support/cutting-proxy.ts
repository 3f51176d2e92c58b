// A TCP proxy that counts what clients send, and calls out when a number of bytes has passed: a moment in the midst of something.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #bytes = 0;
  #cutAt = Infinity;
  #onCut: () => void = () => undefined;

  private constructor(port: number) {
    this.#server = createServer((client) => this.#join(client, port));
  }

  static async start(port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Sent by clients since the last `cutAfter`. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Counts anew; what exceeds `bytes` is not passed on, and `onCut` is called once. */
  cutAfter(bytes: number, onCut: () => void = () => undefined): void {
    this.#bytes = 0;
    this.#cutAt = bytes;
    this.#onCut = onCut;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, port: number): void {
    const upstream = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    upstream.pipe(client);
    client.on('data', (data) => {
      this.#bytes += data.length;
      if (this.#bytes <= this.#cutAt) {
        upstream.write(data);
        return;
      }
      this.#onCut();
      this.#onCut = () => undefined;
    });
  }
}
