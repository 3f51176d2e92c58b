// Who is logged in: GET /v1/session. Pages read it with useSession().
import { useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { createContext, use } from 'react';
import type { SessionView } from '../../../access/session-view.js';
import { ApiError, api, setCsrfToken } from './api.js';
import { forgetAnswers, sessionKey } from './queries.js';

/** Given by SessionGate. */
export const SessionContext = createContext<SessionView | undefined>(undefined);

/** Only below SessionGate, which shows the log-in page to everybody else. */
export function useSession(): SessionView {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('there is no session here');
  return session;
}

/** Who is logged in now, whoever it was before. */
export function beginSession(queries: QueryClient, session: SessionView): void {
  const before = queries.getQueryData<SessionView | null>(sessionKey);
  if (before?.agent !== session.agent) forgetAnswers(queries);
  setCsrfToken(session.csrfToken);
  queries.setQueryData(sessionKey, session);
}

/** Ends the session here and at the server; whatever that answers, nothing of the person stays. */
export function useLogOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await api('DELETE', '/session').catch(() => undefined);
    setCsrfToken(undefined);
    forgetAnswers(queries);
    queries.setQueryData(sessionKey, null);
  };
}

/** Null: nobody is logged in. */
export async function readSession(queries: QueryClient): Promise<SessionView | null> {
  try {
    const session = await api<SessionView>('GET', '/session');
    const before = queries.getQueryData<SessionView | null>(sessionKey);
    if (before?.agent !== session.agent) forgetAnswers(queries);
    setCsrfToken(session.csrfToken);
    return session;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}
