// Where one run spills to: a directory of its own, which it removes at its end. One that was killed cannot: the next run does it.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { errorCode, makeDirectory } from '../kernel/index.js';

/** `spill-PLACE-PID-RANDOM`; PLACE is where process ids mean the same. */
const directoryName = /^spill-([0-9a-f]{8})-(\d+)-[^/]+$/;
/** No run takes so long, nor writes nothing for so long. */
const LONGEST_RUN_MS = 7 * 86_400_000;

/**
 * Makes a directory for this process in `parent`, which is made when missing, and removes those of processes that are gone.
 * @throws what the file system throws when it cannot be made
 */
export function makeSpillDirectory(parent: string): string {
  makeDirectory(parent);
  removeLeftovers(parent);
  return mkdtempSync(join(parent, `spill-${place()}-${pid}-`));
}

/** What cannot be removed is left to a later run: it is in nobody's way. */
function removeLeftovers(parent: string): void {
  for (const entry of readdirSync(parent)) {
    const [name, where, id] = directoryName.exec(entry) ?? [];
    if (name === undefined) continue;
    const directory = join(parent, name);
    try {
      if (isLeft(directory, { where, id: Number(id) })) rmSync(directory, { recursive: true, force: true });
    } catch {
      continue;
    }
  }
}

/** Of another machine or container nothing is known but how old it is. */
function isLeft(
  directory: string,
  owner: { readonly where: string | undefined; readonly id: number },
): boolean {
  if (owner.where === place() && !isRunning(owner.id)) return true;
  return Date.now() - statSync(directory).mtimeMs > LONGEST_RUN_MS;
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // A process of another user is not ours to ask, but it is there.
    return errorCode(error) !== 'ESRCH';
  }
}

/** The machine and, where there are any, the namespace of process ids: containers that share a directory share no ids. */
function place(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: the machine says it all.
  }
  return createHash('sha256').update(`${hostname()} ${namespace}`).digest('hex').slice(0, 8);
}
