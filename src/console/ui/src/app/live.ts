// Live topics over one WebSocket to /v1/live: reconnects, resumes, and says when what it shows may not be true any more.
import { useCallback, useSyncExternalStore } from 'react';
import type { LiveTopics } from '../../../live/protocol.js';
import { LiveLink } from './live-link.js';
import type { LinkSocket, LinkState, Live, SocketListener } from './live-link.js';

export type { LinkState, Live } from './live-link.js';

function connect(query: string, listener: SocketListener): LinkSocket {
  const { protocol, host } = window.location;
  const socket = new WebSocket(`${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/v1/live?${query}`);
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') listener.onMessage(data);
  });
  socket.addEventListener('close', ({ code }) => listener.onClose(code));
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
  };
}

/** The link of this tab. */
export const liveLink = new LiveLink({
  connect,
  clock: {
    // performance.now() stands still while some machines sleep.
    now: () => Date.now(),
    after: (ms, _name, fn) => {
      const timer = window.setTimeout(fn, ms);
      return { cancel: () => window.clearTimeout(timer) };
    },
  },
  random: Math.random,
});

const wake = (): void => liveLink.wake();
window.addEventListener('online', wake);
window.addEventListener('offline', () => liveLink.doubt());
window.addEventListener('pageshow', wake);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') wake();
});

/** The state of a topic, kept up to date while the component is there. */
export function useLive<Topic extends keyof LiveTopics>(topic: Topic): Live<LiveTopics[Topic]> {
  const subscribe = useCallback(
    (listener: () => void) => {
      const endUse = liveLink.use(topic);
      const endListening = liveLink.listen(listener);
      return () => {
        endListening();
        endUse();
      };
    },
    [topic],
  );
  return useSyncExternalStore(subscribe, () => liveLink.snapshot(topic));
}

const listen = (listener: () => void): (() => void) => liveLink.listen(listener);

/** Of the link itself: `down` after a drop, until it is live again. */
export function useLinkState(): LinkState {
  return useSyncExternalStore(listen, () => liveLink.state);
}

/** The code with which the server has ended the link for good: 4401, the session is over; 4403, not for this role. */
export function useLinkEnd(): number | undefined {
  return useSyncExternalStore(listen, () => liveLink.endedBy);
}
