// A real PostgreSQL of the test's own: a new cluster in a temporary directory, free port, password, nothing kept on stop. It refuses
// to run as root, so for root it runs as the user postgres; it ends with the test's process, whatever ends that.
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { TestChild, waitUntil } from './child-process.js';
import { freePort } from './free-port.js';
import { madeOnce } from './made-once.js';

export interface PostgresServerOptions {
  /** Further settings, such as `{ max_connections: '5' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Nothing of the test is to survive it. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '16MB',
} as const;

export class PostgresServer {
  static readonly user = 'proffer';
  static readonly password = 'hunter2-of-the-test';
  readonly port: number;
  readonly #directory: string;
  readonly #settings: Readonly<Record<string, string>>;
  #child: TestChild;

  private constructor(port: number, directory: string, own: Readonly<Record<string, string>>) {
    this.port = port;
    this.#directory = directory;
    this.#settings = { ...settings, port: String(port), ...own };
    this.#child = this.#spawn();
  }

  static async start(options: PostgresServerOptions = {}): Promise<PostgresServer> {
    const directory = await copyCluster();
    const server = new PostgresServer(await freePort(), directory, options.settings ?? {});
    // A test that dies takes its server with it; setpriv sees to it where this does not come to run.
    process.once('exit', () => {
      server.#child.signal('SIGKILL');
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    });
    await server.#answers();
    return server;
  }

  /** The database `postgres` as a superuser. */
  get url(): string {
    const { user, password } = PostgresServer;
    return `postgres://${user}:${password}@127.0.0.1:${this.port}/postgres`;
  }

  /** What the server has written to its log. */
  get log(): string {
    return this.#child.stderr;
  }

  /** Runs statements, several at a time if need be, and gives the rows of the last. */
  async sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      const results: unknown = await client.query(text);
      const last: unknown = Array.isArray(results) ? results.at(-1) : results;
      return (last as { readonly rows: readonly Readonly<Record<string, unknown>>[] }).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends it at once; its clients see a broken connection, the port refuses. */
  async kill(): Promise<void> {
    await this.#child.stop('SIGQUIT');
  }

  /** Starts again on the same port with the same data after `kill`. */
  async restart(): Promise<void> {
    this.#child = this.#spawn();
    await this.#answers();
  }

  /** Ends the server and removes its data. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #spawn(): TestChild {
    const own = Object.entries(this.#settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return new TestChild({
      command: 'setpriv',
      args: [
        ...unprivileged(),
        // SIGQUIT: an immediate shutdown, should the test's process die.
        ...['--pdeathsig', 'QUIT', join(binaries(), 'postgres'), '-D', join(this.#directory, 'data')],
        ...own,
      ],
      cwd: this.#directory,
    });
  }

  async #answers(): Promise<void> {
    try {
      await waitUntil('postgres answers', async () => {
        if (this.#child.hasExited) throw new Error(`postgres did not start:\n${this.#child.stderr}`);
        return this.sql('SELECT 1').then(
          () => true,
          () => false,
        );
      });
    } catch (error) {
      await this.stop();
      throw error;
    }
  }
}

/** Debian keeps them off the PATH, a directory a major version; the newest is taken. */
function binaries(): string {
  const root = '/usr/lib/postgresql';
  const [newest] = readdirSync(root).toSorted((a, b) => Number(b) - Number(a));
  return join(root, newest ?? '', 'bin');
}

const runsAsRoot = userInfo().uid === 0;

function unprivileged(): readonly string[] {
  return runsAsRoot ? ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups'] : [];
}

/** A new cluster: to make one takes seconds, to copy one does not. */
async function copyCluster(): Promise<string> {
  const [, newest = ''] = /postgresql\/([^/]+)/.exec(binaries()) ?? [];
  const template = await madeOnce(`postgres-cluster-${newest}-${userInfo().uid}`, (own) => {
    // The user postgres may not get at the folder of the project.
    const made = makeCluster();
    execFileSync('cp', ['-a', made, join(own, 'made')]);
    rmSync(made, { recursive: true });
  });
  const directory = mkdtempSync(join(tmpdir(), 'proffer-postgres-'));
  execFileSync('cp', ['-a', `${template}/.`, directory]);
  return directory;
}

function makeCluster(): string {
  const directory = mkdtempSync(join(tmpdir(), 'proffer-postgres-'));
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, PostgresServer.password);
  mkdirSync(join(directory, 'data'));
  if (runsAsRoot) {
    const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    const [user, group] = [id('-u'), id('-g')];
    for (const path of [directory, passwordFile, join(directory, 'data')]) chownSync(path, user, group);
  }
  const initdb = [join(binaries(), 'initdb'), '--pgdata', join(directory, 'data'), '--no-sync'];
  const access = ['--username', PostgresServer.user, '--auth', 'scram-sha-256', '--pwfile', passwordFile];
  try {
    execFileSync(
      'setpriv',
      [...unprivileged(), '--', ...initdb, ...access, '--encoding', 'UTF8', '--locale', 'C.UTF-8'],
      { cwd: directory, stdio: 'pipe' },
    );
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
  return directory;
}
