// What was edited and is not saved yet, by file. It outlives the page: whoever looks at something else in between loses nothing.
import { useSyncExternalStore } from 'react';
import type { SettingsFileView } from '../../../../settings/settings-view.js';
import { isSame } from './values.js';

export interface Draft {
  /** The file as it was when the edit began. */
  readonly base: SettingsFileView;
  readonly values: unknown;
}

let drafts: ReadonlyMap<string, Draft> = new Map();
const listeners = new Set<() => void>();

function replace(next: ReadonlyMap<string, Draft>): void {
  drafts = next;
  for (const listener of listeners) listener();
}

/** A draft that says what the file says is none. */
export function setDraft(draft: Draft): void {
  const next = new Map(drafts);
  if (isSame(draft.base.values, draft.values)) next.delete(draft.base.file);
  else next.set(draft.base.file, draft);
  replace(next);
}

export function dropDraft(file: string): void {
  const next = new Map(drafts);
  next.delete(file);
  replace(next);
}

export function useDrafts(): ReadonlyMap<string, Draft> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => drafts,
  );
}

/** The browser asks before it leaves while something is not saved. */
addEventListener('beforeunload', (event) => {
  if (drafts.size > 0) event.preventDefault();
});
