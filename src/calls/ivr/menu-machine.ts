// A menu as a table: step x event -> the next step, until one that ends it (schema/menus.ts). Pure data; menu-run.ts is the shell.
import type { Menu, MenuStep } from '../../config/index.js';
import type { Prompt } from '../../callcenter/index.js';

/** What the exposure of the offer counts as, as far as the menu says. */
export type MenuOutcome = NonNullable<MenuStep['outcome']>;

/** What happens at a step. Keys are events by themselves: `key-1`, `key-*`. */
export type MenuEvent = 'played' | 'timeout' | 'invalid' | 'yes' | 'no' | `key-${string}`;

/** What the shell does at a step. */
export type MenuEffect =
  | { readonly kind: 'play'; readonly prompts: readonly Prompt[]; readonly bargeIn: boolean }
  | {
      readonly kind: 'ask';
      readonly prompts: readonly Prompt[];
      readonly bargeIn: boolean;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'goto-queue'; readonly to: 'sales' | 'service' }
  | { readonly kind: 'hang-up' };

/** One row of the table. */
export interface MenuRow {
  readonly step: string;
  readonly effect: MenuEffect;
  /** Times it is asked; 1 for what is not asked. */
  readonly tries: number;
  /** Played ahead of the prompts after a key that is no choice. */
  readonly invalidPrompts: readonly Prompt[];
  readonly outcome: MenuOutcome | undefined;
  /** The event that a key of the caller is; a key that is not here is `invalid`. */
  readonly keys: ReadonlyMap<string, MenuEvent>;
  /** `timeout` and `invalid` count once the tries are used up. */
  readonly next: ReadonlyMap<MenuEvent, string>;
}

export interface MenuTable {
  readonly menu: string;
  readonly start: string;
  readonly maxSeconds: number;
  readonly rows: ReadonlyMap<string, MenuRow>;
}

/** Where a run stands. */
export interface MenuState {
  readonly row: MenuRow;
  readonly triesLeft: number;
  /** The last key was no choice: the step is asked again, after its invalidPrompts. */
  readonly isAfterInvalid: boolean;
  /** Of the last step reached that names one. */
  readonly outcome: MenuOutcome | undefined;
}

/** The menu of the settings as a table. */
export function menuTable(menu: Menu): MenuTable {
  return {
    menu: menu.menu,
    start: menu.start,
    maxSeconds: menu.maxSeconds,
    rows: new Map(menu.steps.map((step) => [step.step, rowOf(step)])),
  };
}

function rowOf(step: MenuStep): MenuRow {
  const base = {
    step: step.step,
    outcome: step.outcome,
    tries: 1,
    invalidPrompts: [],
    keys: new Map<string, MenuEvent>(),
  };
  const { present, gotoQueue } = step;
  if (present !== undefined) {
    return { ...base, effect: { kind: 'play', ...present }, next: nextOf(['played', step.next]) };
  }
  if (step.collect !== undefined) return { ...base, ...collectRow(step.collect) };
  if (step.confirm !== undefined) return { ...base, ...confirmRow(step.confirm) };
  const effect: MenuEffect =
    gotoQueue === undefined ? { kind: 'hang-up' } : { kind: 'goto-queue', to: gotoQueue };
  return { ...base, effect, next: new Map() };
}

type AskingRow = Pick<MenuRow, 'effect' | 'tries' | 'invalidPrompts' | 'keys' | 'next'>;

function collectRow(collect: NonNullable<MenuStep['collect']>): AskingRow {
  const { prompts, bargeIn, timeoutMs, tries, invalidPrompts, choices, onTimeout } = collect;
  const keys = Object.entries(choices).map(([key, to]) => [key, `key-${key}` as MenuEvent, to] as const);
  return {
    effect: { kind: 'ask', prompts, bargeIn, timeoutMs },
    tries,
    invalidPrompts,
    keys: new Map(keys.map(([key, event]) => [key, event])),
    next: nextOf(
      ...keys.map(([, event, to]) => [event, to] as const),
      ['timeout', onTimeout],
      ['invalid', collect.onInvalid ?? onTimeout],
    ),
  };
}

function confirmRow(confirm: NonNullable<MenuStep['confirm']>): AskingRow {
  const { prompts, bargeIn, timeoutMs, tries, yes, no, onYes, onNo } = confirm;
  const onTimeout = confirm.onTimeout ?? onNo;
  return {
    effect: { kind: 'ask', prompts, bargeIn, timeoutMs },
    tries,
    invalidPrompts: [],
    keys: new Map<string, MenuEvent>([
      [no, 'no'],
      [yes, 'yes'],
    ]),
    next: nextOf(['yes', onYes], ['no', onNo], ['timeout', onTimeout], ['invalid', onTimeout]),
  };
}

function nextOf(
  ...ways: readonly (readonly [MenuEvent, string | undefined])[]
): ReadonlyMap<MenuEvent, string> {
  return new Map(ways.flatMap(([event, to]) => (to === undefined ? [] : [[event, to] as const])));
}

/** Undefined when the table has no such step, which a checking loader lets none through. */
function reach(table: MenuTable, step: string, outcome: MenuOutcome | undefined): MenuState | undefined {
  const row = table.rows.get(step);
  if (row === undefined) return undefined;
  return { row, triesLeft: row.tries, isAfterInvalid: false, outcome: row.outcome ?? outcome };
}

export function startOf(table: MenuTable): MenuState | undefined {
  return reach(table, table.start, undefined);
}

/** The state after an event; undefined when the step does not define it: the shell ends the menu then. */
export function after(table: MenuTable, state: MenuState, event: MenuEvent): MenuState | undefined {
  const isMissed = event === 'timeout' || event === 'invalid';
  if (isMissed && state.triesLeft > 1) {
    return { ...state, triesLeft: state.triesLeft - 1, isAfterInvalid: event === 'invalid' };
  }
  const to = state.row.next.get(event);
  return to === undefined ? undefined : reach(table, to, state.outcome);
}

/** The event that a key is at this step. */
export function eventOfKey(state: MenuState, key: string): MenuEvent {
  return state.row.keys.get(key) ?? 'invalid';
}
