// What a shared reservation costs: claims a second, time of one claim and CPU of both sides, beside a plain GET on the same
// redis-server in the same run. Run: node dist/test/bench/reservations.bench.js [claims]
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { RedisLedger } from '../../src/reservations/index.js';
import { RedisServer } from '../support/redis-server.js';
import type { Claim } from '../../src/callcenter/index.js';

const claims = Number(process.argv[2] ?? 20_000);
const together = 64;
const clockTickUs = 10_000;

/** CPU time of a process so far, in microseconds (proc(5), fields 14 and 15 of stat). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * clockTickUs;
}

interface Result {
  readonly what: string;
  readonly times: Float64Array;
  readonly perSecond: number;
  readonly ownCpu: number;
  readonly redisCpu: number;
}

/** One after the other for the times, then `together` at once for the rate and the CPU. */
async function measure(what: string, pid: number, run: (i: number) => Promise<unknown>): Promise<Result> {
  for (let i = 0; i < claims / 10; i++) await run(i);
  const times = new Float64Array(claims / 4);
  for (let i = 0; i < times.length; i++) {
    const startedAt = performance.now();
    await run(i);
    times[i] = (performance.now() - startedAt) * 1000;
  }
  const redisBefore = cpuOf(pid);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < claims) await run(next++);
  };
  await Promise.all(Array.from({ length: together }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  return {
    what,
    times: times.sort(),
    perSecond: claims / seconds,
    ownCpu: (user + system) / claims,
    redisCpu: (cpuOf(pid) - redisBefore) / claims,
  };
}

function row({ what, times, perSecond, ownCpu, redisCpu }: Result): string {
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(0);
  const cells = [perSecond.toFixed(0), at(0.5), at(0.99), ownCpu.toFixed(1), redisCpu.toFixed(1)];
  return [what.padEnd(52), ...cells.map((cell) => cell.padStart(10))].join(' ');
}

const server = await RedisServer.start();
const raw = new Redis(server.url);
await raw.set('plain', 'x'.repeat(64));
const ledger = new RedisLedger({
  url: server.url,
  lifetimeMs: 5000,
  claimDeadlineMs: 1000,
  clock: systemClock,
  log: silentLogger,
});
const queues = Array.from({ length: 50 }, (_, i) => `east/queue${i}`);
ledger.watch(queues);
ledger.start();

function claimOf(i: number, overlaps: number): Claim {
  const at = (n: number) => queues[(i + n) % queues.length] ?? '';
  return {
    destination: at(0),
    decisionId: `d-${overlaps}-${i}`,
    partner: 'acme',
    free: 1e6,
    overlaps: Array.from({ length: overlaps }, (_, n) => ({ destination: at(n + 1), shared: 2 })),
  };
}

/** As a call does: it claims, and when the centre has seen it, it lets go. */
async function claimAndRelease(i: number, overlaps: number): Promise<void> {
  const claim = claimOf(i, overlaps);
  const answer = await ledger.claim(claim);
  if (answer.kind !== 'granted') throw new Error(`claim ${i}: ${answer.kind}`);
  ledger.release(claim);
}

while ((await ledger.claim(claimOf(0, 0))).kind !== 'granted')
  await new Promise((done) => setTimeout(done, 20));
process.stdout.write(
  `${claims} of each, ${together} at once; one redis-server, one connection; times of one at a time in microseconds\n\n` +
    `${''.padEnd(52)} ${['a second', 'p50', 'p99', 'own CPU', 'Redis CPU'].map((cell) => cell.padStart(10)).join(' ')}\n`,
);
const results = [
  await measure('GET of 64 bytes', server.pid, () => raw.get('plain')),
  await measure('claim and release', server.pid, (i) => claimAndRelease(i, 0)),
  await measure('claim and release, agents shared with 5 queues', server.pid, (i) => claimAndRelease(i, 5)),
  await measure('claim and release, agents shared with 49 queues', server.pid, (i) => claimAndRelease(i, 49)),
];
for (const one of results) process.stdout.write(`${row(one)}\n`);
ledger.stop();
raw.disconnect();
await server.stop();
