// <dataDir>/provisioned/<centre>.json: the ledger as a file, written beside and renamed.
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, errorMessage, makeDirectory } from '../../kernel/index.js';
import { tierKey } from './desired-centre.js';
import type { TierPlace } from './desired-centre.js';
import { LedgerError, LedgerInUseError } from './errors.js';
import { emptyLedger } from './ledger.js';
import type { Ledger, LedgerStore } from './ledger.js';
import { isFullName } from './names.js';

const version = 1;

export class LedgerFile implements LedgerStore {
  readonly path: string;
  readonly #lockPath: string;

  /** @param centre an id of centres.yaml, which is a file name too */
  constructor(dataDir: string, centre: string) {
    this.path = join(dataDir, 'provisioned', `${centre}.json`);
    this.#lockPath = join(dataDir, 'provisioned', `${centre}.lock`);
  }

  read(): Ledger {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return emptyLedger;
      throw new LedgerError(this.path, `cannot be read: ${errorMessage(error)}`, error);
    }
    const ledger = parseLedger(text);
    if (ledger === undefined) {
      throw new LedgerError(
        this.path,
        'is no ledger of what was provisioned; bring it back from a backup, or move it away: what was added then counts as made by hand',
      );
    }
    return ledger;
  }

  write(ledger: Ledger): void {
    const temporary = `${this.path}.new`;
    const content = {
      version,
      agents: [...ledger.agents].sort(),
      tiers: [...ledger.tiers.values()].map(({ queue, agent }) => ({ queue, agent })),
    };
    try {
      makeDirectory(dirname(this.path));
      const file = openSync(temporary, 'w');
      try {
        writeFileSync(file, `${JSON.stringify(content, null, 1)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, this.path);
    } catch (error) {
      throw new LedgerError(this.path, `cannot be written: ${errorMessage(error)}`, error);
    }
  }

  /**
   * Keeps other processes from applying to the centre meanwhile; a lock whose process is gone is taken over.
   * @returns gives the lock back
   * @throws LedgerInUseError, LedgerError
   */
  lock(): () => void {
    try {
      makeDirectory(dirname(this.#lockPath));
      if (existsSync(this.#lockPath)) this.#takeOver();
      writeFileSync(this.#lockPath, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error instanceof LedgerInUseError) throw error;
      throw new LedgerError(this.#lockPath, `cannot be locked: ${errorMessage(error)}`, error);
    }
    return () => {
      rmSync(this.#lockPath, { force: true });
    };
  }

  #takeOver(): void {
    const pid = Number(readFileSync(this.#lockPath, 'utf8'));
    if (isRunning(pid)) throw new LedgerInUseError(this.path, pid);
    rmSync(this.#lockPath, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Undefined for anything that we did not write: names are sent to FreeSWITCH as they stand here. */
function parseLedger(text: string): Ledger | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof content !== 'object' || content === null) return undefined;
  if (!('version' in content) || content.version !== version) return undefined;
  if (!('agents' in content) || !isList(content.agents, isName)) return undefined;
  if (!('tiers' in content) || !isList(content.tiers, isTierPlace)) return undefined;
  return {
    agents: new Set(content.agents),
    tiers: new Map(content.tiers.map((one) => [tierKey(one), one])),
  };
}

function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && isFullName(value);
}

function isTierPlace(value: unknown): value is TierPlace {
  if (typeof value !== 'object' || value === null) return false;
  return 'queue' in value && isName(value.queue) && 'agent' in value && isName(value.agent);
}
