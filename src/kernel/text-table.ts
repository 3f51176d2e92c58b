// A table of plain text: columns as wide as what is in them, numbers to the right.

export interface TextColumn {
  readonly head: string;
  readonly isNumber?: boolean;
}

/** Lines of the table, heading first, each indented by two spaces and without blanks at its end. */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const widths = columns.map((column, i) =>
    Math.max(column.head.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string => {
    const padded = columns.map((column, i) => {
      const cell = cells[i] ?? '';
      return column.isNumber === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
    });
    return `  ${padded.join('  ')}`.trimEnd();
  };
  return [line(columns.map((one) => one.head)), ...rows.map(line)];
}
