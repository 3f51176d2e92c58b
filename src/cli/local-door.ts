// How commands on the machine of a router or an engine reach it without a token being set: it leaves its address and a key that
// opens the reading of traces, and nothing else, in a file that only its own user can read: a router in its data directory, an
// engine, which has none, in a folder of its user for what runs now.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { Authenticator } from '../console/index.js';
import { AppError, errorCode } from '../kernel/index.js';
import type { Part } from '../kernel/index.js';

/** What the file says. */
export interface LocalDoorFile {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly key: string;
  readonly pid: number;
}

/** Thrown when the folder for the file is not our user's alone: others could read the key, or put a file of theirs there. */
export class LocalDoorError extends AppError {
  constructor(folder: string) {
    super('CLI_LOCAL_DOOR', `${folder} must be a folder that its owner, and nobody else, can open`, {
      fields: { folder },
    });
  }
}

/** The file of the router whose data are there. */
export function routerDoor(dataDir: string): string {
  return join(dataDir, 'router.json');
}

/** The file of this user's engine with that control port. */
export function engineDoor(controlPort: number): string {
  return join(tmpdir(), `proffer-${userInfo().uid}`, `engine-${controlPort}.json`);
}

export class LocalDoor implements Part {
  readonly name = 'local door';
  readonly #key = randomBytes(32).toString('base64url');
  readonly #path: () => string;
  readonly #url: () => string;

  /**
   * @param path of the file, asked for once it is written
   * @param url of the HTTP server, once it listens
   */
  constructor(path: () => string, url: () => string) {
    this.#path = path;
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
    const path = this.#path();
    const file: LocalDoorFile = { url: this.#url(), key: this.#key, pid: process.pid };
    rmSync(path, { force: true });
    writeFileSync(path, `${JSON.stringify(file)}\n`, { mode: 0o600, flag: 'wx' });
  }

  stop(): void {
    // Another one may have come to the same place since.
    const path = this.#path();
    if (readLocalDoor(path)?.key === this.#key) rmSync(path, { force: true });
  }
}

/** Makes the folder of an engine's file. @throws LocalDoorError when somebody else has a say in what is there */
export function ensureOwnFolder(file: string): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!isOwnFolder(folder)) throw new LocalDoorError(folder);
}

/** The door of this user's engine; undefined when none left one, or when it may be that of somebody else. */
export function readEngineDoor(path: string): LocalDoorFile | undefined {
  return isOwnFolder(dirname(path)) ? readLocalDoor(path) : undefined;
}

function isOwnFolder(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === userInfo().uid && (found.mode & 0o077) === 0;
}

/** What a door's file says; undefined when there is none. */
export function readLocalDoor(path: string): LocalDoorFile | undefined {
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
