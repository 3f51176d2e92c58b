// The table of a benchmark of calls.
import Table from 'cli-table3';
import { percentile } from './round.js';
import type { RoundResult } from './round.js';
import type { CallKind } from './systems.js';

export interface Measured {
  readonly kind: CallKind;
  readonly system: string;
  readonly result: RoundResult;
}

/** At most this many times Kamailio's CPU per call (design, section 6). */
const targetRatio = 1.5;

const what: Record<CallKind, string> = {
  redirect: 'INVITE, 302, ACK',
  proxy: 'INVITE, 200, ACK, BYE',
};

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** One table for each kind of call: the median over the rounds, and the ratio to Kamailio with redis-server counted in both. */
export function report(measured: readonly Measured[], rates: Readonly<Record<CallKind, number>>): string {
  const parts: string[] = [];
  for (const kind of ['redirect', 'proxy'] as const) {
    const ofKind = measured.filter((one) => one.kind === kind);
    if (ofKind.length === 0) continue;
    const table = new Table({
      head: [
        '',
        'server us/call',
        'redis us/call',
        'sum',
        'min..max',
        'x Kamailio',
        'p50 ms',
        'p99 ms',
        'calls',
        'failed',
        'retrans.',
      ],
      style: { head: [], border: [] },
    });
    let yardstick = NaN;
    for (const system of new Set(ofKind.map((one) => one.system))) {
      const results = ofKind.filter((one) => one.system === system).map((one) => one.result);
      const sums = results.map((one) => one.serverMicrosPerCall + one.redisMicrosPerCall);
      if (system.startsWith('Kamailio')) yardstick = median(sums);
      const latenciesMs = results.flatMap((one) => one.latenciesMs);
      const total = (pick: (one: RoundResult) => number) => results.reduce((sum, one) => sum + pick(one), 0);
      table.push([
        system,
        median(results.map((one) => one.serverMicrosPerCall)).toFixed(0),
        mean(results.map((one) => one.redisMicrosPerCall)).toFixed(0),
        median(sums).toFixed(0),
        `${Math.min(...sums).toFixed(0)}..${Math.max(...sums).toFixed(0)}`,
        (median(sums) / yardstick).toFixed(2),
        percentile(latenciesMs, 0.5).toFixed(2),
        percentile(latenciesMs, 0.99).toFixed(2),
        total((one) => one.calls),
        total((one) => one.failed),
        total((one) => one.retransmissions),
      ]);
    }
    parts.push(
      `${kind} (${what[kind]}) at ${rates[kind]} calls/s; target: at most ${targetRatio} x Kamailio\n${table.toString()}`,
    );
  }
  parts.push('p50 and p99: INVITE sent to 302 received, or to INVITE received by the destination');
  return parts.join('\n\n');
}
