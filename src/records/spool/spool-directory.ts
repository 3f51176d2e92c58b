// The directory of a decision log as a spool: its files, the id by which the database knows it, and how far it was taken over as far
// as this machine remembers (the database has the last word).
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, makeDirectory, randomHex } from '../../kernel/index.js';
import { spoolStart } from './spool-position.js';
import type { SpoolPosition } from './spool-position.js';

const idPattern = /^[0-9a-f]{32}$/;
const takenPattern = /^(\d{1,15}) (\d{1,15})$/;

export class SpoolDirectory {
  readonly path: string;
  readonly #pattern: RegExp;
  readonly #prefix: string;
  #id: Promise<string> | undefined;

  /** @param prefix first part of every file name: `decisions` of `decisions-000001.ndjson` */
  constructor(directory: string, prefix: string) {
    this.path = directory;
    this.#prefix = prefix;
    this.#pattern = new RegExp(`^${prefix}-(\\d{6,})\\.ndjson$`);
  }

  pathOf(file: number): string {
    return path.join(this.path, `${this.#prefix}-${String(file).padStart(6, '0')}.ndjson`);
  }

  /** Numbers of the files, oldest first; none when there is no directory yet. */
  async files(): Promise<readonly number[]> {
    const names = await readdir(this.path).catch(orMissing<string[]>([]));
    return names
      .map((name) => Number(this.#pattern.exec(name)?.[1] ?? Number.NaN))
      .filter((file) => Number.isSafeInteger(file))
      .sort((a, b) => a - b);
  }

  /** 0 for a file that is not there. */
  async sizeOf(file: number): Promise<number> {
    return (await stat(this.pathOf(file)).catch(orMissing({ size: 0 }))).size;
  }

  /** Behind the last byte of the newest file. */
  async end(): Promise<SpoolPosition> {
    const newest = (await this.files()).at(-1);
    return newest === undefined ? spoolStart : { file: newest, byteOffset: await this.sizeOf(newest) };
  }

  /** Bytes from a place to the end. */
  async bytesFrom({ file, byteOffset }: SpoolPosition): Promise<number> {
    let bytes = 0;
    for (const one of await this.files()) {
      if (one < file) continue;
      const size = await this.sizeOf(one);
      bytes += one === file ? Math.max(0, size - byteOffset) : size;
    }
    return bytes;
  }

  /** The id of this spool, made at the first call: several routers on one database have one each. */
  id(): Promise<string> {
    // Several parts ask at the start: one of them makes it. A failure is not kept.
    this.#id ??= this.#readOrMakeId().catch((error: unknown) => {
      this.#id = undefined;
      throw error;
    });
    return this.#id;
  }

  async #readOrMakeId(): Promise<string> {
    const known = await this.#read('spool-id');
    if (known !== undefined && idPattern.test(known)) return known;
    makeDirectory(this.path);
    const id = randomHex(16);
    await this.#write('spool-id', id);
    return id;
  }

  async remembered(): Promise<SpoolPosition | undefined> {
    const match = takenPattern.exec((await this.#read('spool-taken')) ?? '');
    return match === null ? undefined : { file: Number(match[1]), byteOffset: Number(match[2]) };
  }

  async remember({ file, byteOffset }: SpoolPosition): Promise<void> {
    await this.#write('spool-taken', `${file} ${byteOffset}`);
  }

  async #read(name: string): Promise<string | undefined> {
    const text = await readFile(path.join(this.path, name), 'utf8').catch(orMissing(undefined));
    return text?.trim();
  }

  /** Whole or not at all. */
  async #write(name: string, text: string): Promise<void> {
    const file = path.join(this.path, name);
    await writeFile(`${file}.part`, `${text}\n`);
    await rename(`${file}.part`, file);
  }
}

function orMissing<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (errorCode(error) === 'ENOENT') return value;
    throw error;
  };
}
