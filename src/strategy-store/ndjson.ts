// Bulk loading of NDJSON: one strategy a line. Lines that are wrong are told and left out; the rest is published.
import type { Readable } from 'node:stream';
import { StrategyLoad } from './load.js';
import type { LoadResult } from './load.js';
import { MAX_LINE_CHARS, readLines } from './lines.js';
import type { Line } from './lines.js';
import { parseRow } from './strategy-row.js';
import type { RowRefusal, RowRules } from './strategy-row.js';
import type { StrategyWriter } from './writer.js';

export interface RefusedLine extends RowRefusal {
  /** From 1. */
  readonly line: number;
  /** The line as it was, cut at 500 characters. */
  readonly text: string;
}

export interface NdjsonOptions {
  readonly rules: RowRules;
  /** Every line is of this partner: one that names another is refused, and `partner` may be left out. */
  readonly partner?: string | undefined;
  readonly onRefused: (refused: RefusedLine) => void;
  /** Bytes of the source as they are read, packed or not. */
  readonly onRead?: (bytes: number) => void;
  readonly onWritten?: (partner: string, written: number, of: number) => void;
}

export interface NdjsonResult extends LoadResult {
  /** Lines that are not blank. */
  readonly lines: number;
  readonly accepted: number;
  readonly refused: number;
}

const SHOWN_CHARS = 500;

/**
 * Reads all of `source`, then publishes. Nothing is published when the source ends in an error.
 * @throws LoadInProgressError; what the source throws
 */
export async function loadNdjson(
  writer: StrategyWriter,
  source: Readable,
  options: NdjsonOptions,
): Promise<NdjsonResult> {
  const load = new StrategyLoad(writer);
  try {
    let lines = 0;
    let refused = 0;
    for await (const line of readLines(source, options.onRead ?? (() => undefined))) {
      if (line.text?.trim() === '') continue;
      lines += 1;
      const taken = take(load, line, options);
      const refusal = taken instanceof Promise ? await taken : taken;
      if (refusal === undefined) continue;
      refused += 1;
      options.onRefused({ line: line.number, ...refusal, text: (line.text ?? '').slice(0, SHOWN_CHARS) });
    }
    const result = await load.commit(options.onWritten);
    return { ...result, lines, accepted: lines - refused, refused };
  } finally {
    await load.abort();
  }
}

function take(
  load: StrategyLoad,
  line: Line,
  options: NdjsonOptions,
): RowRefusal | undefined | Promise<RowRefusal | undefined> {
  if (line.text === undefined) return { field: '', reason: `is longer than ${MAX_LINE_CHARS} characters` };
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    return { field: '', reason: 'is not JSON' };
  }
  const { partner } = options;
  const row = parseRow(partner === undefined ? value : withPartner(value, partner), options.rules);
  if ('reason' in row) return row;
  if (partner !== undefined && row.partner !== partner) {
    return { field: 'partner', reason: `is ${row.partner}; this load is of ${partner} alone` };
  }
  return load.add(row);
}

function withPartner(value: unknown, partner: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { partner, ...value } : value;
}
