// Who is logged in: GET /v1/session. Pages read it with useSession().
import { createContext, use } from 'react';
import type { SessionView } from '../../../access/session-view.js';

export const SessionContext = createContext<SessionView | undefined>(undefined);

/** Only below the shell, which shows the log-in page to everybody else. */
export function useSession(): SessionView {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('there is no session here');
  return session;
}
