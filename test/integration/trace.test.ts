// proffer trace against the real process: a bridged call of SIPp, asked for by the command and by the API.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import type { TraceList, TraceView } from '../../src/console/index.js';
import { CallStage } from '../support/call-stage.js';
import { apiToken } from '../support/records-client.js';
import { sippMissing } from '../support/sipp.js';

const cli = resolve(import.meta.dirname, '../../src/cli/main.js');

void t.test('the trace of a bridged call', { skip: sippMissing() ?? false }, async (t) => {
  const stage = await CallStage.open({
    env: { PROFFER_API_TOKEN: apiToken },
    edit: ({ proffer }) => {
      proffer.log = { personalData: false };
    },
  });
  t.teardown(() => stage.close());
  await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
  const story = await stage.call('b2bua', { scenario: 'uac-call' });
  const folder = mkdtempSync(join(tmpdir(), 'proffer-trace-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const variables = {
      PATH: process.env['PATH'],
      PROFFER_CONFIG_DIR: stage.router.settings.path,
      PROFFER_DATA_DIR: stage.router.dataDir,
      ...env,
    };
    const child = promisify(execFile)(process.execPath, [cli, 'trace', ...args], { env: variables });
    return child.then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: unknown) =>
        error as { readonly code: number; readonly stdout: string; readonly stderr: string },
    );
  };

  await t.test('the ladder has both legs, and nothing of the caller', async (t) => {
    const { code, stdout, stderr } = await run([story.callId, '--full']);
    t.equal(code, 0, stderr);
    t.match(stdout, `decision ${String(story.decision?.['decisionId'])}\nCall-IDs ${story.callId}, `);
    t.match(stdout, /trunk b2bua +Proffer +centre east\n/);
    t.match(stdout, /\|-+ INVITE \(SDP\) -+>\| +\|\n/, 'from the caller to us');
    t.match(stdout, /\| +\|-+ INVITE \(SDP\) -+>\|\n/, 'from us to the centre');
    t.match(stdout, /\|<-+ 200 OK \(SDP\) -+\|/);
    t.match(stdout, /-+ BYE -+>/);
    const caller = /From:.*sip:([^@]*)@/.exec(story.run.messages[0]?.text ?? '')?.[1] ?? '';
    t.match(caller, /\d{6}/);
    t.notOk(stdout.includes(caller), 'the number is hidden');
  });

  await t.test('by the decision id, as JSON, and as a capture', async (t) => {
    const file = join(folder, 'call.pcap');
    const { stdout } = await run([String(story.decision?.['decisionId']), '--json', '--pcap', file]);
    const trace = JSON.parse(stdout) as TraceView;
    t.equal(trace.callIds.length, 2);
    t.match(trace.participants, [
      { name: 'b2bua', kind: 'trunk' },
      { kind: 'router' },
      { name: 'east', kind: 'centre' },
    ]);
    t.ok(readFileSync(file).length > 1000);
  });

  await t.test('what is not kept, and who is not let in', async (t) => {
    const unknown = await run(['nobody@nowhere']);
    t.equal(unknown.code, 2);
    t.match(unknown.stderr, /no message of nobody@nowhere is kept; kept are \d+ messages of \d+ calls/);
    t.match((await run([])).stderr, 'name a call');
    const url = stage.router.http;
    t.match(await run(['x', '--url', url]), { code: 1, stderr: 'does not let this command in' });
    t.match(await run(['--list', '--url', url], { PROFFER_API_TOKEN: apiToken }), {
      code: 0,
      stdout: story.callId,
    });
    t.match(await run(['x', '--url', 'http://127.0.0.1:9']), { code: 1, stderr: 'no router answers' });
  });

  await t.test('the key on the disk opens traces, to its own user, and nothing else', async (t) => {
    const path = join(stage.router.dataDir, 'router.json');
    t.equal(statSync(path).mode & 0o777, 0o600);
    const { url, key } = JSON.parse(readFileSync(path, 'utf8')) as { url: string; key: string };
    const ask = (place: string, method = 'GET') =>
      fetch(`${url}/v1${place}`, { method, headers: { authorization: `Bearer ${key}` } });
    const list = (await (await ask('/sip/traces?limit=500')).json()) as TraceList;
    t.ok(list.calls.some(({ callId }) => callId === story.callId));
    for (const place of ['/calls', '/people', '/calls/x/messages', '/sip/tracesx', '/sip/../calls'])
      t.not((await ask(place)).status, 200, place);
  });

  await t.test('the API has it for who may see the call', async (t) => {
    const place = `${stage.router.http}/v1/calls/${String(story.decision?.['decisionId'])}/messages`;
    const answer = await fetch(place, { headers: { authorization: `Bearer ${apiToken}` } });
    t.equal(answer.status, 200);
    t.equal(((await answer.json()) as TraceView).callIds.length, 2);
    t.equal((await fetch(place)).status, 401);
  });
});
