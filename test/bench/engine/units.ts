// Parse and serialise alone, in this process: microseconds of CPU and bytes allocated for each message.
import { PerformanceObserver } from 'node:perf_hooks';
import { createResponse, parseMessage } from '../../../src/sip/index.js';
import type { SipMessage } from '../../../src/sip/index.js';
import { inviteOfABench } from './messages.js';

export interface Unit {
  readonly name: string;
  readonly microseconds: number;
  readonly bytes: number;
}

const bytes = Buffer.from(inviteOfABench, 'latin1');

function parsed(): SipMessage {
  const result = parseMessage(bytes, 'datagram');
  if (!result.ok) throw new Error(result.reason);
  return result.message;
}

const kept = parsed();

function forwarded(): string {
  const message = parsed();
  message.prepend('via', 'SIP/2.0/UDP 198.51.100.10:5060;branch=z9hG4bK0123456789abcdef;rport');
  message.requestUri = 'sip:sales@192.0.2.20:5080';
  message.set('max-forwards', '69');
  return message.toString();
}

/** Buffer.from makes one flat byte string of what may be a tree of pieces: serialising is not done before. */
const flat = (text: string): number =>
  Buffer.byteLength(text, 'latin1') + (text.charCodeAt(text.length - 1) | 0);

const cases: readonly (readonly [name: string, run: () => number])[] = [
  ['parse an INVITE and check it', () => parsed().callId.length],
  ['serialise an INVITE', () => flat(kept.toString())],
  ['200 from a parsed INVITE', () => flat(createResponse(kept, 200, undefined, 'a1b2c3').toString())],
  ['parse, add a Via, new Request-URI, serialise', () => flat(forwarded())],
];

let collections = 0;
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] });

/** Observers hear of a collection some time after it. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

/** Exact while no collection comes between the two readings: the young generation was made large enough for that. */
async function allocatedBytes(run: () => number): Promise<number> {
  const rounds = 2000;
  for (let attempt = 0; attempt < 5; attempt++) {
    globalThis.gc?.();
    await pause();
    const seen = collections;
    const before = process.memoryUsage();
    for (let i = 0; i < rounds; i++) run();
    const after = process.memoryUsage();
    await pause();
    const used = after.heapUsed + after.external - before.heapUsed - before.external;
    if (collections === seen) return used / rounds;
  }
  return NaN;
}

/** Needs --expose-gc and a large --max-semi-space-size. */
export async function measureUnits(rounds: number): Promise<Unit[]> {
  const units: Unit[] = [];
  for (const [name, run] of cases) {
    for (let i = 0; i < rounds / 2; i++) run();
    let best = Infinity;
    for (let repeat = 0; repeat < 3; repeat++) {
      const before = process.cpuUsage();
      for (let i = 0; i < rounds; i++) run();
      const used = process.cpuUsage(before);
      best = Math.min(best, (used.user + used.system) / rounds);
    }
    units.push({ name, microseconds: best, bytes: await allocatedBytes(run) });
  }
  return units;
}
