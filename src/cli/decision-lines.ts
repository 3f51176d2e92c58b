// The lines of the decision log of a router on this machine, oldest first, read as a stream: a month of calls fits no memory.
import { createReadStream, readdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { AppError, errorMessage } from '../kernel/index.js';

/** Thrown when there is no decision log to read. */
export class DecisionLogMissingError extends AppError {
  constructor(directory: string, cause: unknown) {
    super(
      'CLI_NO_DECISION_LOG',
      `${directory} cannot be read: ${errorMessage(cause)}; PROFFER_DATA_DIR says where a router keeps its data`,
      { cause, fields: { directory } },
    );
  }
}

export interface DecisionLine {
  readonly type: string;
  /** ISO 8601 */
  readonly at: string;
  readonly decisionId: string;
  readonly [field: string]: unknown;
}

/**
 * Lines that were written from `fromMs` on and before `toMs` (milliseconds since the Unix epoch). Lines that are none (the last of a
 * log that is being written) are left out.
 * @throws DecisionLogMissingError
 */
export async function* decisionLines(
  dataDir: string,
  fromMs: number,
  toMs: number,
): AsyncGenerator<DecisionLine> {
  const directory = path.join(dataDir, 'decisions');
  for (const name of logFiles(directory)) {
    const lines = createInterface({
      input: createReadStream(path.join(directory, name)),
      crlfDelay: Infinity,
    });
    for await (const text of lines) {
      const line = parsed(text);
      if (line === undefined) continue;
      const at = Date.parse(line.at);
      if (at >= fromMs && at < toMs) yield line;
    }
  }
}

function logFiles(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.ndjson'))
      .sort();
  } catch (error) {
    throw new DecisionLogMissingError(directory, error);
  }
}

function parsed(text: string): DecisionLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isLine = typeof value === 'object' && value !== null && 'type' in value && 'at' in value;
    return isLine ? (value as DecisionLine) : undefined;
  } catch {
    return undefined;
  }
}
