// One measurement of npm run bench:engine: calls placed from outside, and what they cost the processes of a system.
import { cpuMicros } from '../calls/process-cpu.js';
import type { BenchChild } from './child.js';
import type { CallKind, LoadOrder, LoadResult } from './load.js';
import type { NodeSystem, ServerReading } from './servers.js';
import { openServer } from './systems.js';
import type { EngineSystem } from './systems.js';

export interface PlacedCalls {
  readonly microseconds: number;
  /** Of `part` of the system. */
  readonly partMicroseconds: number;
  readonly answered: number;
}

export type CallOrder = Pick<LoadOrder, 'kind' | 'calls' | 'callsPerSecond'>;

export async function placeCalls(
  load: BenchChild,
  system: EngineSystem,
  order: CallOrder,
): Promise<PlacedCalls> {
  const { server, from, callers, destinationPorts, pids, part } = system;
  const readings = (): readonly number[] => [cpuMicros(pids), cpuMicros(part?.pids ?? [])];
  const before = readings();
  const { answered } = await load.ask<LoadResult>({ server, from, callers, destinationPorts, ...order });
  const [microseconds = NaN, partMicroseconds = NaN] = readings().map(
    (after, at) => (after - (before[at] ?? NaN)) / order.calls,
  );
  return { microseconds, partMicroseconds, answered };
}

/**
 * Bytes allocated for one call, buffers included: growth of what is used while nothing is collected. NaN when a collection
 * came all the same.
 */
export async function allocatedPerCall(load: BenchChild, node: NodeSystem, kind: CallKind): Promise<number> {
  const { system, child } = await openServer(node, kind, [
    '--min-semi-space-size=256',
    '--max-semi-space-size=256',
  ]);
  try {
    const order = { kind, calls: 1000, callsPerSecond: 500 };
    await placeCalls(load, system, order);
    const before = await child.ask<ServerReading>({});
    await placeCalls(load, system, order);
    const after = await child.ask<ServerReading>({});
    return after.collections > before.collections ? NaN : (after.usedBytes - before.usedBytes) / order.calls;
  } finally {
    await child.stop();
  }
}

export interface SoakReading extends ServerReading {
  readonly calls: number;
}

/** Answered calls without a pause, in twenty thousands; every transaction of a call is kept for up to 32 s. */
export async function soak(load: BenchChild, order: Omit<CallOrder, 'kind'>): Promise<SoakReading[]> {
  const { system, child } = await openServer('engine', 'uas', ['--expose-gc']);
  const readings: SoakReading[] = [];
  const step = Math.min(20_000, order.calls);
  try {
    for (let calls = step; calls <= order.calls; calls += step) {
      await placeCalls(load, system, { kind: 'uas', calls: step, callsPerSecond: order.callsPerSecond });
      readings.push({ ...(await child.ask<ServerReading>({ afterCollection: true })), calls });
    }
  } finally {
    await child.stop();
  }
  return readings;
}
