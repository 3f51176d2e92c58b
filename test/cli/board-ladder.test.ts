// The ladder of a recorded call: failover, what the trunk was told, and who had the call.
import t from 'tap';
import { ladderOf } from '../../src/cli/board-ladder.js';
import type { CallStory } from '../../src/records/index.js';

const at = (ms: number): Date => new Date(Date.UTC(2026, 10, 26) + ms);

const story = (more: object): CallStory =>
  ({
    contact: { decisionId: 'd', medium: 'call', trunk: 'carrier', startedAt: at(0) },
    decisions: [{ decidedAt: at(2), offer: 'GOLD', presentation: 'agent' }],
    attempts: [],
    outcome: undefined,
    exposures: [],
    usages: [],
    dispositions: [],
    learned: undefined,
    ...more,
  }) as unknown as CallStory;

const lines = (one: CallStory): readonly string[] => {
  const { lanes, rows } = ladderOf(one);
  return rows.map(
    ({ atMs, isTimeKnown, from, to, text }) =>
      `${isTimeKnown ? '' : '>'}${atMs} ${lanes[from]?.id ?? ''}-${lanes[to]?.id ?? ''} ${text}`,
  );
};

t.test('a centre that fails, one that answers, and the agent', (t) => {
  const tried = (attempt: number, destination: string, status: number | null, ms: number) => ({
    attempt,
    at: at(ms),
    destination,
    uri: '',
    offer: 'GOLD',
    status,
    reason: status === null ? 'silence' : 'OK',
  });
  const shown = { offer: 'GOLD', kind: 'agent', destination: 'west/sales', agent: 'ann', centre: 'west' };
  t.strictSame(
    lines(
      story({
        attempts: [tried(0, 'east/sales', null, 500), tried(1, 'west/sales', 200, 700)],
        outcome: { at: at(701), result: 'success', reason: 'answered', status: 200 },
        exposures: [{ ...shown, confirmedAt: at(4000) }],
        usages: [{ at: at(9000), kind: 'agent', agent: 'ann', destination: 'west/sales', seconds: 5 }],
      }),
    ),
    [
      '0 carrier-proffer INVITE',
      '2 proffer-proffer decided: GOLD by agent',
      '>2 proffer-east/sales INVITE with GOLD',
      '500 east/sales-east/sales no answer: silence',
      '>500 proffer-west/sales INVITE with GOLD',
      '700 west/sales-proffer 200 OK',
      '701 proffer-carrier 200 answered',
      '4000 west/sales-west/ann connected for GOLD',
      '9000 west/ann-west/sales talk ended after 5 s',
    ],
  );
  t.end();
});

t.test('a caller who hung up, and a redirect', (t) => {
  const end = (reason: string, status: number) => ({
    outcome: { at: at(90), result: 'client-error', reason, status, destination: 'east/sales', offer: 'GOLD' },
  });
  t.strictSame(lines(story(end('cancelled', 487))).slice(2), [
    '90 carrier-proffer CANCEL',
    '90 proffer-carrier 487 cancelled',
  ]);
  t.strictSame(lines(story(end('redirected', 302))).slice(2), [
    '90 proffer-carrier 302 Moved Temporarily',
    '>90 carrier-east/sales INVITE with GOLD',
  ]);
  t.end();
});
