// Tables of `callcenter_config ... list`: a line of column names, rows of cells between bars, `+OK` at the end
// (mod_callcenter.c, list_result_callback). Nothing is escaped there.

export type TableRow = ReadonlyMap<string, string>;

export interface CentreTable {
  readonly rows: readonly TableRow[];
  /** Lines that have too few cells. */
  readonly malformed: number;
}

/**
 * Reads a table.
 * @param freeText columns, next to each other, that may hold bars themselves: cells before are counted from the left, cells after from
 * the right
 */
export function parseCentreTable(text: string, freeText: readonly string[]): CentreTable {
  const [head = '', ...lines] = text.split('\n');
  const columns = head.split('|');
  if (head.startsWith('+OK') || columns.length < 2) return { rows: [], malformed: 0 };
  const rows: TableRow[] = [];
  let malformed = 0;
  for (const line of lines) {
    if (line === '' || line.startsWith('+OK')) continue;
    const row = parseRow(columns, line.split('|'), freeText);
    if (row === undefined) malformed++;
    else rows.push(row);
  }
  return { rows, malformed };
}

function parseRow(
  columns: readonly string[],
  cells: readonly string[],
  freeText: readonly string[],
): TableRow | undefined {
  const excess = cells.length - columns.length;
  if (excess < 0) return undefined;
  const firstFree = columns.findIndex((column) => freeText.includes(column));
  if (excess > 0 && firstFree === -1) return undefined;
  const row = new Map<string, string>();
  for (const [index, column] of columns.entries()) {
    if (freeText.includes(column)) continue;
    row.set(column, cells[index < firstFree || firstFree === -1 ? index : index + excess] ?? '');
  }
  return row;
}

/** A whole number of a cell; 0 for what is none. */
export function wholeNumber(cell: string | undefined): number {
  return cell !== undefined && /^-?\d{1,15}$/.test(cell) ? Number(cell) : 0;
}
