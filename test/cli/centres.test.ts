// proffer centres, as a process against an event socket with a model of mod_callcenter behind it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { TestChild } from '../support/child-process.js';
import { readMarkup } from '../support/strict-markup.js';
import { repositoryRoot } from '../support/repository-root.js';
import { plainQueue } from '../freeswitch/provisioning/model-centre.js';
import { CentresStage, skilledQueue } from './centres-stage.js';

interface Answer {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
}

function command(stage: CentresStage, args: readonly string[], variables: NodeJS.ProcessEnv = {}): TestChild {
  return new TestChild({
    command: process.execPath,
    args: [join(repositoryRoot, 'dist/src/cli/main.js'), 'centres', ...args, '--config', stage.configDir],
    env: {
      PATH: process.env['PATH'],
      NO_COLOR: '1',
      PROFFER_DATA_DIR: stage.dataDir,
      ...variables,
    },
  });
}

async function run(
  stage: CentresStage,
  args: readonly string[],
  variables?: NodeJS.ProcessEnv,
): Promise<Answer> {
  const child = command(stage, args, variables);
  const { code } = await child.exited;
  const linesOf = (text: string): readonly string[] =>
    text.replaceAll(String(stage.port), 'PORT').split('\n').slice(0, -1);
  return { code, lines: linesOf(child.stdout), errors: linesOf(child.stderr) };
}

t.test('from nothing to nothing to do', async (t) => {
  const stage = await new CentresStage().start();
  t.teardown(() => stage.stop());
  const { model } = stage;
  model.queues.set('service@default', plainQueue);
  model.addAgent('1002@default', { status: 'Available', state: 'In a queue call', contact: 'user/1002' });
  model.addTier('service@default', '1002@default');
  const planned = [
    'east  127.0.0.1:PORT',
    '     WHAT   NAME                                DETAIL',
    '  +  queue  acme-sales@default                  load it from callcenter.conf',
    '  +  agent  1001@default                        Logged Out, contact user/1001@proffer',
    '  +  agent  1003@default                        Logged Out, contact user/1003@default',
    '  +  tier   1001@default in acme-sales@default  level 0, position 1',
    '  +  tier   1002@default in acme-sales@default  level 20, position 1',
    '  +  tier   1003@default in acme-sales@default  level 40, position 1',
    '  i  1002@default: made by hand: contact, max_no_answer and 4 more not as in centres.yaml, and left so',
    '  i  1002@default: in a call (In a queue call), which goes on: its tiers count from the next',
    '  6 to add, 0 to change, 0 to remove',
  ];

  t.strictSame(await run(stage, ['plan']), { code: 2, lines: planned, errors: [] });
  t.notOk(existsSync(stage.dataDir), 'a plan writes nothing');

  const first = await run(stage, ['apply']);
  t.equal(first.code, 1);
  t.strictSame(first.lines.slice(planned.length), [
    'east  not whole  2 added, 0 changed, 0 removed',
    '  refused  load queue acme-sales@default: is not in callcenter.conf; include the output of "proffer centres xml east" there and apply again',
    '  left out  3 steps: acme-sales@default is not loaded',
    '  4 changes are left: proffer centres plan',
  ]);

  const xml = await run(stage, ['xml', 'east']);
  t.equal(xml.lines[2], '  <queue name="acme-sales@default">');
  readMarkup(xml.lines.join('\n').replaceAll(/<!--.*?-->/g, ''));
  model.xml.set('acme-sales@default', skilledQueue);

  const second = await run(stage, ['apply', 'east']);
  t.strictSame([second.code, second.lines.at(-1)], [0, 'east  ok  4 added, 0 changed, 0 removed']);
  t.match(await run(stage, ['plan']), { code: 0, lines: ['east  127.0.0.1:PORT  nothing to do', /^ {2}i/] });

  t.strictSame((await run(stage, ['status'])).lines, [
    'east  127.0.0.1:PORT',
    '',
    '  QUEUE               STRATEGY            STATE     STEPS',
    '  acme-sales@default  longest-idle-agent  as asked  cards >= 7; after 20 s cards >= 4; after 40 s anyone',
    '  queues without steps: service@default',
    '',
    '  AGENT         STATUS      STATE            TIERS  KEPT BY',
    '  1001@default  Logged Out  Waiting              1  proffer',
    '  1002@default  Available   In a queue call      2  hand',
    '  1003@default  Logged Out  Waiting              1  proffer',
    '',
    '  TIER IN             AGENT         LEVEL  POSITION  ASKED     KEPT BY',
    '  acme-sales@default  1001@default      0         1  as it is  proffer',
    '  acme-sales@default  1002@default     20         1  as it is  proffer',
    '  acme-sales@default  1003@default     40         1  as it is  proffer',
  ]);
});

t.test('presentations with steps get queues of their own', async (t) => {
  const stage = await new CentresStage().start();
  t.teardown(() => stage.stop());
  const destinations = '        destinations: [east/acme-sales, west/acme-sales]\n';
  stage.edit(
    'offers.yaml',
    destinations,
    `${destinations}        requires: [{ skills: [{ skill: spanish, level: 3 }] }]\n`,
  );
  const { lines } = await run(stage, ['plan']);
  t.ok(
    lines.includes(
      '  +  queue  acme-sales.ACME-PLATINUM.agent@default                  load it from callcenter.conf',
    ),
  );
  t.ok(
    lines.includes('  +  tier   1001@default in acme-sales.ACME-PLATINUM.agent@default  level 0, position 1'),
    'of the only agent with that skill',
  );
  const xml = await run(stage, ['xml', 'west', '--json']);
  t.match(JSON.parse(xml.lines.join('\n')), { queues: ['acme-sales.ACME-PLATINUM.agent@default'] });
});

t.test('as JSON', async (t) => {
  const stage = await new CentresStage().start();
  t.teardown(() => stage.stop());
  stage.model.xml.set('acme-sales@default', skilledQueue);
  const json = async (args: readonly string[]): Promise<unknown> =>
    JSON.parse((await run(stage, [...args, '--json'])).lines.join('\n'));
  t.match(await json(['plan']), {
    centres: [
      {
        centre: 'east',
        ok: true,
        address: '127.0.0.1:PORT',
        counts: { add: 7, change: 0, remove: 0 },
        steps: [{ kind: 'load-queue' }, { kind: 'add-agent', agent: '1001@default' }],
      },
    ],
  });
  t.match(await json(['apply']), {
    centres: [{ ok: true, refused: [], skipped: [], left: 0, done: { length: 25 } }],
  });
  t.match(await json(['status']), {
    centres: [
      {
        ok: true,
        queues: [{ queue: 'acme-sales@default', state: 'as asked' }],
        tiers: [{ level: 0, asked: { level: 0, position: 1 }, keeper: 'proffer' }],
      },
    ],
  });
});

t.test('what cannot be reached is named with the fix', async (t) => {
  const stage = await new CentresStage().start();
  t.teardown(() => stage.stop());
  const cases: readonly (readonly [args: readonly string[], variables: NodeJS.ProcessEnv, error: string])[] =
    [
      [
        ['plan'],
        { FREESWITCH_ESL_SECRET: 'wrong' },
        'east: 127.0.0.1:PORT: wrong password; set FREESWITCH_ESL_SECRET to the password of event_socket.conf',
      ],
      [
        ['apply'],
        { FREESWITCH_ESL: '127.0.0.1:9' },
        'east: nothing listens at 127.0.0.1:9; is FreeSWITCH running, and is eventSocket of centres.yaml its address?',
      ],
      [['status', 'esat'], {}, 'proffer: "esat" is no centre of centres.yaml; did you mean "east"?'],
      [
        ['plan', 'west'],
        {},
        'proffer: west has no eventSocket in centres.yaml, so nothing can be asked of it or changed there',
      ],
    ];
  for (const [args, variables, error] of cases) {
    t.strictSame(await run(stage, args, variables), { code: 1, lines: [], errors: [error] });
  }
  const json = await run(stage, ['plan', '--json'], { FREESWITCH_ESL_SECRET: 'wrong' });
  t.equal(json.code, 1);
  t.match(JSON.parse(json.lines.join('\n')), {
    centres: [{ centre: 'east', ok: false, problem: /wrong password/ }],
  });
});

t.test('killed in the middle, it goes on from there and still knows what is its own', async (t) => {
  const stage = await new CentresStage().start();
  t.teardown(() => stage.stop());
  const { model } = stage;
  model.xml.set('acme-sales@default', skilledQueue);
  model.addAgent('9001@default', { status: 'Available' });
  model.addTier('acme-sales@default', '9001@default', 1, 1);
  const child = command(stage, ['apply']);
  stage.callcenter.onCommand = (text) => {
    if (text.startsWith('callcenter_config agent set wrap_up_time 1002')) process.kill(child.pid, 'SIGKILL');
  };
  t.equal((await child.exited).signal, 'SIGKILL');
  stage.callcenter.onCommand = undefined;
  t.ok(existsSync(join(stage.dataDir, 'provisioned', 'east.lock')), 'its lock is left');
  t.strictSame([...model.agents.keys()], ['9001@default', '1001@default', '1002@default']);

  const again = await run(stage, ['apply']);
  t.equal(again.code, 0);
  t.notOk(existsSync(join(stage.dataDir, 'provisioned', 'east.lock')));
  t.equal(model.tiers.get('acme-sales@default')?.size, 4);

  const agents = readFileSync(join(stage.configDir, 'centres.yaml'), 'utf8');
  stage.edit(
    'centres.yaml',
    agents.slice(agents.indexOf('    agents:\n'), agents.indexOf('    queues:\n')),
    '',
  );
  t.equal((await run(stage, ['apply'])).code, 0);
  t.strictSame([...model.agents.keys()], ['9001@default']);
  t.strictSame([...(model.tiers.get('acme-sales@default')?.keys() ?? [])], ['9001@default']);
});
