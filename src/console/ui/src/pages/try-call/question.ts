// A call to try, as the query string of the page has it: the link reproduces it.
import type { ChosenBoard, TryCallQuestion } from '../../../../try-call/try-call-view.js';

export type BoardKind = 'live' | 'all-up' | 'chosen';

export interface Draft {
  readonly from: string;
  readonly to: string;
  readonly trunk: string;
  readonly assertedIdentity: string;
  /** As `<input type="datetime-local">` has it; '': now. */
  readonly at: string;
  readonly board: BoardKind;
  /** Of a chosen board: centres that are down, queues and programs where nobody is free. */
  readonly down: readonly string[];
  readonly busy: readonly string[];
  /** Callers who wait where nobody is free. */
  readonly waiting: number;
}

export const emptyDraft: Draft = {
  from: '',
  to: '',
  trunk: '',
  assertedIdentity: '',
  at: '',
  board: 'live',
  down: [],
  busy: [],
  waiting: 3,
};

export function draftOf(search: string): Draft {
  const given = new URLSearchParams(search);
  const text = (name: string): string => given.get(name) ?? '';
  const board = text('board');
  const waiting = Number.parseInt(text('waiting'), 10);
  return {
    from: text('from'),
    to: text('to'),
    trunk: text('trunk'),
    assertedIdentity: text('asserted'),
    at: text('at'),
    board: board === 'all-up' || board === 'chosen' ? board : 'live',
    down: listOf(text('down')),
    busy: listOf(text('busy')),
    waiting: Number.isNaN(waiting) ? emptyDraft.waiting : waiting,
  };
}

export function searchOf(draft: Draft): string {
  const isChosen = draft.board === 'chosen';
  const parts: readonly (readonly [string, string])[] = [
    ['from', draft.from],
    ['to', draft.to],
    ['trunk', draft.trunk],
    ['asserted', draft.assertedIdentity],
    ['at', draft.at],
    ['board', draft.board === 'live' ? '' : draft.board],
    ['down', isChosen ? draft.down.join(',') : ''],
    ['busy', isChosen ? draft.busy.join(',') : ''],
    ['waiting', isChosen && draft.busy.length > 0 ? String(draft.waiting) : ''],
  ];
  return new URLSearchParams(
    parts.filter(([, value]) => value !== '').map(([key, value]) => [key, value]),
  ).toString();
}

/** Undefined while nobody calls anybody. */
export function questionOf(draft: Draft): TryCallQuestion | undefined {
  const { from, to, trunk, assertedIdentity, at } = draft;
  if (from === '' || to === '') return undefined;
  const when = at === '' ? undefined : new Date(at);
  return {
    from,
    to,
    ...(trunk === '' ? {} : { trunk }),
    ...(assertedIdentity === '' ? {} : { assertedIdentity }),
    ...(when === undefined || Number.isNaN(when.getTime()) ? {} : { at: when.toISOString() }),
    board: draft.board === 'chosen' ? boardOf(draft) : draft.board,
  };
}

function boardOf({ down, busy, waiting }: Draft): ChosenBoard {
  return {
    centres: Object.fromEntries(down.map((centre) => [centre, false])),
    destinations: Object.fromEntries(busy.map((id) => [id, { freeServers: 0, membersWaiting: waiting }])),
  };
}

function listOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(',');
}
