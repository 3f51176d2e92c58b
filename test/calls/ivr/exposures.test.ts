// Exposures: one reserved, at most one confirmed or released, whatever is told how often and in what order.
import fc from 'fast-check';
import t from 'tap';
import { DecisionLog } from '../../../src/calls/decision-log.js';
import type { ExposureLine } from '../../../src/calls/ivr/exposure-line.js';
import { ExposureLog, forgetAfterMs } from '../../../src/calls/ivr/exposures.js';
import type { ExposureFacts } from '../../../src/calls/ivr/exposures.js';
import { silentLogger } from '../../../src/kernel/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { MemoryLines, turn } from '../story.js';

const metrics = { exposure: () => undefined };

function begin(maxOpen?: number) {
  const clock = new FakeClock();
  const lines: ExposureLine[] = [];
  const decisionLog = { add: (line: ExposureLine) => lines.push(line) };
  const log = new ExposureLog({ clock, decisionLog, metrics, ...(maxOpen === undefined ? {} : { maxOpen }) });
  const states = (): readonly string[] => lines.map(({ state, result }) => `${state} ${result ?? ''}`.trim());
  return { clock, lines, log, states };
}

function facts(decisionId: string, kind: 'agent' | 'ivr' = 'agent', offer = 'ACME-TRAVEL'): ExposureFacts {
  const destination = kind === 'agent' ? 'east/acme-sales' : 'east/offer-ivr';
  return { decisionId, callId: 'call-1', offer, presentation: kind, kind, destination };
}

const agent = { agent: '1001', centre: 'east', queue: 'acme-sales', offerCode: 'ACME-TRAVEL' };

t.test('a line has everything that joins and tells', (t) => {
  const { log, lines } = begin();
  log.reserve(facts('d1'));
  log.agentAnswered('d1', agent);
  t.same(lines, [
    {
      type: 'exposure',
      at: '2026-01-01T00:00:00.000Z',
      ...facts('d1'),
      state: 'reserved',
    },
    {
      type: 'exposure',
      at: '2026-01-01T00:00:00.000Z',
      ...facts('d1'),
      state: 'confirmed',
      agent: '1001',
      centre: 'east',
      queue: 'acme-sales',
    },
  ]);
  t.end();
});

t.test('what became of it', (t) => {
  type Log = ExposureLog;
  const cases: readonly (readonly [string, ExposureFacts, (log: Log) => void, readonly string[]])[] = [
    ['the agent had it', facts('d'), (log) => log.agentAnswered('d', agent), ['confirmed']],
    [
      'the caller hung up in the queue',
      facts('d'),
      (log) => log.memberLeft('d', 'abandoned'),
      ['released abandoned'],
    ],
    ['the queue timed out', facts('d'), (log) => log.memberLeft('d', 'timeout'), ['released not-presented']],
    [
      'left after the agent',
      facts('d'),
      (log) => {
        log.agentAnswered('d', agent);
        log.memberLeft('d', 'answered');
      },
      ['confirmed'],
    ],
    [
      'leaving overtakes the answer',
      facts('d'),
      (log) => {
        log.memberLeft('d', 'answered');
        log.agentAnswered('d', agent);
      },
      ['confirmed'],
    ],
    [
      'an agent had the call without the offer',
      facts('d'),
      (log) => log.agentAnswered('d', { ...agent, offerCode: undefined }),
      ['released not-presented'],
    ],
    [
      'everything twice',
      facts('d'),
      (log) => {
        log.reserve(facts('d'));
        log.agentAnswered('d', agent);
        log.agentAnswered('d', { ...agent, agent: '1002' });
        log.memberLeft('d', 'answered');
        log.memberLeft('d', 'answered');
        log.reserve(facts('d'));
        log.leave('d', 'abandoned');
      },
      ['confirmed'],
    ],
    [
      'an answer after the release',
      facts('d'),
      (log) => {
        log.leave('d', 'not-presented');
        log.agentAnswered('d', agent);
      },
      ['released not-presented'],
    ],
    [
      'an IVR to its end',
      facts('d', 'ivr'),
      (log) => {
        log.presenting(facts('d', 'ivr'));
        log.presenting(facts('d', 'ivr'));
        log.concluded(facts('d', 'ivr'), 'declined');
        log.concluded(facts('d', 'ivr'), 'accepted');
      },
      ['confirmed', 'concluded declined'],
    ],
    [
      'an IVR that said nothing before the caller left',
      facts('d', 'ivr'),
      (log) => log.concluded(facts('d', 'ivr'), 'hang-up'),
      ['released abandoned'],
    ],
    [
      'an IVR that said nothing and moved the call',
      facts('d', 'ivr'),
      (log) => log.concluded(facts('d', 'ivr'), 'presented'),
      ['released not-presented'],
    ],
    [
      'feed events are not of an IVR',
      facts('d', 'ivr'),
      (log) => {
        log.agentAnswered('d', agent);
        log.memberLeft('d', 'abandoned');
      },
      [],
    ],
    ['of a call that nobody knows', facts('d'), (log) => log.agentAnswered('other', agent), []],
    ['nobody ever tells', facts('d'), () => undefined, []],
  ];
  for (const [what, about, happen, states] of cases) {
    const story = begin();
    story.log.reserve(about);
    happen(story.log);
    t.same(story.states(), ['reserved', ...states], what);
  }
  t.end();
});

t.test('the IVR and then the agent are two exposures of one decision', (t) => {
  const { log, lines } = begin();
  log.reserve(facts('d', 'ivr'));
  log.presenting(facts('d', 'ivr'));
  log.concluded(facts('d', 'ivr'), 'accepted');
  log.reserve(facts('d', 'agent'));
  log.agentAnswered('d', agent);
  t.same(
    lines.map(({ kind, state }) => `${kind} ${state}`),
    ['ivr reserved', 'ivr confirmed', 'ivr concluded', 'agent reserved', 'agent confirmed'],
  );
  t.end();
});

t.test('what nobody tells of is forgotten after four hours, by one timer', (t) => {
  const { log, clock, states } = begin();
  log.reserve(facts('d1'));
  clock.advance(1000);
  log.reserve(facts('d2'));
  log.reserve(facts('d3'));
  log.agentAnswered('d3', agent);
  t.same(clock.running, ['exposure-expiry']);
  clock.advance(forgetAfterMs - 1000);
  t.equal(states().at(-1), 'released unknown');
  t.equal(log.openCount, 2);
  clock.advance(1000);
  t.same(states().slice(-2), ['released unknown', 'released unknown'], 'of a confirmed one nothing is said');
  t.equal(log.openCount, 0);
  t.same(clock.running, []);
  log.agentAnswered('d1', agent);
  t.equal(states().length, 6, 'late');
  t.end();
});

t.test('a full table forgets the oldest', (t) => {
  const { log, lines, clock } = begin(3);
  for (let i = 0; i < 100; i++) log.reserve(facts(`d${i}`));
  t.equal(log.openCount, 3);
  const forgotten = lines.filter(({ result }) => result === 'unknown').map(({ decisionId }) => decisionId);
  t.equal(forgotten.length, 97);
  t.equal(forgotten[0], 'd0');
  log.stop();
  t.same(clock.running, []);
  t.end();
});

t.test('in every order: one reserved, at most one of confirmed and released, nothing before it', (t) => {
  const decision = fc.constantFrom('d1', 'd2');
  const kind = fc.constantFrom('agent' as const, 'ivr' as const);
  const happening = fc.oneof(
    fc.tuple(fc.constantFrom('reserve', 'presenting', 'concluded'), decision, kind),
    fc.tuple(fc.constantFrom('answered', 'left', 'leave', 'expire'), decision, kind),
  );
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 30 }), (happenings) => {
      const { log, lines, clock } = begin(3);
      for (const [what, id, of] of happenings) {
        if (what === 'reserve') log.reserve(facts(id, of));
        if (what === 'presenting') log.presenting(facts(id, of));
        if (what === 'concluded') log.concluded(facts(id, of), 'accepted');
        if (what === 'answered') log.agentAnswered(id, agent);
        if (what === 'left') log.memberLeft(id, of === 'ivr' ? 'answered' : 'abandoned');
        if (what === 'leave') log.leave(id, 'abandoned');
        if (what === 'expire') clock.advance(forgetAfterMs / 3);
      }
      const seen = new Map<string, string[]>();
      for (const { decisionId, presentation, state } of lines) {
        const id = `${decisionId} ${presentation}`;
        seen.set(id, [...(seen.get(id) ?? []), state]);
      }
      return [...seen.values()].every((states) =>
        /^reserved( released| confirmed( concluded)?)?$/.test(states.join(' ')),
      );
    }),
  );
  t.end();
});

t.test('its lines are lines of the decision log', async (t) => {
  const clock = new FakeClock();
  const store = new MemoryLines();
  const decisionLog = new DecisionLog({ clock, store, log: silentLogger, maxQueuedRecords: 10 });
  const log = new ExposureLog({ clock, decisionLog, metrics });
  log.reserve(facts('d1'));
  clock.advance(50);
  await turn();
  t.match(store.ofType('exposure'), [{ decisionId: 'd1', offer: 'ACME-TRAVEL', state: 'reserved' }]);
});

t.test('a call that is sent elsewhere keeps what is to be presented there', (t) => {
  const { log, states } = begin();
  log.reserve(facts('d'));
  log.reserve({ ...facts('d', 'agent', 'ACME-SAVER'), destination: 'west/acme-sales' });
  log.movedOn('d', 'east/acme-sales');
  t.same(states(), ['reserved', 'reserved', 'released not-presented']);
  log.agentAnswered('d', { agent: '2001', centre: 'west', queue: 'acme-sales', offerCode: 'ACME-SAVER' });
  t.same(states().at(-1), 'confirmed');
  t.end();
});
