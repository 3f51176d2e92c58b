// Editing settings over the API: what is written, what is refused and in which words, and two people at once.
import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import type { Principal } from '../../../src/console/access/principal.js';
import type {
  SavedView,
  SettingsConflictView,
  SettingsView,
  SwitchView,
} from '../../../src/console/settings/settings-view.js';
import { openHttpServer } from '../../support/http-server.js';
import { openSettings } from '../../support/settings-stage.js';
import type { SettingsStage } from '../../support/settings-stage.js';

const person = (agent: string, rest: Partial<Extract<Principal, { kind: 'person' }>> = {}): Principal => ({
  kind: 'person',
  agent,
  name: agent,
  role: 'admin',
  partners: [],
  centreAgents: [],
  session: 's',
  ...rest,
});

interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly text: string;
}
type Ask = <T>(method: string, path: string, body?: unknown) => Promise<Answer<T>>;

async function serve(t: Test, { area }: SettingsStage, principal: Principal): Promise<Ask> {
  const server = await openHttpServer(t, {
    areas: [area],
    authenticators: [{ authenticate: () => ({ kind: 'principal', principal }) }],
  });
  return async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${server.port}/v1${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text) as never, text };
  };
}

async function versionOf(ask: Ask, file: string): Promise<string> {
  const { body } = await ask<SettingsView>('GET', '/settings');
  return body.files.find((one) => one.file === file)?.version ?? '';
}

const weight = (value: unknown) => [{ path: ['centres', 0, 'queues', 0, 'weight'], op: 'set', value }];

t.test('an edit is checked, written in place, taken over, and can be taken back', async (t) => {
  const stage = openSettings(t, {
    FREESWITCH_ESL_SECRET: 'secret-of-the-sockets',
    PROFFER_API_TOKEN: 'token-of-the-test-1',
  });
  const ask = await serve(t, stage, person('ada'));
  const before = stage.read('centres.yaml');
  chmodSync(join(stage.configDir, 'centres.yaml'), 0o640);
  const all = await ask<SettingsView>('GET', '/settings');
  t.same(all.body.problems, []);
  t.equal(all.body.files.length, 6);
  t.notMatch(all.text, /secret-of-the-sockets|token-of-the-test/, 'no secret is in it');
  const version = await versionOf(ask, 'centres.yaml');

  const changes = weight(3);
  const checked = await ask('POST', '/settings/check', { file: 'centres.yaml', version, changes });
  t.match(checked.body, { problems: [], diff: /\+ {8}weight: 3/ });
  t.equal(stage.read('centres.yaml'), before, 'a check writes nothing');

  const saved = await ask<SavedView>('PUT', '/settings/centres.yaml', { version, changes, comment: 'more' });
  t.match(saved, { status: 200, body: { edit: 1, running: { state: 'taken-over', needRestart: [] } } });
  const line = '        costPerCall: 1.2\n';
  t.equal(stage.read('centres.yaml'), before.replace(line, `${line}        weight: 3\n`));
  t.equal(statSync(join(stage.configDir, 'centres.yaml')).mode & 0o777, 0o640, 'the mode stays');
  t.equal(stage.watcher.settings.centres.centres[0]?.queues[0]?.weight, 3);
  t.match(stage.history.edits, [{ actor: 'ada', file: 'centres.yaml', comment: 'more', state: 'written' }]);

  stage.write('centres.yaml', stage.read('centres.yaml').replace('staffedAgents: 8', 'staffedAgents: 9'));
  const undone = await ask<SavedView>('POST', '/settings/history/1/undo');
  t.equal(undone.status, 200, 'also when other lines have changed since');
  t.equal(stage.read('centres.yaml'), before.replace('staffedAgents: 8', 'staffedAgents: 9'));
  t.match((await ask('GET', '/settings/history?limit=5')).body, { edits: [{ undoOf: 1 }, { undoneBy: 2 }] });
  t.match((await ask('POST', '/settings/history/1/undo')).body, { code: 'conflict' });
  t.same(
    readdirSync(stage.configDir).filter((one) => one.endsWith('.tmp')),
    [],
  );
});

t.test('two people at once get a conflict and no lost edit', async (t) => {
  const stage = openSettings(t);
  const ada = await serve(t, stage, person('ada'));
  const bob = await serve(t, stage, person('bob'));
  const version = await versionOf(ada, 'centres.yaml');
  const both = await Promise.all(
    [ada, bob].map((ask, at) =>
      ask<SettingsConflictView>('PUT', '/settings/centres.yaml', { version, changes: weight(at + 2) }),
    ),
  );
  t.same(both.map(({ status }) => status).toSorted(), [200, 409]);
  const lost = both.find(({ status }) => status === 409)?.body;
  const winner = both[0]?.status === 200 ? 'ada' : 'bob';
  t.match(lost, { code: 'conflict', changedBy: { actor: winner }, diff: /\+ +weight: [23]/ });
  t.equal(lost?.version, await versionOf(ada, 'centres.yaml'));

  stage.write('centres.yaml', `${stage.read('centres.yaml')}# by hand\n`);
  const byHand = await ada<SettingsConflictView>('PUT', '/settings/centres.yaml', {
    version: lost?.version,
    changes: weight(7),
  });
  t.match(byHand, { status: 409, body: { message: /by hand/, diff: /\+# by hand/ } });
  t.equal(byHand.body.changedBy, undefined);
  const changes = weight(9);
  await ada('PUT', '/settings/centres.yaml', { version: byHand.body.version, changes });
  t.match(await ada('POST', '/settings/history/1/undo'), { status: 409, body: { message: /changed since/ } });
});

t.test('what is wrong is refused in words, and nothing is written', async (t) => {
  const stage = openSettings(t);
  const ask = await serve(t, stage, person('ada'));
  const version = await versionOf(ask, 'offers.yaml');
  const put = (file: string, body: object) => ask('PUT', `/settings/${file}`, body);
  const set = (path: (string | number)[], value: unknown) => ({
    version,
    changes: [{ path, op: 'set', value }],
  });
  const invalid = (field: string) => ({ status: 422, body: { code: 'invalid', problems: [{ field }] } });
  t.match(await put('offers.yaml', set(['offers', 0, 'value'], -1)), invalid('offers[0].value'));
  t.match(await put('offers.yaml', set(['offers', 0, 'valeu'], 1)), invalid('offers[0].valeu'));
  t.match(await put('offers.yaml', set(['offers', 99, 'value'], 1)), invalid('offers[99]'));
  const renamed = await put('offers.yaml', set(['offers', 0, 'offer'], 'ACME-GOLD'));
  t.match(
    renamed,
    { status: 422, body: { problems: [{ file: 'ranking.yaml', line: Number }] } },
    'names the place',
  );
  t.match(await put('nothing.yaml', { version, changes: [] }), {
    status: 404,
    body: { code: 'unknown-file' },
  });
  t.match(await put('..%2F..%2Fetc%2Fpasswd', { version, changes: [] }), { status: 404 });
  t.match(await put('offers.yaml', { version: 'other', changes: [] }), {
    status: 409,
    body: { code: 'conflict' },
  });
  t.match(await put('offers.yaml', { version, changes: [] }), {
    status: 409,
    body: { code: 'nothing-changed' },
  });
  t.match(await put('offers.yaml', { version }), { status: 400, body: { code: 'bad-request' } });
  t.match(await put('offers.yaml', set(['offers', 0, 'name'], 'x'.repeat(1_000_000))), { status: 413 });
  t.match(await ask('POST', '/settings/history/77/undo'), { status: 404, body: { code: 'unknown-edit' } });
  stage.history.isDown = true;
  t.match(await put('offers.yaml', set(['offers', 0, 'value'], 5)), {
    status: 503,
    body: { code: 'records-unavailable' },
  });
  t.equal(await versionOf(ask, 'offers.yaml'), version);
  stage.write('offers.yaml', 'offers: [\n');
  t.match((await ask<SettingsView>('GET', '/settings')).body.problems, [{ file: 'offers.yaml' }]);
});

t.test('switches are edits of one value, for those whose partners they are', async (t) => {
  const stage = openSettings(t);
  const ask = await serve(t, stage, person('sam', { role: 'supervisor', partners: ['acme'] }));
  const all = await serve(t, stage, person('sue', { role: 'supervisor' }));
  const list = async () => (await ask<{ switches: SwitchView[] }>('GET', '/switches')).body.switches;
  t.notOk((await list()).some(({ partner }) => partner === 'borealis'));
  t.match(await ask('PUT', '/switches/kill-offer:ACME-TRAVEL', { isOn: true, comment: 'wrong price' }), {
    status: 200,
    body: { diff: /\+ {4}killSwitch: true/, running: { state: 'taken-over' } },
  });
  t.match(
    (await list()).filter(({ isOn }) => isOn),
    [{ switch: 'kill-offer:ACME-TRAVEL', last: { actor: 'sam', comment: 'wrong price' } }],
  );
  t.match(stage.history.edits, [{ action: 'settings-switch', subject: 'kill-offer:ACME-TRAVEL' }]);
  t.match(await ask('PUT', '/switches/kill-offer:BOR-TV', { isOn: true }), { status: 404 });
  t.match(await ask('PUT', '/switches/kill-all', { isOn: true }), {
    status: 403,
    body: { code: 'forbidden' },
  });
  t.match(await all('PUT', '/switches/drain-queue:west%2Fservice', { isOn: true }), { status: 200 });
  t.match(await all('PUT', '/switches/drain-centre:east', { isOn: 1 }), { status: 400 });
  t.match(await all('PUT', '/switches/diversion-cap', { isOn: true }), {
    status: 422,
    body: { code: 'wrong-value' },
  });
  t.match(await all('PUT', '/switches/diversion-cap', { percent: 40 }), { status: 200 });
  t.equal(stage.watcher.settings.process.decision.diversionCapPercent, 40);
  t.equal(stage.watcher.settings.centres.centres[1]?.queues[2]?.drain, true);
  t.match(await ask('GET', '/settings'), { status: 403 });
});
