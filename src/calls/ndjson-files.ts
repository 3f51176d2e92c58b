// A series of NDJSON files in one directory, appended to by one process: `decisions-000001.ndjson`, `-000002`, ... Files that a reader
// has not taken over yet are kept, up to a number of bytes.
import { open, readdir, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, makeDirectory } from '../kernel/index.js';
import { DecisionLogFullError } from './errors.js';
import { LineBytes } from './line-bytes.js';

/** A place between two lines: the number of a file and the bytes before the next line. */
export interface LinePosition {
  readonly file: number;
  readonly byteOffset: number;
}

export interface NdjsonFilesOptions {
  readonly directory: string;
  /** First part of every file name. */
  readonly prefix: string;
  /** Size at which a new file is begun, in bytes. */
  readonly maxFileBytes: number;
  /** Files that are kept; the oldest is removed when a new one is begun, once it is taken over. */
  readonly maxFiles: number;
  /** Up to where a reader has taken the lines over; undefined: nobody takes them. */
  readonly taken?: () => LinePosition | undefined;
  /** Most bytes that wait for the reader; above it nothing is appended. Default: no limit. */
  readonly maxWaitingBytes?: number;
}

const repairChunkBytes = 65_536;
/** They name customers: for the user of the router alone. */
const FILE_MODE = 0o600;

/** Not safe for two calls at once: the owner waits for one before it makes the next. */
export class NdjsonFiles {
  readonly #options: NdjsonFilesOptions;
  readonly #bytes = new LineBytes();
  #handle: FileHandle | undefined;
  #sequence = 0;
  #size = 0;
  /** Bytes of the files before the current one, by number. */
  #sizes = new Map<number, number>();

  constructor(options: NdjsonFilesOptions) {
    this.#options = options;
  }

  /** Opens the newest file and cuts off a last line that a crash left torn. Returns the number of bytes cut off. */
  async open(): Promise<number> {
    makeDirectory(this.#options.directory);
    const sequence = (await this.#sequences()).at(-1) ?? (this.#options.taken?.()?.file ?? 0) + 1;
    const handle = await open(this.#pathOf(sequence), 'a+', FILE_MODE);
    try {
      const { size } = await handle.stat();
      const whole = await wholeLinesLength(handle, size);
      if (whole < size) await handle.truncate(whole);
      this.#handle = handle;
      this.#sequence = sequence;
      this.#size = whole;
      await this.#measure();
      return size - whole;
    } catch (error) {
      this.#handle = undefined;
      await handle.close();
      throw error;
    }
  }

  /**
   * Appends lines, which come without their line feeds. When it fails, what it had written of them is taken back, so that a retry leaves no duplicate.
   * @throws DecisionLogFullError, or what the file system throws
   */
  async append(lines: readonly string[]): Promise<void> {
    if (this.#handle === undefined) await this.open();
    const bytes = this.#bytes.of(lines);
    await this.#checkRoom(bytes.length);
    if (this.#size >= this.#options.maxFileBytes) await this.#rotate();
    const handle = this.#handle;
    if (handle === undefined) return;
    try {
      for (let offset = 0; offset < bytes.length;) {
        offset += (await handle.write(bytes, offset)).bytesWritten;
      }
      this.#size += bytes.length;
    } catch (error) {
      await this.#takeBack(handle);
      throw error;
    }
  }

  /** Forces what was written to the disk; goes on in a new file when somebody has removed the current one. */
  async sync(): Promise<void> {
    await this.#handle?.datasync();
    if (this.#handle !== undefined && !(await exists(this.#pathOf(this.#sequence)))) await this.#rotate();
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** Never lengthens the file: somebody may have emptied it meanwhile. */
  async #takeBack(handle: FileHandle): Promise<void> {
    try {
      const { size } = await handle.stat();
      if (size > this.#size) await handle.truncate(this.#size);
      else this.#size = size;
    } catch {
      // The next start cuts a torn line off.
    }
  }

  async #checkRoom(bytes: number): Promise<void> {
    const { taken, maxWaitingBytes = Infinity } = this.#options;
    const position = taken?.();
    if (position === undefined || this.#waitingBytes(position) + bytes <= maxWaitingBytes) return;
    // Files may have been removed by hand.
    await this.#measure();
    const waiting = this.#waitingBytes(position);
    if (waiting > 0 && waiting + bytes > maxWaitingBytes)
      throw new DecisionLogFullError(waiting, maxWaitingBytes);
  }

  #waitingBytes({ file, byteOffset }: LinePosition): number {
    let bytes = this.#sequence >= file ? this.#size : 0;
    for (const [sequence, size] of this.#sizes) if (sequence >= file) bytes += size;
    const hasFile = file === this.#sequence || this.#sizes.has(file);
    return Math.max(0, bytes - (hasFile ? byteOffset : 0));
  }

  async #rotate(): Promise<void> {
    const next = await open(this.#pathOf(this.#sequence + 1), 'a+', FILE_MODE);
    const before = this.#handle;
    this.#sizes.set(this.#sequence, this.#size);
    this.#handle = next;
    this.#sequence += 1;
    this.#size = 0;
    await before?.datasync().catch(() => undefined);
    await before?.close().catch(() => undefined);
    await this.#removeOld().catch(() => undefined);
  }

  async #removeOld(): Promise<void> {
    const taken = this.#options.taken?.()?.file ?? Infinity;
    const old = (await this.#sequences()).slice(0, -this.#options.maxFiles);
    for (const sequence of old) {
      if (sequence >= taken) return;
      await unlink(this.#pathOf(sequence));
      this.#sizes.delete(sequence);
    }
  }

  async #measure(): Promise<void> {
    const sizes = new Map<number, number>();
    for (const sequence of await this.#sequences()) {
      if (sequence >= this.#sequence) continue;
      const size = await sizeOf(this.#pathOf(sequence));
      if (size !== undefined) sizes.set(sequence, size);
    }
    this.#sizes = sizes;
  }

  #pathOf(sequence: number): string {
    const name = `${this.#options.prefix}-${String(sequence).padStart(6, '0')}.ndjson`;
    return path.join(this.#options.directory, name);
  }

  async #sequences(): Promise<number[]> {
    const pattern = new RegExp(`^${this.#options.prefix}-(\\d{6,})\\.ndjson$`);
    const names = await readdir(this.#options.directory);
    return names
      .map((name) => Number(pattern.exec(name)?.[1] ?? Number.NaN))
      .filter((sequence) => Number.isSafeInteger(sequence))
      .sort((a, b) => a - b);
  }
}

/** Undefined when the file is not there. */
async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  return (await sizeOf(file)) !== undefined;
}

/** The length up to and with the last line feed. */
async function wholeLinesLength(handle: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(repairChunkBytes);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - chunk.length);
    const { bytesRead } = await handle.read(chunk, 0, end - start, start);
    const lineFeed = chunk.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (lineFeed !== -1) return start + lineFeed + 1;
    end = start;
  }
  return 0;
}
