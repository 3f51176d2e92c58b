// What was typed for dispositions that are not stored yet: kept while the page is open, whichever call is shown.
import { useMemo, useState } from 'react';
import { emptyDraft } from './disposition-form.js';
import type { Draft } from './disposition-form.js';

export interface Drafts {
  of(decisionId: string, offer: string): Draft;
  keep(decisionId: string, offer: string, draft: Draft): void;
  forget(decisionId: string, offer: string): void;
}

/** Older ones give way. */
const maxDrafts = 50;

export function useDrafts(): Drafts {
  const [all, set] = useState<ReadonlyMap<string, Draft>>(new Map());
  return useMemo(() => {
    const key = (decisionId: string, offer: string) => `${decisionId} ${offer}`;
    return {
      of: (decisionId, offer) => all.get(key(decisionId, offer)) ?? emptyDraft,
      keep: (decisionId, offer, draft) =>
        set((known) => new Map([...[...known].slice(-maxDrafts), [key(decisionId, offer), draft]])),
      forget: (decisionId, offer) =>
        set((known) => new Map([...known].filter(([one]) => one !== key(decisionId, offer)))),
    };
  }, [all]);
}
