// Reads the files of a spool from a place on, a bounded batch of whole lines at a time.
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { errorCode } from '../../kernel/index.js';
import { cleanLine, isClean, lineStarts } from './line-text.js';
import type { SpoolDirectory } from './spool-directory.js';
import type { SpoolPosition } from './spool-position.js';

/** A line that is not even tried. */
export interface RefusedLine {
  readonly offset: number;
  readonly reason: string;
  /** As much of it as is kept. */
  readonly line: string;
}

export interface LineBatch {
  readonly kind: 'lines';
  readonly from: SpoolPosition;
  readonly to: SpoolPosition;
  /** UTF-8, a line feed between each two; valid until the next read. */
  readonly text: Buffer;
  /** Where each begins in the file. */
  readonly offsets: readonly number[];
  readonly refused: readonly RefusedLine[];
}

export type JumpReason =
  /** The file has been read to its end, and there is a newer one. */
  | 'next'
  /** The file is gone; its lines that were not taken over are lost. */
  | 'gone'
  /** The file ends before the place, or no line begins there. */
  | 'shortened'
  /** The place is behind all files: another directory, or an old copy of it. */
  | 'reset';

export type SpoolRead =
  | LineBatch
  /** Nothing there yet. */
  | { readonly kind: 'idle' }
  /** The next line is elsewhere. */
  | { readonly kind: 'jump'; readonly why: JumpReason; readonly to: SpoolPosition };

export interface ReadLimits {
  readonly maxBytes: number;
  readonly maxLines: number;
  /** A longer line is refused. */
  readonly maxLineBytes: number;
}

const LINE_FEED = 0x0a;
/** What is kept of a line that is too long. */
const KEPT_BYTES = 65_536;

export class SpoolReader {
  readonly #directory: SpoolDirectory;
  readonly #buffer: Buffer;
  readonly #limits: ReadLimits;
  #open: { readonly file: number; readonly handle: FileHandle } | undefined;

  constructor(directory: SpoolDirectory, limits: ReadLimits) {
    this.#directory = directory;
    this.#limits = limits;
    this.#buffer = Buffer.alloc(limits.maxBytes);
  }

  /** @param maxLines at most that many lines now */
  async next(position: SpoolPosition, maxLines = this.#limits.maxLines): Promise<SpoolRead> {
    // Before the reading: a file is complete once there is a newer one.
    const files = await this.#directory.files();
    const handle = await this.#handleOf(position.file);
    if (handle === undefined) return missing(files, position.file);
    const newer = files.find((file) => file > position.file);
    if (!files.includes(position.file)) {
      // Removed while it was open: what is left of it may still be read, yet nobody may count on it.
      await this.close();
      return missing(files, position.file);
    }
    const { size } = await handle.stat();
    if (size < position.byteOffset) return shortened(position);
    const { bytesRead } = await handle.read(this.#buffer, 0, this.#buffer.length, position.byteOffset);
    const chunk = this.#buffer.subarray(0, bytesRead);
    const { starts, end } = lineStarts(chunk, maxLines);
    if (starts.length > 0) return batchOf(chunk.subarray(0, end), starts, position);
    if (bytesRead === this.#buffer.length) return this.#longLine(handle, position, newer !== undefined);
    if (newer === undefined) return { kind: 'idle' };
    if (bytesRead > 0) return refusal(position, chunk, bytesRead, 'the line has no end');
    return { kind: 'jump', why: 'next', to: { file: newer, byteOffset: 0 } };
  }

  /** Does a line begin there? Asked once before reading from a place that others have kept. */
  async isLineStart({ file, byteOffset }: SpoolPosition): Promise<boolean> {
    if (byteOffset === 0) return true;
    const handle = await this.#handleOf(file);
    if (handle === undefined) return true;
    const one = Buffer.alloc(1);
    const { bytesRead } = await handle.read(one, 0, 1, byteOffset - 1);
    return bytesRead === 1 && one[0] === LINE_FEED;
  }

  /** The first bytes of what comes next, a line at most. */
  async peek(position: SpoolPosition, bytes: number): Promise<string> {
    const files = await this.#directory.files();
    const own = await this.#directory.sizeOf(position.file);
    const next = own > position.byteOffset ? position.file : files.find((file) => file > position.file);
    if (next === undefined) return '';
    const handle = await open(this.#directory.pathOf(next), 'r');
    try {
      const buffer = Buffer.alloc(bytes);
      const from = next === position.file ? position.byteOffset : 0;
      const { bytesRead } = await handle.read(buffer, 0, bytes, from);
      return buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? '';
    } finally {
      await handle.close();
    }
  }

  async close(): Promise<void> {
    const handle = this.#open?.handle;
    this.#open = undefined;
    await handle?.close();
  }

  /** A line that is longer than a batch: taken alone, or refused. */
  async #longLine(handle: FileHandle, position: SpoolPosition, isComplete: boolean): Promise<SpoolRead> {
    const { maxLineBytes } = this.#limits;
    const start = Buffer.alloc(Math.max(maxLineBytes, this.#buffer.length) + 1);
    const { bytesRead } = await handle.read(start, 0, start.length, position.byteOffset);
    const { starts, end } = lineStarts(start.subarray(0, bytesRead), 1);
    if (starts.length > 0 && end - 1 <= maxLineBytes)
      return batchOf(start.subarray(0, end), starts, position);
    const length = starts.length > 0 ? end : await this.#lengthOf(handle, position.byteOffset, bytesRead);
    if (length === undefined && !isComplete) return { kind: 'idle' };
    const { size } = await handle.stat();
    const whole = length ?? size - position.byteOffset;
    return refusal(
      position,
      start.subarray(0, bytesRead),
      whole,
      `the line is longer than ${maxLineBytes} bytes`,
    );
  }

  /** Bytes of the line with its end; undefined when it has none yet. */
  async #lengthOf(handle: FileHandle, lineOffset: number, known: number): Promise<number | undefined> {
    for (let length = known; ;) {
      const { bytesRead } = await handle.read(this.#buffer, 0, this.#buffer.length, lineOffset + length);
      if (bytesRead === 0) return undefined;
      const lineFeed = this.#buffer.subarray(0, bytesRead).indexOf(LINE_FEED);
      if (lineFeed !== -1) return length + lineFeed + 1;
      length += bytesRead;
    }
  }

  async #handleOf(file: number): Promise<FileHandle | undefined> {
    if (this.#open?.file === file) return this.#open.handle;
    await this.close();
    try {
      this.#open = { file, handle: await open(this.#directory.pathOf(file), 'r') };
      return this.#open.handle;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}

function missing(files: readonly number[], file: number): SpoolRead {
  const [oldest] = files;
  if (oldest === undefined) return { kind: 'idle' };
  const newer = files.find((one) => one > file);
  if (newer === undefined) return { kind: 'jump', why: 'reset', to: { file: oldest, byteOffset: 0 } };
  return { kind: 'jump', why: 'gone', to: { file: newer, byteOffset: 0 } };
}

function shortened({ file }: SpoolPosition): SpoolRead {
  return { kind: 'jump', why: 'shortened', to: { file, byteOffset: 0 } };
}

function batchOf(lines: Buffer, starts: readonly number[], from: SpoolPosition): LineBatch {
  const text = lines.subarray(0, -1);
  return {
    kind: 'lines',
    from,
    to: { file: from.file, byteOffset: from.byteOffset + lines.length },
    text: isClean(text) ? text : cleaned(lines, starts),
    offsets: starts.map((start) => from.byteOffset + start),
    refused: [],
  };
}

function cleaned(lines: Buffer, starts: readonly number[]): Buffer {
  const clean = starts.map((start, index) => {
    const end = (starts[index + 1] ?? lines.length) - 1;
    return cleanLine(lines.subarray(start, end));
  });
  return Buffer.from(clean.join('\n'), 'utf8');
}

function refusal(from: SpoolPosition, start: Buffer, length: number, reason: string): LineBatch {
  const line = cleanLine(start.subarray(0, Math.min(KEPT_BYTES, length)));
  return {
    kind: 'lines',
    from,
    to: { file: from.file, byteOffset: from.byteOffset + length },
    text: Buffer.alloc(0),
    offsets: [],
    refused: [{ offset: from.byteOffset, reason, line }],
  };
}
