// What the decision log of a router on this machine says of one call.
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';

/** The lines of one call, as far as the log has them yet. */
export interface CallRecords {
  readonly decisionId: string | undefined;
  /** Code of the offer at the destination that took the call. */
  readonly offer: string | undefined;
  readonly offerUrl: string | undefined;
  /** `centre/queue` or `overflow`. */
  readonly destination: string | undefined;
  readonly attempts: readonly {
    readonly destination: string;
    readonly status: number | undefined;
    readonly reason: string;
  }[];
}

interface Line {
  readonly type: string;
  readonly callId: string;
  readonly decisionId?: string;
  readonly destination?: string;
  readonly offer?: string | { readonly offerUrl?: string };
  readonly status?: number;
  readonly reason?: string;
}

/** How much of the newest files is read: a call that has just ended is at their end. */
const tailBytes = 4 * 1024 * 1024;
const newestFiles = 2;

/** Undefined when the log has no outcome of the call (another machine's router, or not written yet). */
export function recordsOfCall(dataDir: string, callId: string): CallRecords | undefined {
  const lines = tailLines(path.join(dataDir, 'decisions'))
    .filter((text) => text.includes(callId))
    .flatMap((text) => parsed(text))
    .filter((line) => line.callId === callId);
  const outcome = lines.find(({ type }) => type === 'outcome');
  if (outcome === undefined) return undefined;
  const decision = lines.find(({ type }) => type === 'decision');
  return {
    decisionId: outcome.decisionId,
    offer: typeof outcome.offer === 'string' ? outcome.offer : undefined,
    offerUrl: typeof decision?.offer === 'object' ? decision.offer.offerUrl : undefined,
    destination: outcome.destination,
    attempts: lines
      .filter(({ type }) => type === 'attempt')
      .map(({ destination = '', status, reason = '' }) => ({ destination, status, reason })),
  };
}

function parsed(text: string): Line[] {
  try {
    return [JSON.parse(text) as Line];
  } catch {
    // The last line of a log that is being written.
    return [];
  }
}

function tailLines(directory: string): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith('.ndjson'));
  } catch {
    return [];
  }
  return names
    .sort()
    .slice(-newestFiles)
    .flatMap((name) => tailOf(path.join(directory, name)).split('\n'));
}

function tailOf(file: string): string {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeSync(handle);
  }
}
