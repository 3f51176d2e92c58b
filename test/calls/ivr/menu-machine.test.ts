// Menus as tables: what each event leads to, and that every run ends.
import fc from 'fast-check';
import t from 'tap';
import { after, eventOfKey, menuTable, startOf } from '../../../src/calls/ivr/menu-machine.js';
import type { MenuEvent, MenuState, MenuTable } from '../../../src/calls/ivr/menu-machine.js';
import { maxSteps, MenuRun } from '../../../src/calls/ivr/menu-run.js';
import type { MenuEnd } from '../../../src/calls/ivr/menu-run.js';
import { FakeClock } from '../../support/fake-clock.js';
import { turn } from '../story.js';
import { anyMenu, travelMenu } from './menus.js';

const table = menuTable(travelMenu);

function walk(
  events: readonly (MenuEvent | `press ${string}`)[],
  of: MenuTable = table,
): MenuState | undefined {
  let state = startOf(of);
  for (const event of events) {
    if (state === undefined) return undefined;
    state = after(
      of,
      state,
      event.startsWith('press ') ? eventOfKey(state, event.slice(6)) : (event as MenuEvent),
    );
  }
  return state;
}

t.test('what each event leads to', (t) => {
  const cases: readonly (readonly [
    string,
    readonly (MenuEvent | `press ${string}`)[],
    string,
    string | undefined,
  ])[] = [
    ['the start', [], 'tell', undefined],
    ['prompts played', ['played'], 'ask', undefined],
    ['a choice', ['played', 'press 1'], 'sure', undefined],
    ['a choice that leads back', ['played', 'press 9'], 'tell', undefined],
    ['yes', ['played', 'press 1', 'press 1'], 'accepted', 'accepted'],
    ['no', ['played', 'press 1', 'press 2'], 'declined', 'declined'],
    ['rubbish once is asked again', ['played', 'press 7'], 'ask', undefined],
    ['rubbish on every try', ['played', 'press 7', 'press 8'], 'declined', 'declined'],
    ['silence once is asked again', ['played', 'timeout'], 'ask', undefined],
    ['silence on every try', ['played', 'timeout', 'timeout'], 'silent', 'no-answer'],
    ['rubbish, then silence', ['played', 'press 7', 'timeout'], 'silent', 'no-answer'],
    ['silence, then rubbish', ['played', 'timeout', 'press 7'], 'declined', 'declined'],
    ['no yes or no: default onNo', ['played', 'press 1', 'timeout', 'press 5'], 'declined', 'declined'],
    [
      'tries begin anew when a step is reached again',
      ['played', 'timeout', 'press 9', 'played', 'timeout'],
      'ask',
      undefined,
    ],
    ['an outcome stays', ['played', 'press 2', 'played'], 'service', 'declined'],
  ];
  for (const [what, events, step, outcome] of cases) {
    const state = walk(events);
    t.equal(state?.row.step, step, what);
    t.equal(state?.outcome, outcome, `${what}: outcome`);
  }
  t.equal(walk(['played', 'press 7'])?.isAfterInvalid, true, 'invalidPrompts are due');
  t.equal(walk(['played', 'timeout'])?.isAfterInvalid, false, 'not after silence');
  t.equal(walk(['played', 'played']), undefined, 'an event that a step does not define leads nowhere');
  t.end();
});

t.test('in every menu, silence comes to an end', (t) => {
  fc.assert(
    fc.property(anyMenu, (menu) => {
      const of = menuTable(menu);
      let state = startOf(of);
      for (let steps = 0; steps < menu.steps.length * 11; steps++) {
        const effect = state?.row.effect.kind;
        if (state === undefined) return false;
        if (effect === 'goto-queue' || effect === 'hang-up') return true;
        state = after(of, state, effect === 'play' ? 'played' : 'timeout');
      }
      return false;
    }),
  );
  t.end();
});

t.test('in every menu, whatever a step defines leads to a step', (t) => {
  fc.assert(
    fc.property(anyMenu, (menu) => {
      const of = menuTable(menu);
      for (const row of of.rows.values()) {
        for (const to of row.next.values()) if (!of.rows.has(to)) return false;
        if (row.effect.kind === 'play' && !row.next.has('played')) return false;
        const missed = row.next.has('timeout') && row.next.has('invalid');
        if (row.effect.kind === 'ask' && !missed) return false;
      }
      return true;
    }),
  );
  t.end();
});

const happenings = [
  '0',
  '1',
  '2',
  '5',
  '9',
  '*',
  '#',
  'x',
  '',
  'silence',
  'gone',
  'caller',
  'limit',
  'reject',
] as const;

t.test(
  'every run of every menu ends once, whatever happens, within bounds, and leaves no timer',
  async (t) => {
    let ends = 0;
    await fc.assert(
      fc.asyncProperty(anyMenu, fc.array(fc.constantFrom(...happenings)), async (menu, script) => {
        const clock = new FakeClock();
        const said: MenuEnd[] = [];
        let asked = 0;
        const next = (): (typeof happenings)[number] =>
          script[asked++ % Math.max(script.length, 1)] ?? 'silence';
        const happen = (): { kind: 'gone'; reason: string } | undefined => {
          const what = next();
          if (what === 'reject') throw new Error('broken promise');
          if (what === 'caller') run.gone('caller');
          if (what === 'limit') clock.advance(menu.maxSeconds * 1000);
          return what === 'gone' ? { kind: 'gone', reason: 'dead' } : undefined;
        };
        const run: MenuRun = new MenuRun({
          table: menuTable(menu),
          clock,
          port: {
            play: async () => happen() ?? { kind: 'played' },
            collect: async () => {
              const gone = happen();
              if (gone !== undefined) return gone;
              const digits = script[(asked - 1) % Math.max(script.length, 1)] ?? 'silence';
              if (digits.length > 1) return { kind: 'timeout' };
              return { kind: 'digits', digits, terminator: undefined };
            },
          },
          onPresenting: () => undefined,
          onEnd: (end) => said.push(end),
        });
        for (let turns = 0; turns < 20 && said.length === 0; turns++) await turn();
        run.gone('caller');
        clock.advance(1_000_000);
        await turn();
        ends += said.length;
        return said.length === 1 && clock.running.length === 0 && asked <= maxSteps + 1;
      }),
      { numRuns: 300 },
    );
    t.equal(ends, 300);
  },
);

t.test('it ends while the port says nothing', async (t) => {
  for (const [how, kind] of [
    ['limit', 'goto-queue'],
    ['caller', 'gone'],
    ['centre', 'gone'],
  ] as const) {
    const clock = new FakeClock();
    const said: MenuEnd[] = [];
    const never = (): Promise<never> => new Promise(() => undefined);
    const run = new MenuRun({
      table,
      clock,
      port: { play: never, collect: never },
      onPresenting: () => undefined,
      onEnd: (end) => said.push(end),
    });
    await turn();
    if (how === 'limit') clock.advance(60_000);
    else run.gone(how);
    t.equal(said.length, 1, how);
    t.equal(said[0]?.kind, kind, how);
    t.same(clock.running, [], how);
  }
});
