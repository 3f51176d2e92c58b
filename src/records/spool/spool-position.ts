// A place in the files of a decision log.

/** The number of a file, and the bytes of it before the next line. */
export interface SpoolPosition {
  readonly file: number;
  readonly byteOffset: number;
}

/** Before every line. */
export const spoolStart: SpoolPosition = { file: 0, byteOffset: 0 };

export function isBefore(one: SpoolPosition, other: SpoolPosition): boolean {
  return one.file < other.file || (one.file === other.file && one.byteOffset < other.byteOffset);
}

export function isSamePosition(one: SpoolPosition | undefined, other: SpoolPosition | undefined): boolean {
  return one?.file === other?.file && one?.byteOffset === other?.byteOffset;
}
