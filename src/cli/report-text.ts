// Numbers as reports write them, tables, and the lines below them.
import { textTable, wrapped } from '../kernel/index.js';
import type { TextColumn } from '../kernel/index.js';
import type { Coverage, Interval } from '../records/index.js';

/** `12,345` */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** `12,345.60` */
export function money(value: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** `12.4 %` */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** `12.4 % (11.1-13.8)`; a dash when there is nothing to divide by. */
export function percentInterval(interval: Interval | undefined): string {
  if (interval === undefined) return '-';
  const { estimate, low, high } = interval;
  return `${percent(estimate)} (${(low * 100).toFixed(1)}-${(high * 100).toFixed(1)})`;
}

/** `12:05:09`, hours not cut at 24. */
export function clockTime(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** `4:05` */
export function minutes(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** A quotient by `of`; a dash when there is nothing to divide by. */
export function per(sum: number, by: number, of: (value: number) => string): string {
  return by === 0 ? '-' : of(sum / by);
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of at most `width` characters for a share from 0 to 1. */
export function bar(share: number, width: number): string {
  const parts = Math.round(Math.min(Math.max(share, 0), 1) * width * 8);
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '');
}

/** `1 call`, `2 calls` */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** One column of a report: how a row is shown in it. */
export interface ReportColumn<Row> extends TextColumn {
  readonly of: (row: Row) => string;
}

export function reportTable<Row>(
  columns: readonly ReportColumn<Row>[],
  rows: readonly Row[],
): readonly string[] {
  return textTable(
    columns,
    rows.map((row) => columns.map((column) => column.of(row))),
  );
}

/** What the whole is made from, and what is not there. */
export function coverageLines(coverage: Coverage): readonly string[] {
  const { contacts, calls, first, last, withoutOutcome, refusedLines } = coverage;
  const others = contacts === calls ? '' : ` and ${counted(contacts - calls, 'other contact')}`;
  const span = first === null || last === null ? '' : `, ${moment(first)} to ${moment(last)} UTC`;
  return [
    `${counted(calls, 'call')}${others}${span}. A call belongs to the time it began, with all that became of it later.`,
    ...(withoutOutcome === 0
      ? []
      : [`Missing: ${counted(withoutOutcome, 'call')} without an outcome (under way, or not recorded yet).`]),
    ...(refusedLines === 0
      ? []
      : [
          `Missing: ${counted(refusedLines, 'line')} of decision logs that no table took (proffer.refused_lines).`,
        ]),
  ];
}

/** `2026-11-26 12:05` */
export function moment(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ');
}

/** Indented, wrapped at 100 columns. */
export function noteLines(notes: readonly string[]): readonly string[] {
  return notes.flatMap((note) => wrapped(note, 96).map((line, i) => `  ${i === 0 ? '' : '  '}${line}`));
}

export type CsvValue = string | number | null | undefined;

/** RFC 4180 with a heading. Text that a spreadsheet would run as a formula gets an apostrophe before it. */
export function csvText(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, CsvValue>>[],
): string {
  const lines = rows.map((row) => columns.map((name) => csvField(row[name])).join(','));
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

function csvField(value: CsvValue): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Text of people on a terminal: nothing in it moves the cursor or hides. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}
