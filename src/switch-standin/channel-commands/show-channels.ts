// `show channels [count] [as json]` (mod_commands.c, show_function).
import { splitArguments } from '../applications/arguments.js';
import type { ChannelTable } from '../channel/channel-table.js';
import { channelColumns, channelRow } from './columns.js';

export function showChannels(table: ChannelTable, hostname: string, args: string): string {
  const words = splitArguments(args).map((word) => word.toLowerCase());
  const [what, second] = words;
  if (what !== 'channels') return `-USAGE: channels [count]\n`;
  const as = words[words.indexOf('as') + 1];
  const isJson = words.includes('as') && as === 'json';
  if (second === 'count')
    return isJson ? JSON.stringify({ row_count: table.size }) : `\n${table.size} total.\n`;
  const rows = [...table].map((channel) => channelRow(channel, hostname));
  if (isJson) return jsonRows(rows);
  const lines = rows.map((row) => channelColumns.map((column) => row[column] ?? '').join(','));
  const text = rows.length === 0 ? [] : [channelColumns.join(','), ...lines, ''];
  return `${text.join('\n')}\n${rows.length} total.\n`;
}

function jsonRows(rows: readonly Readonly<Record<string, string>>[]): string {
  if (rows.length === 0) return '{"row_count": 0}\n';
  const whole = rows.map((row) =>
    Object.fromEntries(channelColumns.map((column) => [column, row[column] ?? ''])),
  );
  return JSON.stringify({ row_count: rows.length, rows: whole });
}
