// Where the embedded database lies: <dataDir>/records/data, its socket beside it. Every process finds the same place.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { errorMessage, makeDirectory } from '../../kernel/index.js';
import { RecordsUnavailableError } from '../errors.js';

export interface EmbeddedPlace {
  /** <dataDir>/records */
  readonly directory: string;
  /** The cluster. */
  readonly data: string;
  /** Is there while the cluster is being made: what lies in `data` then is of no use. */
  readonly unfinished: string;
  readonly socket: string;
  readonly url: string;
  /** For people. */
  readonly description: string;
}

const SOCKET_NAME = '.s.PGSQL.5432';
/** A socket's path has room for 107 bytes on Linux, for 103 on macOS. */
const MAX_SOCKET_BYTES = 100;

/** Where it is or will be; nothing is made. */
export function embeddedPlace(dataDir: string): EmbeddedPlace {
  const real = existsSync(dataDir) ? realpathSync(dataDir) : path.resolve(dataDir);
  const directory = path.join(real, 'records');
  const socketDirectory = socketDirectoryOf(directory);
  return {
    directory,
    data: path.join(directory, 'data'),
    unfinished: path.join(directory, 'unfinished'),
    socket: path.join(socketDirectory, SOCKET_NAME),
    url: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(socketDirectory)}`,
    description: `${path.join(dataDir, 'records')} (embedded)`,
  };
}

/** Makes the directories. @throws RecordsUnavailableError when they cannot be made or are somebody else's */
export function preparePlace({ directory, socket }: EmbeddedPlace): void {
  try {
    makeDirectory(directory);
    chmodSync(directory, 0o700);
    const socketDirectory = path.dirname(socket);
    if (socketDirectory !== directory) ownDirectory(socketDirectory);
  } catch (error) {
    throw new RecordsUnavailableError(
      `the embedded database cannot be put into ${directory}: ${errorMessage(error)}; set PROFFER_DATA_DIR or DATABASE_URL`,
      error,
    );
  }
}

function ownDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch {
    // Most often it is there; whose it is comes next.
  }
  const found = lstatSync(directory);
  if (!found.isDirectory() || found.uid !== userInfo().uid || (found.mode & 0o077) !== 0) {
    throw new Error(`${directory}, for its socket, is not a directory that is ours alone; remove it`);
  }
}

function socketDirectoryOf(directory: string): string {
  if (fits(directory)) return directory;
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 24);
  const candidates = [tmpdir(), '/tmp'].map((one) => path.join(one, `proffer-${hash}`));
  return candidates.find(fits) ?? path.join('/tmp', `proffer-${hash}`);
}

function fits(directory: string): boolean {
  return Buffer.byteLength(path.join(directory, SOCKET_NAME)) <= MAX_SOCKET_BYTES;
}
