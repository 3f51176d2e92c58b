// Which call the desk shows: the one that rings or is talked with, unless the agent chose another or is typing.
import { useState } from 'react';
import type { DeskCall } from '../../../../live/desk-state.js';

/** Whoever is typing a note goes on typing it: keys that were meant for it must not become codes of another call. */
function isTyping(): boolean {
  const { activeElement } = document;
  return activeElement instanceof HTMLTextAreaElement || activeElement instanceof HTMLInputElement;
}

interface Shown {
  readonly decisionId: string | undefined;
  /** The call that rang or was talked with when this was chosen. */
  readonly liveId: string | undefined;
}

export function useShownCall(
  calls: readonly DeskCall[],
): readonly [DeskCall | undefined, (decisionId: string) => void] {
  const [chosen, choose] = useState<Shown>({ decisionId: undefined, liveId: undefined });
  const newestFirst = [...calls].sort((a, b) => b.since - a.since);
  const live = newestFirst.find(({ state }) => state !== 'over');
  const over = newestFirst.find(({ state }) => state === 'over');
  const liveId = live?.decisionId;
  if (liveId !== chosen.liveId) {
    const before = chosen.decisionId ?? over?.decisionId;
    choose({ liveId, decisionId: liveId === undefined || isTyping() ? before : liveId });
  }
  const shown = calls.find(({ decisionId }) => decisionId === chosen.decisionId) ?? live ?? over;
  return [shown, (decisionId) => choose({ liveId, decisionId })];
}
