// One clock for everything on a page that counts up or down.
import { useSyncExternalStore } from 'react';

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function listen(listener: () => void): () => void {
  if (timer === undefined) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const one of listeners) one();
    }, 1000);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds since the Unix epoch by this computer's clock; renews itself each second. */
export function useNow(): number {
  return useSyncExternalStore(listen, read);
}

function read(): number {
  if (timer === undefined && Date.now() - now >= 1000) now = Date.now();
  return now;
}
