// Keys that do something on a page. They are ignored while somebody types, while a dialog is open, and when the person turned
// them off (WCAG 2.1.4); '?' lists them.
import { createContext, use, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';

export interface Shortcut {
  /** As KeyboardEvent.key has it: `1`, `a`, `?`, `ArrowDown`. */
  readonly key: string;
  /** What it does, in the language of the page. */
  readonly label: string;
  readonly run: () => void;
  /** Works while a dialog is open, too: for the keys of a dialog. Default false. */
  readonly isForDialogs?: boolean;
}

interface Registry {
  readonly add: (shortcuts: { readonly current: readonly Shortcut[] }) => () => void;
  readonly all: () => readonly Shortcut[];
  readonly isOn: boolean;
  readonly setOn: (isOn: boolean) => void;
}

const ShortcutsContext = createContext<Registry | undefined>(undefined);
const place = 'shortcuts';

export function ShortcutsProvider({ children }: { readonly children: ReactNode }) {
  const lists = useRef(new Set<{ readonly current: readonly Shortcut[] }>());
  const [isOn, setOn] = useState(() => localStorage.getItem(place) !== 'off');
  useEffect(() => {
    if (!isOn) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      const hasDialog = document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
      // The last one that was registered stands on top.
      const found = [...lists.current]
        .flatMap(({ current }) => current)
        .findLast(({ key, isForDialogs = false }) => key === event.key && (isForDialogs || !hasDialog));
      if (found === undefined) return;
      event.preventDefault();
      found.run();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [isOn]);
  const registry = useMemo<Registry>(
    () => ({
      add: (shortcuts) => {
        lists.current.add(shortcuts);
        return () => void lists.current.delete(shortcuts);
      },
      all: () => [...lists.current].flatMap(({ current }) => current),
      isOn,
      setOn: (isWanted) => {
        localStorage.setItem(place, isWanted ? 'on' : 'off');
        setOn(isWanted);
      },
    }),
    [isOn],
  );
  return <ShortcutsContext value={registry}>{children}</ShortcutsContext>;
}

export function useShortcutRegistry(): Registry {
  const registry = use(ShortcutsContext);
  if (registry === undefined) throw new Error('there are no shortcuts here');
  return registry;
}

/** Registers the keys as long as the component is there; `shortcuts` may be made anew each time. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const { add } = useShortcutRegistry();
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => add(latest), [add]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type);
}
