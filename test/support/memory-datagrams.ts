// UDP without a network: sockets that are made after `install` give what they send to the test and get what it delivers.
import dgram from 'node:dgram';
import type { RemoteInfo } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';

export interface Datagram {
  readonly text: string;
  readonly address: string;
  readonly port: number;
}

class MemorySocket extends EventEmitter {
  #port = 0;
  readonly #onSend: (datagram: Datagram) => void;

  constructor(onSend: (datagram: Datagram) => void) {
    super();
    this.#onSend = onSend;
  }

  bind({ port }: { readonly port: number }, done: () => void): void {
    this.#port = port === 0 ? 5060 : port;
    queueMicrotask(done);
  }

  address(): { readonly address: string; readonly port: number; readonly family: string } {
    return { address: '198.51.100.1', port: this.#port, family: 'IPv4' };
  }

  send(data: Buffer, port: number, address: string, done?: (error: Error | null) => void): void {
    this.#onSend({ text: data.toString('latin1'), address, port });
    done?.(null);
  }

  close(done?: () => void): void {
    if (done !== undefined) queueMicrotask(done);
  }
}

export class MemoryDatagrams {
  /** Called with each datagram that leaves; replace it at any time. */
  onSent: (datagram: Datagram) => void = () => undefined;
  readonly #sockets: MemorySocket[] = [];
  readonly #real = dgram.createSocket;

  install(): void {
    this.#replace((() => {
      const socket = new MemorySocket((datagram) => this.onSent(datagram));
      this.#sockets.push(socket);
      return socket;
    }) as unknown as typeof dgram.createSocket);
  }

  restore(): void {
    this.#replace(this.#real);
  }

  /** Hands a datagram to the first socket that was made. */
  deliver(data: Buffer, address: string, port: number): void {
    const from: RemoteInfo = { address, port, size: data.length, family: 'IPv4' };
    this.#sockets[0]?.emit('message', data, from);
  }

  #replace(createSocket: typeof dgram.createSocket): void {
    dgram.createSocket = createSocket;
    syncBuiltinESMExports();
  }
}
