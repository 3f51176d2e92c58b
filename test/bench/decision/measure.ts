// Times, processor time and heap of something that is done many times over.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The first argument when there is one: fewer make a shorter run. */
export const rounds = Number(process.argv[2] ?? 50_000);
export const warmUp = Math.min(20_000, rounds);
/** A burst this long is timed as a whole, by the processor time it took, which other processes do not lengthen. */
const burst = 2000;

export interface Result {
  readonly what: string;
  readonly times: Float64Array;
  /** Processor time of one run, in microseconds. */
  readonly cpu: number;
  /** Processor time of each run, by which a machine that others use can be judged too; coarser than `times`. */
  readonly cpuTimes: Float64Array;
  readonly bytes: number;
}

function collect(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

const gc = collect();

/** Bytes of heap that one call of `run` takes: the median of batches that are too small for a collection. */
function bytesOf(run: (i: number) => unknown): number {
  const batches: number[] = [];
  for (let batch = 0; batch < 25; batch++) {
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 100; i++) run(i);
    batches.push((process.memoryUsage().heapUsed - before) / 100);
  }
  return batches.sort((a, b) => a - b)[12] ?? 0;
}

export function measure<T>(what: string, prepare: (i: number) => T, run: (input: T) => unknown): Result {
  const times = new Float64Array(rounds);
  const cpuTimes = new Float64Array(rounds);
  for (let i = 0; i < warmUp; i++) run(prepare(i));
  for (let i = 0; i < rounds; i++) {
    const input = prepare(i);
    const used = process.cpuUsage();
    const started = process.hrtime.bigint();
    run(input);
    times[i] = Number(process.hrtime.bigint() - started) / 1000;
    const { user, system } = process.cpuUsage(used);
    cpuTimes[i] = user + system;
  }
  const inputs = Array.from({ length: burst }, (_, i) => prepare(i));
  const before = process.cpuUsage();
  for (const input of inputs) run(input);
  const { user, system } = process.cpuUsage(before);
  const bytes = bytesOf((i) => run(inputs[i]!));
  return { what, times: times.sort(), cpuTimes: cpuTimes.sort(), cpu: (user + system) / burst, bytes };
}

export function row({ what, times, cpu, cpuTimes, bytes }: Result): string {
  const at = (sorted: Float64Array, share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  const cells = [0.5, 0.99, 0.999, 1].map((share) => at(times, share));
  cells.push(cpu.toFixed(1), at(cpuTimes, 0.99), String(Math.round(bytes)));
  return [what.padEnd(74), ...cells.map((cell) => cell.padStart(9))].join(' ');
}
