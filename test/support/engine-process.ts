// `proffer engine` as its own process, on free ports of loopback.
import { resolve } from 'node:path';
import { TestChild, waitUntil } from './child-process.js';
import { repositoryRoot } from './repository-root.js';

const cli = resolve(import.meta.dirname, '../../src/cli/main.js');

/** What the engine says when it is ready. */
interface Where {
  readonly sip: readonly string[];
  readonly applications: string;
  readonly applicationsTls?: string;
  readonly metrics?: string;
}

const portOf = (hostPort: string | undefined): number =>
  Number(hostPort?.slice(hostPort.lastIndexOf(':') + 1));

export interface EngineProcessOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Without the arguments that tests usually give. */
  readonly isBare?: boolean;
}

export class EngineProcess {
  readonly child: TestChild;
  readonly where: Where;

  private constructor(child: TestChild, where: Where) {
    this.child = child;
    this.where = where;
  }

  static launch({ args = [], env = {}, isBare = false }: EngineProcessOptions): TestChild {
    const usual = ['--noconfig', '--contact', 'sip:127.0.0.1:0;transport=udp,tcp', '--port', '0', '--json'];
    const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('DRACHTIO_'));
    return new TestChild({
      command: process.execPath,
      cwd: repositoryRoot,
      args: [cli, 'engine', ...(isBare ? [] : usual), ...args],
      env: { ...Object.fromEntries(clean), ...env },
    });
  }

  /** Rejects with what it said when it does not start. */
  static async start(options: EngineProcessOptions): Promise<EngineProcess> {
    const child = EngineProcess.launch(options);
    await waitUntil(
      'the engine is ready',
      () => {
        if (child.hasExited) throw new Error(child.stderr);
        return child.stdout.includes('\n');
      },
      40_000,
      20,
    );
    return new EngineProcess(child, JSON.parse(child.stdout.split('\n')[0] ?? '') as Where);
  }

  get sipPort(): number {
    return portOf(this.where.sip[0]);
  }

  get controlPort(): number {
    return portOf(this.where.applications);
  }

  get tlsPort(): number {
    return portOf(this.where.applicationsTls);
  }
}

/** Another command of the CLI, to its end. */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const clean = Object.entries(process.env).filter(([name]) => !/^(DRACHTIO|PROFFER)_/.test(name));
  const child = new TestChild({
    command: process.execPath,
    cwd: repositoryRoot,
    args: [cli, ...args],
    env: { ...Object.fromEntries(clean), ...env },
  });
  const { code } = await child.exited;
  return { code, stdout: child.stdout, stderr: child.stderr };
}
