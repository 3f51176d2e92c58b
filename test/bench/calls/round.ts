// One round of a benchmark: a number of calls at a rate through one system, with what they cost and how long they took.
import { callWithSipp, SippDestination } from '../../support/sipp.js';
import { cpuMicros } from './process-cpu.js';
import type { CallKind, System } from './systems.js';

export interface RoundOptions {
  readonly kind: CallKind;
  readonly callsPerSecond: number;
  readonly seconds: number;
  /** SIPp -inf file of callers. */
  readonly callersFile: string;
  /** Port of the destination; it listens only during a round of proxied calls. */
  readonly destinationPorts: readonly number[];
}

export interface RoundResult {
  readonly calls: number;
  readonly failed: number;
  readonly retransmissions: number;
  /** Of the system, without redis-server. */
  readonly serverMicrosPerCall: number;
  readonly redisMicrosPerCall: number;
  /** INVITE sent to 302 received, or to INVITE received by the destination; milliseconds, unsorted. */
  readonly latenciesMs: readonly number[];
  readonly errors: string;
}

/** Microsecond times `sent received` of the load scenarios; SIPp's [timestamp] ends with the time since the epoch. */
export function latencies(logLines: readonly string[]): number[] {
  return logLines.flatMap((line) => {
    const times = [...line.matchAll(/(\d{9,}\.\d{6})/g)].map((one) => Number(one[1]));
    const [sent, received] = times;
    return sent === undefined || received === undefined ? [] : [(received - sent) * 1000];
  });
}

/** The value below which the share `p` of the values lies; NaN without values. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? NaN;
}

export async function runRound(system: System, options: RoundOptions): Promise<RoundResult> {
  const { kind, callsPerSecond, seconds, callersFile } = options;
  const calls = callsPerSecond * seconds;
  const destinations = await Promise.all(
    options.destinationPorts.map((localPort) =>
      SippDestination.start({ scenario: 'load-answer', localPort, traceMessages: false }),
    ),
  );
  const redisPids = system.redisPid === undefined ? [] : [system.redisPid];
  const before = { server: cpuMicros(system.pids), redis: cpuMicros(redisPids) };
  const run = await callWithSipp({
    scenario: kind === 'redirect' ? 'load-redirect' : 'load-call',
    remote: system.sip,
    localAddress: system.from,
    calls,
    rate: callsPerSecond,
    limit: callsPerSecond * 10,
    pauseMs: 500,
    traceMessages: false,
    timeoutSeconds: seconds + 45,
    args: ['-inf', callersFile, '-timer_resol', '1'],
  });
  const server = cpuMicros(system.pids) - before.server;
  const redis = cpuMicros(redisPids) - before.redis;
  const ended = await Promise.all(destinations.map((one) => one.stop()));
  const destinationLog = ended.flatMap((one) => one.logLines);
  return {
    calls: run.statistics.created,
    failed: run.statistics.failed + Math.max(0, calls - run.statistics.created),
    retransmissions: run.statistics.retransmissions,
    serverMicrosPerCall: server / calls,
    redisMicrosPerCall: redis / calls,
    latenciesMs: latencies(kind === 'redirect' ? run.logLines : destinationLog),
    errors: run.errors,
  };
}
