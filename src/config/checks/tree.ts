// What cross-checks read and where they report.
import type { Cursor } from '../cursor.js';
import type { SectionName } from '../sections.js';

/** The sections; undefined for a file that could not be read, so that nobody reports what may well be in it. */
export type SettingsTree = Readonly<Record<SectionName, Cursor | undefined>>;

export interface Report {
  /** A problem with the value at a place. */
  (at: Cursor, message: string): void;
  /** A problem with the last key of a place. */
  key(at: Cursor, message: string): void;
  /** The line of a place, for a problem that names another place: ` (line 12)`. */
  line(at: Cursor): string;
}

export type CrossCheck = (tree: SettingsTree, report: Report) => void;
