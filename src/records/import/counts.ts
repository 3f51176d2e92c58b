// How far an import has come.

export interface ImportCounts {
  /** Rows of the file that have been dealt with. */
  read: number;
  added: number;
  changed: number;
  same: number;
  /** Rows that are there before, word for word. */
  repeated: number;
  rejected: number;
  learned: number;
}
