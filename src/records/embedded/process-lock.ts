// A lock that a process holds as long as it lives, on any file system: files lock.N with the process in them, the highest N counts.
// A stale one is never removed to be taken but topped by N + 1, which only one process can make; so two never hold it.
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../kernel/index.js';

const pattern = /^lock\.(\d+)$/;

export class ProcessLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** The lock, or the process id of who has it. */
  static take(directory: string): ProcessLock | number {
    for (;;) {
      const highest = highestOf(directory);
      const holder = ProcessLock.holder(directory);
      if (holder !== undefined) return holder;
      const file = path.join(directory, `lock.${highest + 1}`);
      if (!create(file)) continue;
      if (highestOf(directory) === highest + 1) {
        removeBelow(directory, highest + 1);
        return new ProcessLock(file);
      }
      // Ours filled a gap below a newer one.
      rmSync(file, { force: true });
    }
  }

  /** The process id of who has it now. */
  static holder(directory: string): number | undefined {
    const highest = highestOf(directory);
    return highest === 0 ? undefined : aliveIn(path.join(directory, `lock.${highest}`));
  }

  /** Only what is still ours: the directory may have been removed and made anew under us. */
  release(): void {
    if (aliveIn(this.#file) === process.pid) rmSync(this.#file, { force: true });
  }
}

/** When a process began, as the kernel counts; an empty text where it does not say. Process ids are given out again. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields after the command, which may hold spaces and brackets; the start is the 22nd of all.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function highestOf(directory: string): number {
  const numbers = readdirSync(directory).map((name) => Number(pattern.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

function aliveIn(file: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const [pidText = '', start = ''] = text.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return undefined;
  }
  return start === startOf(pid) ? pid : undefined;
}

/** Whole or not at all: nobody reads half a lock. */
function create(file: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid} ${startOf(process.pid)}\n`);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function removeBelow(directory: string, number: number): void {
  for (const name of readdirSync(directory)) {
    if (Number(pattern.exec(name)?.[1] ?? number) < number) {
      rmSync(path.join(directory, name), { force: true });
    }
  }
}
