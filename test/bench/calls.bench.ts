// npm run bench:calls: CPU per call and INVITE-to-first-forward of our router beside Kamailio, in one run on one machine.
// Rounds alternate between the systems, so that a machine that slows down slows all of them. Linux, with sipp, kamailio
// and redis-server. Settings: --rounds N --seconds N --warmup SECONDS --redirect-rate N --proxy-rate N --only redirect|proxy --profile FOLDER
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts } from '../support/free-port.js';
import { RedisServer } from '../support/redis-server.js';
import { benchCallers, loadDestinations } from './calls/callers.js';
import { runRound } from './calls/round.js';
import { report } from './calls/report.js';
import { RouterUnderTest, startKamailio } from './calls/systems.js';
import type { Measured } from './calls/report.js';
import type { CallKind, System } from './calls/systems.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '4' },
    warmup: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '10' },
    customers: { type: 'string', default: '20000' },
    'redirect-rate': { type: 'string', default: '400' },
    'proxy-rate': { type: 'string', default: '200' },
    only: { type: 'string' },
    profile: { type: 'string' },
    'skip-proffer': { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const rates: Record<CallKind, number> = {
  redirect: Number(values['redirect-rate']),
  proxy: Number(values['proxy-rate']),
};
const kinds = (['redirect', 'proxy'] as const).filter(
  (kind) => values.only === undefined || values.only === kind,
);

const folder = mkdtempSync(join(tmpdir(), 'proffer-bench-'));
const [east = 0, west = 0, overflow = 0] = await freePorts(3);
const centres = { east, west, overflow };
const customers = Number(values.customers);
const callers = benchCallers(customers);
const callersFile = join(folder, 'callers.csv');
writeFileSync(callersFile, `RANDOM\n${callers.join('\n')}\n`);
const redis = await RedisServer.start();
await loadDestinations(redis, callers, `sip:acme-sales@127.0.0.1:${east}`);

const stops: (() => Promise<unknown>)[] = [];
const systems: Record<CallKind, System[]> = { redirect: [], proxy: [] };
try {
  for (const kind of kinds) {
    const kamailio = await startKamailio({ kind, redis, recordRoute: false });
    stops.push(() => kamailio.stop());
    systems[kind].push(kamailio);
  }
  if (!values['skip-proffer']) {
    for (const store of [undefined, redis]) {
      const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
      const router = await RouterUnderTest.start({ centres, redis: store, customers, nodeArgs: profile });
      stops.push(() => router.stop());
      for (const kind of kinds) systems[kind].push(router.as(kind));
    }
  }
  const measured: Measured[] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const kind of kinds) {
      for (const system of systems[kind]) {
        const result = await runRound(system, {
          kind,
          callsPerSecond: rates[kind],
          // The first round warms up, the just-in-time compiler above all, and is not counted.
          seconds: round === 0 ? Number(values.warmup) : seconds,
          callersFile,
          destinationPorts: kind === 'proxy' ? [east, west, overflow] : [],
        });
        const line = `${kind} round ${round}: ${system.name} ${result.serverMicrosPerCall.toFixed(0)} us + redis ${result.redisMicrosPerCall.toFixed(0)} us, ${result.failed} failed`;
        process.stderr.write(`${line}${result.failed > 0 ? ` ${result.errors.slice(0, 300)}` : ''}\n`);
        if (round > 0) measured.push({ kind, system: system.name, result });
      }
    }
  }
  console.log(report(measured, rates));
  console.log(
    `repeat with: npm run bench:calls -- --rounds ${rounds} --seconds ${seconds} --redirect-rate ${rates.redirect} --proxy-rate ${rates.proxy}`,
  );
} finally {
  for (const stop of stops) await stop();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
}
