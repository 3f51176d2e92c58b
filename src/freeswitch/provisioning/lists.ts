// The lists of `callcenter_config`: a heading, rows of columns separated by "|", "+OK" at the end. A list without rows has no heading.
// Names and contacts made by hand may hold anything, "|" included.
import { ListAnswerError } from './errors.js';
import type { SwitchCommands } from './switch-commands.js';

export type Row = ReadonlyMap<string, string>;

/** @throws ListAnswerError, and what the port throws */
export async function list(commands: SwitchCommands, what: string): Promise<readonly Row[]> {
  const command = `callcenter_config ${what}`;
  const answer = await commands.run(command);
  const lines = answer.trimEnd().split('\n');
  // Without its end a list may have lost rows, and a row that is missing would be added again.
  if (lines.pop()?.trim() !== '+OK') throw new ListAnswerError(command, answer);
  const columns = lines.shift()?.split('|') ?? [];
  return lines.flatMap((line) => rowOf(columns, line) ?? []);
}

/** The columns that people fill with what may hold "|": dial strings of agents, music of queues, names of callers. */
const freeColumns = ['contact', 'moh_sound', 'cid_name'];

function rowOf(columns: readonly string[], line: string): Row | undefined {
  const cells = line.split('|');
  const surplus = cells.length - columns.length;
  if (surplus < 0) return undefined;
  if (surplus > 0) {
    const free = columns.findIndex((column) => freeColumns.includes(column));
    if (free === -1) return undefined;
    cells.splice(free, surplus + 1, cells.slice(free, free + surplus + 1).join('|'));
  }
  return new Map(columns.map((column, index) => [column, cells[index] ?? '']));
}

/** Empty where the list has no such column. */
export function cell(row: Row, column: string): string {
  return row.get(column) ?? '';
}
