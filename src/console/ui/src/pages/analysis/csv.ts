// Tables as CSV files, made in the browser.

export type CsvCell = string | number | null | undefined;

/** A spreadsheet takes text that begins so for a formula. */
const formulaStart = /^[=+\-@\t\r]/;

/** RFC 4180, with text that a spreadsheet would run made text by an apostrophe; numbers stay numbers. */
export function csvText(head: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [head, ...rows].map((row) => row.map(cellText).join(',')).join('\r\n') + '\r\n';
}

function cellText(cell: CsvCell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const safe = formulaStart.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Gives the person the file. */
export function saveCsv(name: string, text: string): void {
  // The mark of the byte order is what tells spreadsheets that it is UTF-8.
  const url = URL.createObjectURL(new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
