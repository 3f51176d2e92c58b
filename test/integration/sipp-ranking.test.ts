// A ranking run while calls come in: none of them fails, and after the swap calls are decided by the new generation.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { CallStage } from '../support/call-stage.js';
import { waitUntil } from '../support/child-process.js';
import { RedisServer } from '../support/redis-server.js';
import type { SettingsDraft } from '../support/router-settings.js';
import { trunkAddress } from '../support/router-settings.js';
import { callWithSipp, sippMissing } from '../support/sipp.js';

const skip = sippMissing() ?? false;
const callsPerSecond = 40;
const calls = callsPerSecond * 15;
const ofAcme = '+15550100001';

/** The shipped ranking on demonstration data of the test's own, without the model that would have to be trained. */
function rankFrom(directory: string): (draft: SettingsDraft) => void {
  return (draft) => {
    for (const ranking of draft.ranking.rankings ?? []) {
      for (const source of ranking.sources ?? [])
        source.file = source.file?.replace('data/demo', directory) ?? '';
      for (const offer of ranking.offers ?? []) {
        if (offer.propensity?.kind === 'logistic')
          offer.propensity = { kind: 'rate', startingPropensity: 0.3 };
      }
    }
  };
}

async function generationOfACall(stage: CallStage): Promise<unknown> {
  const story = await stage.call('proxy', { scenario: 'uac-call', caller: ofAcme });
  t.equal(story.run.statistics.successful, 1, story.run.errors);
  return story.decision?.['generation'];
}

async function story(t: Test, env: Readonly<Record<string, string>>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'proffer-ranked-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const stage = await CallStage.open({ customers: 500, env, edit: rankFrom(directory) });
  t.teardown(() => stage.close());
  await stage.set({ east: 'load-answer', west: 'load-answer', overflow: 'load-answer' });
  const made = await stage.router.run(['demo-data', '--customers', '3000', '--out', directory]);
  t.equal(made.code, 0, made.stderr);
  const before = await generationOfACall(stage);
  const callers = join(directory, 'callers.csv');
  writeFileSync(callers, `RANDOM\n${ofAcme}\n+15550100002\n+15550100003\n+15550100005\n+15550100099\n`);

  const load = callWithSipp({
    scenario: 'load-call',
    remote: stage.router.sip,
    localAddress: trunkAddress.proxy,
    calls,
    rate: callsPerSecond,
    limit: calls,
    pauseMs: 500,
    traceMessages: false,
    timeoutSeconds: 60,
    args: ['-inf', callers],
  });
  const ranked = await stage.router.run(['rank', 'acme', '--json']);
  t.equal(ranked.code, 0, ranked.stderr);
  const { reports } = JSON.parse(ranked.stdout) as {
    readonly reports: readonly { readonly generation: number }[];
  };
  const published = reports[0]?.generation;
  const decides = (generation: unknown) =>
    waitUntil(`generation ${String(generation)} decides`, async () => {
      return (await generationOfACall(stage)) === generation;
    });
  await decides(published);
  const swapped = await stage.router.run(['generations', 'swap', String(before), '--partner', 'acme']);
  t.equal(swapped.code, 0, swapped.stderr);
  // And the old one again.
  await decides(before);

  const run = await load;
  t.same(run.statistics.failures, {}, run.errors);
  t.equal(run.statistics.successful, calls, 'no call failed');
  const generations = stage.router
    .records()
    .filter((one) => one['type'] === 'decision')
    .map((one) => one['generation']);
  t.ok(generations.includes(before) && generations.includes(published), 'calls were decided by both');
  t.same(
    stage.router
      .records()
      .filter(
        (one) => one['type'] === 'decision' && Array.isArray(one['failOpen']) && one['failOpen'].length > 0,
      ),
    [],
    'none failed open',
  );
}

void t.test('a ranking run while calls come in, LMDB', { skip, timeout: 300_000 }, (t) => story(t, {}));

void t.test('a ranking run while calls come in, Redis', { skip, timeout: 300_000 }, async (t) => {
  const redis = await RedisServer.start();
  t.teardown(() => redis.stop());
  await story(t, { REDIS_URL: redis.url });
});
