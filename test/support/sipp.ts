// Runs SIPp (3.6, Debian's sip-tester) on the scenarios of test/scenarios: always bounded by -m and a time limit.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { TestChild, waitUntil } from './child-process.js';
import { parseMessageTrace, parseStatistics } from './sipp-output.js';
import { repositoryRoot } from './repository-root.js';
import type { SippMessage, SippStatistics } from './sipp-output.js';

export type { SippMessage, SippStatistics } from './sipp-output.js';
export type SippTransport = 'udp' | 'tcp';

export interface SippOptions {
  /** File name under test/scenarios without `.xml`, or an absolute path. */
  readonly scenario: string;
  readonly transport?: SippTransport;
  /** Local address; default 127.0.0.1. */
  readonly localAddress?: string;
  readonly localPort?: number;
  /** Values for `[name]` in the scenario. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Keep every message, which a load run had better not; default true. */
  readonly traceMessages?: boolean;
  /** Further SIPp arguments. */
  readonly args?: readonly string[];
}

export interface SippCallOptions extends SippOptions {
  /** host:port that is called. */
  readonly remote: string;
  /** Dialled number. */
  readonly called?: string;
  readonly caller?: string;
  /** Default 1. */
  readonly calls?: number;
  /** Calls a second; default 10. */
  readonly rate?: number;
  /** Calls at once; SIPp's own default otherwise. */
  readonly limit?: number;
  /** Length of the pauses of the scenario; default 100. */
  readonly pauseMs?: number;
  /** Default 90. */
  readonly timeoutSeconds?: number;
}

export interface SippResult {
  /** 0: every call went as the scenario says. */
  readonly exitCode: number | null;
  readonly statistics: SippStatistics;
  readonly messages: readonly SippMessage[];
  /** Lines of <log> actions. */
  readonly logLines: readonly string[];
  /** What -trace_err wrote; for the comment of a failing assertion. */
  readonly errors: string;
}

/** Why SIPp cannot run here, or undefined when it can. */
export function sippMissing(): string | undefined {
  const found = spawnSync('sipp', ['-v'], { encoding: 'utf8' });
  return found.error === undefined ? undefined : 'sipp is not installed (Debian package sip-tester)';
}

const harmless = /Maximum number of open sockets|^The following events occurred:$|^Resolving remote host/;

class SippRun {
  readonly #folder = mkdtempSync(join(tmpdir(), 'proffer-sipp-'));
  readonly child: TestChild;

  constructor(options: SippOptions, role: 'caller' | 'destination', args: readonly string[]) {
    const scenario = options.scenario.startsWith('/')
      ? options.scenario
      : join(repositoryRoot, 'test', 'scenarios', `${options.scenario}.xml`);
    const address = options.localAddress ?? '127.0.0.1';
    // A caller opens a TCP connection a call (tn), since the ACK of a proxied call goes elsewhere than the INVITE.
    const tcp = role === 'caller' ? 'tn' : 't1';
    this.child = new TestChild({
      command: 'sipp',
      cwd: this.#folder,
      args: [
        ...['-sf', scenario, '-i', address, '-bind_local', '-t', options.transport === 'tcp' ? tcp : 'u1'],
        ...(options.localPort === undefined ? [] : ['-p', String(options.localPort)]),
        ...['-nostdin', '-max_socket', '1000', '-trace_err', '-error_file', 'errors.log'],
        ...['-trace_logs', '-log_file', 'log.log', '-trace_stat', '-stf', 'statistics.csv', '-fd', '1'],
        ...(options.traceMessages === false ? [] : ['-trace_msg', '-message_file', 'messages.log']),
        ...Object.entries(options.keys ?? {}).flatMap(([key, value]) => ['-key', key, value]),
        ...(options.args ?? []),
        ...args,
      ],
    });
  }

  #file(name: string): string {
    const path = join(this.#folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  get messages(): SippMessage[] {
    return parseMessageTrace(this.#file('messages.log'));
  }

  get logLines(): string[] {
    return this.#file('log.log').split('\n').filter(Boolean);
  }

  result(exitCode: number | null): SippResult {
    const errors = `${this.#file('errors.log')}\n${this.child.stderr}`
      .split('\n')
      .filter((line) => !harmless.test(line))
      .join('\n');
    const result: SippResult = {
      exitCode,
      statistics: parseStatistics(this.#file('statistics.csv')),
      messages: this.messages,
      logLines: this.logLines,
      errors: errors.trim().slice(0, 4000),
    };
    rmSync(this.#folder, { recursive: true, force: true });
    return result;
  }
}

/** Places calls with a `uac-*` scenario and waits until they are over. */
export function callWithSipp(options: SippCallOptions): Promise<SippResult> {
  return startCalls(options).ended;
}

export interface SippCalls {
  readonly ended: Promise<SippResult>;
  /** Places no more calls; those there are go to their end. */
  finish(): void;
  /** Ends SIPp, and with it the calls there are. */
  stop(): void;
}

/** Places calls with a `uac-*` scenario, until there were so many or it is stopped. */
export function startCalls(options: SippCallOptions): SippCalls {
  const { calls = 1, rate = 10, pauseMs = 100, timeoutSeconds = 90 } = options;
  const run = new SippRun(
    {
      ...options,
      keys: { caller: options.caller ?? '+15550100001', ...options.keys },
    },
    'caller',
    [
      ...[
        '-s',
        options.called ?? '+18005550100',
        '-m',
        String(calls),
        '-r',
        String(rate),
        '-d',
        String(pauseMs),
      ],
      ...(options.limit === undefined ? [] : ['-l', String(options.limit)]),
      ...['-timeout', `${timeoutSeconds}s`, '-timeout_error', options.remote],
    ],
  );
  // SIPp's own limit ends it; this one is for a SIPp that hangs.
  const guard = setTimeout(() => run.child.signal('SIGKILL'), (timeoutSeconds + 20) * 1000);
  const ended = run.child.exited.then(({ code }) => {
    clearTimeout(guard);
    return run.result(code);
  });
  return {
    ended,
    finish: () => run.child.signal('SIGUSR1'),
    stop: () => run.child.signal('SIGKILL'),
  };
}

/** A destination: SIPp with a `uas-*` scenario on a port of its own until it is stopped. */
export class SippDestination {
  readonly #run: SippRun;
  readonly #options: SippOptions & { readonly localPort: number };

  private constructor(options: SippOptions & { readonly localPort: number }) {
    this.#options = options;
    this.#run = new SippRun(options, 'destination', []);
  }

  /** Settles when SIPp listens. */
  static async start(options: SippOptions & { readonly localPort: number }): Promise<SippDestination> {
    const destination = new SippDestination(options);
    await waitUntil(`sipp ${options.scenario} listens on port ${options.localPort}`, () => {
      if (destination.#run.child.hasExited) {
        throw new Error(`sipp ${options.scenario} ended: ${destination.#run.result(null).errors}`);
      }
      return isListening(options.transport ?? 'udp', options.localPort);
    });
    return destination;
  }

  get pid(): number {
    return this.#run.child.pid;
  }

  get port(): number {
    return this.#options.localPort;
  }

  /** The messages so far. */
  get messages(): readonly SippMessage[] {
    return this.#run.messages;
  }

  /** INVITEs that arrived and begin a dialog, without retransmissions, oldest first. */
  get invites(): readonly SippMessage[] {
    const seen = new Set<string>();
    return this.messages.filter((message) => {
      if (message.direction !== 'received' || message.method !== 'INVITE') return false;
      if (/;\s*tag=/.test(message.header('To') ?? '')) return false;
      const key = message.header('Via') ?? '';
      return !seen.has(key) && seen.add(key);
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#run.child.signal(name);
  }

  async stop(): Promise<SippResult> {
    const { code } = await this.#run.child.stop('SIGTERM', 2000);
    return this.#run.result(code);
  }
}

/** Whether a socket of this machine listens on the port (IPv4), from /proc/net. */
function isListening(transport: SippTransport, port: number): boolean {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync(`/proc/net/${transport}`, 'utf8')
    .split('\n')
    .some((line) => line.trim().split(/\s+/)[1]?.endsWith(wanted) === true);
}
