import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { checkCommand } from '../../src/cli/check.js';
import { FakeCallcenter } from '../support/fake-callcenter.js';
import { FakeEventSocket } from '../support/fake-event-socket.js';
import { freePort } from '../support/free-port.js';
import { repositoryRoot } from '../support/repository-root.js';
import { SettingsFolder } from '../support/router-settings.js';

const shipped = join(repositoryRoot, 'config');

/** A centre with every queue of the shipped settings, two agents logged in, one of them free. */
async function centre(
  t: Test,
): Promise<{ callcenter: FakeCallcenter; socket: FakeEventSocket; port: number }> {
  const callcenter = new FakeCallcenter();
  callcenter.epoch = () => Math.floor(Date.now() / 1000);
  callcenter.queues = ['digital', 'acme-sales', 'borealis-sales', 'service'].map((queue) => ({
    name: `${queue}@default`,
  }));
  callcenter.agents = [
    { name: '1001@default', status: 'Available', state: 'Waiting' },
    { name: '1002@default', status: 'On Break', state: 'Waiting' },
    { name: '1003@default', status: 'Logged Out', state: 'Waiting' },
  ];
  const row = {
    queue: 'service@default',
    sessionUuid: 's',
    state: 'Waiting',
    joinedEpoch: callcenter.epoch(),
  };
  callcenter.members = [{ ...row, uuid: 'm1' }];
  const socket = new FakeEventSocket(callcenter);
  t.teardown(async () => socket.close());
  return { callcenter, socket, port: await socket.listen() };
}

async function run(t: Test, addresses: string, ...args: readonly string[]) {
  return runIn(t, shipped, addresses, args);
}

async function runIn(t: Test, config: string, addresses: string, args: readonly string[]) {
  process.env['FREESWITCH_ESL'] = addresses;
  t.teardown(() => delete process.env['FREESWITCH_ESL']);
  const written = t.capture(process.stdout, 'write');
  await checkCommand().parseAsync(['--config', config, '--live', ...args], { from: 'user' });
  const stdout = written()
    .map((one) => String(one.args[0]))
    .join('');
  written.restore();
  const { exitCode } = process;
  process.exitCode = 0;
  return { stdout, exitCode };
}

t.test('centres that can be used', async (t) => {
  const [east, west] = [await centre(t), await centre(t)];
  west.callcenter.epoch = () => Math.floor(Date.now() / 1000) - 7200;
  const addresses = `east=127.0.0.1:${east.port},west=127.0.0.1:${west.port}`;
  const { stdout, exitCode } = await run(t, addresses);
  t.equal(exitCode, 0);
  const lines = stdout.slice(stdout.indexOf('Live\n')).split('\n');
  t.match(lines[1], /^ {2}CENTRE +EVENT SOCKET +STATE +AGENTS +QUEUES +WAITING +CLOCK$/);
  t.match(
    lines[2],
    new RegExp(`^  east +127.0.0.1:${east.port} +live +2 logged in, 1 free +3 of 3 +1 +right$`),
  );
  t.match(lines[3], /^ {2}west .* live .* 7,200 s behind$/);
  t.match(stdout, `${shipped} is valid\n`);
  const json = await run(t, addresses, '--json');
  t.match(JSON.parse(json.stdout), {
    ok: true,
    totals: { centres: 2 },
    centres: [
      {
        centre: 'east',
        address: `127.0.0.1:${east.port}`,
        state: 'live',
        agentsLoggedIn: 2,
        agentsFree: 1,
        queuesFound: ['acme-sales', 'borealis-sales', 'service'],
        queuesMissing: [],
        membersWaiting: 1,
      },
      { centre: 'west', state: 'live' },
    ],
  });
});

t.test('a queue that does not exist there, and a wrong password: named, with the fix', async (t) => {
  const [east, west] = [await centre(t), await centre(t)];
  east.callcenter.queues.pop();
  west.socket.password = 'another';
  const { stdout, exitCode } = await run(t, `east=127.0.0.1:${east.port},west=127.0.0.1:${west.port}`);
  t.equal(exitCode, 1);
  t.match(stdout, /^ {2}east .* live .* 2 of 3 /m);
  t.match(stdout, /^ {2}west .* refused$/m);
  t.match(stdout, '! east: there is no queue service@default: add it to callcenter.conf.xml, then fs_cli -x');
  t.match(stdout, '! west: wrong password: set FREESWITCH_ESL_SECRET');
  t.match(stdout, `${shipped} is valid, but 2 of its centres cannot be used as they are set\n`);
});

t.test('nobody listens; a centre without an event socket needs none', async (t) => {
  const port = await freePort();
  const settings = new SettingsFolder();
  t.teardown(() => settings.remove());
  settings.change(({ centres }) => {
    for (const one of centres.centres ?? []) delete one.eventSocket;
  });
  const { stdout, exitCode } = await runIn(t, settings.path, `east=127.0.0.1:${port}`, ['--json']);
  t.equal(exitCode, 1);
  t.match(JSON.parse(stdout), {
    ok: false,
    centres: [
      { centre: 'east', state: 'down', reason: new RegExp(`^nothing listens at 127.0.0.1:${port}`) },
      { centre: 'west', state: 'not-set' },
    ],
  });
});
