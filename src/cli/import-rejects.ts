// Rejected rows: the first ones on the screen, all of them in a CSV file that is made when there is one, without secrets.
import { closeSync, openSync, writeSync } from 'node:fs';
import { errorCode, errorMessage } from '../kernel/index.js';
import type { RejectedRow } from '../records/index.js';

export interface RejectsOptions {
  /** Where they go; with a number in its name where there is such a file already. */
  readonly path: string;
  readonly columns: readonly string[];
  /** Columns that are not shown. */
  readonly secret: ReadonlySet<string>;
  /** How rows are numbered: `line` in a CSV file. */
  readonly unit: 'line' | 'row';
}

const SHOWN = 10;
const MASK = '***';
const MOST_NUMBERED = 10_000;

export class ImportRejects {
  readonly #options: RejectsOptions;
  readonly first: Omit<RejectedRow, 'row'>[] = [];
  count = 0;
  /** Why not all of them could be written. */
  problem: string | undefined;
  #path: string | undefined;
  #file: number | undefined;

  constructor(options: RejectsOptions) {
    this.#options = options;
  }

  /** Undefined: none were written. */
  get path(): string | undefined {
    return this.#path;
  }

  /** Never throws: rows that are right are not to wait for a disk that is full. */
  add(rejected: RejectedRow): void {
    const { number, field, reason, row } = rejected;
    this.count += 1;
    if (this.first.length < SHOWN) this.first.push({ number, field, reason });
    if (this.problem !== undefined) return;
    const { columns, secret } = this.#options;
    const values = columns.map((column, place) => {
      const value = row?.[place] ?? '';
      return value !== '' && secret.has(column) ? MASK : value;
    });
    try {
      this.#file ??= this.#open();
      writeSync(this.#file, csvLine([String(number), field, reason, ...values]));
    } catch (error) {
      this.problem = errorMessage(error);
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** For people: `line 7: phone is no phone number (country US)`. */
  lines(): readonly string[] {
    const { unit, path } = this.#options;
    if (this.count === 0) return [];
    const lines = this.first.map(({ number, field, reason }) => {
      return `${unit} ${number}: ${field === '' ? reason : `${field} ${reason}`}`;
    });
    if (this.count > lines.length) lines.push(`and ${this.count - lines.length} more`);
    const where = this.#path ?? path;
    lines.push(
      this.problem === undefined
        ? `${this.count === 1 ? 'the rejected row is' : `all ${this.count} rejected rows are`} in ${where}`
        : `not all rejected rows could be written to ${where}: ${this.problem}`,
    );
    return lines;
  }

  #open(): number {
    const { path, columns, unit } = this.#options;
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? path : numbered(path, number);
      try {
        const file = openSync(candidate, 'wx', 0o600);
        this.#path = candidate;
        writeSync(file, csvLine([`#${unit}`, '#field', '#reason', ...columns]));
        return file;
      } catch (error) {
        if (errorCode(error) !== 'EEXIST' || number === MOST_NUMBERED) throw error;
      }
    }
  }
}

function numbered(path: string, number: number): string {
  return path.endsWith('.csv') ? `${path.slice(0, -4)}-${number}.csv` : `${path}-${number}`;
}

function csvLine(values: readonly string[]): string {
  const quoted = values.map((one) => (/[",\r\n]/.test(one) ? `"${one.replaceAll('"', '""')}"` : one));
  return `${quoted.join(',')}\n`;
}
