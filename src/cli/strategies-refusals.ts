// Refused lines: the first ones on the screen, all of them in a file that is made when there is one.
import { closeSync, openSync, writeSync } from 'node:fs';
import type { RefusedLine } from '../strategy-store/index.js';

const SHOWN = 20;

export class Refusals {
  readonly path: string;
  readonly first: RefusedLine[] = [];
  count = 0;
  #file: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws Error of Node when the file cannot be written */
  add(refused: RefusedLine): void {
    this.count += 1;
    if (this.first.length < SHOWN) this.first.push(refused);
    this.#file ??= openSync(this.path, 'w', 0o600);
    writeSync(this.#file, `${JSON.stringify(refused)}\n`);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** For people: `line 7: offers[0].propensity must be a number from 0 to 1`. */
  lines(): readonly string[] {
    if (this.count === 0) return [];
    const lines = this.first.map(({ line, field, reason }) => {
      return `line ${line}: ${field === '' ? reason : `${field} ${reason}`}`;
    });
    if (this.count > lines.length) lines.push(`and ${this.count - lines.length} more`);
    lines.push(`all ${this.count} refused lines are in ${this.path}`);
    return lines;
  }
}
