// An admin edits a queue and stops an offer over the API while calls flow: none fails, and the next decisions follow.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { SettingsView } from '../../src/console/settings/settings-view.js';
import { waitUntil } from '../support/child-process.js';
import { CallStage } from '../support/call-stage.js';
import { apiToken, askAt } from '../support/records-client.js';
import { trunkAddress } from '../support/router-settings.js';
import { callWithSipp, sippMissing } from '../support/sipp.js';

const rate = 30;
const calls = rate * 8;
const caller = '+15550100001';

t.test(
  'settings are edited while calls flow',
  { skip: sippMissing() ?? false, timeout: 300_000 },
  async (t) => {
    const env = { PROFFER_API_TOKEN: apiToken };
    const stage = await CallStage.open({ customers: 500, records: true, env, readyWithinMs: 60_000 });
    t.teardown(() => stage.close());
    await stage.set({ east: 'load-answer', west: 'load-answer', overflow: 'load-answer' });
    const ask = askAt(() => stage.router.http);
    const decided = async () => {
      const story = await stage.call('proxy', { scenario: 'uac-call', caller });
      t.equal(story.run.statistics.successful, 1, story.run.errors);
      const { offer } = story.decision as { offer?: { offerCode?: string } };
      return { offer: offer?.offerCode, first: story.attempts[0]?.['destination'] };
    };
    await waitUntil(
      'the records are there',
      async () => (await ask('GET', '/v1/settings/history')).status === 200,
    );
    t.match(await decided(), { offer: 'ACME-PLATINUM', first: 'east/acme-sales' });

    const directory = mkdtempSync(join(tmpdir(), 'proffer-callers-'));
    t.teardown(() => rmSync(directory, { recursive: true, force: true }));
    const callers = join(directory, 'callers.csv');
    writeFileSync(callers, `RANDOM\n${caller}\n+15550100002\n+15550100003\n+15550100099\n`);
    const load = callWithSipp({
      scenario: 'load-call',
      remote: stage.router.sip,
      localAddress: trunkAddress.proxy,
      calls,
      rate,
      limit: calls,
      pauseMs: 300,
      traceMessages: false,
      timeoutSeconds: 60,
      args: ['-inf', callers],
    });
    const { files } = (await ask('GET', '/v1/settings')).body as unknown as SettingsView;
    const version = files.find((one) => one.file === 'centres.yaml')?.version;
    const queue = ['centres', 0, 'queues', 0];
    const edited = await ask('PUT', '/v1/settings/centres.yaml', {
      version,
      changes: [
        { path: [...queue, 'drain'], op: 'set', value: true },
        { path: [...queue, 'weight'], op: 'set', value: 2 },
      ],
      comment: 'east is painted',
    });
    t.match(edited, { status: 200, body: { running: { state: 'taken-over', needRestart: [] } } });
    // Of the calls that flow each takes an agent, so the other queue is not always worth the wait.
    t.not((await decided()).first, 'east/acme-sales', 'the queue drains');

    const killed = await ask('PUT', '/v1/switches/kill-offer:ACME-PLATINUM', { isOn: true });
    t.match(killed, { status: 200, body: { running: { state: 'taken-over' } } });
    t.not((await decided()).offer, 'ACME-PLATINUM', 'the offer is made to nobody');
    const undone = await ask('POST', '/v1/settings/history/2/undo');
    t.match(undone, { status: 200, body: { running: { state: 'taken-over' } } });

    const restart = await ask('GET', '/v1/settings');
    const process = (restart.body as unknown as SettingsView).files.find(
      (one) => one.file === 'proffer.yaml',
    );
    t.match(
      await ask('PUT', '/v1/settings/proffer.yaml', {
        version: process?.version,
        changes: [{ path: ['strategyStore', 'cacheEntries'], op: 'set', value: 1000 }],
      }),
      { status: 200, body: { running: { needRestart: ['strategyStore'] } } },
      'what waits for a restart is told',
    );
    const run = await load;
    t.same(run.statistics.failures, {}, run.errors);
    t.equal(run.statistics.successful, calls, 'no call failed');
    // As soon as the agents that the load took count as free.
    await waitUntil('the offer is made again, where no queue drains', async () => {
      const { offer, first } = await decided();
      return offer === 'ACME-PLATINUM' && first === 'west/acme-sales';
    });
    t.match((await ask('GET', '/v1/settings/history')).body, {
      edits: [{ edit: 4 }, { undoOf: 2, state: 'written' }, { undoneBy: 3 }, { comment: 'east is painted' }],
    });
  },
);
