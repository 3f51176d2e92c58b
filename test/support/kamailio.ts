// Kamailio as a proxy that record-routes twice, on ports of its own; ended by its process id.
import { createSocket } from 'node:dgram';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestChild, waitUntil } from './child-process.js';
import { freePorts } from './free-port.js';
import { repositoryRoot } from './repository-root.js';

/** Why Kamailio cannot run here, or undefined when it can. */
export function kamailioMissing(): string | undefined {
  const found = spawnSync('kamailio', ['-v'], { encoding: 'utf8' });
  return found.error === undefined ? undefined : 'kamailio is not installed (Debian package kamailio)';
}

export interface KamailioOptions {
  /** Its own; default 127.0.0.1. */
  readonly address?: string;
  /** `host:port[;parameters]` for what is addressed to itself. */
  readonly next: string;
  /** The second socket is of TCP. */
  readonly isBridge?: boolean;
}

export class Kamailio {
  private constructor(
    /** host:port that requests are sent to. */
    readonly sip: string,
    /** host:port of its other socket. */
    readonly inner: string,
    private readonly child: TestChild,
    private readonly folder: string,
  ) {}

  static async start(options: KamailioOptions): Promise<Kamailio> {
    const { address = '127.0.0.1', next, isBridge = false } = options;
    const [inPort = 0, outPort = 0] = await freePorts(2);
    const folder = mkdtempSync(join(tmpdir(), 'proffer-kamailio-'));
    const child = new TestChild({
      command: 'kamailio',
      cwd: folder,
      args: [
        ...['-DD', '-E', '-m', '32', '-f', join(repositoryRoot, 'test/support/kamailio/record-route.cfg')],
        ...['-A', `ADDRESS=${address}`, '-A', `IN_PORT=${inPort}`, '-A', `OUT_PORT=${outPort}`],
        ...['-A', `NEXT=${next}`, ...(isBridge ? ['-A', 'BRIDGE'] : [])],
        ...['-w', folder, '-Y', folder, '-P', join(folder, 'pid')],
      ],
    });
    const proxy = new Kamailio(`${address}:${inPort}`, `${address}:${outPort}`, child, folder);
    await waitUntil('kamailio answers', async () => {
      if (child.hasExited) throw new Error(`kamailio ended: ${child.stderr}`);
      return answers(address, inPort);
    });
    return proxy;
  }

  /** What it logged; for the comment of a failing assertion. */
  get log(): string {
    return this.child.stderr;
  }

  async stop(): Promise<void> {
    await this.child.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function answers(address: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const heard = new Promise<boolean>((resolve) => {
    socket.once('message', () => resolve(true));
    setTimeout(() => resolve(false), 200);
  });
  const lines = [
    `OPTIONS sip:${address}:${port} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bKready`,
    'From: <sip:test@127.0.0.1>;tag=1',
    `To: <sip:${address}:${port}>`,
    `Call-ID: ready-${socket.address().port}`,
    'CSeq: 1 OPTIONS',
    'Max-Forwards: 70',
    'Content-Length: 0',
  ];
  socket.send(`${lines.join('\r\n')}\r\n\r\n`, port, address);
  const hasAnswered = await heard;
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return hasAnswered;
}
