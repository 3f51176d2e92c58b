// Many callers at once for tests with live centres: SIPp with numbers from a file, and where the router sent each of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callWithSipp } from './sipp.js';
import type { SippResult } from './sipp.js';
import type { RouterProcess } from './router-process.js';
import { trunkAddress } from './router-settings.js';

/** Where a caller was answered, and when. */
export interface Landing {
  readonly caller: string;
  /** `east/service` */
  readonly destination: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Callers that no strategy knows, all for plain service. */
export function unknownCallers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `+1555990${String(at).padStart(4, '0')}`);
}

/** `calls` calls, each of the next caller in turn, at `rate` a second; done when all are over. */
export async function load(
  router: RouterProcess,
  callers: readonly string[],
  { calls, rate }: { readonly calls: number; readonly rate: number },
): Promise<SippResult> {
  const folder = mkdtempSync(join(tmpdir(), 'proffer-callers-'));
  const file = join(folder, 'callers.csv');
  writeFileSync(file, `SEQUENTIAL\n${callers.join('\n')}\n`);
  try {
    return await callWithSipp({
      scenario: 'load-answered',
      remote: router.sip,
      localAddress: trunkAddress.proxy,
      calls,
      rate,
      pauseMs: 300,
      traceMessages: false,
      timeoutSeconds: 60,
      args: ['-inf', file],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The calls that were answered so far, oldest first. */
export function landings(router: RouterProcess): Landing[] {
  const records = router.records();
  const callers = new Map(
    records
      .filter(({ type }) => type === 'decision')
      .map((one) => [one['decisionId'], String(one['caller'])]),
  );
  return records
    .filter(({ type, result }) => type === 'outcome' && result === 'success')
    .map((one) => ({
      caller: callers.get(one['decisionId']) ?? '',
      destination: String(one['destination']),
      at: Date.parse(String(one['at'])),
    }));
}
