// Who is logged in: GET /v1/session. Pages read it with useSession().
import type { QueryClient } from '@tanstack/react-query';
import { createContext, use } from 'react';
import type { SessionView } from '../../../access/session-view.js';
import { ApiError, api, setCsrfToken } from './api.js';
import { sessionKey } from './queries.js';

/** Given by SessionGate. */
export const SessionContext = createContext<SessionView | undefined>(undefined);

/** Only below SessionGate, which shows the log-in page to everybody else. */
export function useSession(): SessionView {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('there is no session here');
  return session;
}

/** Whom this load of the pages has shown things to. */
let shownTo: string | undefined;

/**
 * Somebody has logged in. Where the pages have shown something to anybody before, they are loaded anew: nothing of one session
 * stays for the next.
 */
export function beginSession(queries: QueryClient, session: SessionView): void {
  if (shownTo === undefined) {
    remember(session);
    queries.setQueryData(sessionKey, session);
  } else location.reload();
}

function remember({ agent, csrfToken, mustChangePassword }: SessionView): void {
  setCsrfToken(csrfToken);
  if (!mustChangePassword) shownTo = agent;
}

/** Ends the session at the server and here; whatever that answers, nothing of the person stays. */
export function useLogOut(): () => Promise<void> {
  return async () => {
    await api('DELETE', '/session').catch(() => undefined);
    location.assign('/');
  };
}

/** Null: nobody is logged in. */
export async function readSession(): Promise<SessionView | null> {
  try {
    const session = await api<SessionView>('GET', '/session');
    if (shownTo !== undefined && shownTo !== session.agent) location.reload();
    remember(session);
    return session;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}
