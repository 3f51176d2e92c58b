// What is read from the socket and what is sent over it.
import t from 'tap';
import { desiredCentre, readActualCentre } from '../../../src/freeswitch/index.js';
import { fullName, safeWord } from '../../../src/freeswitch/provisioning/names.js';
import { stepCommand } from '../../../src/freeswitch/provisioning/step-command.js';
import { centreOf, today, wishOf } from './wishes.js';

const lists: Readonly<Record<string, string>> = {
  'callcenter_config agent list': [
    'name|instance_id|uuid|type|contact|status|state|max_no_answer|wrap_up_time|reject_delay_time|busy_delay_time|no_answer_delay_time|last_bridge_start',
    '1001@default|single_box||callback|[leg_timeout=10]sofia/internal/agent1001@127.0.0.1:5095|Available|Waiting|3|5|5|5|0|0',
    "O'Neil, Zoë|single_box||callback|user/1|user/2|user/3|On Break|In a queue call|0|0|0|0|0|0",
    '1003@default|single_box||callback||Logged Out|Waiting|0|0|0|0|0|0',
    '+OK\n',
  ].join('\n'),
  'callcenter_config tier list':
    'queue|agent|state|level|position\nservice@default|1001@default|Ready|2|1\n+OK\n',
  'callcenter_config queue list': [
    'name|strategy|moh_sound|time_base_score|tier_rules_apply|tier_rule_wait_second|tier_rule_wait_multiply_level|tier_rule_no_agent_no_wait',
    'cards-sales@default|longest-idle-agent|tone_stream://%(200,1000,400)|system|true|5|true|true',
    '+OK\n',
  ].join('\n'),
};

t.test('lists as FreeSWITCH sends them', async (t) => {
  const commands = { run: (command: string) => Promise.resolve(lists[command] ?? '') };
  const { agents, tiers, queues } = await readActualCentre(commands);
  t.match(agents.get('1001@default'), {
    status: 'Available',
    state: 'Waiting',
    attributes: { contact: '[leg_timeout=10]sofia/internal/agent1001@127.0.0.1:5095', wrap_up_time: '5' },
  });
  t.match(
    agents.get("O'Neil, Zoë"),
    { status: 'On Break', state: 'In a queue call', attributes: { contact: 'user/1|user/2|user/3' } },
    'separators inside a contact',
  );
  t.equal(agents.get('1003@default')?.attributes.contact, '');
  t.match([...tiers.values()], [{ queue: 'service@default', agent: '1001@default', level: 2, position: 1 }]);
  t.match(queues.get('cards-sales@default'), { tier_rules_apply: 'true', tier_rule_wait_second: '5' });
});

t.test('an answer that is no whole list is refused, not read as fewer rows', async (t) => {
  const cases = [
    ['-ERR callcenter_config Command not found!\n', /is mod_callcenter loaded there\?$/],
    [
      'name|status\n1001@default|Avail',
      /answered "callcenter_config agent list" with "1001@default\|Avail"$/,
    ],
    ['', /with ""$/],
  ] as const;
  for (const [answer, message] of cases) {
    await t.rejects(readActualCentre({ run: () => Promise.resolve(answer) }), {
      code: 'PROVISIONING_LIST',
      message,
    });
  }
});

t.test('an empty list has no heading', async (t) => {
  const { agents, tiers, queues } = await readActualCentre({ run: () => Promise.resolve('+OK\n') });
  t.strictSame([agents.size, tiers.size, queues.size], [0, 0, 0]);
});

const unsafe = [
  '',
  'a b',
  "a'b",
  'a|b',
  'a\\b',
  'a\nb',
  'a\u0000b',
  'a\u007fb',
  'a\r\n\r\napi hupall',
  'x'.repeat(251),
];

t.test('whatever could end a word is never sent', (t) => {
  for (const one of unsafe) {
    t.throws(() => safeWord('contact', one), { code: 'PROVISIONING_VALUE' }, JSON.stringify(one));
    t.throws(() => fullName('agent', one, 'default'), { code: 'PROVISIONING_VALUE' });
    t.throws(() => fullName('queue', 'cards', one), { code: 'PROVISIONING_VALUE' });
    t.throws(() => stepCommand({ kind: 'remove-agent', agent: one }), { code: 'PROVISIONING_VALUE' });
    t.throws(() => stepCommand({ kind: 'remove-tier', queue: `${one}@d`, agent: 'a@d' }), {
      code: 'PROVISIONING_VALUE',
    });
  }
  const centre = centreOf([{ agent: '1001' }]);
  const agents = centre.agents.map((one) => ({ ...one, contact: "user/1 '" }));
  t.throws(() => desiredCentre({ ...centre, agents }, [], today), {
    message:
      'contact of agent 1001@default "user/1 \'" cannot be sent to FreeSWITCH: blanks, quotes, "|", "\\" and control characters end a word there',
  });
  t.end();
});

t.test('every command, as in the transcripts of a real FreeSWITCH', (t) => {
  const [queue, agent] = ['cards-sales@default', '1003@default'];
  t.strictSame(
    [
      stepCommand({ kind: 'add-agent', agent }),
      stepCommand({ kind: 'set-agent', agent, key: 'contact', value: '[leg_timeout=10]user/1003' }),
      stepCommand({ kind: 'add-tier', queue, agent, level: 20, position: 1 }),
      stepCommand({ kind: 'set-tier', queue, agent, key: 'level', value: 0, before: 20 }),
      stepCommand({ kind: 'remove-tier', queue, agent }),
      stepCommand({ kind: 'remove-agent', agent }),
    ],
    [
      'callcenter_config agent add 1003@default callback',
      'callcenter_config agent set contact 1003@default [leg_timeout=10]user/1003',
      'callcenter_config tier add cards-sales@default 1003@default 20 1',
      'callcenter_config tier set level cards-sales@default 1003@default 0',
      'callcenter_config tier del cards-sales@default 1003@default',
      'callcenter_config agent del 1003@default',
    ],
  );
  t.equal(
    wishOf([{ agent: '1003' }]).agents[0]?.attributes.contact,
    'user/1003@default',
    'the contact by default',
  );
  t.end();
});
