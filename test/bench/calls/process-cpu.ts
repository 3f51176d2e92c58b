// CPU time and memory of processes from /proc: all threads of a process, and its child processes when asked.
import { readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

/** Clock ticks a second of utime and stime in /proc/<pid>/stat (proc(5)). */
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).trim());

function statFields(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command name, field 2, may hold spaces and brackets: fields are counted after the last one.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** utime + stime of the processes, in microseconds. */
export function cpuMicros(pids: readonly number[]): number {
  const ticks = pids.reduce((sum, pid) => {
    const fields = statFields(pid);
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);
  return (ticks / ticksPerSecond) * 1e6;
}

/** The process and everything below it. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), Number(statFields(Number(name))[1]));
    } catch {
      // It ended while the list was read.
    }
  }
  const tree = [root];
  for (const pid of tree) {
    for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  }
  return tree;
}

/** Resident memory, in bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
