// A series of NDJSON files in one directory, appended to by one process: `decisions-000001.ndjson`, `-000002`, ...
import { open, readdir, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { makeDirectory } from '../kernel/index.js';

export interface NdjsonFilesOptions {
  readonly directory: string;
  /** First part of every file name. */
  readonly prefix: string;
  /** Size at which a new file is begun, in bytes. */
  readonly maxFileBytes: number;
  /** Files that are kept; the oldest is removed when a new one is begun. */
  readonly maxFiles: number;
}

const repairChunkBytes = 65_536;

/** Not safe for two calls at once: the owner waits for one before it makes the next. */
export class NdjsonFiles {
  readonly #options: NdjsonFilesOptions;
  #handle: FileHandle | undefined;
  #sequence = 0;
  #size = 0;

  constructor(options: NdjsonFilesOptions) {
    this.#options = options;
  }

  /** Opens the newest file and cuts off a last line that a crash left torn. Returns the number of bytes cut off. */
  async open(): Promise<number> {
    makeDirectory(this.#options.directory);
    this.#sequence = (await this.#sequences()).at(-1) ?? 1;
    const handle = await open(this.#pathOf(this.#sequence), 'a+');
    const { size } = await handle.stat();
    const whole = await wholeLinesLength(handle, size);
    if (whole < size) await handle.truncate(whole);
    this.#handle = handle;
    this.#size = whole;
    return size - whole;
  }

  /** Appends whole lines. When it fails, what it had written of them is taken back, so that a retry leaves no duplicate. */
  async append(lines: string): Promise<void> {
    if (this.#handle === undefined) await this.open();
    if (this.#size >= this.#options.maxFileBytes) await this.#rotate();
    const handle = this.#handle;
    if (handle === undefined) return;
    const bytes = Buffer.from(lines, 'utf8');
    try {
      for (let offset = 0; offset < bytes.length;) {
        offset += (await handle.write(bytes, offset)).bytesWritten;
      }
      this.#size += bytes.length;
    } catch (error) {
      await handle.truncate(this.#size).catch(() => undefined);
      throw error;
    }
  }

  async sync(): Promise<void> {
    await this.#handle?.datasync();
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #rotate(): Promise<void> {
    const next = await open(this.#pathOf(this.#sequence + 1), 'a+');
    await this.#handle?.datasync();
    await this.#handle?.close();
    this.#handle = next;
    this.#sequence += 1;
    this.#size = 0;
    const old = (await this.#sequences()).slice(0, -this.#options.maxFiles);
    for (const sequence of old) await unlink(this.#pathOf(sequence));
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
