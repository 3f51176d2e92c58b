// An event socket over TCP that does what a test tells it to: answers for a FakeCallcenter, or misbehaves.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { eventFrame } from './fake-callcenter.js';
import type { FakeCallcenter } from './fake-callcenter.js';

export type Manner =
  /** As FreeSWITCH does. */
  | 'usual'
  /** The address is not in the access list. */
  | 'rejects'
  /** Takes the connection and says nothing. */
  | 'mute'
  /** Closes in the middle of an answer to `agent list`. */
  | 'breaks-off'
  /** Its user may not see events. */
  | 'no-events';

export class FakeEventSocket {
  manner: Manner = 'usual';
  password = 'ClueCon';
  /** Answers nothing any more, and sends no events; the connection stays. */
  isSilent = false;
  /** Every command that came, of all connections. */
  readonly commands: string[] = [];
  connections = 0;
  readonly #callcenter: FakeCallcenter;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(callcenter: FakeCallcenter) {
    this.#callcenter = callcenter;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Bytes to everybody who is connected. */
  send(bytes: string | Buffer): void {
    if (!this.isSilent) for (const socket of this.#sockets) socket.write(bytes);
  }

  sendEvent(action: string, fields: Readonly<Record<string, string>>): void {
    this.send(eventFrame(this.#callcenter.event(action, fields)));
  }

  /** Ends every connection as when the process dies. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #serve(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    if (this.manner === 'mute') return;
    if (this.manner === 'rejects') {
      socket.end('Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n');
      return;
    }
    socket.write('Content-Type: auth/request\n\n');
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const commands = text.split('\n\n');
      text = commands.pop() ?? '';
      for (const command of commands) this.#obey(socket, command);
    });
  }

  #obey(socket: Socket, command: string): void {
    this.commands.push(command);
    if (this.isSilent) return;
    if (command.startsWith('auth ')) this.#authenticate(socket, command.slice(5));
    else if (command.startsWith('event ')) {
      const isAllowed = this.manner !== 'no-events';
      reply(socket, isAllowed ? '+OK event listener enabled plain' : '-ERR no keywords supplied');
    } else if (command === 'exit') {
      reply(socket, '+OK bye');
      goodbye(socket);
    } else if (this.manner === 'breaks-off' && command === 'api callcenter_config agent list') {
      socket.end('Content-Type: api/response\nContent-Length: 500\n\nname|instance_id|uu');
    } else {
      const body = this.#callcenter.answer(command.replace(/^api /, ''));
      socket.write(`Content-Type: api/response\nContent-Length: ${Buffer.byteLength(body)}\n\n${body}`);
    }
  }

  #authenticate(socket: Socket, password: string): void {
    if (password === this.password) reply(socket, '+OK accepted');
    else {
      reply(socket, '-ERR invalid');
      goodbye(socket);
    }
  }
}

const reply = (socket: Socket, text: string): void =>
  void socket.write(`Content-Type: command/reply\nReply-Text: ${text}\n\n`);

function goodbye(socket: Socket): void {
  const text = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';
  socket.end(`Content-Type: text/disconnect-notice\nContent-Length: ${text.length}\n\n${text}`);
}
