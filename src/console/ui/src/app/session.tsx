// Who is logged in: GET /v1/session. Pages read it with useSession().
import { useQuery } from '@tanstack/react-query';
import { createContext, use } from 'react';
import type { ReactNode } from 'react';
import type { SessionView } from '../../../access/session-view.js';
import { api, setCsrfToken } from './api.js';

const SessionContext = createContext<SessionView | undefined>(undefined);

/** Only below SessionGate, which shows the log-in page to everybody else. */
export function useSession(): SessionView {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('there is no session here');
  return session;
}

async function readSession(): Promise<SessionView> {
  const session = await api<SessionView>('GET', '/session');
  setCsrfToken(session.csrfToken);
  return session;
}

export function SessionGate({ children }: { readonly children: ReactNode }) {
  const { data } = useQuery({ queryKey: ['session'], queryFn: readSession, retry: false });
  if (data === undefined) return null;
  return <SessionContext value={data}>{children}</SessionContext>;
}
