// npm run bench:memory: resident memory of the router with 1,000 proxied calls up at once, and after they have ended.
// Settings: --calls N (at once) --rounds N --action proxy|b2bua
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts } from '../support/free-port.js';
import { sumOf } from '../support/metrics-text.js';
import { trunkAddress } from '../support/router-settings.js';
import { callWithSipp, SippDestination } from '../support/sipp.js';
import { benchCallers } from './calls/callers.js';
import { residentBytes } from './calls/process-cpu.js';
import { RouterUnderTest } from './calls/systems.js';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    action: { type: 'string', default: 'proxy' },
    customers: { type: 'string', default: '20000' },
  },
});
const calls = Number(values.calls);
const action = values.action === 'b2bua' ? 'b2bua' : 'proxy';
/** Calls ring this long before they are answered, so that all of them are in the router at once. */
const ringMs = 15_000;
const rate = 200;

const folder = mkdtempSync(join(tmpdir(), 'proffer-bench-'));
const [east = 0, west = 0, overflow = 0] = await freePorts(3);
const customers = Number(values.customers);
const callersFile = join(folder, 'callers.csv');
writeFileSync(callersFile, `RANDOM\n${benchCallers(customers).join('\n')}\n`);
const under = await RouterUnderTest.start({ centres: { east, west, overflow }, redis: undefined, customers });
const { router } = under;
const destinations = await Promise.all(
  [east, west, overflow].map((localPort) =>
    SippDestination.start({
      scenario: 'load-ring',
      localPort,
      traceMessages: false,
      args: ['-d', String(ringMs)],
    }),
  ),
);
const megabytes = () => (residentBytes(router.child.pid) / 2 ** 20).toFixed(0);
try {
  console.log(`at rest: ${megabytes()} MB`);
  for (let round = 1; round <= Number(values.rounds); round++) {
    const running = callWithSipp({
      scenario: 'load-call',
      remote: router.sip,
      localAddress: trunkAddress[action],
      calls,
      rate,
      limit: calls,
      pauseMs: 2000,
      traceMessages: false,
      timeoutSeconds: 90,
      args: ['-inf', callersFile],
    });
    await new Promise((resolve) => setTimeout(resolve, (calls / rate) * 1000 + 5000));
    const inProgress = sumOf(await router.metrics(), 'proffer_calls_in_progress');
    const peak = megabytes();
    const run = await running;
    console.log(
      `round ${round}: ${peak} MB with ${inProgress} ${action} calls in progress (target: under 250 MB at 1,000 proxied); ` +
        `${run.statistics.failed} failed; ${megabytes()} MB after`,
    );
  }
  console.log(`repeat with: npm run bench:memory -- --calls ${calls} --action ${action}`);
} finally {
  for (const destination of destinations) await destination.stop();
  await under.stop();
  rmSync(folder, { recursive: true, force: true });
}
