// Where the output of `proffer centres` goes.
import type { FailedCentre } from './centres-session.js';

/** To standard error: nothing of it belongs into what was asked for. */
export function tellFailure({ centre, problem }: FailedCentre): void {
  process.stderr.write(`${centre}: ${problem}\n`);
}

/** For --json. */
export function failure({ centre, problem }: FailedCentre): object {
  return { centre, ok: false, problem };
}

export function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
