// Who is logged in: GET /v1/session. Pages read it with useSession().
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { Fragment, Suspense, createContext, lazy, use } from 'react';
import type { ReactNode } from 'react';
import type { SessionView } from '../../../access/session-view.js';
import { ApiError, api, setCsrfToken } from './api.js';
import { Failure } from './components/failure.js';
import { Loading } from './components/loading.js';
import { forgetAnswers, sessionKey } from './queries.js';

const SessionContext = createContext<SessionView | undefined>(undefined);
const LogIn = lazy(() => import('../pages/login/index.js'));
const FirstPassword = lazy(() => import('../pages/login/first-password.js'));

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
async function readSession(queries: QueryClient): Promise<SessionView | null> {
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

export function SessionGate({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: sessionKey,
    queryFn: () => readSession(queries),
    staleTime: 60_000,
  });
  if (data === undefined) {
    return error === null ? <Loading /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  return (
    <Suspense fallback={<Loading />}>
      {data === null ? (
        <LogIn />
      ) : data.mustChangePassword ? (
        <SessionContext value={data}>
          <FirstPassword />
        </SessionContext>
      ) : (
        <SessionContext value={data}>
          <Fragment key={data.agent}>{children}</Fragment>
        </SessionContext>
      )}
    </Suspense>
  );
}
