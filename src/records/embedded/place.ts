// Where the embedded database lies: <dataDir>/records/data, its socket beside it. Every process finds the same place.
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
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

/** Makes the directories. @throws RecordsUnavailableError when they cannot be made or are somebody else's */
export function embeddedPlace(dataDir: string): EmbeddedPlace {
  const wanted = path.join(dataDir, 'records');
  try {
    makeDirectory(wanted);
    chmodSync(wanted, 0o700);
    const directory = realpathSync(wanted);
    const socketDirectory = socketDirectoryOf(directory);
    return {
      directory,
      data: path.join(directory, 'data'),
      unfinished: path.join(directory, 'unfinished'),
      socket: path.join(socketDirectory, SOCKET_NAME),
      url: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(socketDirectory)}`,
      description: `embedded in ${wanted}`,
    };
  } catch (error) {
    throw new RecordsUnavailableError(
      `the embedded database cannot be put into ${wanted}: ${errorMessage(error)}; set PROFFER_DATA_DIR or DATABASE_URL`,
      error,
    );
  }
}

function socketDirectoryOf(directory: string): string {
  if (fits(directory)) return directory;
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 24);
  const candidates = [tmpdir(), '/tmp'].map((one) => path.join(one, `proffer-${hash}`));
  const short = candidates.find(fits) ?? path.join('/tmp', `proffer-${hash}`);
  try {
    mkdirSync(short, { mode: 0o700 });
  } catch {
    // Most often it is there; whose it is comes next.
  }
  const { uid, mode } = lstatSync(short);
  if (!lstatSync(short).isDirectory() || uid !== userInfo().uid || (mode & 0o077) !== 0) {
    throw new Error(`${short}, for its socket, is not a directory that is ours alone; remove it`);
  }
  return short;
}

function fits(directory: string): boolean {
  return Buffer.byteLength(path.join(directory, SOCKET_NAME)) <= MAX_SOCKET_BYTES;
}
