// A minute at 200 calls a second through a proxying trunk: 12,000 calls, none of which may fail.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { demoRows } from '../../src/strategy-store/index.js';
import { CallStage } from '../support/call-stage.js';
import { sumOf } from '../support/metrics-text.js';
import { callWithSipp, sippMissing } from '../support/sipp.js';
import { trunkAddress } from '../support/router-settings.js';

const skip = sippMissing() ?? false;
const callsPerSecond = 200;
const calls = callsPerSecond * 60;

t.setTimeout(300_000);
void t.test('a minute at 200 calls/s', { skip, timeout: 290_000 }, async (t) => {
  const stage = await CallStage.open({ customers: 2000 });
  t.teardown(() => stage.close());
  await stage.set({ east: 'load-answer', west: 'load-answer', overflow: 'load-answer' });
  const folder = mkdtempSync(join(tmpdir(), 'proffer-callers-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'callers.csv');
  const phones = [...demoRows({ customers: 2000 })].flatMap((row) =>
    row.partner === 'acme' ? row.phones : [],
  );
  writeFileSync(file, `RANDOM\n${phones.join('\n')}\n`);

  const run = await callWithSipp({
    scenario: 'load-call',
    remote: stage.router.sip,
    localAddress: trunkAddress.proxy,
    calls,
    rate: callsPerSecond,
    limit: callsPerSecond * 20,
    pauseMs: 1000,
    traceMessages: false,
    timeoutSeconds: 120,
    args: ['-inf', file],
  });
  t.comment(`retransmissions: ${run.statistics.retransmissions}`);
  t.same(run.statistics.failures, {}, run.errors);
  t.equal(run.statistics.failed, 0);
  t.equal(run.statistics.successful, calls);
  const samples = await stage.router.metrics();
  t.equal(
    sumOf(samples, 'proffer_calls_total', { trunk: 'proxy', result: 'success' }),
    calls,
    'each counted once',
  );
  t.equal(sumOf(samples, 'proffer_calls_in_progress'), 0, 'nothing is left behind');
  t.equal(sumOf(samples, 'proffer_decision_records_dropped_total'), 0);
  const decisions = stage.router.records().filter((one) => one['type'] === 'decision');
  t.equal(new Set(decisions.map((one) => one['decisionId'])).size, calls, 'one decision record a call');
});
