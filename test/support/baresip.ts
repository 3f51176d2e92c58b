// baresip (1.0, Debian's baresip-core) as a telephone: no sound card, driven by its control port (ctrl_tcp: JSON in netstrings).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestChild, waitUntil } from './child-process.js';
import { freePort } from './free-port.js';
import type { CertificateFiles } from './certificates.js';

export interface BaresipOptions {
  /** Its accounts, one for each user that it answers for; the first is the one that calls. */
  readonly users: readonly string[];
  /** UDP and TCP port; TLS has the next one. */
  readonly port: number;
  readonly address?: string;
  /** Where its calls go, such as `sip:127.0.0.1:5060;transport=tcp`. */
  readonly outbound?: string;
  readonly answers?: boolean;
  /** Registers at `outbound`, again every so many seconds. */
  readonly registerSeconds?: number;
  readonly tls?: CertificateFiles & { readonly authority: string };
}

export interface BaresipEvent {
  readonly type: string;
  readonly class: string;
  readonly param?: string;
  readonly peeruri?: string;
}

/** Why baresip cannot run here, or undefined when it can. */
export function baresipMissing(): string | undefined {
  const found = spawnSync('baresip', ['-h'], { encoding: 'utf8' });
  return found.error === undefined ? undefined : 'baresip is not installed (Debian package baresip-core)';
}

export class Baresip {
  readonly events: BaresipEvent[] = [];
  readonly child: TestChild;
  readonly #folder: string;
  #control: Socket | undefined;
  #read = '';

  private constructor(options: BaresipOptions, controlPort: number) {
    this.#folder = mkdtempSync(join(tmpdir(), 'proffer-baresip-'));
    const file = (name: string, text: string): string => {
      const path = join(this.#folder, name);
      writeFileSync(path, text);
      return path;
    };
    file('config', configOf(options, this.#folder, controlPort));
    file('accounts', accountsOf(options));
    file('contacts', '');
    if (options.tls !== undefined) {
      const { certificate, key } = options.tls;
      file('own.pem', readFileSync(key, 'utf8') + readFileSync(certificate, 'utf8'));
    }
    this.child = new TestChild({ command: 'baresip', args: ['-f', this.#folder], cwd: this.#folder });
  }

  static async start(options: BaresipOptions): Promise<Baresip> {
    const controlPort = await freePort();
    const phone = new Baresip(options, controlPort);
    try {
      await waitUntil('baresip listens on its control port', async () => phone.#connect(controlPort));
    } catch (error) {
      await phone.stop();
      throw new Error(`${String(error)}\n${phone.output}`, { cause: error });
    }
    return phone;
  }

  get output(): string {
    return `${this.child.stdout}\n${this.child.stderr}`;
  }

  /** A command of its menu, such as `dial` with a URI. */
  command(command: string, params = ''): void {
    const text = JSON.stringify({ command, params, token: command });
    this.#control?.write(`${Buffer.byteLength(text)}:${text},`);
  }

  /** Waits for an event of this type, takes it and all before it. */
  async heard(type: string): Promise<BaresipEvent> {
    const seen = (): string => this.events.map((one) => `${one.type} ${one.param ?? ''}`).join(', ');
    try {
      await waitUntil(`baresip says ${type}`, () => this.events.some((one) => one.type === type));
    } catch (error) {
      throw new Error(`${String(error)}; it said: ${seen()}\n${this.output.slice(-1500)}`, { cause: error });
    }
    const index = this.events.findIndex((one) => one.type === type);
    return this.events.splice(0, index + 1)[index]!;
  }

  async stop(): Promise<void> {
    this.#control?.destroy();
    await this.child.stop('SIGTERM', 2000);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #connect(port: number): Promise<boolean> {
    if (this.child.hasExited) throw new Error('baresip ended');
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', () => resolve(false));
      socket.once('connect', () => {
        this.#control = socket;
        socket.on('error', () => undefined);
        socket.on('data', (chunk) => this.#take(chunk.toString('latin1')));
        resolve(true);
      });
    });
  }

  /** Netstrings: `LENGTH:TEXT,`. */
  #take(text: string): void {
    this.#read += text;
    for (;;) {
      const colon = this.#read.indexOf(':');
      const length = Number(this.#read.slice(0, colon));
      if (colon === -1 || this.#read.length < colon + length + 2) return;
      const json = this.#read.slice(colon + 1, colon + 1 + length);
      this.#read = this.#read.slice(colon + length + 2);
      const said = JSON.parse(json) as Record<string, unknown>;
      if (said['event'] === true) this.events.push(said as unknown as BaresipEvent);
    }
  }
}

function configOf({ address, port, tls }: BaresipOptions, folder: string, controlPort: number): string {
  return `poll_method epoll
sip_listen ${address ?? '127.0.0.1'}:${port}
${tls === undefined ? '' : `sip_certificate ${folder}/own.pem\nsip_cafile ${tls.authority}\n`}module_path /usr/lib/baresip/modules
audio_source ausine,440
ausrc_srate 48000
ausrc_channels 2
audio_player aufile,${folder}/heard.wav
audio_alert aufile,${folder}/alert.wav
rtp_timeout 0
ctrl_tcp_listen 127.0.0.1:${controlPort}
module g711.so
module ausine.so
module aufile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
`;
}

function accountsOf(options: BaresipOptions): string {
  const { users, port, address = '127.0.0.1', outbound, answers, registerSeconds } = options;
  const parameters = [
    `regint=${registerSeconds ?? 0}`,
    'auth_pass=none',
    ...(outbound === undefined ? [] : [`outbound="${outbound}"`]),
    ...(answers === true ? ['answermode=auto'] : []),
  ].join(';');
  const isTls = /transport=tls/.test(outbound ?? '');
  const transport = /;transport=\w+/.exec(outbound ?? '')?.[0] ?? '';
  return users
    .map((user) => `<sip:${user}@${address}:${isTls ? port + 1 : port}${transport}>;${parameters}\n`)
    .join('');
}
