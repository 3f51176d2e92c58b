// The tables of npm run bench:engine.
import Table from 'cli-table3';
import type { CallKind } from './load.js';
import type { SoakReading } from './measure.js';
import type { Unit } from './units.js';

export interface CallRow {
  readonly name: string;
  /** CPU of each round, in microseconds a call. */
  readonly times: readonly number[];
  readonly answered: number;
  readonly asked: number;
  readonly bytes: number;
}

const plain = { head: [], border: [] };
const what: Record<CallKind, string> = {
  redirect: 'redirect: INVITE, 302, ACK',
  uas: 'answered: INVITE, 200, ACK, BYE, 200',
  proxy: 'proxied without Record-Route: INVITE in and out, 200 in and out',
};

const shown = (value: number, digits = 0): string => (Number.isNaN(value) ? '-' : value.toFixed(digits));

export function unitTable(units: readonly Unit[]): string {
  const table = new Table({ head: ['message', 'CPU us', 'a CPU second', 'bytes allocated'], style: plain });
  for (const { name, microseconds, bytes } of units) {
    table.push([name, shown(microseconds, 2), shown(1e6 / microseconds), shown(bytes)]);
  }
  return table.toString();
}

/** Medians over the rounds; ratios to the first row. */
export function callTable(kind: CallKind, rows: readonly CallRow[]): string {
  const table = new Table({
    head: ['', 'CPU us a call', 'min..max', 'calls a CPU second', 'x first', 'bytes allocated', 'answered'],
    style: plain,
  });
  const first = median(rows[0]?.times ?? []);
  for (const { name, times, answered, asked, bytes } of rows) {
    const time = median(times);
    table.push([
      name,
      shown(time),
      `${shown(Math.min(...times))}..${shown(Math.max(...times))}`,
      shown(1e6 / time),
      shown(time / first, 2),
      shown(bytes),
      `${answered} of ${asked}`,
    ]);
  }
  return `${what[kind]}\n${table.toString()}`;
}

export function memoryTable(readings: readonly SoakReading[]): string {
  const table = new Table({
    head: ['answered calls', 'RSS MB', 'used MB', 'open transactions', 'open dialogs'],
    style: plain,
  });
  for (const { calls, residentBytes, usedBytes, openTransactions, openDialogs } of readings) {
    table.push([
      calls,
      shown(residentBytes / 2 ** 20),
      shown(usedBytes / 2 ** 20),
      openTransactions,
      openDialogs,
    ]);
  }
  return `engine alone, answered calls without a pause\n${table.toString()}`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
