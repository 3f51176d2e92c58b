// Transcripts of a real FreeSWITCH 1.11 with mod_callcenter, replayed to the model in random pieces: what readings and calls follow.
import fc from 'fast-check';
import t from 'tap';
import type { Test } from 'tap';
import { FrameReader } from '../../../src/freeswitch/event-socket/frame-reader.js';
import { CentreRows, parseChannels } from '../../../src/freeswitch/feed/centre-rows.js';
import { CentreNames } from '../../../src/freeswitch/feed/centre-names.js';
import { cut, missing, serverBytes } from '../event-socket/transcript.js';
import { ModelStage } from './model-support.js';

const queues = [
  { queue: 'cards-sales', serviceLevelSeconds: 20 },
  { queue: 'service', serviceLevelSeconds: 20 },
];

/** The agents, tiers and queues of the machine on which the transcripts were taken. */
function stageOf(): ModelStage {
  const stage = new ModelStage(queues);
  const { callcenter } = stage;
  callcenter.coreUuid = '955a574b-5287-4e38-92ed-33caf7b2cbec';
  callcenter.queues = [{ name: 'service@default' }, { name: 'cards-sales@default', tierRules: true }];
  callcenter.agents = [
    { name: '1001@default', status: 'Available', state: 'Waiting' },
    { name: '1002@default', status: 'On Break', state: 'Waiting' },
  ];
  callcenter.tiers = [
    { queue: 'cards-sales@default', agent: '1001@default' },
    { queue: 'service@default', agent: '1002@default' },
    { queue: 'service@default', agent: '1001@default', level: 2 },
  ];
  stage.learnTime();
  stage.reconcile();
  return stage;
}

/** Replays a transcript; one line a reading that differs and one a call event, in order. */
function replay(t: Test, name: string, expected: readonly string[]): void {
  const bytes = serverBytes(name);
  const check = (places: readonly number[]): void => {
    const stage = stageOf();
    const reader = new FrameReader();
    const lines: string[] = [];
    for (const chunk of cut(bytes, places)) {
      reader.push(chunk, (frame) => {
        if (frame.kind !== 'event') return;
        t.equal(stage.model.meetCore(frame.headers.get('Core-UUID') ?? ''), false);
        stage.model.hear(frame.headers);
        for (const call of stage.calls()) {
          const { kind, queue, offerCode } = call;
          lines.push(
            [kind, queue, offerCode, 'agent' in call ? call.agent : '', 'cause' in call ? call.cause : '']
              .join(' ')
              .trim(),
          );
        }
      });
      stage.reading();
    }
    t.strictSame(lines, expected);
    stage.clock.advance(10_000);
    const reading = stage.reading();
    t.equal(reading.queues.get('cards-sales')?.membersWaiting, 0);
    t.strictSame(reading.missingQueues, []);
  };
  fc.assert(fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), check), { numRuns: 40 });
}

const gold = 'cards-sales gold-card';
const failed = [`agent-offered ${gold} 1001`, `agent-failed ${gold} 1001`];
const stories = {
  'call-answered-by-agent': [
    `member-joined ${gold}`,
    `agent-offered ${gold} 1001`,
    `agent-answered ${gold} 1001`,
    `agent-ended ${gold} 1001`,
    `member-left ${gold}  answered`,
  ],
  'call-abandoned-agent-no-answer': [
    `member-joined ${gold}`,
    ...failed,
    ...failed,
    ...failed,
    `member-left ${gold}  abandoned`,
  ],
  'no-agents-available': [`member-joined ${gold}`, `member-left ${gold}  abandoned`],
  'agent-status-and-tier-changes': [],
} as const;

for (const [name, expected] of Object.entries(stories)) {
  t.test(name, { skip: missing(name) }, (t) => {
    replay(t, name, expected);
    t.end();
  });
}

t.test(
  'an agent who does not answer three times is On Break',
  { skip: missing('call-abandoned-agent-no-answer') },
  (t) => {
    const stage = stageOf();
    stage.hear(serverBytes('call-abandoned-agent-no-answer'));
    const reading = stage.reading();
    t.match(reading.agents.get('1001'), { status: 'On Break', state: 'Waiting', isFree: false });
    t.match(reading.queues.get('cards-sales'), { staffedAgents: 0, freeAgents: [], serviceLevel: 0 });
    t.end();
  },
);

t.test('status and tier changes', { skip: missing('agent-status-and-tier-changes') }, (t) => {
  const stage = stageOf();
  stage.hear(serverBytes('agent-status-and-tier-changes'));
  const { agents } = stage.reading();
  t.match(agents.get('1001'), { status: 'Available', state: 'Waiting', isFree: true });
  t.match(agents.get('1002'), { status: 'On Break', isFree: false });
  t.match(
    agents.get('1004'),
    { status: 'unknown', state: 'unknown', isFree: false },
    'added, and nothing said of it',
  );
  t.notOk(stage.reconcile().agents.has('1004'), 'until the tables are read');
  t.end();
});

t.test('the tables as a real mod_callcenter prints them', { skip: missing('api-callcenter') }, (t) => {
  const answers: string[] = [];
  new FrameReader().push(serverBytes('api-callcenter'), (frame) => {
    if (frame.kind === 'answer') answers.push(frame.text);
  });
  const stage = new ModelStage(queues);
  const rows = new CentreRows(new CentreNames('default'), stage.time);
  const [, queueList = '', agentList = '', tierList = '', , memberList = ''] = answers;
  t.match(rows.queues(queueList), {
    rows: [
      { queue: 'service', hasTierRules: false, skipsExternalCalls: true },
      { queue: 'cards-sales', hasTierRules: true, skipsExternalCalls: true },
    ],
    malformed: 0,
  });
  t.match(rows.agents(agentList, tierList), {
    rows: [
      {
        agent: '1001',
        status: 'Available',
        state: 'Waiting',
        delays: { wrapUpMs: 5000, rejectMs: 5000, busyMs: 5000, noAnswerMs: 0 },
        tiers: [
          { queue: 'cards-sales', level: 1, position: 1 },
          { queue: 'service', level: 2, position: 1 },
        ],
      },
      { agent: '1002', status: 'On Break', tiers: [{ queue: 'service', level: 1, position: 1 }] },
    ],
    malformed: 0,
  });
  t.strictSame(rows.members(memberList), { rows: [], malformed: 0 });
  const channels = answers.map(parseChannels).filter((one) => one !== undefined);
  t.ok(
    channels.some((one) => one.uuids.size === 0 && one.inboundByDestination.size === 0),
    'no channel',
  );
  t.end();
});
