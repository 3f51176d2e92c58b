// How commands on the router's own machine reach it without a token being set: it leaves its address and a key that opens the
// reading of traces, and nothing else, in a file of the data directory that only its own user can read.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Authenticator } from '../console/index.js';
import { errorCode } from '../kernel/index.js';
import type { Part } from '../kernel/index.js';

/** What the file says. */
export interface LocalDoorFile {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly key: string;
  readonly pid: number;
}

const fileName = 'router.json';

export class LocalDoor implements Part {
  readonly name = 'local door';
  readonly #key = randomBytes(32).toString('base64url');
  readonly #path: string;
  readonly #url: () => string;

  /** @param url of the HTTP server, once it listens */
  constructor(dataDir: string, url: () => string) {
    this.#path = join(dataDir, fileName);
    this.#url = url;
  }

  get authenticator(): Authenticator {
    const wanted = digest(this.#key);
    return {
      authenticate: ({ method, url, headers }) => {
        if (method !== 'GET' || !/^\/v1\/sip\/traces(?:[/?]|$)/.test(url)) return { kind: 'none' };
        const shown = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
        return shown !== undefined && timingSafeEqual(digest(shown), wanted)
          ? { kind: 'principal', principal: { kind: 'token' } }
          : { kind: 'none' };
      },
    };
  }

  start(): void {
    const file: LocalDoorFile = { url: this.#url(), key: this.#key, pid: process.pid };
    rmSync(this.#path, { force: true });
    writeFileSync(this.#path, `${JSON.stringify(file)}\n`, { mode: 0o600, flag: 'wx' });
  }

  stop(): void {
    // Another router may have come to the same directory since.
    if (readLocalDoor(this.#path)?.key === this.#key) rmSync(this.#path, { force: true });
  }
}

/** The door of the router whose data are there; undefined when none left one. */
export function localDoor(dataDir: string): LocalDoorFile | undefined {
  return readLocalDoor(join(dataDir, fileName));
}

function readLocalDoor(path: string): LocalDoorFile | undefined {
  try {
    const { url, key, pid } = JSON.parse(readFileSync(path, 'utf8')) as Partial<LocalDoorFile>;
    return typeof url === 'string' && typeof key === 'string' ? { url, key, pid: Number(pid) } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || ['ENOENT', 'EACCES'].includes(errorCode(error) ?? ''))
      return undefined;
    throw error;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
