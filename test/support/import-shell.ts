// The command line of an import, in a directory of its own with the shipped settings.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { TestChild } from './child-process.js';
import { repositoryRoot } from './repository-root.js';

export interface ImportAnswer {
  readonly code: number | null;
  readonly stderr: string;
  readonly read: number;
  readonly new: number;
  readonly changed: number;
  readonly same: number;
  readonly rejected: number;
  readonly rejectsFile: string | null;
}

const demo = (source: string): string => join('data/demo/acme', `${source}.parquet`);

/** What `proffer demo-data` writes, and what it is imported as, in order. */
export const demoImports = [
  ['customers', demo('customers')],
  ['phones', demo('phones')],
  ['accounts', demo('accounts')],
  ['offers-history', demo('exposures')],
  ['alerts', demo('serviceAlerts')],
] as const;

export class ImportShell {
  readonly directory = mkdtempSync(join(tmpdir(), 'proffer-import-'));
  readonly config = join(this.directory, 'config');
  readonly dataDir = join(this.directory, 'data');
  readonly #env: NodeJS.ProcessEnv;

  /** @param env of every command */
  constructor(env: NodeJS.ProcessEnv = {}) {
    this.#env = env;
    cpSync(join(repositoryRoot, 'config'), this.config, { recursive: true });
    t.teardown(() => rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 }));
  }

  async run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = new TestChild({
      command: process.execPath,
      args: [join(repositoryRoot, 'dist/src/cli/main.js'), ...args],
      cwd: this.directory,
      env: {
        ...process.env,
        DATABASE_URL: '',
        REDIS_URL: '',
        PROFFER_IDENTITY_KEY: '',
        PROFFER_CONFIG_DIR: this.config,
        PROFFER_DATA_DIR: this.dataDir,
        ...this.#env,
        ...env,
      },
    });
    const { code } = await child.exited;
    return { code, stdout: child.stdout, stderr: child.stderr };
  }

  async import(...args: readonly string[]): Promise<ImportAnswer> {
    const { code, stdout, stderr } = await this.run(['import', ...args, '--partner', 'acme', '--json']);
    if (!stdout.startsWith('{')) throw new Error(`no answer: ${stderr}`);
    return { ...(JSON.parse(stdout) as Omit<ImportAnswer, 'code' | 'stderr'>), code, stderr };
  }

  file(name: string, lines: readonly string[]): string {
    const file = join(this.directory, name);
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  }
}
