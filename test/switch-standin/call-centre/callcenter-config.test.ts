// Answers of callcenter_config that the transcripts do not have.
import t from 'tap';
import { splitArguments } from '../../../src/switch-standin/call-centre/split-arguments.js';
import { CentreBench } from './centre-bench.js';

t.test('every command and what it answers to nonsense', (t) => {
  const bench = new CentreBench();
  const table: readonly (readonly [command: string, answer: string])[] = [
    ['', '-USAGE: \ncallcenter_config <target> <args>\n'],
    ['agent', '-ERR Invalid!\n'],
    ['nosuch thing', ''],
    ['agent nosuch', ''],
    ['agent add 1003@default', '-ERR Invalid!\n'],
    ['agent add 1003@default phone', '-ERR Agent type invalid!\n'],
    ['agent add 1001@default callback', '-ERR Agent already exist!\n'],
    ['agent add 1003@default uuid-standby', '+OK\n'],
    ['agent set type 1003@default Callback', '+OK\n'],
    ['agent set type 1003@default phone', '-ERR Invalid Agent Type!\n'],
    ['agent set status 1003@default Sleeping', '-ERR Invalid Agent Status!\n'],
    ['agent set status 1003@default', '-ERR Invalid!\n'],
    ['agent set state 1003@default Sleeping', '-ERR Invalid Agent State!\n'],
    ['agent set shoe_size 1003@default 44', '-ERR Invalid Agent Update KEY!\n'],
    ['agent set max_no_answer nosuch@default 4', '-ERR Agent not found!\n'],
    ['agent set max_no_answer 1003@default 4', '+OK\n'],
    ['agent set wrap_up_time 1003@default 10x', '+OK\n'],
    ['agent set reject_delay_time 1003@default 11', '+OK\n'],
    ['agent set busy_delay_time 1003@default 12', '+OK\n'],
    ['agent set no_answer_delay_time 1003@default 13', '+OK\n'],
    ['agent set ready_time 1003@default 14', '+OK\n'],
    ['agent set uuid 1003@default 1-2-3', '+OK\n'],
    ["agent set contact 1003@default '[a=b c]sofia/x'", '+OK\n'],
    ['agent get status 1003@default', 'Logged Out'],
    ['agent get state 1003@default', 'Waiting'],
    ['agent get uuid 1003@default', '1-2-3'],
    ['agent get talk_time 1003@default', '-ERR Invalid Agent Update KEY!\n'],
    ['agent get status nosuch@default', '-ERR Agent not found!\n'],
    ['agent get status', '-ERR Invalid!\n'],
    ['agent list nosuch@default', '+OK\n'],
    ['agent list a b', '-ERR Invalid!\n'],
    ['agent reload 1001@default', '+OK\n'],
    ['agent del', '-ERR Invalid!\n'],
    ['tier add nosuch@default 1001@default', '-ERR Queue not found!\n'],
    ['tier add cards-sales@default nosuch@default', '-ERR Agent not found!\n'],
    ['tier add cards-sales@default 1001@default', '-ERR Tier already exist!\n'],
    ['tier add cards-sales@default', '-ERR Invalid!\n'],
    ['tier add cards-sales@default 1003@default', '+OK\n'],
    ['tier set level cards-sales@default 1003@default 3', '+OK\n'],
    ['tier set position cards-sales@default 1003@default 4', '+OK\n'],
    ['tier set state cards-sales@default 1003@default standby', '+OK\n'],
    ['tier set state cards-sales@default 1003@default asleep', '-ERR Invalid Tier State!\n'],
    ['tier set colour cards-sales@default 1003@default red', '-ERR Invalid Tier Update KEY!\n'],
    ['tier set level cards-sales@default 1002@default 3', '-ERR Unknown Error!\n'],
    ['tier set level cards-sales@default 1003@default', '-ERR Invalid!\n'],
    ['tier nosuch', ''],
    ['queue list tiers cards-sales@default', tiers('1001@default|Ready|1|1', '1003@default|Standby|3|4')],
    ['queue count tiers cards-sales@default', '2\n'],
    ['queue count agents cards-sales@default', '2\n'],
    ["queue count agents cards-sales@default 'Logged Out' Waiting", '1\n'],
    ["queue count agents cards-sales@default 'Logged Out' Idle", '0\n'],
    ['queue count', '2\n'],
    ['queue count nosuch', '-ERR Invalid!\n'],
    ['queue list nosuch', '-ERR Invalid!\n'],
    ['queue list members', '+OK\n'],
    ['queue load', '-ERR Invalid!\n'],
    ['queue load service@default', '+OK\n'],
    ['queue unload', '-ERR Invalid!\n'],
    ['queue reload', '-ERR Invalid!\n'],
    ['queue unload nosuch@default', '+OK\n'],
    ['queue nosuch', ''],
    ['tier reload all', '+OK\n'],
    ['tier reload', '-ERR Invalid!\n'],
    ['tier del cards-sales@default', '-ERR Invalid!\n'],
    ['tier del cards-sales@default 1003@default', '+OK\n'],
    ['tier del cards-sales@default 1003@default', '+OK\n'],
    ['agent del 1003@default', '+OK\n'],
    ['agent del 1003@default', '+OK\n'],
  ];
  for (const [command, answer] of table) t.equal(bench.config(command), answer, command);
  t.equal(bench.centre.run('status', ''), undefined, 'other commands are none of its own');
  t.end();
});

function tiers(...rows: readonly string[]): string {
  const lines = rows.map((row) => `cards-sales@default|${row}\n`);
  return `queue|agent|state|level|position\n${lines.join('')}+OK\n`;
}

t.test('numbers that were set are listed; asking for status and state is an event', (t) => {
  const bench = new CentreBench();
  for (const [i, key] of [
    'max_no_answer',
    'wrap_up_time',
    'reject_delay_time',
    'busy_delay_time',
  ].entries()) {
    bench.config(`agent set ${key} 1001@default ${20 + i}`);
  }
  t.match(bench.config('agent list 1001@default'), '|Waiting|20|21|22|23|0|0|0|0|');
  bench.config('agent get status 1001@default');
  bench.config('agent get uuid 1001@default');
  const headers = bench.events.map((event) => event.headers.slice(-3));
  t.same(headers, [
    [
      ['CC-Agent', '1001@default'],
      ['CC-Action', 'agent-status-get'],
      ['CC-Agent-Status', 'Available'],
    ],
    [
      ['CC-Agent', '1001@default'],
      ['CC-Action', 'agent-uuid-get'],
      ['CC-Agent-UUID', ''],
    ],
  ]);
  t.end();
});

t.test('an agent of a queue that is loaded again comes back from the settings', (t) => {
  const bench = new CentreBench();
  bench.config('agent del 1001@default');
  t.equal(bench.config('queue count agents cards-sales@default'), '0\n');
  bench.config('queue reload cards-sales@default');
  t.equal(bench.config('queue count agents cards-sales@default'), '1\n');
  t.match(bench.config('agent list 1001@default'), '|Available|Waiting|3|5|5|5|0|');
  t.end();
});

t.test('the JSON form', (t) => {
  const bench = new CentreBench();
  const ask = (data: unknown, format?: string): unknown => {
    const request = { command: 'callcenter_config', ...(format === undefined ? {} : { format }), data };
    return JSON.parse(bench.centre.run('json', JSON.stringify(request)) ?? '');
  };
  t.equal(bench.centre.run('json', ''), '-ERR No JSON supplied.\n');
  t.equal(bench.centre.run('json', '{"command'), '-ERR Parse error.\n');
  t.equal(bench.centre.run('json', '[]'), '-ERR Parse error.\n');
  const nonsense = '{"command":"nosuch","data":{}}';
  t.match(JSON.parse(bench.centre.run('json', nonsense) ?? ''), {
    status: 'error',
    message: 'Invalid request or non-existant command',
    response: null,
  });
  t.match(ask({ arguments: 'nosuch' }), { status: 'error', message: 'The command returned an error' });
  t.match(ask(null), { status: 'error', response: null });
  t.match(ask({ arguments: 'queue list agents' }), {
    status: 'error',
    response: { error: 'Missing data attribute: queue_name' },
  });
  bench.call('cards-sales@default');
  const queue_name = 'cards-sales@default';
  const one = [{ name: '1001@default', state: 'Waiting' }];
  t.match(ask({ arguments: 'queue list agents', queue_name }), { status: 'success', response: one });
  t.match(ask({ arguments: 'queue list tiers', queue_name }), {
    response: [{ agent: '1001@default', level: '1' }],
  });
  const members = { response: [{ queue: queue_name, state: 'Waiting', score: '0' }] };
  t.match(ask({ arguments: 'queue list members', queue_name }), members);
  t.match(ask({ arguments: 'member list' }, 'pretty'), members);
  t.match(ask({ arguments: 'tier list' }), { response: [{}, { queue: 'service@default' }, { level: '2' }] });
  const queues = ask({ arguments: 'queue list' });
  t.match(queues, { response: [{ max_wait_time: 60, tier_rules_apply: 'false' }, { name: queue_name }] });
  t.notMatch(JSON.stringify(queues), /record_template|calls_answered/);
  t.end();
});

t.test('words of a command', (t) => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['', []],
    ['   ', []],
    ['  a   b ', ['a', 'b']],
    ["a 'b c' d", ['a', 'b c', 'd']],
    ["a b\\'c d\\ e", ['a', "b'c", 'd e']],
    ["a 'open end", ['a', 'open end']],
    ['1 2 3 4 5 6 7 8 9 ', ['1', '2', '3', '4', '5', '6', '7', '8 9']],
  ];
  for (const [text, words] of table) t.same(splitArguments(text), words, text);
  t.end();
});
