// The real router as its own process (`proffer start`), with settings, data and ports of its own.
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { putEmbeddedCluster } from './embedded-cluster.js';
import { TestChild, waitUntil } from './child-process.js';
import { freePorts } from './free-port.js';
import { parseMetrics } from './metrics-text.js';
import { repositoryRoot } from './repository-root.js';
import { SettingsFolder, testCentres, testTrunks } from './router-settings.js';
import type { ChildExit } from './child-process.js';
import type { MetricSample } from './metrics-text.js';
import type { CentrePorts, SettingsDraft } from './router-settings.js';

const cli = resolve(import.meta.dirname, '../../src/cli/main.js');

export interface RouterOptions {
  /** Changes the settings after the trunks, centres and loopback ports of tests were set. */
  readonly edit?: (draft: SettingsDraft) => void;
  readonly centres?: CentrePorts;
  readonly centreTransport?: 'udp' | 'tcp';
  readonly env?: Readonly<Record<string, string>>;
  /** Demonstration customers; default 500, the documented callers among them. */
  readonly customers?: number;
  /** Node.js options, such as `--cpu-prof`. */
  readonly nodeArgs?: readonly string[];
  /** Arguments of `proffer start`, such as `--quiet`. */
  readonly args?: readonly string[];
  /** Time to readiness; default 30,000. */
  readonly readyWithinMs?: number;
  /** Records too: at DATABASE_URL of `env`, else embedded. Default only where `env` has DATABASE_URL: they take time to start. */
  readonly records?: boolean;
  /** Takes over a data directory of a router that was stopped. */
  readonly dataDir?: string;
  /** SIP and HTTP; default free ones. */
  readonly ports?: readonly [sip: number, http: number];
}

/** The environment without anything that would steer a router, so that tests do not depend on the shell. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const steering = /^(PROFFER_|DRACHTIO_|REDIS_URL$|DATABASE_URL$|FREESWITCH_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !steering.test(name)));
}

function filesIn(directory: string, folder: string): readonly string[] {
  const path = join(directory, folder);
  if (!statSync(path).isDirectory()) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}

function hasRecords({ records, env }: RouterOptions): boolean {
  return records ?? env?.['DATABASE_URL'] !== undefined;
}

export class RouterProcess {
  readonly settings = new SettingsFolder();
  readonly dataDir: string;
  readonly sipPort: number;
  readonly httpPort: number;
  readonly child: TestChild;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(options: RouterOptions & { readonly dataDir: string }, ports: readonly number[]) {
    this.#env = options.env ?? {};
    const [sipPort = 0, httpPort = 0] = ports;
    this.sipPort = sipPort;
    this.httpPort = httpPort;
    this.dataDir = options.dataDir;
    this.settings.change((draft) => {
      draft.proffer.demo = { customers: options.customers ?? 500, standInCentres: false };
      draft.proffer.log = { personalData: true };
      // What tests of a whole router prove is no matter of time: a loaded machine must not make a call fail open.
      draft.proffer.routing = { ...draft.proffer.routing, decisionDeadlineMs: 3000, storeDeadlineMs: 1500 };
      draft.proffer.records = { kind: hasRecords(options) ? 'auto' : 'none' };
      testTrunks(draft);
      testCentres(draft, options.centres ?? { east: 9, west: 9, overflow: 9 }, options.centreTransport);
      options.edit?.(draft);
    });
    this.child = new TestChild({
      command: process.execPath,
      cwd: repositoryRoot,
      args: [...(options.nodeArgs ?? []), cli, 'start', ...(options.args ?? [])],
      env: {
        ...cleanEnvironment(),
        PROFFER_CONFIG_DIR: this.settings.path,
        PROFFER_DATA_DIR: this.dataDir,
        PROFFER_SIP_PORT: String(sipPort),
        PROFFER_HTTP_PORT: String(httpPort),
        ...options.env,
      },
    });
  }

  /** Starts a router and waits for /readyz. Throws with its output when it ends before that. */
  static async start(options: RouterOptions = {}): Promise<RouterProcess> {
    const router = await RouterProcess.launch(options);
    try {
      await waitUntil(
        'the router is ready',
        async () => {
          if (router.child.hasExited) throw new Error('the router ended');
          return (await router.httpStatus('/readyz')) === 200;
        },
        options.readyWithinMs ?? 30_000,
      );
    } catch (error) {
      const output = router.output;
      await router.stop();
      throw new Error(`${String(error)}\n${output.slice(-3000)}`, { cause: error });
    }
    return router;
  }

  /** Starts a router and waits for nothing; for starts that must fail. */
  static async launch(options: RouterOptions = {}): Promise<RouterProcess> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'proffer-data-'));
    // Not made by each router anew: that takes seconds.
    const isEmbedded = hasRecords(options) && options.env?.['DATABASE_URL'] === undefined;
    if (options.dataDir === undefined && isEmbedded) await putEmbeddedCluster(dataDir);
    return new RouterProcess({ ...options, dataDir }, options.ports ?? (await freePorts(2)));
  }

  /** What it printed, standard output first. */
  get output(): string {
    return `${this.child.stdout}\n${this.child.stderr}`;
  }

  /** host:port of its SIP side. */
  get sip(): string {
    return `127.0.0.1:${this.sipPort}`;
  }

  /** host:port of the drachtio-server that it runs on, as that told it. */
  drachtioSip(transport: 'udp' | 'tcp'): string {
    return new RegExp(`"addresses":"[^"]*${transport}/([^,"]+)`).exec(this.output)?.[1] ?? '';
  }

  get http(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  /** Status of a GET, 0 when nobody answers. */
  async httpStatus(path: string): Promise<number> {
    try {
      const response = await fetch(`${this.http}${path}`, { signal: AbortSignal.timeout(2000) });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  async metrics(): Promise<MetricSample[]> {
    return parseMetrics(await (await fetch(`${this.http}/metrics`)).text());
  }

  /** Every decision, attempt and outcome record on disk, in the order they were written. */
  records(): Record<string, unknown>[] {
    if (!existsSync(this.dataDir)) return [];
    // Without the thousand files of the embedded database.
    return readdirSync(this.dataDir)
      .filter((name) => name !== 'records')
      .flatMap((name) => [name, ...filesIn(this.dataDir, name)])
      .filter((name) => name.endsWith('.ndjson'))
      .toSorted()
      .flatMap((name) => readFileSync(join(this.dataDir, name), 'utf8').split('\n'))
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The records whose JSON text contains `text`, such as a Call-ID or a decision id; waits until one is of `type`. */
  async recordsOf(text: string, type?: string): Promise<Record<string, unknown>[]> {
    const matching = (): Record<string, unknown>[] =>
      this.records().filter((one) => JSON.stringify(one).includes(text));
    if (type !== undefined) {
      await waitUntil(`a record ${type} of ${text}`, () => matching().some((one) => one['type'] === type));
    }
    return matching();
  }

  /** Runs another command of the CLI against the same settings and data. */
  async run(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = new TestChild({
      command: process.execPath,
      cwd: repositoryRoot,
      args: [cli, ...args],
      env: {
        ...cleanEnvironment(),
        PROFFER_CONFIG_DIR: this.settings.path,
        PROFFER_DATA_DIR: this.dataDir,
        PROFFER_SIP_PORT: String(this.sipPort),
        PROFFER_HTTP_PORT: String(this.httpPort),
        ...this.#env,
      },
    });
    const guard = setTimeout(() => child.signal('SIGKILL'), 60_000);
    const { code } = await child.exited;
    clearTimeout(guard);
    return { code, stdout: child.stdout, stderr: child.stderr };
  }

  /** Ends the router and removes what it left, unless `keepData`. */
  async stop(keepData = false): Promise<ChildExit> {
    const exit = await this.child.stop();
    this.settings.remove();
    if (!keepData && existsSync(this.dataDir)) {
      chmodSync(this.dataDir, 0o700);
      // The process of its embedded database may be about to end.
      rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
    return exit;
  }
}
